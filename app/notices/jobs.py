"""Work for later about notices; done in workers/notices.py."""

from dataclasses import dataclass

from app.core.jobs import Work


@dataclass(frozen=True)
class TellByLetter(Work):
    """Write the letter about one notice, if it is still unread."""

    notice_id: int


@dataclass(frozen=True)
class SendDigest(Work):
    """`day`: the working day (ISO) whose morning it is for."""

    person_id: int
    event_id: int
    day: str


@dataclass(frozen=True)
class SendNewsletter(Work):
    """Write an issue's letters to the subscribers behind the one with number `after`, a batch of them."""

    issue_id: int
    after: int


@dataclass(frozen=True)
class PlanDigests(Work):
    """Schedule the digests of the next hours, then the next plan."""
