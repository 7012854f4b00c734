"""What people do with a room: load it locked, ask the rules, keep what they answer."""

from collections.abc import Callable
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import keep
from app.consultation.engine import clock, floor, leading, queue, rules, still
from app.consultation.engine.room import Room, check_led_by
from app.consultation.engine.touched import ORDER
from app.consultation.models import ConsultationSeat
from app.consultation.queries import AGREE_FIRST, OUT, Sitting, sitting
from app.core import audience
from app.core.errors import Missing, Refused
from app.core.words import N_


async def agree(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """What is said here stays here: everybody says so before the door opens."""
    here = await sitting(session, room_id, lock=True)
    who = here.seat(by)
    if who is None:
        raise Missing
    seat = await _row(session, who.seat_id)
    if seat.blocked:
        raise Refused(OUT)
    if here.row.locked and (seat.agreed_at is None or who.removed):
        raise Refused(
            N_("The lead has locked this room: nobody new comes in now. Write to them if you should be there.")
        )
    if here.row.status == "planned":
        raise Refused(N_("This room is not open yet. It opens fifteen minutes before it begins."))
    if seat.agreed_at is None:
        seat.agreed_at = now
    if who.removed:
        seat.removed_at = None
        await audience.admit(session, here.row.audience_id, by)
    session.add(seat)
    await keep(session, here, rules.find_line(here.room, person=who.seat_id, now=now), now=now, parts=[ORDER])


async def begin(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """Opens the first phase."""
    await _act(session, room_id, by, now, lambda room, me: rules.start(room, by=me, now=now))


async def advance_phase(session: AsyncSession, room_id: int, *, by: int, leaving: int, now: datetime) -> None:
    await _act(session, room_id, by, now, lambda room, me: rules.advance(room, by=me, leaving=leaving, now=now))


async def take_detour(
    session: AsyncSession, room_id: int, *, by: int, leaving: int, module: str, now: datetime
) -> None:
    await _act(
        session, room_id, by, now,
        lambda room, me: rules.take_detour(room, by=me, leaving=leaving, module=module, now=now),
    )  # fmt: skip


async def turn_up_cards(
    session: AsyncSession, room_id: int, *, by: int, deck: str, leaving: int, now: datetime
) -> None:
    await _act(session, room_id, by, now, lambda room, me: rules.show_cards(room, by=me, deck=deck, leaving=leaving))


async def pause(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    await _act(session, room_id, by, now, lambda room, me: clock.pause(room, by=me, now=now))


async def resume(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    await _act(session, room_id, by, now, lambda room, me: clock.resume(room, by=me, now=now))


async def add_time(session: AsyncSession, room_id: int, *, by: int, minutes: int, leaving: int, now: datetime) -> None:
    await _act(
        session, room_id, by, now, lambda room, me: clock.add_time(room, by=me, minutes=minutes, leaving=leaving)
    )


async def give_floor(
    session: AsyncSession, room_id: int, *, by: int, to: int, instead_of: int | None, now: datetime
) -> None:
    await _act(
        session, room_id, by, now,
        lambda room, me: floor.give_floor(room, by=me, to=to, instead_of=instead_of, now=now),
    )  # fmt: skip


async def finish_turn(session: AsyncSession, room_id: int, *, by: int, speaker: int, now: datetime) -> None:
    await _act(session, room_id, by, now, lambda room, me: floor.finish_turn(room, by=me, speaker=speaker, now=now))


async def go_round_again(session: AsyncSession, room_id: int, *, by: int, leaving: int, now: datetime) -> None:
    await _act(session, room_id, by, now, lambda room, me: floor.another_round(room, by=me, leaving=leaving, now=now))


async def write_first(
    session: AsyncSession, room_id: int, *, by: int, minutes: int, leaving: int, now: datetime
) -> None:
    """A silence in which everybody writes; without minutes it ends."""
    await _act(
        session, room_id, by, now,
        lambda room, me: still.begin(room, by=me, minutes=minutes, leaving=leaving, now=now) if minutes
        else still.end(room, by=me, now=now),
    )  # fmt: skip


async def let_speak(session: AsyncSession, room_id: int, *, by: int, who: int | None, now: datetime) -> None:
    await _act(session, room_id, by, now, lambda room, me: floor.let_speak(room, by=me, person=who, now=now))


async def raise_hand(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    await _act(session, room_id, by, now, lambda room, me: floor.raise_hand(room, person=me, now=now))


async def lower_hand(session: AsyncSession, room_id: int, *, by: int, whose: int | None, now: datetime) -> None:
    """`whose` None: my own."""
    await _act(session, room_id, by, now, lambda room, me: floor.lower_hand(room, person=whose or me, by=me))


async def choose_order(session: AsyncSession, room_id: int, *, by: int, order: str, now: datetime) -> None:
    """Of the queue of raised hands."""
    await _act(session, room_id, by, now, lambda room, me: queue.choose_order(room, by=me, order=order))


async def ask_for_time(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """My turns last twice as long from now on."""
    await _act(session, room_id, by, now, lambda room, me: rules.give_more_time(room, person=me))


async def show_typing(session: AsyncSession, room_id: int, *, by: int, on: bool, now: datetime) -> None:
    """Real-time text of mine, on or off."""
    await _act(session, room_id, by, now, lambda room, me: rules.show_typing(room, person=me, on=on))


async def take_over(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    await _act(session, room_id, by, now, lambda room, me: leading.take_over(room, person=me, now=now))


async def hand_over(session: AsyncSession, room_id: int, *, by: int, to: int, now: datetime) -> None:
    await _act(session, room_id, by, now, lambda room, me: leading.hand_over(room, by=me, to=to))


async def name_deputy(session: AsyncSession, room_id: int, *, by: int, who: int, now: datetime) -> None:
    here = await sitting(session, room_id, lock=True)
    room = leading.name_deputy(here.room, by=here.my_seat(by), who=who)
    seat = await _row(session, who)
    seat.deputy = True
    session.add(seat)
    await keep(session, here, room, now=now)


async def line_lost(session: AsyncSession, room_id: int, *, person_id: int, now: datetime) -> None:
    """The realtime program has not heard of this person for a while; somebody who has left is no news."""
    await _attend(session, room_id, person_id, now, rules.lose_line)


async def line_found(session: AsyncSession, room_id: int, *, person_id: int, now: datetime) -> None:
    await _attend(session, room_id, person_id, now, rules.find_line)


async def be_back(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """Somebody whom the lead has marked as lost says that they are here."""
    await line_found(session, room_id, person_id=by, now=now)


async def mark_line_lost(session: AsyncSession, room_id: int, *, by: int, who: int, now: datetime) -> None:
    """The lead sees that somebody is gone, or back, before the machines do."""

    here = await sitting(session, room_id, lock=True)
    if who in here.people and here.people[who].removed:
        raise Refused(N_("This person was asked to leave. Let them in again first."))

    def mark(room: Room, me: int) -> Room:
        check_led_by(room, me)
        act = rules.find_line if who in room.state.away else rules.lose_line
        return act(room, person=who, now=now)

    await _act(session, room_id, by, now, mark)


async def _attend(
    session: AsyncSession, room_id: int, person_id: int, now: datetime, rule: Callable[..., Room]
) -> None:
    """Somebody came or went; who was asked to leave neither comes nor goes, and nobody comes but by the agreement."""
    here = await sitting(session, room_id, lock=True)
    who = here.seat(person_id)
    if who is None:
        raise Missing
    if not who.agreed:
        raise Refused(AGREE_FIRST)
    if not who.removed:
        await keep(session, here, rule(here.room, person=who.seat_id, now=now), now=now)


async def _act(
    session: AsyncSession, room_id: int, by: int, now: datetime, rule: Callable[[Room, int], Room]
) -> Sitting:
    """Load, ask, keep."""
    here = await sitting(session, room_id, lock=True)
    await keep(session, here, rule(here.room, here.my_seat(by)), now=now)
    return here


async def _row(session: AsyncSession, seat_id: int) -> ConsultationSeat:
    seat = await session.get(ConsultationSeat, seat_id)
    assert seat is not None  # the sitting has just named it
    return seat
