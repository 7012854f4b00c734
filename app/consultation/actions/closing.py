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
from app.consultation.engine.votes import DOT, is_vote
from app.consultation.models import Contribution
from app.consultation.queries import BEFORE, Sitting, audience_of_event, open_contributions, released, sitting
from app.core import mail, search
from app.core.errors import Forbidden
from app.core.words import N_
from app.people.queries import readers


def may_leave(here: Sitting, row: Contribution, *, decider: int) -> bool:
    """Whether this person decides about this row: what the protocol may hold, from the rounds in which it was their case.

    Where nobody brings a case, everybody decides about what they wrote.
    """
    captured = row.deck in here.room.method.capture and not is_vote(here.room.method.output(row.deck))
    if not row.open or row.gone or not (captured or row.deck == BEFORE):
        return False
    if here.method.everybody_releases:
        return row.seat_id == decider and row.deck != BEFORE
    return decider in here.room.case_givers(round=row.round)


def decides_about_thread(here: Sitting, me: int) -> bool:
    """Whoever brought the case; where everybody decides about their own words, whoever leads, for what all have released."""
    return here.room.leads == me if here.method.everybody_releases else True


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
    if thread and not here.row.practice and may_release(here.room, me) and decides_about_thread(here, me):
        here.row.thread_by_id = by
    await release_as(session, here, me, chosen=chosen, city=city, now=now)


async def release_as(
    session: AsyncSession, here: Sitting, me: int, *, chosen: Collection[int], city: bool, now: datetime
) -> None:
    """The seat `me` decides: a person's, or a simulated peer's."""
    room = rules.decide_release(here.room, person=me)
    mine = [row for row in await open_contributions(session, here.id) if may_leave(here, row, decider=me)]
    if not set(chosen) <= {row.id for row in mine}:
        raise Forbidden(
            N_("You release what is yours: cards of your case, or where nobody brings one what you wrote yourself.")
        )
    whole = {_counted(here, row) for row in mine if row.id in chosen} - {None}
    for row in mine:
        row.released = row.id in chosen or _counted(here, row) in whole
        session.add(row)
    await _dots_leave(session, here, mine)
    if city and not here.method.everybody_releases:
        here.row.city = here.people[me].city
    await keep(session, here, room, now=now, parts=[ORDER])
    await conclude(session, here, now=now)


async def _dots_leave(session: AsyncSession, here: Sitting, decided: Collection[Contribution]) -> None:
    """A card that leaves takes the number of its dots along, where the protocol may hold the vote; whose they were stays."""
    leaves = {row.id: row.released for row in decided}
    for row in await open_contributions(session, here.id):
        vote = is_vote(here.method.output(row.deck)) and row.deck in here.method.capture
        if vote and row.kind.isdigit() and int(row.kind) in leaves:
            row.released = leaves[int(row.kind)]
            session.add(row)


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
        body=" ".join(f"{item.text} {item.answer}".strip() for item in items if item.text != DOT), lang=here.row.lang, url=f"/rooms/{here.id}/protocol", at=now,
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
