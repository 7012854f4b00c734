"""What people type about events, checked. Table-less; sentences go to the fields."""

import re
from datetime import date, time
from typing import Annotated, Any

from pydantic import AfterValidator, Field, ValidationInfo, field_validator

from app.core import i18n
from app.core.errors import Invalid
from app.core.forms import Form
from app.core.words import N_
from app.events.rules import Kind, Mode, Role, State, check_dates
from app.people.forms import CHOOSE, Country, Spoken, Topic, Zone


def _colour(value: str) -> str:
    """`#1a5c8e`, also without its sign or in the short way."""
    digits = value.removeprefix("#")
    if len(digits) == 3:
        digits = "".join(2 * digit for digit in digits)
    if value and not re.fullmatch(r"[0-9a-fA-F]{6}", digits):
        raise ValueError(N_("A colour looks like #1a5c8e: a # and six signs out of 0–9 and a–f."))
    return f"#{digits}" if digits else ""


Colour = Annotated[str, AfterValidator(_colour), Field("", max_length=30)]


def _optional_address(value: str) -> str:
    if value and ("@" not in value or " " in value):
        raise ValueError(N_("Please write an e-mail address like name@example.org."))
    return value


def link(value: str) -> str:
    if value and not re.match(r"https?://\S+$", value):
        raise ValueError(N_("Please write a whole address that begins with https://."))
    return value


def _own_link(value: str) -> str:
    if value and (not value.startswith("/") or value.startswith(("//", "/\\"))):
        raise ValueError(N_("Please write an address of this site that begins with /."))
    return value


class NewEvent(Form):
    """An event from a template: the last day follows from the number of working days unless it is given."""

    title: str = Field(min_length=1, max_length=200)
    kind: Kind = Kind.DIALOGUE_EVENT
    template: str = Field("", max_length=60)
    starts_on: date
    ends_on: date | None = None
    zone: Zone
    predecessor_id: int | None = None


class About(Form):
    """What the page of an event says."""

    title: str = Field(min_length=1, max_length=200)
    summary: str = Field("", max_length=600)
    description: str = Field("", max_length=20_000)
    kind: Kind
    lang: str = Field("en", max_length=10)
    starts_on: date
    ends_on: date
    days_off: str = Field("", max_length=400)
    zone: Zone
    mode: Mode
    place: str = Field("", max_length=200)
    region_set: str = Field("", max_length=60)
    countries: list[Country] = Field([], max_length=250)
    languages: list[Spoken] = Field([], max_length=20)
    topics: list[Topic] = Field([], max_length=20)
    predecessor_id: int | None = None
    seen: str = Field("", max_length=64)

    @field_validator("ends_on")
    @classmethod
    def _in_order(cls, value: date, info: ValidationInfo) -> date:
        """Said together with what else is to be mended, not in a second round."""
        if "starts_on" in info.data:
            try:
                check_dates(info.data["starts_on"], value)
            except Invalid as wrong:
                raise ValueError(wrong.fields["ends_on"]) from None
        return value

    @field_validator("days_off")
    @classmethod
    def _dates(cls, value: str) -> str:
        try:
            return " ".join(date.fromisoformat(part).isoformat() for part in value.replace(",", " ").split())
        except ValueError:
            raise ValueError(N_("Please write dates like 2026-06-11, with a space between them.")) from None

    def fields(self) -> dict[str, Any]:
        return {**self.model_dump(exclude={"seen"}), "days_off": self.days_off.split()}

    @classmethod
    def said(cls, event: object) -> dict[str, object]:
        """What these fields say of an event now."""
        return {name: getattr(event, name) for name in cls.model_fields if name != "seen"}


class NewState(Form):
    state: State


class Translation(Form):
    lang: str = Field(max_length=10)
    title: str = Field("", max_length=200)
    summary: str = Field("", max_length=600)
    description: str = Field("", max_length=20_000)

    @field_validator("lang")
    @classmethod
    def _ours(cls, value: str) -> str:
        if value not in i18n.CODES:
            raise ValueError(CHOOSE)
        return value


class Backer(Form):
    """Somebody who stands behind an event."""

    role: str = Field("organiser", pattern=r"^(host|organiser|partner|funder)$")
    name: str = Field(min_length=1, max_length=200)
    url: Annotated[str, AfterValidator(link)] = Field("", max_length=300)


class Audience(Form):
    """An audience of an event with its contact."""

    name: str = Field(min_length=1, max_length=120)
    countries: list[Country] = Field([], max_length=250)
    state: str = Field("open", pattern=r"^(open|closed)$")
    says: str = Field("", max_length=300)
    contact_id: int | None = None
    contact_name: str = Field("", max_length=120)
    contact_email: Annotated[str, AfterValidator(_optional_address)] = Field("", max_length=320)
    contact_phone: str = Field("", max_length=60)


class LiveBlock(Form):
    """A live block; its agenda comes as four lists of the same length, empty lines are left out."""

    day: int = Field(ge=0, le=40)
    starts: time
    minutes: int = Field(ge=5, le=600)
    title: str = Field(min_length=1, max_length=200)
    method: str = Field("", max_length=60)
    sitting: str = Field("", max_length=20)
    optional: bool = False


class WrittenTask(Form):
    day: int = Field(ge=0, le=40)
    minutes: int = Field(ge=1, le=600)
    until: time
    title: str = Field(min_length=1, max_length=200)
    purpose: str = Field("", max_length=400)
    then: str = Field("", max_length=400)
    whose: str = Field("all", pattern=r"^(all|staff)$")
    goes_to: Annotated[str, AfterValidator(_own_link)] = Field("", max_length=300)


class Roles(Form):
    roles: list[str] = Field([], max_length=14)
    region: str = Field("", max_length=60)


class GuestList(Form):
    """Lines of people to invite; see lists.read()."""

    lines: str = Field("", max_length=100_000)
    role: Role = Role.PRACTITIONER
    sure: bool = False
    again: bool = False


class Link(Form):
    role: Role = Role.PRACTITIONER
    group_id: int | None = None


class GroupOfPeople(Form):
    name: str = Field(min_length=1, max_length=120)
    facilitator_id: int | None = None
    people: list[int] = Field([], max_length=500)


class Look(Form):
    """How the installation is called and looks, and who answers for it."""

    name: str = Field(min_length=1, max_length=80)
    colour: Colour
    operator: str = Field("", max_length=200)
    address: str = Field("", max_length=600)
    mail: Annotated[str, AfterValidator(_optional_address)] = Field("", max_length=320)


class Region(Form):
    name: str = Field(min_length=1, max_length=120)
    countries: list[Country] = Field([], max_length=250)
    note: str = Field("", max_length=400)


class Opinion(Form):
    """Feedback: a few words, and an address if an answer is wanted."""

    key: str = Field(min_length=8, max_length=64)
    text: str = Field(min_length=1, max_length=5000)
    about: str = Field("", max_length=300)
    email: Annotated[str, AfterValidator(_optional_address)] = Field("", max_length=320)
