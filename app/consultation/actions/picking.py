"""Picking: a choice from what the phase offers, a value on a scale, a module. A new pick takes the place of the old."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.casting import keep_cast
from app.consultation.actions.keeping import keep
from app.consultation.actions.writing import already_sent, put_down
from app.consultation.engine import rules
from app.consultation.engine.casting import choose_case, gives_case
from app.consultation.engine.picks import check_picks
from app.consultation.engine.sight import Card, is_open
from app.consultation.engine.steps import is_late
from app.consultation.engine.touched import PICKS
from app.consultation.models import Contribution
from app.consultation.picked import choices, words
from app.consultation.queries import Sitting, contribution_with_key, open_contributions, sitting, written_by
from app.core.errors import Refused
from app.core.words import N_


async def pick(
    session: AsyncSession, room_id: int, *, by: int, deck: str, option: str, key: str, now: datetime
) -> None:
    """My choice or rating. Of a case: whoever brings it becomes the case giver at once."""
    here = await sitting(session, room_id, lock=True)
    await pick_as(session, here, here.my_seat(by), deck=deck, option=option, key=key, now=now)


async def pick_as(
    session: AsyncSession, here: Sitting, me: int, *, deck: str, option: str, key: str, now: datetime
) -> None:
    """The seat `me` picks: a person's, or a simulated peer's."""
    if await already_sent(session, key, seat_id=me):
        return
    room, lying = here.room, await open_contributions(session, here.id)
    wanted = room.phase.output(deck) if room.phase else None
    cards = {row.id: row for row in lying if wanted and row.deck == wanted.of and row.id is not None}
    output = check_picks(room, me, deck=deck, option=option, cards=list(cards))
    if gives_case(room, output):
        whose = int(option) if output.of == "seats" else cards[int(option)].seat_id
        room = choose_case(room, by=me, person=whose, now=now)
        if here.row.practice and room.cast != here.room.cast:
            raise Refused(N_("In a practice room the case is set. In a real one it would be theirs now."))
        await keep_cast(session, here, room)
    text = dict(choices(here, output, lying, here.row.lang))[option]
    mine = await written_by(session, me, deck=deck, step=here.room.place)
    if mine:
        mine[0].kind, mine[0].text, mine[0].key, mine[0].version = option, text, key, here.row.version + 1
        mine[0].late = mine[0].late or is_late(here.room, now=now)
        session.add(mine[0])
    else:
        shown = is_open(here.room, Card(deck, me, here.room.place))
        await put_down(session, here, seat=me, deck=deck, text=text, key=key, kind=option, due=None, is_shown=shown, now=now)  # fmt: skip
    await keep(session, here, room, now=now, parts=[PICKS])


async def choose_module(session: AsyncSession, room_id: int, *, by: int, module: str, now: datetime) -> None:
    here = await sitting(session, room_id, lock=True)
    await choose_module_as(session, here, here.my_seat(by), module=module, now=now)


async def choose_module_as(session: AsyncSession, here: Sitting, me: int, *, module: str, now: datetime) -> None:
    """The form in which the group will advise; where a phase asks for it, it is put down for the protocol."""
    room = rules.choose_module(here.room, by=me, module=module)
    output = next((out for out in (room.phase.outputs if room.phase else ()) if out.of == "modules"), None)
    if output is not None:
        key = f"module:{here.id}:{here.room.place}"
        text = words(room.method, output, here.row.lang)[module]
        row: Contribution | None = await contribution_with_key(session, key)
        if row is None:
            await put_down(session, here, seat=me, deck=output.key, text=text, key=key, kind=module, due=None, is_shown=True, now=now)  # fmt: skip
        else:
            row.kind, row.text = module, text
            session.add(row)
    await keep(session, here, room, now=now)
