"""Rows about people. An address is known to the person and to those who look after them, never shown to others."""

from datetime import datetime

from sqlalchemy import Column, Text
from sqlmodel import Field

from app.core.db import Row, as_json


class Organisation(Row, table=True):
    """`kind`: municipality, municipal_company, association, ministry, university, donor, other."""

    __tablename__ = "organisation"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=200)
    kind: str = Field(default="municipality", max_length=30)
    city: str = Field(default="", max_length=120)
    country: str = Field(default="", max_length=2)


class Person(Row, table=True):
    """`lang`: the interface's language; `languages`: those the person speaks; `country`: ISO 3166 code (XK for Kosovo).

    `returned_at`: letters to the address come back since then, and none is sent until the person has confirmed it.
    """

    __tablename__ = "person"

    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(max_length=120)
    email: str | None = Field(default=None, max_length=320, unique=True)
    returned_at: datetime | None = None
    returned_why: str = Field(default="", max_length=600)
    password_hash: str = Field(default="", max_length=200)
    lang: str = Field(default="en", max_length=10)
    zone: str = Field(default="UTC", max_length=60)
    zone_confirmed: bool = False
    organisation_id: int | None = Field(default=None, foreign_key="organisation.id", ondelete="SET NULL")
    job: str = Field(default="", max_length=120)
    city: str = Field(default="", max_length=120)
    country: str = Field(default="", max_length=2)
    languages: list[str] = as_json([])
    topics: list[str] = as_json([])
    about: str = Field(default="", sa_column=Column(Text, nullable=False))
    theme: str = Field(default="", max_length=10)
    admin: bool = False
    fictional: bool = False
    created_at: datetime
    left_at: datetime | None = None


class SignIn(Row, table=True):
    """One signed-in browser; the token itself is only in its cookie."""

    __tablename__ = "sign_in"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    token_hash: str = Field(max_length=64, unique=True)
    device: str = Field(default="", max_length=200)
    started_at: datetime
    seen_at: datetime
    expires_at: datetime


class MailLink(Row, table=True):
    """A link in a letter that signs in once, or confirms an address. `purpose`: sign_in, invitation, address.

    `goes_to`: the page one comes to; for an address, the new address itself.
    """

    __tablename__ = "mail_link"

    id: int | None = Field(default=None, primary_key=True)
    person_id: int = Field(foreign_key="person.id", index=True, ondelete="CASCADE")
    token_hash: str = Field(max_length=64, unique=True)
    purpose: str = Field(max_length=20)
    goes_to: str = Field(default="/", max_length=300)
    expires_at: datetime
    used_at: datetime | None = None
