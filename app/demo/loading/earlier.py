"""What becomes of an earlier run when the demonstration begins anew on another day.

Every run is loaded as a whole, through the doors of the slices, so that letters, plans, rooms and search tell the same
dates; shifting rows would leave those behind that have left the house or were said in words. An earlier run in which
nobody but the invented people has written goes; one in which a visitor has left something is kept, archived, under an
address with its date: nothing that a person wrote is ever lost.
"""

from typing import Any

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from app.consultation.models import Consultation, ConsultationSeat, Contribution
from app.core import search
from app.core.audience import Audience
from app.core.jobs import Job
from app.core.mail import Letter
from app.core.search import SearchEntry
from app.events.models import Event, Group, Participation, Term
from app.events.rules import State
from app.forum.models import Post, Thread
from app.insight.models import Pulse
from app.notices.models import Announcement, Notice
from app.people.models import Person
from app.timetable.models import Booking, Case, Clinic, Swap, Window

OURS = "demo-"


async def retire(session: AsyncSession, event: Event) -> None:
    """Let an earlier run go, or keep it as an archived event if a visitor has written in it."""
    assert event.id is not None
    if await is_written_in(session, event.id):
        event.demo, event.state, event.slug = False, State.ARCHIVED, f"{event.slug}-{event.starts_on:%Y-%m-%d}"
        session.add(event)
        await session.flush()
    else:
        await _forget(session, event)


async def is_written_in(session: AsyncSession, event_id: int) -> bool:
    """Has anybody written who is not part of the material? Rows of the material carry keys that say so."""
    questions: list[SelectOfScalar[Any]] = [
        select(Thread.id).where(Thread.event_id == event_id, ~col(Thread.key).startswith(OURS)),
        select(Post.id)
        .join(Thread, col(Thread.id) == col(Post.thread_id))
        .where(Thread.event_id == event_id, ~col(Post.key).startswith(OURS)),
        select(Contribution.id)
        .join(Consultation, col(Consultation.id) == col(Contribution.consultation_id))
        .join(ConsultationSeat, col(ConsultationSeat.id) == col(Contribution.seat_id))
        .where(Consultation.event_id == event_id, ~col(Contribution.key).startswith(OURS))
        .where(col(ConsultationSeat.person_id).is_not(None)),
        select(Case.id).where(Case.event_id == event_id, ~col(Case.key).startswith(OURS)),
        select(Announcement.id).where(Announcement.event_id == event_id, ~col(Announcement.key).startswith(OURS)),
        select(Term.id).where(Term.event_id == event_id, ~col(Term.key).startswith(OURS)),
        select(Pulse.id).where(Pulse.event_id == event_id, ~col(Pulse.key).startswith(OURS)),
        select(Window.id).where(Window.event_id == event_id, ~col(Window.key).startswith(OURS)),
        select(Clinic.id).where(Clinic.event_id == event_id, ~col(Clinic.key).startswith(OURS)),
        select(Booking.id)
        .join(Clinic, col(Clinic.id) == col(Booking.clinic_id))
        .where(Clinic.event_id == event_id, ~col(Booking.key).startswith(OURS)),
        select(Swap.id).where(Swap.event_id == event_id, ~col(Swap.key).startswith(OURS)),
    ]
    for question in questions:
        if (await session.exec(question.limit(1))).first() is not None:
            return True
    return False


async def visitors(session: AsyncSession, event_id: int) -> list[Participation]:
    """Real people who take part in the demonstration; they come along into the next run."""
    query = (
        select(Participation)
        .join(Person, col(Person.id) == col(Participation.person_id))
        .where(Participation.event_id == event_id, col(Person.fictional).is_(False))
    )
    return list((await session.exec(query)).all())


async def _forget(session: AsyncSession, event: Event) -> None:
    """The event with everything that hangs on it; what hangs by words only (jobs, search) first."""
    assert event.id is not None
    await _forget_jobs(session, event.id)
    for entry in (await session.exec(select(SearchEntry).where(SearchEntry.event_id == event.id))).all():
        await search.drop(session, kind=entry.kind, ref=entry.ref)
    audiences = {event.audience_id, event.staff_audience_id, *await _audiences(session, event.id)}
    await session.flush()
    await session.exec(delete(Event).where(col(Event.id) == event.id))
    await session.exec(delete(Audience).where(col(Audience.id).in_(audiences)))
    session.expunge_all()


async def _audiences(session: AsyncSession, event_id: int) -> set[int]:
    groups = (await session.exec(select(Group.audience_id).where(Group.event_id == event_id))).all()
    rooms = (await session.exec(select(Consultation.audience_id).where(Consultation.event_id == event_id))).all()
    return {*groups, *rooms}


async def _forget_jobs(session: AsyncSession, event_id: int) -> None:
    """Work about this event, its rooms, letters, notices, cases and talks; also what is done: SQLite gives numbers out again,
    and a new letter with the number of an old one would find its job done."""
    about: dict[str, set[int | None]] = {"event_id": {event_id}}
    tables: tuple[tuple[str, Any], ...] = (
        ("room_id", Consultation), ("letter_id", Letter), ("notice_id", Notice), ("case_id", Case),
    )  # fmt: skip
    for name, table in tables:
        about[name] = set((await session.exec(select(table.id).where(table.event_id == event_id))).all())
    talks = select(Booking.id).join(Clinic, col(Clinic.id) == col(Booking.clinic_id)).where(Clinic.event_id == event_id)
    about["booking_id"] = set((await session.exec(talks)).all())
    for job in (await session.exec(select(Job))).all():
        if any(job.args.get(name) in ids for name, ids in about.items() if name in job.args):
            await session.delete(job)
