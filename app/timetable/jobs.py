"""Work of the timetable for later; done in workers/timetable.py."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.jobs import Work

TOO_LATE = timedelta(hours=2)  # an early reminder that comes so late says nothing the other one does not say


@dataclass(frozen=True)
class ProposePlan(Work):
    """Let the planner work on the draft; see models.Proposal."""

    proposal_id: int


class _Reminder:
    """Write to everybody in what begins `at` (an ISO instant) if it still is to begin then; `early`: a day before."""

    at: str
    early: bool

    @property
    def start(self) -> datetime:
        return datetime.fromisoformat(self.at)

    def is_late(self, now: datetime) -> bool:
        return now >= (self.start - TOO_LATE if self.early else self.start)


@dataclass(frozen=True)
class RemindOfSession(_Reminder, Work):
    """Of a case."""

    event_id: int
    case_id: int
    at: str
    early: bool = False


@dataclass(frozen=True)
class RemindOfTalk(_Reminder, Work):
    """Of a booked slot."""

    event_id: int
    booking_id: int
    at: str
    early: bool = False


@dataclass(frozen=True)
class EndSwap(Work):
    """End a request to exchange seats that nobody has answered until the first session comes near."""

    event_id: int
    swap_id: int


@dataclass(frozen=True)
class WatchClocks(Work):
    """Once a day: do the clocks still show what people were told? See clocks.py."""
