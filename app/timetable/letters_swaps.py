"""Letters about requests to exchange seats; what an exchange changed is said by the letter of the plan. Pure."""

from typing import Any

from app.timetable.letters import About
from app.timetable.models import Swap
from app.timetable.swaps import SwapState, until


def swap_page(about: About, swap: Swap) -> str:
    return f"{about.house.url}{swap_path(about.slug, swap)}"


def swap_path(slug: str, swap: Swap) -> str:
    return f"/events/{slug}/timetable/swaps/{swap.id}"


def values(swap: Swap, about: About, *, name: str, minutes: tuple[int, int]) -> dict[str, Any]:
    """For templates/mail/timetable/swap. While the request is open its reader is who was asked, then who asked.

    `name`: the other one of the two; `minutes`: of the asker's session and of the other one.
    """
    asked = swap.state == SwapState.OPEN
    theirs = (about.titles.get(swap.case_id, ""), swap.starts_at, minutes[0])
    own = (about.titles.get(swap.other_case_id, ""), swap.other_starts_at, minutes[1])
    now, instead = (own, theirs) if asked else (theirs, own)
    return {
        "asked": asked, "declined": swap.state == SwapState.DECLINED, "name": name, "event": about.title,
        "event_zone": about.zone, "leads": swap.leads, "until": until(swap.starts_at, swap.other_starts_at),
        "sessions": [now, instead], "url": swap_page(about, swap),
    }  # fmt: skip
