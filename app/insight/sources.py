"""What insight offers to Today: three short questions that wait for an answer, and the way back for who was away."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part
from app.insight import queries_pulse
from app.insight.rules_catching_up import AWAY


async def today(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    away = asking.since is not None and asking.now - asking.since >= AWAY
    catch_up = Part(
        "insight/_today_away.html", {"away": away}, order=5 if away else 35, place="main" if away else "side"
    )
    pulse = await queries_pulse.waiting_for(session, asking.person_id, asking.event_id, now=asking.now)
    if pulse is None:
        return [catch_up]
    goes_to = f"/events/{asking.event_slug}/pulses"
    return [catch_up, Part("insight/_today_pulse.html", {"pulse": pulse}, order=15, place="side", goes_to=goes_to)]


sources = [("today", today)]
