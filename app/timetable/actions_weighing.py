"""What the planner is to weigh in this event."""

from collections.abc import Mapping

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Refused
from app.core.words import N_
from app.timetable import weighing
from app.timetable.actions import changed, hold


async def set_weights(session: AsyncSession, *, event_id: int, said: Mapping[str, str], seen: int) -> None:
    """From the next proposal on. `seen`: how often it had been set when the page was opened. The same again is the same."""
    timetable = await hold(session, event_id)
    levels = weighing.cleaned(said)
    if levels == timetable.weights:
        return
    if timetable.weighed != seen:
        raise Refused(N_("Somebody else has set this since you opened the page. It is shown as it is now."))
    timetable.weights, timetable.weighed = levels, timetable.weighed + 1
    changed(session, timetable)
