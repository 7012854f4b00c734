"""Work of events for later."""

from dataclasses import dataclass

from app.core.jobs import Work


@dataclass(frozen=True)
class SomebodyLeft(Work):
    """Let other slices settle what somebody leaves behind who takes no part any more."""

    event_id: int
    person_id: int


@dataclass(frozen=True)
class MakeArchive(Work):
    """Pack the archive that was asked for at this moment."""

    event_id: int
    asked: str
