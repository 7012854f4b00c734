"""Reading about consultations in writing: what was written, where those of one person stand, what is theirs to do."""

from collections.abc import Sequence

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.models import Consultation, ConsultationSeat, Contribution
from app.consultation.queries import ASIDE, BEFORE, GROUP, OFFER, PARK, Sitting
from app.consultation.queries_methods import methods_of
from app.consultation.queries_seats import somebody
from app.people.models import Person

MOST_ROOMS, MOST_WRITTEN = 50, 2000


async def written_in(session: AsyncSession, room_id: int, *, step: int) -> dict[int, int]:
    """Seat → how many things it has written in this step; lines are talk, headings are order; neither counts."""
    query = (
        select(Contribution.seat_id, func.count(col(Contribution.id)))
        .where(Contribution.consultation_id == room_id, Contribution.step == step)
        .where(col(Contribution.gone).is_(False), col(Contribution.deck).not_in(ASIDE))
        .group_by(col(Contribution.seat_id))
    )
    return dict((await session.exec(query)).all())


async def everything_written(session: AsyncSession, room_id: int) -> list[Contribution]:
    """All there is in a room but headings, the park list what was asked before and offers, in the order of writing. For the engine to judge who may see what."""
    query = select(Contribution).where(Contribution.consultation_id == room_id, col(Contribution.gone).is_(False))
    query = query.where(col(Contribution.deck).not_in([GROUP, PARK, BEFORE, OFFER]))
    return list((await session.exec(query.order_by(col(Contribution.id)).limit(MOST_WRITTEN))).all())


async def written_of(
    session: AsyncSession, event_id: int, person_ids: Sequence[int]
) -> dict[int, list[tuple[Sitting, bool]]]:
    """Person → the open ones they sit in, the oldest first, and whether they have written in the present step: few queries."""
    theirs = select(ConsultationSeat.consultation_id).where(
        col(ConsultationSeat.person_id).in_(person_ids), col(ConsultationSeat.removed_at).is_(None)
    )
    query = (
        select(Consultation)
        .where(Consultation.event_id == event_id, Consultation.status == "running", Consultation.practice == "")
        .where(col(Consultation.id).in_(theirs))
        .order_by(col(Consultation.id))
        .limit(MOST_ROOMS * len(person_ids))
    )
    rows = [row for row in (await session.exec(query)).all() if row.state.get("pace") and not row.state.get("meeting")]
    if not rows:
        return {}
    sittings = await _sittings(session, rows)
    done = await _steps_written_in(session, [here.id for here in sittings], person_ids)
    found: dict[int, list[tuple[Sitting, bool]]] = {}
    for here in sittings:
        for seat in here.seats:
            if seat.person_id is not None and seat.person_id in person_ids and seat.removed_at is None:
                wrote = (here.id, here.room.place, seat.person_id) in done
                found.setdefault(seat.person_id, []).append((here, wrote))
    return {person_id: theirs[:MOST_ROOMS] for person_id, theirs in found.items()}


async def _sittings(session: AsyncSession, rows: list[Consultation]) -> list[Sitting]:
    query = (
        select(ConsultationSeat, Person)
        .outerjoin(Person, col(Person.id) == col(ConsultationSeat.person_id))
        .where(col(ConsultationSeat.consultation_id).in_([row.id for row in rows]))
        .order_by(col(ConsultationSeat.place), col(ConsultationSeat.id))
    )
    seats: dict[int, list[tuple[ConsultationSeat, Person | None]]] = {}
    for seat, who in (await session.exec(query)).all():
        seats.setdefault(seat.consultation_id, []).append((seat, who))
    held = await methods_of(session, [(row.method, row.method_version) for row in rows])
    faces = {room_id: {seat.id or 0: somebody(seat, who) for seat, who in here} for room_id, here in seats.items()}
    return [
        Sitting(row, tuple(seat for seat, _ in here), faces[row.id or 0], held[row.method, row.method_version])
        for row in rows
        if (here := seats.get(row.id or 0))
    ]


async def _steps_written_in(
    session: AsyncSession, room_ids: list[int], person_ids: Sequence[int]
) -> set[tuple[int, int, int | None]]:
    query = (
        select(Contribution.consultation_id, Contribution.step, ConsultationSeat.person_id)
        .join(ConsultationSeat, col(ConsultationSeat.id) == col(Contribution.seat_id))
        .where(col(Contribution.consultation_id).in_(room_ids), col(ConsultationSeat.person_id).in_(person_ids))
        .where(col(Contribution.gone).is_(False), col(Contribution.deck).not_in(ASIDE))
        .distinct()
    )
    return set((await session.exec(query)).all())
