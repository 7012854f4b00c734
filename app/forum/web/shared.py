"""What the forum's pages share."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import limits
from app.core.doors import SignInFirst
from app.core.errors import Missing, Refused
from app.core.pages import Visit
from app.core.words import N_
from app.forum.queries import reading as queries

WRITING = (
    "en", "de", "fr", "es", "pt", "ru", "uk", "ar", "sq", "az", "bs", "hr", "hy", "ka", "mk", "mn", "ro", "sr", "tr",
)  # fmt: skip
"""Languages people may say they write in; the interface speaks fewer."""
POSTS, THREADS, FILES = "60/10 minutes", "20/hour", "60/10 minutes"
"""What one person may write. Far more than anybody thinks up; a script, or a key that got stuck, is stopped."""


def person_id(visit: Visit) -> int | None:
    return visit.person.id if visit.person is not None else None


def closed_to(visit: Visit) -> Refused:
    """The same answer for what is not there and for what is not theirs; strangers may sign in first."""
    return Missing() if visit.person is not None else SignInFirst()


def number(visit: Visit, name: str) -> int:
    """A number the address asks with, 0 for none."""
    asked = visit.query.get(name, "")
    return int(asked) if asked.isdigit() and len(asked) < 10 else 0


async def check_open(visit: Visit, session: AsyncSession) -> int:
    """The thread this address names, if it is in this event and this person may read it."""
    opened = await queries.thread_for(
        session, visit.params["thread"], person_id=visit.me.id, event_id=visit.here.event_id
    )
    if opened is None:
        raise Missing
    return opened.thread.id or 0


async def check_pace(visit: Visit, what: str, allowed: str) -> None:
    """Refuse who floods the forum; what they typed is shown again and can be sent later."""
    await limits.check(f"forum {what}", str(visit.me.id), allowed, sentence=A_LOT)


A_LOT = N_(
    "You have written a lot in a short time, and others want to keep up. "
    "Your text is kept here: please send it again in {minutes} minutes."
)
