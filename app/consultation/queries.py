"""Reading about consultations. What leaves through here is seen by people with a seat, unless the name says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import func
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.cast import Cast, Seat
from app.consultation.engine.contributing import LINE
from app.consultation.engine.method import Method
from app.consultation.engine.queue import Order
from app.consultation.engine.room import Room
from app.consultation.engine.state import State
from app.consultation.models import Consultation, ConsultationNote, ConsultationSeat, Contribution
from app.consultation.queries_methods import method_of
from app.consultation.queries_seats import Region, Somebody, regions_of, seated
from app.core.db import locked
from app.core.errors import Missing, Refused
from app.core.words import N_
from app.events.models import Event
from app.people.models import Person

OUT = N_("Whoever leads this room has asked you to leave it. What you wrote stays there.")
AGREE_FIRST = N_("First say that you agree: what is said in this room stays there. Then you can take part.")
GROUP = "group"  # headings under which cards stand
PARK, DONE = "park", "done"  # the park list, and the kind of what is ticked off there
BEFORE = "before"  # questions that were put before the room opened
OFFER, MAY_LEAVE = "offer", "may"  # help offered at the end, and the kind of what may stand on the protocol
ASIDE = frozenset({LINE, GROUP, PARK, BEFORE, OFFER})  # what is written besides the method's own outputs


@dataclass(frozen=True)
class Sitting:
    """A consultation with its people, ready for the engine."""

    row: Consultation
    seats: tuple[ConsultationSeat, ...]
    people: dict[int, Somebody]
    method: Method
    regions: tuple[Region, ...] = ()  # where the order of raised hands asks for them

    @cached_property
    def room(self) -> Room:
        people = self.people.values()
        cast = Cast(
            tuple(
                Seat(
                    who.seat_id, who.role, who.deputy, who.country, who.new, who.removed, self._region(who.country)
                ) for who in people
            )
        )  # fmt: skip
        return Room(self.method, cast, State.from_json(self.row.state))

    def _region(self, country: str) -> int:
        return next((region.number for region in self.regions if country in region.countries), 0)

    @property
    def id(self) -> int:
        assert self.row.id is not None
        return self.row.id

    def reads_case(self, seat_id: int) -> bool:
        """What was written down about the case beforehand is read by whoever brought it, also when another case is taken."""
        if self.row.case_seat is not None:
            return seat_id == self.row.case_seat
        return seat_id in self.room.case_givers()

    def seat(self, person_id: int | None) -> Somebody | None:
        """This person's seat; None for everybody else, staff included."""
        if person_id is None:
            return None
        return next((who for who in self.people.values() if who.person_id == person_id), None)

    def own_seat(self, person_id: int) -> int:
        """The seat's id; a room one has no seat in does not exist."""
        seat = self.seat(person_id)
        if seat is None:
            raise Missing
        return seat.seat_id

    def my_seat(self, person_id: int) -> int:
        """The seat's id, for acting: only who has agreed acts, and who was asked to leave no more."""
        seat = self.people[self.own_seat(person_id)]
        if seat.removed:
            raise Refused(OUT)
        if not seat.agreed:
            raise Refused(AGREE_FIRST)
        return seat.seat_id


async def sitting(session: AsyncSession, room_id: int, *, lock: bool = False) -> Sitting:
    """The room with this id; raises Missing. `lock` holds its row until the transaction ends."""
    query = select(Consultation).where(Consultation.id == room_id)
    row = (await session.exec(locked(query) if lock else query)).one_or_none()
    if row is None:
        raise Missing
    seats = await seated(session, room_id)
    method = await method_of(session, row.method, row.method_version)
    regions = await regions_of(session, row.event_id) if row.state.get("queue") == Order.REGIONS else ()
    people = {who.seat_id: who for _, who in seats}
    return Sitting(row, tuple(seat for seat, _ in seats), people, method, tuple(regions))


async def room_version(session: AsyncSession, room_id: int, *, person_id: int) -> int | None:
    """For the live gate, topic `room:ID`: the version, if this person sits there and has agreed; else None."""
    found = await _as_member(session, room_id, person_id=person_id)
    return None if found is None else found.version


async def desk_version(session: AsyncSession, room_id: int, *, person_id: int) -> int | None:
    """For the live gate, topic `desk:ID`: as `room_version`, for what differs per person."""
    found = await _as_member(session, room_id, person_id=person_id)
    return None if found is None else found.desk_version


