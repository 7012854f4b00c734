"""What a room weighs on the line, cold cache, as the browser counts it."""

from typing import Any

import pytest
from playwright.async_api import expect

from bench.room.script import arrange, fixed_script

from .conftest import Table

pytestmark = pytest.mark.browser


async def test_the_first_load_of_a_room_is_under_120_kilobytes_in_25_requests(table: Table) -> None:
    here = table.stage
    await here.begin()
    await here.go_to("consultation")
    page = await table.comes(here.moderator)
    network = await page.context.new_cdp_session(page)
    loaded: list[float] = []

    def note(event: dict[str, Any]) -> None:
        loaded.append(event["encodedDataLength"])

    network.on("Network.loadingFinished", note)
    await network.send("Network.enable")
    await network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    await page.goto(f"/rooms/{here.room}", wait_until="networkidle")
    await expect(page.locator("count-down output")).to_be_visible()
    print(f"\nfirst load of a room: {sum(loaded) / 1000:.1f} kB in {len(loaded)} requests")
    assert 10_000 < sum(loaded) <= 120_000
    assert len(loaded) <= 25


async def test_a_consultation_of_eight_costs_less_than_150_kilobytes_a_person(table: Table) -> None:
    """60 posts, 40 cards, 6 phases: what the kernel counted on the sockets and the HTTP connections of real clients."""
    (meeting,) = await arrange(1, 8)
    await meeting.gather(int(table.address.rpartition(":")[2]))
    before = [sum(browser.bytes) for browser in meeting.browsers]
    await fixed_script(meeting)
    each = [sum(browser.bytes) - early for browser, early in zip(meeting.browsers, before, strict=True)]
    for browser in meeting.browsers:
        await browser.leaves()
    print(f"\nfixed script: {sum(each) / len(each) / 1000:.1f} kB a person, {max(each) / 1000:.1f} kB at most")
    assert sum(each) / len(each) > 30_000 and max(each) <= 132_000, "18 kB are left for 90 minutes of heartbeats"
