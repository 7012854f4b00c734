"""Reading what was picked in a room."""

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.models import Contribution


async def picked(session: AsyncSession, room_id: int, *, decks: Collection[str]) -> list[Contribution]:
    """Every pick of these decks, shown or not: for counting. Whose it is goes to nobody but its owner."""
    if not decks:
        return []
    query = select(Contribution).where(
        Contribution.consultation_id == room_id, col(Contribution.deck).in_(decks), col(Contribution.gone).is_(False)
    )
    return list((await session.exec(query.order_by(col(Contribution.id)))).all())
