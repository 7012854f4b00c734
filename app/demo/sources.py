"""What the demonstration offers: its doors on the front page."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part
from app.demo import queries


async def front(session: AsyncSession, _: Asking) -> Sequence[Part]:
    guises = await queries.guises(session)
    return (
        [Part("demo/_doors.html", {"guises": [g for g in guises if g.door in queries.DOORS]}, order=10)]
        if guises
        else []
    )


sources = [("front", front)]
