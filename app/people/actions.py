"""Writing about people: signing in and out, who they are."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import live, mail
from app.core.db import locked
from app.core.errors import Refused
from app.core.jobs import schedule
from app.core.security import token_hash
from app.core.words import N_
from app.people import queries
from app.people.jobs import SendSignInLink
from app.people.models import MailLink, Organisation, Person, SignIn
from app.people.rules import as_address

SESSION_LASTS = timedelta(days=30)
LINK_LASTS = timedelta(minutes=30)
SEEN_AGAIN = timedelta(minutes=15)
"""How often it is noted that a session is in use."""


async def sign_in(session: AsyncSession, *, person_id: int, device: str, now: datetime) -> str:
    """Begin a session in one browser; returns the secret for its cookie, which is stored nowhere."""
    token = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            person_id=person_id, token_hash=token_hash(token), device=device[:200],
            started_at=now, seen_at=now, expires_at=now + SESSION_LASTS,
        )
    )  # fmt: skip
    return token


async def sign_out(session: AsyncSession, *, person_id: int, token: str) -> None:
    """End the session of this cookie; its live connections drop."""
    await session.exec(delete(SignIn).where(col(SignIn.token_hash) == token_hash(token)))
    live.announce(session, f"standing:{person_id}", version=0)


async def end_session(session: AsyncSession, *, person_id: int, sign_in_id: int) -> None:
    """End one of a person's sessions, from any other."""
    await session.exec(delete(SignIn).where(col(SignIn.id) == sign_in_id, col(SignIn.person_id) == person_id))
    live.announce(session, f"standing:{person_id}", version=0)


async def end_other_sessions(session: AsyncSession, *, person_id: int, token: str) -> None:
    """End all of a person's sessions but the one of this cookie."""
    await session.exec(
        delete(SignIn).where(col(SignIn.person_id) == person_id, col(SignIn.token_hash) != token_hash(token))
    )
    live.announce(session, f"standing:{person_id}", version=0)


async def ask_for_link(
    session: AsyncSession, *, email: str, goes_to: str, now: datetime, name: str = "", lang: str = "en"
) -> None:
    """Somebody wants to sign in by letter. Known and unknown addresses are treated alike until the worker looks.

    With a `name`, the worker makes a person of an unknown address: they hold a link that lets them take part.
    """
    address = as_address(email)
    key = f"sign-in:{address[:120]}:{secrets.token_hex(8)}"
    await schedule(
        session, SendSignInLink(email=address, goes_to=goes_to, newcomer=name, lang=lang, key=key), at=now, key=key
    )


async def write_sign_in_letter(session: AsyncSession, work: SendSignInLink, *, now: datetime) -> None:
    """The letter with a one-time link, if the address is known; one letter however often it is tried."""
    if work.newcomer:
        await known_or_new(session, email=work.email, name=work.newcomer, lang=work.lang, now=now)
    person = await queries.person_with_address(session, work.email)
    if person is None or person.id is None:
        return
    until = now + LINK_LASTS
    word = await mail_link(session, person_id=person.id, purpose="sign_in", goes_to=work.goes_to, expires_at=until)
    await mail.write(
        session, letter="people/sign_in", to=queries.as_reader(person), now=now, key=work.key,
        values={"word": word, "until": until},
    )  # fmt: skip


async def mail_link(
    session: AsyncSession, *, person_id: int, purpose: str, goes_to: str, expires_at: datetime
) -> str:  # fmt: skip
    """A word for `/sign-in/<word>` that signs this person in once."""
    word = secrets.token_urlsafe(24)
    session.add(
        MailLink(
            person_id=person_id, token_hash=token_hash(word), purpose=purpose, goes_to=goes_to, expires_at=expires_at
        )
    )
    await session.flush()
    return word


