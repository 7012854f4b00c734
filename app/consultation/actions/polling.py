"""Polls in a room: asked and closed by whoever leads, answered once by everybody."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.keeping import keep
from app.consultation.engine import polls
from app.consultation.queries import sitting


async def ask_room(
    session: AsyncSession, room_id: int, *, by: int, question: str, answers: str, key: str, now: datetime
) -> None:
    """`answers`: one on each line."""
    here = await sitting(session, room_id, lock=True)
    options = tuple(answers.splitlines())
    room = polls.ask(here.room, by=here.my_seat(by), question=question, answers=options, key=key)
    await keep(session, here, room, now=now)


async def answer_poll(session: AsyncSession, room_id: int, *, by: int, poll: str, choice: int, now: datetime) -> None:
    here = await sitting(session, room_id, lock=True)
    await keep(session, here, polls.answer(here.room, person=here.my_seat(by), key=poll, choice=choice), now=now)


async def close_poll(session: AsyncSession, room_id: int, *, by: int, poll: str, now: datetime) -> None:
    here = await sitting(session, room_id, lock=True)
    await keep(session, here, polls.close(here.room, by=here.my_seat(by), key=poll), now=now)
