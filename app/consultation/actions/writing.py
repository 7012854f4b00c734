"""What people write in a room: lines beside the voice, cards, answers, private notes. Each write carries a key."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.grouping import tidy
from app.consultation.actions.keeping import keep
from app.consultation.engine.contributing import LINE, check_contributes, contributed, taken_back
from app.consultation.engine.floor import check_speaks
from app.consultation.engine.method import PICKED, Kind, Output
from app.consultation.engine.room import Room
from app.consultation.engine.sight import Card, check_writes, is_open
from app.consultation.engine.steps import is_late
from app.consultation.engine.touched import DOWN, QUESTION
from app.consultation.engine.votes import is_vote
from app.consultation.models import ConsultationNote, Contribution
from app.consultation.queries import (
    ASIDE,
    BEFORE,
    GROUP,
    OFFER,
    PARK,
    Sitting,
    contribution,
    contribution_with_key,
    sitting,
    written_by,
)
from app.core import times
from app.core.errors import Forbidden, Invalid, Missing, Refused
from app.core.words import N_

FURTHEST = timedelta(days=730)  # until when a step may be planned
LONGEST_LINE = 1000
LONGEST_POST = 5000  # of a line in writing: the lead's summary stands here
LONGEST_NOTES = 20_000


async def say(session: AsyncSession, room_id: int, *, by: int, text: str, key: str, now: datetime) -> None:
    """A line of the text lane, by whoever may be heard now. The same key again is the same line."""
    here = await sitting(session, room_id, lock=True)
    await say_as(session, here, here.my_seat(by), text=text, key=key, now=now, typed=True)


async def say_as(
    session: AsyncSession, here: Sitting, me: int, *, text: str, key: str, now: datetime, typed: bool = False
) -> None:
    """The seat `me` says it: a person's, or a simulated peer's, whose lines are a voice that nobody cuts off."""
    if await already_sent(session, key, seat_id=me):
        return
    check_speaks(here.room, me)
    if typed:
        check_contributes(here.room, me, deck=LINE)
    if not text.strip():
        raise Invalid({"text": N_("Write something first.")})
    if len(text) > (LONGEST_POST if here.room.written else LONGEST_LINE):
        raise Invalid({"text": N_("This is too long for one line. Send it in parts.")})
    row = await put_down(
        session, here, seat=me, deck=LINE, text=text, key=key, kind="", due=None, is_shown=True, now=now
    )
    await _news(session, here, contributed(here.room, me, deck=LINE, number=row), now=now)


async def write(
    session: AsyncSession, room_id: int, *, by: int, deck: str, text: str, key: str, now: datetime,
    kind: str = "", due: date | None = None,
) -> None:  # fmt: skip
    """A card or an answer. Where one answer is wanted, a new one takes the place of the old."""
    here = await sitting(session, room_id, lock=True)
    await write_as(session, here, here.my_seat(by), deck=deck, text=text, key=key, kind=kind, due=due, now=now)


async def write_as(
    session: AsyncSession, here: Sitting, me: int, *, deck: str, text: str, key: str, now: datetime,
    kind: str = "", due: date | None = None,
) -> None:  # fmt: skip
    """The seat `me` writes it: a person's, or a simulated peer's."""
    if await already_sent(session, key, seat_id=me):
        return
    mine = await written_by(session, me, deck=deck, step=here.room.place)
    single = _single(here, deck)
    output = check_writes(here.room, me, deck=deck, text=text, already=0 if single else len(mine))
    if output.kind in PICKED or is_vote(output):
        raise Refused(N_("This is chosen, not typed. Choose one from the list."))
    due = _by_when(here, me, due, now=now) if output.kind is Kind.ACTION_LIST else None
    if kind and kind not in {name for name, _ in output.sorts}:
        raise Invalid({"kind": N_("Please choose one of the list.")})
    if single and mine:
        mine[0].text, mine[0].due, mine[0].key = text.strip(), due, key
        mine[0].late = mine[0].late or is_late(here.room, now=now)
        await _renew(session, here, mine[0], here.room, now=now)
        return
    if not single:
        check_contributes(here.room, me, deck=deck)
    shown = is_open(here.room, Card(deck, me, here.room.place))
    row = await put_down(
        session, here, seat=me, deck=deck, text=text, key=key, kind=kind, due=due, is_shown=shown, now=now
    )
    room = contributed(here.room, me, deck=deck, number=row)
    await _news(session, here, room, now=now, output=output, hidden=not shown)


def _by_when(here: Sitting, me: int, due: date | None, *, now: datetime) -> date:
    """A day that is not over on the clocks of whoever writes, and near enough to be asked about."""
    if due is None:
        raise Invalid({"due": N_("Say by when, so that somebody can ask how it went.")})
    today = times.local(now, here.people[me].zone or "UTC").date()
    if due < today:
        raise Invalid({"due": N_("This day is over. Choose today, or a day to come.")})
    if due > today + FURTHEST:
        raise Invalid({"due": N_("Choose a day within the next two years.")})
    return due


async def take_back(session: AsyncSession, room_id: int, *, by: int, contribution_id: int, now: datetime) -> None:
    """I take back what I wrote in this phase. A second press finds nothing left to do."""
    here = await sitting(session, room_id, lock=True)
    row = await own_card(session, here, contribution_id, by=by)
    if row.gone:
        return
    if not here.room.running or row.step != here.room.place:
        raise Refused(N_("The phase in which you wrote this is over; it stays. Tell the lead if it must not."))
    row.gone = True
    session.add(row)
    room = taken_back(here.room, number=contribution_id)
    await _renew(session, here, row, room, now=now, parts=await tidy(session, here))


async def value(
    session: AsyncSession, room_id: int, *, by: int, contribution_id: int, keeps: bool, now: datetime
) -> None:
    """Whoever brought the case marks what helps; nobody else sees the marks before the closing."""
    here = await sitting(session, room_id, lock=True)
    me = here.my_seat(by)
    row = await contribution(session, contribution_id)
    if row is None or row.consultation_id != room_id or not row.open or row.gone or row.deck in ASIDE:
        raise Missing
    if me not in here.room.case_givers(round=row.round):
        raise Forbidden(N_("Only whoever brought the case keeps cards. You can write what helps you into your notes."))
    if row.valued != keeps:
        row.valued = keeps
        session.add(row)


async def save_notes(session: AsyncSession, room_id: int, *, by: int, text: str, now: datetime) -> None:
    """My notes, for me alone; open in every phase and after the end."""
    here = await sitting(session, room_id, lock=True)  # two tabs of one person write one row
    me = here.my_seat(by)
    if len(text) > LONGEST_NOTES:
        raise Invalid({"notes": N_("These notes are too long for this page. Move some of them somewhere else.")})
    row = await session.get(ConsultationNote, me) or ConsultationNote(seat_id=me, saved_at=now)
    row.text, row.saved_at = text, now
    session.add(row)


def _single(here: Sitting, deck: str) -> bool:
    output = here.room.phase.output(deck) if here.room.phase else None
    return output is not None and output.items == 1


async def already_sent(session: AsyncSession, key: str, *, seat_id: int) -> bool:
    row = await contribution_with_key(session, key)
    if row is not None and row.seat_id != seat_id:
        raise Refused(N_("This was sent by somebody else. Reload the page and write it again."))
    return row is not None


async def put_down(
    session: AsyncSession, here: Sitting, *, seat: int, deck: str, text: str, key: str, kind: str, due: date | None,
    is_shown: bool, now: datetime,
) -> int:  # fmt: skip
    step = here.room.step
    row = Contribution(
        consultation_id=here.id,
        seat_id=seat,
        key=key,
        deck=deck,
        step=here.room.place,
        round=step.round if step else 0,
        phase=step.phase if step else "",
        kind=kind,
        text=text.strip(),
        due=due,
        version=here.row.version + 1,
        open=is_shown,
        late=is_late(here.room, now=now),
        written_at=now,
    )
    session.add(row)
    await session.flush()
    return row.id or 0


async def _renew(
    session: AsyncSession, here: Sitting, row: Contribution, room: Room, *, now: datetime, parts: Collection[str] = ()
) -> None:
    row.version = here.row.version + 1
    session.add(row)
    output = here.room.method.output(row.deck)
    await _news(session, here, room, now=now, output=output, hidden=not row.open, parts=parts)


async def _news(
    session: AsyncSession,
    here: Sitting,
    room: Room,
    *,
    now: datetime,
    output: Output | None = None,
    hidden: bool = False,
    parts: Collection[str] = (),
) -> None:
    """The room has a new version; only what lies open has anything to show for it."""
    asks = output is not None and output.kind is Kind.QUESTION
    part = DOWN if hidden else QUESTION if asks else "written"
    await keep(session, here, room, now=now, parts=[part, *parts])


async def own_card(session: AsyncSession, here: Sitting, contribution_id: int, *, by: int) -> Contribution:
    """A card of this person's; raises Missing for everything else."""
    row = await contribution(session, contribution_id)
    if (
        row is None
        or row.consultation_id != here.id
        or row.seat_id != here.my_seat(by)
        or row.deck in (GROUP, PARK, BEFORE, OFFER)
    ):
        raise Missing
    return row
