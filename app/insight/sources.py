"""What insight offers to Today: three short questions that wait for an answer."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part
from app.insight import queries_pulse


async def today(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    pulse = await queries_pulse.waiting_for(session, asking.person_id, asking.event_id, now=asking.now)
    return [Part("insight/_today_pulse.html", {"pulse": pulse}, order=15, place="side")] if pulse is not None else []


sources = [("today", today)]
