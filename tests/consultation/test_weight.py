"""What a room weighs on the line, cold cache, as the browser counts it."""

from typing import Any

import pytest
from playwright.async_api import expect

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
