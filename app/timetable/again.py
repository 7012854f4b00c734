"""A session that did not come about, its people gone over into another room: the case waits for a time once more."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Missing
from app.timetable import queries
from app.timetable.actions import offer_case


async def offer_again(session: AsyncSession, *, event_id: int, room_id: int, now: datetime) -> None:
    """The same case as a new one, with what its giver wrote of it; asked twice it is one."""
    found = await queries.moved_case(session, event_id, room_id)
    if found is None:
        raise Missing
    case, text = found
    await offer_case(
        session, event_id=event_id, giver_id=case.giver_id, title=case.title, theme=case.theme, lang=case.lang,
        key=f"again:{case.id}", now=now, city_shown=case.city_shown, text=text, method=case.method,
        least=case.least, most=case.most,
    )  # fmt: skip
