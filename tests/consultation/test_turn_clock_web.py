"""The clock of a turn on the page: for everybody the time, for the lead and whoever asked the reason, for nobody else."""

import re

import pytest

from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .rooms import NOON
from .stage import stage

pytestmark = [pytest.mark.usefixtures("site"), ONE_DATABASE]


async def test_a_turn_is_shown_to_all_and_why_it_is_longer_to_the_lead_and_the_person_alone(
    site: Site, clock: Clock
) -> None:
    clock.go_to(NOON)
    here = await stage()
    await here.begin()
    await here.go_to("consultation")
    turns = (await here.sitting()).room.state.turns
    seats = {await here.seat(person): person for person in (here.adviser, here.scribe, here.deputy)}
    speaker = await site.as_person(seats[turns.speaker or 0])
    other = await site.as_person(seats[turns.order[0]])
    lead = await site.as_person(here.moderator)
    url = f"/rooms/{here.room}"
    shown = r'<room-turn[^>]*>.*?<output dir="ltr" aria-live="off">(\d\d):'
    assert re.findall(shown, (await other.get(url)).text, re.S) in (["04"], ["03"])  # four minutes, which pass
    version = (await here.sitting()).row.version
    assert (await speaker.send_form(f"{url}/more-time")).status_code == 303
    news = (await other.get(f"{url}/changes?after={version}")).text
    assert re.findall(r'data-until="(\d+)"', news) == ["480"]
    pages = [(await each.get(url)).text for each in (speaker, lead, other)]
    assert all(re.findall(shown, page, re.S) in (["08"], ["07"]) for page in pages)
    told = ["Your turns last twice as long" in pages[0], "has twice as long, as asked" in pages[1]]
    assert told == [True, True]
    assert "twice as long" not in pages[2] + news
