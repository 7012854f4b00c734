"""What a calendar sends back when its owner accepts or declines an invitation (METHOD:REPLY). Pure.

Who sends the letter is for whoever receives it to check: here is only what the file says.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from app.core.later import Later
from app.timetable.rules import Answer

if TYPE_CHECKING:
    import icalendar
else:
    icalendar = Later("icalendar")

LARGEST = 200_000  # characters; a reply has some hundred
_SAID = {"ACCEPTED": Answer.YES, "DECLINED": Answer.NO}
CASE, BOOKING = "case-", "booking-"  # how a UID of ours begins


@dataclass(frozen=True, slots=True)
class Reply:
    """`case_id`: what was answered, the case or the booking; `address`: whose answer it is; `domain`: which installation sent the invitation; `note`: what they wrote to it;
    `starts_at`: the time that is answered, where the calendar names it."""

    case_id: int
    domain: str
    sequence: int
    address: str
    says: Answer
    note: str = ""
    starts_at: datetime | None = None


def answer_from_reply(text: str, about: str = CASE) -> Reply | None:
    """The answer in a calendar file to an invitation whose UID begins with `about`; None for everything that is none, and for "perhaps", which decides nothing.

    A COUNTER (another time is proposed) counts as asking for another time.
    """
    if len(text) > LARGEST:
        return None
    try:
        calendar = icalendar.Calendar.from_ical(text)
        method = str(calendar.get("method", "")).upper()
        events = calendar.walk("VEVENT")
    except (ValueError, IndexError, KeyError, AttributeError, TypeError):
        return None
    if method not in {"REPLY", "COUNTER"} or len(events) != 1:
        return None
    return _reply(events[0], about, countered=method == "COUNTER")


def _reply(event: "icalendar.Calendar", about: str, *, countered: bool) -> Reply | None:
    guests = event.get("attendee", [])
    guests = guests if isinstance(guests, list) else [guests]
    if len(guests) != 1:
        return None
    case, _, domain = str(event.get("uid", "")).removeprefix(about).partition("@")
    address = str(guests[0]).removeprefix("mailto:").removeprefix("MAILTO:").strip().lower()
    said = str(getattr(guests[0], "params", {}).get("partstat", "")).upper()
    says = Answer.OTHER if countered else _SAID.get(said)
    number = str(event.get("sequence", 0))
    known = str(event.get("uid", "")).startswith(about) and case.isascii() and case.isdigit() and len(case) < 16
    if says is None or not known or "@" not in address or not (number.isascii() and number.isdigit()):
        return None
    starts_at = None if countered else _start(event)
    return Reply(int(case), domain, int(number), address, says, _note(event), starts_at)


def _start(event: "icalendar.Calendar") -> datetime | None:
    found = getattr(event.get("dtstart"), "dt", None)
    return found.astimezone(UTC) if isinstance(found, datetime) and found.tzinfo else None


def _note(event: "icalendar.Calendar") -> str:
    """The first comment, as far as an answer on the page may be long."""
    comment = event.get("comment", "")
    first = comment[0] if isinstance(comment, list) else comment
    return str(first).strip()[:500]
