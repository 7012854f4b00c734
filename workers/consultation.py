"""Work around rooms: open them, move phases that move by themselves, close the forgotten, play practice."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation import planning, practising
from app.consultation.jobs import CloseForgottenRoom, MovePhase, OpenRoom, PlayPractice
from workers.registry import handles


@handles(OpenRoom)
async def open_room(session: AsyncSession, work: OpenRoom, *, now: datetime) -> None:
    await planning.open_lobby(session, work.room_id, now=now)


@handles(MovePhase)
async def move_phase(session: AsyncSession, work: MovePhase, *, now: datetime) -> None:
    await planning.move_phase(session, work.room_id, leaving=work.leaving, now=now)


@handles(CloseForgottenRoom)
async def close_forgotten_room(session: AsyncSession, work: CloseForgottenRoom, *, now: datetime) -> None:
    await planning.close_forgotten(session, work.room_id, now=now)


@handles(PlayPractice)
async def play_practice(session: AsyncSession, work: PlayPractice, *, now: datetime) -> None:
    await practising.play(session, work.room_id, now=now)