async def room_versions(session: AsyncSession, room_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Room → (version, desk version), for processes that compare what they follow; no question of rights."""
    query = select(Consultation.id, Consultation.version, Consultation.desk_version).where(
        col(Consultation.id).in_(room_ids)
    )
    return {room_id: (version, desk) for room_id, version, desk in (await session.exec(query)).all() if room_id}


async def _as_member(session: AsyncSession, room_id: int, *, person_id: int) -> Consultation | None:
    query = (
        select(Consultation)
        .join(ConsultationSeat, col(ConsultationSeat.consultation_id) == col(Consultation.id))
        .where(Consultation.id == room_id, ConsultationSeat.person_id == person_id)
        .where(col(ConsultationSeat.agreed_at).is_not(None), col(ConsultationSeat.removed_at).is_(None))
    )
    return (await session.exec(query)).one_or_none()


async def open_contributions(session: AsyncSession, room_id: int, *, after: int = 0) -> list[Contribution]:
    """What everybody may see and is newer than version `after`, as written; with what was taken back, to take it away."""
    query = select(Contribution).where(
        Contribution.consultation_id == room_id, col(Contribution.open).is_(True), Contribution.version > after
    )
    if after == 0:
        query = query.where(col(Contribution.gone).is_(False))
    return list((await session.exec(query.order_by(col(Contribution.id)))).all())


async def count_parked(session: AsyncSession, room_id: int) -> int:
    """What is still open on the park list."""
    query = select(func.count(col(Contribution.id))).where(
        Contribution.consultation_id == room_id, Contribution.deck == PARK, Contribution.kind != DONE
    )
    return (await session.exec(query)).one()


async def own_contributions(session: AsyncSession, seat_id: int) -> list[Contribution]:
    query = select(Contribution).where(Contribution.seat_id == seat_id, col(Contribution.gone).is_(False))
    return list((await session.exec(query.order_by(col(Contribution.id)))).all())


async def face_down(session: AsyncSession, room_id: int) -> list[Contribution]:
    """What not everybody may see yet. For the engine to judge; never shown as it comes from here."""
    query = select(Contribution).where(
        Contribution.consultation_id == room_id, col(Contribution.open).is_(False), col(Contribution.gone).is_(False)
    )
    return list((await session.exec(query.order_by(col(Contribution.id)))).all())


async def contribution(session: AsyncSession, contribution_id: int) -> Contribution | None:
    return await session.get(Contribution, contribution_id)


async def contribution_with_key(session: AsyncSession, key: str) -> Contribution | None:
    return (await session.exec(select(Contribution).where(Contribution.key == key))).one_or_none()


async def written_by(session: AsyncSession, seat_id: int, *, deck: str, step: int) -> list[Contribution]:
    query = select(Contribution).where(
        Contribution.seat_id == seat_id, Contribution.deck == deck, Contribution.step == step
    )
    return list((await session.exec(query.where(col(Contribution.gone).is_(False)))).all())


async def last_words(session: AsyncSession, room_id: int) -> list[datetime]:
    """When somebody last wrote here: one instant, or none."""
    query = select(Contribution.written_at).where(Contribution.consultation_id == room_id)
    return list((await session.exec(query.order_by(col(Contribution.id).desc()).limit(1))).all())


async def key_question(session: AsyncSession, sitting: Sitting) -> Contribution | None:
    """The newest open question of this round."""
    from_round = sitting.room.step.round if sitting.room.step else 0
    decks = [
        output.key for phase in sitting.room.method.phases for output in phase.outputs if output.kind == "question"
    ]
    query = (
        select(Contribution)
        .where(Contribution.consultation_id == sitting.id, col(Contribution.deck).in_(decks))
        .where(col(Contribution.open).is_(True), col(Contribution.gone).is_(False))
        .where(Contribution.round == from_round)
        .order_by(col(Contribution.version).desc())
        .limit(1)
    )
    return (await session.exec(query)).first()


async def notes(session: AsyncSession, seat_id: int) -> ConsultationNote | None:
    return await session.get(ConsultationNote, seat_id)


async def released(session: AsyncSession, room_id: int) -> list[Contribution]:
    """What may leave the room: for anybody who may read the event."""
    query = select(Contribution).where(
        Contribution.consultation_id == room_id, col(Contribution.released).is_(True), col(Contribution.gone).is_(False)
    )
    return list((await session.exec(query.order_by(col(Contribution.step), col(Contribution.id)))).all())


async def headings_of(session: AsyncSession, rows: Sequence[Contribution]) -> dict[int | None, str]:
    """Group → heading, of the groups that these rows stand in and of no other."""
    query = select(Contribution).where(col(Contribution.id).in_({row.group_id for row in rows if row.group_id}))
    return {row.id: row.text for row in (await session.exec(query)).all()}


async def room_with_key(session: AsyncSession, key: str) -> Consultation | None:
    return (await session.exec(select(Consultation).where(Consultation.key == key))).one_or_none()


async def hold_event(session: AsyncSession, event_id: int) -> None:
    """Whoever plans rooms in this event waits for others who do: one key is one room, also when pressed twice."""
    await session.exec(locked(select(Event).where(Event.id == event_id)))


async def event_slug(session: AsyncSession, event_id: int) -> str:
    return (await session.exec(select(Event.slug).where(Event.id == event_id))).one()


async def staff_audience_of_event(session: AsyncSession, event_id: int) -> int:
    return (await session.exec(select(Event.staff_audience_id).where(Event.id == event_id))).one()


async def name_of(session: AsyncSession, person_id: int | None) -> str:
    """Of whoever helps in a room without a seat; empty when nobody does."""
    return "".join((await session.exec(select(Person.name).where(Person.id == person_id))).all())


async def audience_of_event(session: AsyncSession, event_id: int) -> int:
    return (await session.exec(select(Event.audience_id).where(Event.id == event_id))).one()
