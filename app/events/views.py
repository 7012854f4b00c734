"""What pages of events show, put together from rows: cards, logos, data for search engines, calendar entries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import places, signs, times
from app.core.files import StoredFile
from app.core.pages import Visit
from app.core.words import N_
from app.events import checks, fragments, queries, rules
from app.events import queries_programme as programme
from app.events.ical import Dates
from app.events.models import Block, Event, Organiser
from app.events.templates import regions

NO_MAIL = N_("No mail server is set: it waits here until one is.")


@dataclass(frozen=True)
class Card:
    """An event in a list: `day` is the working day it is (0: not begun), `of` how many there are."""

    event: Event
    day: int
    of: int

    @property
    def running(self) -> bool:
        return self.day > 0


def cards(events: Sequence[Event], now: datetime) -> list[Card]:
    return [Card(event, programme.today(event, now), len(programme.dates(event))) for event in events]


def words(lang: str) -> dict[str, Any]:
    """What the templates of events ask with."""
    return {
        "text_of": lambda row, field: rules.said(row, field, lang),
        "span": lambda event: fragments.span(event.starts_on, event.ends_on, lang),
        "role_words": lambda roles: fragments.role_words(roles, lang),
        "title_of": lambda day: fragments.day_title(day, lang),
        "begins": programme.begins, "ends": programme.ends, "due": programme.due,
        "kinds": rules.KIND_WORDS, "modes": rules.MODE_WORDS, "states": rules.STATE_WORDS,
        "organiser_words": rules.ORGANISER_WORDS, "roles": rules.ROLE_WORDS, "form_words": checks.FORM_WORDS,
    }  # fmt: skip


async def logos(session: AsyncSession, organisers: Sequence[Organiser], *, now: datetime) -> dict[int, str]:
    """organiser id → address of its logo."""
    wanted = [each.logo_id for each in organisers if each.logo_id]
    files = {file.id: file for file in await queries.stored_files(session, wanted)} if wanted else {}
    return {each.id or 0: file_address(files[each.logo_id], now=now) for each in organisers if each.logo_id in files}


def file_address(file: StoredFile, *, now: datetime) -> str:
    """A public file's signed address: good for a month, the same all day so that browsers keep what they have."""
    until = int(now.timestamp()) // 86_400 * 86_400 + 30 * 86_400
    word = signs.sign([file.place, file.type, file.name, until], purpose="file")
    return f"/files/{word}/logo"


async def region_name(session: AsyncSession, event: Event, lang: str) -> str:
    """What the event's region set is called; an edited set comes before the shipped one."""
    edited = next((row for row in await queries.region_set_rows(session) if row.key == event.region_set), None)
    if edited is not None:
        return rules.said(edited, "name", lang)
    shipped = regions().get(event.region_set)
    return str(getattr(shipped, lang, shipped.en)) if shipped else ""


def schema_org(event: Event, visit: Visit) -> dict[str, Any]:
    """The event for search engines, as schema.org calls things."""
    online = event.mode == rules.Mode.VIRTUAL
    address = f"{visit.house.url}/events/{event.slug}"
    mixed = "MixedEventAttendanceMode" if event.mode == rules.Mode.BOTH else "OfflineEventAttendanceMode"
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": rules.said(event, "title", visit.lang),
        "description": rules.said(event, "summary", visit.lang),
        "startDate": event.starts_on.isoformat(),
        "endDate": event.ends_on.isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": f"https://schema.org/{'OnlineEventAttendanceMode' if online else mixed}",
        "location": {"@type": "VirtualLocation", "url": address} if online else {"@type": "Place", "name": event.place},
        "inLanguage": event.languages,
        "isAccessibleForFree": True,
        "url": address,
    }


def whole(event: Event, *, url: str, lang: str) -> Dates:
    """The event as one entry over all its days."""
    return Dates(
        uid=f"event-{event.id}@fortnight", title=rules.said(event, "title", lang),
        text=rules.said(event, "summary", lang), url=f"{url}/events/{event.slug}",
        first=event.starts_on, last=event.ends_on, stamp=event.created_at,
    )  # fmt: skip


def live(event: Event, block: Block, *, url: str, lang: str) -> Dates:
    """A live block as an entry with its hours."""
    return Dates(
        uid=f"block-{block.id}@fortnight", title=f"{rules.said(event, 'title', lang)}: {rules.said(block, 'title', lang)}",
        text="", url=f"{url}/events/{event.slug}/days/{block.day}", first=programme.begins(event, block),
        last=programme.ends(event, block), stamp=event.created_at, zone=event.zone,
    )  # fmt: skip


def countries(event: Event, lang: str) -> list[str]:
    """The countries of an event by name."""
    return sorted((places.country(code, lang) for code in event.countries), key=str.casefold)


def local_day(event: Event, now: datetime) -> Any:
    """Which date it is where the event is planned."""
    return times.local(now, event.zone).date()
