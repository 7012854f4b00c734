"""Reading what was asked before a room opened. Read by people with a seat who have agreed, like all that is written there."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.models import Contribution
from app.consultation.queries import BEFORE

MOST_ASKED = 100


async def asked_before(session: AsyncSession, room_id: int) -> list[Contribution]:
    """In the order of asking."""
    query = select(Contribution).where(
        Contribution.consultation_id == room_id, Contribution.deck == BEFORE, col(Contribution.gone).is_(False)
    )
    return list((await session.exec(query.order_by(col(Contribution.id)).limit(MOST_ASKED))).all())
