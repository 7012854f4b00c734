"""Changing one's own address: a link to the new one, word to the old one; until the link is used nothing changes."""

import dataclasses
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail
from app.core.errors import Invalid, Refused
from app.core.security import token_hash
from app.core.words import N_
from app.people import queries
from app.people.actions import mail_link
from app.people.models import Person
from app.people.rules import as_address

LINK_LASTS = timedelta(hours=24)
ADDRESS = "address"  # the purpose of such a link; it signs nobody in


async def ask_for_address(session: AsyncSession, *, person_id: int, email: str, key: str, now: datetime) -> None:
    """Write to the new address and to the old one; once for each key. Whether somebody else has it is not told."""
    person, address = await queries.person(session, person_id), as_address(email)
    assert person is not None
    if person.fictional:  # anybody may enter as them, and would have our letters sent to anybody
        raise Refused(N_("This is an invented person of the demonstration. Their address stays as it is."))
    if address == person.email:
        raise Invalid({"email": N_("This is your address already.")})
    until = now + LINK_LASTS
    reader, once = queries.as_reader(person), f"address:{person_id}:{key}"
    if not await queries.address_is_taken(session, address) and not await queries.letter_is_written(session, once):
        word = await mail_link(session, person_id=person_id, purpose=ADDRESS, goes_to=address, expires_at=until)
        to = dataclasses.replace(reader, email=address)
        await mail.write(
            session, letter="people/new_address", to=to, now=now, key=once, values={"word": word, "until": until}
        )
    if person.email:
        await mail.write(
            session, letter="people/address_asked", to=reader, now=now, key=f"{once}:old", values={"address": address}
        )


async def use_address(session: AsyncSession, *, word: str, now: datetime) -> Person:
    """The new address is right: letters go there from now on, and it signs in."""
    found = await queries.mail_link(session, token_hash=token_hash(word), now=now, purposes=(ADDRESS,))
    if found is None:
        raise Refused(N_("This link has been used or is too old. Ask for a new one on your profile page."))
    link, person = found
    if await queries.address_is_taken(session, link.goes_to):
        raise Refused(N_("Somebody else uses this address here. Please write to us if both are you."))
    link.used_at, person.email = now, link.goes_to
    person.returned_at, person.returned_why = None, ""
    session.add_all([link, person])
    return person


async def note_returned(session: AsyncSession, person_id: int, *, address: str, why: str, now: datetime) -> None:
    """Letters to this address come back; one that came back late says nothing about a newer address."""
    person = await queries.person_to_change(session, person_id)
    if person is None or person.email != as_address(address) or person.returned_at is not None:
        return
    person.returned_at, person.returned_why = now, why[:600]
    session.add(person)


async def confirm_address(session: AsyncSession, person_id: int) -> None:
    """The address is right after all: letters are sent again."""
    person = await queries.person_to_change(session, person_id)
    if person is None:
        return
    person.returned_at, person.returned_why = None, ""
    session.add(person)
