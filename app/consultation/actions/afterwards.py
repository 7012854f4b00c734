"""After a consultation: what was not released is deleted, and a month later somebody asks what became of it."""

from datetime import datetime, timedelta

from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.jobs import AskWhatHappened, EmptyRoom
from app.consultation.models import ConsultationNote, Contribution
from app.consultation.queries import Sitting, released, sitting
from app.core import mail
from app.core.errors import Forbidden, Invalid, Refused
from app.core.jobs import schedule
from app.core.words import N_
from app.people.queries import readers

KEPT = timedelta(weeks=4)  # what was not released, and everybody's notes
ASKED = timedelta(days=30)
LONGEST_OUTCOME = 3000


async def plan_afterwards(session: AsyncSession, here: Sitting) -> None:
    """Set once the room is closed; set again it is the same alarm."""
    if here.row.closed_at is None:
        return
    await schedule(session, EmptyRoom(here.id), at=here.row.closed_at + KEPT, key=f"empty:{here.id}")
    if not here.row.practice:
        await schedule(session, AskWhatHappened(here.id), at=here.row.closed_at + ASKED, key=f"outcome:{here.id}")


async def empty(session: AsyncSession, room_id: int, *, now: datetime) -> None:
    """The case, what was not released and all private notes go; what was released stays, and so do the seats."""
    here = await sitting(session, room_id, lock=True)
    if here.row.closed_at is None or now < here.row.closed_at + KEPT or here.row.emptied_at is not None:
        return
    everything = delete(Contribution).where(col(Contribution.consultation_id) == room_id)
    used = [row.group_id for row in await released(session, room_id) if row.group_id]
    everything = everything.where(col(Contribution.id).not_in(used))  # headings under which released cards stand
    await session.exec(everything.where(col(Contribution.released).is_(False) | col(Contribution.gone).is_(True)))
    seats = [seat.id for seat in here.seats]
    await session.exec(delete(ConsultationNote).where(col(ConsultationNote.seat_id).in_(seats)))
    if here.row.released_at is None:
        here.row.thanks = ""
    here.row.case_text, here.row.emptied_at = "", now
    here.row.state = {**here.row.state, "polls": []}
    session.add(here.row)


async def ask_what_happened(session: AsyncSession, room_id: int, *, now: datetime) -> None:
    """A letter to whoever brought the case; the answer stands with the protocol, or in the room where there is none.

    Where nobody brought one, to those who have put a step with a date into the protocol.
    """
    here = await sitting(session, room_id)
    if here.row.closed_at is None or here.row.outcome or now < here.row.closed_at + ASKED:
        return
    if here.method.everybody_releases:
        await _remind_of_steps(session, here, now=now)
        return
    people = [here.people[seat].person_id for seat in here.room.bringers()]
    for reader in await readers(session, [person for person in people if person is not None]):
        await mail.write(
            session, letter="consultation/outcome", to=reader, event_id=here.row.event_id, now=now,
            key=f"outcome:{here.id}:{reader.person_id}",
            values={
                "title": here.row.title, "path": f"/rooms/{here.id}/outcome", "protocol": here.row.released_at is not None,
            },
        )  # fmt: skip


async def _remind_of_steps(session: AsyncSession, here: Sitting, *, now: datetime) -> None:
    """A letter to everybody whose step with a date stands in the protocol; the step itself does not travel."""
    steps = {row.seat_id for row in await released(session, here.id) if row.due is not None}
    people = [here.people[seat].person_id for seat in sorted(steps)]
    for reader in await readers(session, [person for person in people if person is not None]):
        await mail.write(
            session, letter="consultation/step", to=reader, event_id=here.row.event_id, now=now,
            key=f"outcome:{here.id}:{reader.person_id}",
            values={"title": here.row.title, "path": f"/rooms/{here.id}/protocol"},
        )  # fmt: skip


def check_tells(here: Sitting, person_id: int) -> None:
    """Only whoever brought the case tells what became of it, once the consultation is over."""
    if here.my_seat(person_id) not in here.room.bringers():
        raise Forbidden(N_("Only whoever brought the case tells what became of it."))
    if here.row.closed_at is None:
        raise Refused(N_("The consultation goes on. Tell what became of it when it is over."))


async def tell_outcome(session: AsyncSession, room_id: int, *, by: int, text: str, now: datetime) -> bool:
    """With the protocol (then True) for everybody in the event; without one in the room, where it stays even if something
    is released later. A new answer takes the place of the old."""
    here = await sitting(session, room_id, lock=True)
    check_tells(here, by)
    if not text.strip():
        raise Invalid({"text": N_("Write something first.")})
    if len(text) > LONGEST_OUTCOME:
        too_long = N_("This is too long. Please shorten it to {limit} characters.")
        raise Invalid({"text": too_long}, limit=LONGEST_OUTCOME)
    here.row.outcome, here.row.outcome_at = text.strip(), now
    session.add(here.row)
    return here.row.released_at is not None