async def use_link(
    session: AsyncSession, *, word: str, device: str, now: datetime, zone: str = ""
) -> tuple[str, Person, str]:
    """Sign in by a letter's link, once: the session's secret, who it is, and where to go.

    `zone` is what the browser says; it is believed until the person has confirmed one.
    """
    found = await queries.mail_link(session, token_hash=token_hash(word), now=now)
    if found is None:
        raise Refused(N_("This link has been used or is too old. Ask for a new one below; it takes a minute."))
    link, person = found
    link.used_at = now
    session.add(link)
    if zone and not person.zone_confirmed:
        person.zone = zone
        session.add(person)
    if (
        person.returned_at is not None
        and link.purpose == "sign_in"
        and link.expires_at - LINK_LASTS > person.returned_at
    ):
        person.returned_at, person.returned_why = None, ""  # this letter has arrived: the address is right again
        session.add(person)
    assert person.id is not None
    return await sign_in(session, person_id=person.id, device=device, now=now), person, link.goes_to


async def known_or_new(session: AsyncSession, *, email: str, name: str, lang: str, now: datetime) -> int:
    """The person with this address, made if there is none; what a known person said about themselves stays."""
    person = await queries.person_with_address(session, email)
    if person is None:
        person = Person(email=as_address(email), name=name or email.split("@")[0], lang=lang or "en", created_at=now)
        session.add(person)
        await session.flush()
    assert person.id is not None
    return person.id


async def create_admin(
    session: AsyncSession, *, email: str, name: str, password_hash: str, lang: str, zone: str, now: datetime
) -> Person:
    """Somebody who runs the installation; a known person becomes one."""
    person_id = await known_or_new(session, email=email, name=name, lang=lang, now=now)
    person = await queries.person(session, person_id)
    assert person is not None
    person.admin, person.password_hash, person.zone = True, password_hash or person.password_hash, zone or person.zone
    session.add(person)
    return person


async def create_first_admin(session: AsyncSession, **about: Any) -> Person:
    """The first person of an installation. Refused as soon as there is anybody."""
    if not await queries.is_empty(session):
        raise Refused(N_("This installation is set up already. Please sign in."))
    return await create_admin(session, **about)


async def edit_profile(
    session: AsyncSession, *, person_id: int, organisation: str, organisation_kind: str, **fields: Any
) -> Person:
    """What a person says about themselves; an organisation nobody named before is added."""
    person = await queries.person(session, person_id)
    assert person is not None
    for name, value in fields.items():
        setattr(person, name, value)
    person.organisation_id = await _organisation(
        session, organisation, kind=organisation_kind, city=person.city, country=person.country
    )
    session.add(person)
    return person


async def confirm_zone(session: AsyncSession, *, person_id: int, zone: str) -> None:
    person = await queries.person(session, person_id)
    assert person is not None
    person.zone, person.zone_confirmed = zone, True
    session.add(person)


async def set_password(session: AsyncSession, *, person_id: int, password_hash: str, token: str) -> None:
    """A new password (an empty one takes it away); all other sessions end."""
    person = await queries.person(session, person_id)
    assert person is not None
    person.password_hash = password_hash
    session.add(person)
    await end_other_sessions(session, person_id=person_id, token=token)


async def note_seen(session: AsyncSession, *, token: str, now: datetime) -> None:
    """Remember that a session is in use, and let it last anew."""
    query = queries.sign_in_with(token_hash(token))
    found = (await session.exec(locked(query))).one_or_none()
    if found is not None and now - found.seen_at > SEEN_AGAIN:
        found.seen_at, found.expires_at = now, now + SESSION_LASTS
        session.add(found)


async def forget_ended(session: AsyncSession, *, before: datetime) -> None:
    """Sessions and links that ended before then."""
    await session.exec(delete(SignIn).where(col(SignIn.expires_at) < before))
    await session.exec(delete(MailLink).where(col(MailLink.expires_at) < before))


async def _organisation(session: AsyncSession, name: str, *, kind: str, city: str, country: str) -> int | None:
    if not name:
        return None
    known = await queries.organisation_named(session, name)
    if known is None:
        known = Organisation(name=name, kind=kind or "municipality", city=city, country=country)
        session.add(known)
        await session.flush()
    return known.id
