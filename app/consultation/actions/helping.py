"""Technical help is called into a room, comes announced, and leaves again. It takes no seat and reads nothing written."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import keep
from app.consultation.engine.helping import check_called, check_calls, check_enters
from app.consultation.engine.touched import HELP
from app.consultation.queries import Sitting, sitting, staff_audience_of_event
from app.core.errors import Missing
from app.events.queries_members import member_ids
from app.events.rules import HELPERS
from app.notices.actions import Telling, retract, tell
from app.notices.rules import Kind

TOPIC = "help"


async def call_help(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """Those who help in this event get one notice with the title and the way; a call that stands is not called again."""
    here = await sitting(session, room_id, lock=True)
    here.my_seat(by)
    check_calls(here.room, practice=bool(here.row.practice))
    if here.row.help_at is not None:
        return
    here.row.help_at, here.row.help_no = now, here.row.help_no + 1
    await keep(session, here, here.room, now=now, parts=[HELP])
    helpers = await member_ids(session, here.row.event_id, roles=HELPERS)
    telling = Telling(
        event_id=here.row.event_id, audience_id=await staff_audience_of_event(session, here.row.event_id),
        topic=f"{TOPIC}:{room_id}", ref=here.row.help_no, place=here.row.help_no, by_id=None, title=here.row.title,
        text="", lang=here.row.lang, url=f"/rooms/{room_id}/help",
        who={person: Kind.HELP for person in helpers if person != by},
    )  # fmt: skip
    await tell(session, telling, now=now)


async def end_help(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """It works again, says somebody in the room or whoever helped: the call ends, and help leaves."""
    here = await sitting(session, room_id, lock=True)
    if here.row.helper_id != by:
        here.my_seat(by)
    if here.row.help_at is None and here.row.helper_id is None:
        return
    here.row.help_at, here.row.helper_id = None, None
    await keep(session, here, here.room, now=now, parts=[HELP])
    await retract(session, f"{TOPIC}:{room_id}", here.row.help_no)


async def enter_as_help(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """One of those who help in the event comes, and everybody in the room reads that they are there."""
    here = await sitting(session, room_id, lock=True)
    await check_helps(session, here, by)
    if here.row.helper_id == by:
        return
    row, has_seat = here.row, here.seat(by) is not None
    check_enters(here.room, called=row.help_at is not None, has_seat=has_seat, occupied=row.helper_id is not None)
    row.helper_id = by
    await keep(session, here, here.room, now=now, parts=[HELP])


async def leave_as_help(session: AsyncSession, room_id: int, *, by: int, now: datetime) -> None:
    """The call stands until somebody ends it: another may come."""
    here = await sitting(session, room_id, lock=True)
    await check_helps(session, here, by)
    check_called(here.room, called=here.row.help_at is not None)
    if here.row.helper_id == by:
        here.row.helper_id = None
        await keep(session, here, here.room, now=now, parts=[HELP])


async def check_helps(session: AsyncSession, here: Sitting, person_id: int) -> None:
    """For everybody but those who help in this event there is no such door; asked anew at every step."""
    if person_id not in await member_ids(session, here.row.event_id, roles=HELPERS):
        raise Missing
