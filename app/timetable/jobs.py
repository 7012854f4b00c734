"""Work of the timetable for later; done in workers/timetable.py."""

from dataclasses import dataclass

from app.core.jobs import Work


@dataclass(frozen=True)
class ProposePlan(Work):
    """Let the planner work on the draft; see models.Proposal."""

    proposal_id: int


@dataclass(frozen=True)
class RemindOfSession(Work):
    """Write to everybody in the case `at` (an ISO instant) if it still is to begin then; `early`: a day before."""

    event_id: int
    case_id: int
    at: str
    early: bool = False


@dataclass(frozen=True)
class RemindOfTalk(Work):
    """Write to both people of a booked slot `at` (an ISO instant) if it still is to begin then; `early`: a day before."""

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
