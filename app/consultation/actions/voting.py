"""Giving and taking back dots. What is given is nobody's news before the phase is over."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.votes import DOT, check_vote
from app.consultation.models import Contribution
from app.consultation.queries import contribution, contribution_with_key, sitting, written_by
from app.core.errors import Missing


async def vote(session: AsyncSession, room_id: int, *, by: int, contribution_id: int, on: bool, now: datetime) -> None:
    """My dot on this card, or none. A second press finds it as it should be."""
    here = await sitting(session, room_id, lock=True)
    me, card = here.my_seat(by), await contribution(session, contribution_id)
    if card is None or card.consultation_id != room_id or not card.open or card.gone:
        raise Missing
    step, steps = here.room.state.step, here.room.state.plan
    ballots = [out.key for out in here.room.outputs_for(me) if out.of == card.deck]
    mine = [row for deck in ballots for row in await written_by(session, me, deck=deck, step=step)]
    output = check_vote(
        here.room,
        me,
        deck=card.deck,
        already={int(row.kind) for row in mine if row.kind.isdigit()},
        card=contribution_id,
    )
    key = f"vote:{me}:{step}:{contribution_id}"
    row = await contribution_with_key(session, key) or Contribution(
        consultation_id=room_id, seat_id=me, key=key, deck=output.key, step=step, round=steps[step].round,
        phase=steps[step].phase, kind=str(contribution_id), text=DOT, version=here.row.version, written_at=now,
    )  # fmt: skip
    row.gone = not on
    session.add(row)
