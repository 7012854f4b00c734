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
class CloseForgottenRoom(Work):
    """Nobody ended the room: it closes and still makes its protocol."""

    room_id: int


@dataclass(frozen=True)
class PlayPractice(Work):
    """The next thing a simulated peer does."""

    room_id: int
