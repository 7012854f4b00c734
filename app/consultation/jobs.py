"""Work for later around a room; handled in workers/consultation.py."""

from dataclasses import dataclass

from app.core.jobs import Work


@dataclass(frozen=True)
class OpenRoom(Work):
    """The lobby opens by itself before the slot begins."""

    room_id: int


@dataclass(frozen=True)
class MovePhase(Work):
    """The time of step `leaving` is up; phases that move by themselves do."""

    room_id: int
    leaving: int


@dataclass(frozen=True)
class EndSilence(Work):
    """The minutes in which everybody writes are over."""

    room_id: int


@dataclass(frozen=True)
class MoveStep(Work):
    """The days of step `leaving` of a written consultation are over."""

    room_id: int
    leaving: int


@dataclass(frozen=True)
class RemindOfStep(Work):
    """A step has been open for most of a day: whoever has not read it hears of it."""

    room_id: int
    step: int


@dataclass(frozen=True)
class CloseForgottenRoom(Work):
    """Nobody ended the room: it closes and still makes its protocol."""

    room_id: int


@dataclass(frozen=True)
class TellOfSmallGroup(Work):
    """A room has had too few people for three minutes: those who schedule hear of it."""

    room_id: int


@dataclass(frozen=True)
class EndAsking(Work):
    """Another room was asked to take a small group in, and nobody has answered: those who schedule decide."""

    room_id: int
    to: int


@dataclass(frozen=True)
class EmptyRoom(Work):
    """Four weeks after the end: what was not released is deleted."""

    room_id: int


@dataclass(frozen=True)
class AskWhatHappened(Work):
    """A month after the end: the case giver is asked what became of it."""

    room_id: int


@dataclass(frozen=True)
class EndRoomMessage(Work):
    """A message to all rooms has stood long enough."""

    message_id: int


@dataclass(frozen=True)
class PlayPractice(Work):
    """The next thing a simulated peer does."""

    room_id: int
