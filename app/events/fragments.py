"""What pages and letters about events share: words for roles, the strip of days, spans of dates."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from babel.dates import format_date, format_interval

from app.core import i18n
from app.core.words import N_
from app.events.queries_programme import Day
from app.events.rules import ROLE_WORDS, Role, said


def role_words(roles: Iterable[str], lang: str) -> str:
    """`Moderator, Expert` in the reader's language, in the order of rules.Role."""
    known = set(roles)
    return i18n.listed(lang, (i18n.say(lang, ROLE_WORDS[role]) for role in Role if role in known))


def strip(
    days: Sequence[Day], *, slug: str, lang: str, today: date, current: int | None = None
) -> list[dict[str, Any]]:
    """The fortnight as marks, for components/days.html; days before the first are left out."""
    return [
        {
            "href": f"/events/{slug}/days/{day.number}",
            "name": format_date(day.on, "ccc", locale=lang),
            "number": day.on.day,
            "words": i18n.say(
                lang,
                N_("{date}, day {number}"),
                date=format_date(day.on, "full", locale="en_GB" if lang == "en" else lang),
                number=day.number,
            ),
            "live": day.live,
            "choice": bool(day.blocks) and not day.live,
            "past": day.on < today,
            "today": day.number == current if current is not None else day.on == today,
        }
        for day in days
        if day.number > 0
    ]


def span(first: date, last: date, lang: str) -> str:
    """`8 – 19 June 2026` as the reader's language writes it."""
    locale = "en_GB" if lang == "en" else lang  # days before months, as in all our English dates
    if first == last:
        return str(format_date(first, "long", locale=locale))
    return str(format_interval(first, last, "yMMMMd", locale=locale))


def day_title(day: Day, lang: str) -> str:
    """What a day is called: its first live block, else its first task."""
    named = [*(block for block in day.blocks if not block.optional), *day.blocks, *day.tasks]
    return said(named[0], "title", lang) if named else ""
