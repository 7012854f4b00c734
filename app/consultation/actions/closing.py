"""The end of a consultation: what may leave the room, the closed door, the protocol."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.afterwards import plan_afterwards
from app.consultation.actions.as_thread import keep_thread
from app.consultation.actions.keeping import keep
from app.consultation.engine import rules
from app.consultation.engine.method import said
from app.consultation.engine.picks import is_counted
from app.consultation.engine.sight import may_release
from app.consultation.engine.touched import ORDER
from app.consultation.engine.votes import is_vote
from app.consultation.models import Contribution
from app.consultation.queries import BEFORE, Sitting, audience_of_event, open_contributions, released, sitting
from app.core import mail, search
from app.core.errors import Forbidden
from app.core.words import N_
from app.people.queries import readers


def may_leave(here: Sitting, row: Contribution, *, decider: int) -> bool:
    """Whether this person decides about this row: what the protocol may hold, from the rounds in which it was their case."""
    captured = row.deck in here.room.method.capture and not is_vote(here.room.method.output(row.deck))
    if not row.open or row.gone or not (captured or row.deck == BEFORE):
        return False
    return decider in here.room.case_givers(round=row.round)


async def release(
    session: AsyncSession,
    room_id: int,
    *,
    by: int,
    chosen: Collection[int],
    city: bool,
    thread: bool = False,
    now: datetime,
) -> None:
    """Card by card: `chosen` may leave the room, everything else stays. An empty choice is a decision too.

    `city`: the city of the case may be named outside. `thread`: what was chosen stands in the forum, too.
    """
    here = await sitting(session, room_id, lock=True)
    me = here.my_seat(by)
    if thread and not here.row.practice and may_release(here.room, me):
        here.row.thread_by_id = by
    await release_as(session, here, me, chosen=chosen, city=city, now=now)


async def release_as(
    session: AsyncSession, here: Sitting, me: int, *, chosen: Collection[int], city: bool, now: datetime
) -> None:
    """The seat `me` decides: a person's, or a simulated peer's."""
    room = rules.decide_release(here.room, person=me)
    mine = [row for row in await open_contributions(session, here.id) if may_leave(here, row, decider=me)]
    if not set(chosen) <= {row.id for row in mine}:
        raise Forbidden(N_("Only cards of your own case can be released, and only by you."))
    whole = {_counted(here, row) for row in mine if row.id in chosen} - {None}
    for row in mine:
        row.released = row.id in chosen or _counted(here, row) in whole
        session.add(row)
    here.row.city = here.people[me].city if city else here.row.city
    await keep(session, here, room, now=now, parts=[ORDER])
    await conclude(session, here, now=now)


def _counted(here: Sitting, row: Contribution) -> tuple[str, int] | None:
    """What several have picked leaves as a whole, as numbers, or not at all."""
    return (row.deck, row.round) if is_counted(here.room.method.output(row.deck)) else None


async def close_room(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """The lead ends the consultation; the rules ask for the release first."""
    here = await sitting(session, room_id, lock=True)
    await keep(session, here, rules.close(here.room, by=here.my_seat(by), now=now), now=now)
    await conclude(session, here, now=now)


async def conclude(session: AsyncSession, here: Sitting, *, now: datetime) -> None:
    """Once the room is closed and something was released: the protocol stands, can be found, and is told of."""
    if here.row.status != "closed":
        return
    await session.flush()
    await plan_afterwards(session, here)
    items = await released(session, here.id)
    if not items:
        await search.drop(session, kind="protocol", ref=here.id)
        await keep_thread(session, here, items, now=now)
        return
    first = here.row.released_at is None
    here.row.released_at = here.row.released_at or now
    session.add(here.row)
    if here.row.practice:
        return
    await search.put(
        session, kind="protocol", ref=here.id, event_id=here.row.event_id,
        audience_id=await audience_of_event(session, here.row.event_id), title=here.row.title,
        body=" ".join(f"{item.text} {item.answer}".strip() for item in items), lang=here.row.lang, url=f"/rooms/{here.id}/protocol", at=now,
    )  # fmt: skip
    await keep_thread(session, here, items, now=now)
    if first:
        await _tell_everybody(session, here, now=now)


async def _tell_everybody(session: AsyncSession, here: Sitting, *, now: datetime) -> None:
    """A letter with title and link, nothing of the content."""
    people = [who.person_id for who in here.people.values() if who.person_id is not None]
    for reader in await readers(session, people):
        await mail.write(
            session, letter="consultation/protocol", to=reader, event_id=here.row.event_id, now=now,
            key=f"protocol:{here.id}:{reader.person_id}",
            values={
                "title": here.row.title, "method": said(here.room.method.title, reader.lang),
                "path": f"/rooms/{here.id}/protocol",
            },
        )  # fmt: skip
