"""A practice of the forum on a card: by whoever wrote the card, out of what they may read themselves."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import keep
from app.consultation.actions.writing import own_card
from app.consultation.engine.contributing import LINE
from app.consultation.engine.room import check_running
from app.consultation.engine.touched import LINKS
from app.consultation.queries import sitting
from app.core.errors import Invalid, Missing
from app.core.words import N_
from app.forum.queries.practices import practices_for


async def link_practice(
    session: AsyncSession, room_id: int, *, by: int, contribution_id: int, practice: int | None, now: datetime
) -> None:
    """None takes the link away. Everybody in the room sees that there is one; its title, who may read it."""
    here = await sitting(session, room_id, lock=True)
    here.my_seat(by)
    check_running(here.room)
    row = await own_card(session, here, contribution_id, by=by)
    if row.gone or row.deck == LINE:
        raise Missing
    if row.practice_id == practice:
        return
    known = await practices_for(session, here.row.event_id, person_id=by)
    if practice is not None and practice not in {each.thread_id for each in known}:
        raise Invalid({"practice": N_("Please choose one of the list.")})
    row.practice_id, row.version = practice, here.row.version + 1
    session.add(row)
    await session.flush()
    await keep(session, here, here.room, now=now, parts=[LINKS] if row.open else ["written"])
