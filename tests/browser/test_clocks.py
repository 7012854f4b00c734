"""Browser and server say the same about a time, and the count-down obeys the server."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import BrowserContext, expect

from app.core import times
from tests.browser.bench import Bench

pytestmark = pytest.mark.browser

INSTANTS = [
    datetime(2026, 6, 9, 10, 0, tzinfo=UTC),
    datetime(2026, 10, 25, 0, 59, tzinfo=UTC),
    datetime(2026, 10, 25, 1, 1, tzinfo=UTC),
    datetime(2026, 12, 31, 23, 30, tzinfo=UTC),
    datetime(2027, 3, 3, 20, 5, tzinfo=UTC),
]
ZONES = ["Europe/Berlin", "Asia/Tbilisi", "Asia/Kathmandu", "America/Managua", "Africa/Ouagadougou", "UTC"]


@pytest.mark.parametrize(("lang", "dir"), [("en", "ltr"), ("de", "ltr"), ("ar", "rtl")])
async def test_a_local_time_reads_exactly_as_the_server_writes_it(
    context: BrowserContext, bench: Bench, lang: str, dir: str
) -> None:
    bench.lang, bench.dir = lang, dir
    bench.main = "".join(
        f'<p><local-time><time datetime="{instant.isoformat()}">shared text in UTC</time></local-time></p>'
        for instant in INSTANTS
    )
    page = await context.new_page()
    for zone in ZONES:
        bench.zone, bench.city = zone, times.city(zone, lang)
        await page.goto(bench.address)
        await page.wait_for_function("!!customElements.get('local-time')")
        shown = await page.locator("local-time").all_inner_texts()
        assert shown == [times.in_words(instant, zone, lang) for instant in INSTANTS]


def clock(ends: datetime | None, left: int, total: int = 600) -> str:
    at = f' data-ends="{ends.isoformat()}"' if ends else ""
    return (
        f'<count-down class="timer" data-total="{total}" data-left="{left}"{at}><output>--:--</output>'
        f'<progress max="{total}"></progress><span role="status"></span></count-down><live-region topic="room:7" version="0"></live-region>'
    )


async def test_the_count_down_follows_the_clock_of_the_server_not_that_of_a_wrong_phone(
    context: BrowserContext, bench: Bench
) -> None:
    page = await context.new_page()
    await page.clock.install(time=datetime(2020, 1, 1, tzinfo=UTC))  # a phone that lost its battery
    bench.main = clock(times.now() + timedelta(minutes=5), left=1)
    await page.goto(bench.address)
    await expect(page.locator("output")).to_have_text(re.compile(r"05:00|04:5\d"))


async def test_it_turns_to_sun_and_speaks_once_at_sixty_seconds_and_at_the_end(
    context: BrowserContext, bench: Bench
) -> None:
    page = await context.new_page()
    await page.clock.install()
    bench.sockets_open = False
    bench.main = (
        clock(times.now() + timedelta(hours=9), left=62).replace("<live-region", "<p").replace("live-region>", "p>")
    )
    await page.goto(bench.address)
    down = page.locator("count-down")
    await page.wait_for_function("!!customElements.get('count-down')")
    assert await down.get_attribute("data-state") is None
    await page.clock.run_for(3000)
    await expect(down).to_have_attribute("data-state", "last")
    await expect(down.locator("[role=status]")).to_have_text("One minute left.")
    await page.clock.run_for(62000)
    await expect(down.locator("output")).to_have_text("00:00")
    await expect(down.locator("[role=status]")).to_have_text("The time is up.")


async def test_a_paused_clock_stands_still(context: BrowserContext, bench: Bench) -> None:
    page = await context.new_page()
    await page.clock.install()
    bench.main = clock(None, left=200)
    await page.goto(bench.address)
    await expect(page.locator("output")).to_have_text("03:20")
    await page.clock.run_for(30000)
    await expect(page.locator("output")).to_have_text("03:20")
