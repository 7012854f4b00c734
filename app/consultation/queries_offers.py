"""Reading offers of help. An offer is read by whoever made it and by whoever brought the case."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.models import Contribution
from app.consultation.queries import OFFER

MOST_OFFERS = 100


async def offers(session: AsyncSession, room_id: int) -> list[Contribution]:
    query = select(Contribution).where(
        Contribution.consultation_id == room_id, Contribution.deck == OFFER, col(Contribution.gone).is_(False)
    )
    return list((await session.exec(query.order_by(col(Contribution.id)).limit(MOST_OFFERS))).all())
