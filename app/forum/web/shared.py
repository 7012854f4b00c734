"""What the forum's pages share."""

from app.core.doors import SignInFirst
from app.core.errors import Missing, Refused
from app.core.pages import Visit

WRITING = (
    "en", "de", "fr", "es", "pt", "ru", "uk", "ar", "sq", "az", "bs", "hr", "hy", "ka", "mk", "mn", "ro", "sr", "tr",
)  # fmt: skip
"""Languages people may say they write in; the interface speaks fewer."""


def person_id(visit: Visit) -> int | None:
    return visit.person.id if visit.person is not None else None


def closed_to(visit: Visit) -> Refused:
    """The same answer for what is not there and for what is not theirs; strangers may sign in first."""
    return Missing() if visit.person is not None else SignInFirst()
