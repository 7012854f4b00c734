"""Work around rooms: open them, move phases and written steps, remind, close the forgotten, play practice."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions import afterwards, correspondence, messages, planning, practising, repairing
from app.consultation.jobs import (
    AskWhatHappened,
    CloseForgottenRoom,
    EmptyRoom,
    EndAsking,
    EndRoomMessage,
    EndSilence,
    MovePhase,
    MoveStep,
    OpenRoom,
    PlayPractice,
    RemindOfStep,
    TellOfSmallGroup,
)
from workers.registry import handles


@handles(OpenRoom)
async def open_room(session: AsyncSession, work: OpenRoom, *, now: datetime) -> None:
    await planning.open_lobby(session, work.room_id, now=now)


@handles(MovePhase)
async def move_phase(session: AsyncSession, work: MovePhase, *, now: datetime) -> None:
    await planning.move_phase(session, work.room_id, leaving=work.leaving, now=now)


@handles(EndSilence)
async def end_silence(session: AsyncSession, work: EndSilence, *, now: datetime) -> None:
    await planning.end_silence(session, work.room_id, now=now)


@handles(EndRoomMessage)
async def end_room_message(session: AsyncSession, work: EndRoomMessage, *, now: datetime) -> None:
    await messages.end_message(session, work.message_id, now=now)


@handles(MoveStep)
async def move_step(session: AsyncSession, work: MoveStep, *, now: datetime) -> None:
    await correspondence.pass_deadline(session, work.room_id, leaving=work.leaving, now=now)


@handles(RemindOfStep)
async def remind_of_step(session: AsyncSession, work: RemindOfStep, *, now: datetime) -> None:
    await correspondence.remind(session, work.room_id, step=work.step, now=now)


@handles(CloseForgottenRoom)
async def close_forgotten_room(session: AsyncSession, work: CloseForgottenRoom, *, now: datetime) -> None:
    await planning.close_forgotten(session, work.room_id, now=now)


@handles(TellOfSmallGroup)
async def tell_of_small_group(session: AsyncSession, work: TellOfSmallGroup, *, now: datetime) -> None:
    await repairing.tell_of_small_group(session, work.room_id, now=now)


@handles(EndAsking)
async def end_asking(session: AsyncSession, work: EndAsking, *, now: datetime) -> None:
    await repairing.end_asking(session, work.room_id, work.to, now=now)


@handles(EmptyRoom)
async def empty_room(session: AsyncSession, work: EmptyRoom, *, now: datetime) -> None:
    await afterwards.empty(session, work.room_id, now=now)


@handles(AskWhatHappened)
async def ask_what_happened(session: AsyncSession, work: AskWhatHappened, *, now: datetime) -> None:
    await afterwards.ask_what_happened(session, work.room_id, now=now)


@handles(PlayPractice)
async def play_practice(session: AsyncSession, work: PlayPractice, *, now: datetime) -> None:
    await practising.play(session, work.room_id, now=now)
