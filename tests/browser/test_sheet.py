"""The component sheet: every part in every state, in three languages, on a phone and on a desk, light and dark."""

from collections.abc import AsyncIterator
from itertools import product
from pathlib import Path

import pytest
from playwright.async_api import Browser

from app.main import Setup, create_app
from tests.browser.bench import served
from tests.browser.look import Weight, too_small, too_wide, violations
from tests.support.chromium import Shots, visitor

pytestmark = pytest.mark.browser


@pytest.fixture
async def house(anyio_backend: str, tmp_path: Path) -> AsyncIterator[str]:
    """The pages of a demonstration; the sheet asks no database."""
    setup = Setup(
        database_url=f"sqlite+aiosqlite:///{tmp_path}/none.db", redis_url=f"unix://{tmp_path}/none.sock",
        files=tmp_path, secret="for the sheet " * 3, demo=True,
    )  # fmt: skip
    async with served(create_app(setup)) as address:
        yield address


SOME = {("en", 1280, False), ("de", 360, True), ("ar", 360, False), ("ar", 1280, True)}  # the others: make test-all


@pytest.mark.parametrize(
    ("lang", "width", "dark"),
    [
        pytest.param(*look, marks=() if look in SOME else pytest.mark.long)
        for look in product(("en", "de", "ar"), (360, 1280), (False, True))
    ],
)
async def test_every_part_fits_and_axe_finds_nothing(
    browser: Browser, house: str, shots: Shots, lang: str, width: int, dark: bool
) -> None:
    troubles: list[str] = []
    page = await visitor(browser, house, width=width, lang=lang, dark=dark, troubles=troubles)
    await page.goto("/styleguide")
    await page.wait_for_selector("count-down:defined")
    await shots.take(page, "sheet")
    assert await too_wide(page) == []
    assert await too_small(page) == []
    assert await violations(page) == []
    assert troubles == []
    await page.context.close()


async def test_the_sheet_reads_in_high_contrast_and_prints_without_its_frame(
    browser: Browser, house: str, shots: Shots
) -> None:
    page = await visitor(browser, house)
    await page.goto("/styleguide")
    await page.emulate_media(forced_colors="active")
    await shots.take(page, "high-contrast")
    assert await violations(page) == []
    await page.emulate_media(forced_colors="none", media="print")
    await shots.take(page, "print")
    assert not await page.locator("header.bar").is_visible()
    assert not await page.locator("footer.foot").is_visible()
    assert await page.locator("#main h1").is_visible()
    await page.context.close()


async def test_without_scripts_everything_is_still_there(browser: Browser, house: str) -> None:
    page = await visitor(browser, house, script=False)
    await page.goto("/styleguide")
    await page.locator("header summary").first.click()
    await page.get_by_role("button", name="Deutsch").click()
    assert await page.locator("html").get_attribute("lang") == "de"
    assert page.url.endswith("/styleguide")
    await page.context.close()


async def test_a_page_costs_little(browser: Browser, house: str) -> None:
    """An error page carries the whole frame and no content: what it weighs, every page weighs."""
    page = await visitor(browser, house)
    weight = Weight.of(page)
    await page.goto("/nowhere")
    await page.wait_for_load_state("networkidle")
    assert len(weight.requests) <= 7, weight.requests
    assert weight.bytes < 25_000, weight
    await page.context.close()


async def test_escape_closes_a_menu_and_gives_the_focus_back(browser: Browser, house: str) -> None:
    page = await visitor(browser, house)
    await page.goto("/styleguide")
    await page.wait_for_selector("html.js")
    menu = page.locator("header details").first
    await menu.locator("summary").click()
    assert await menu.get_attribute("open") is not None
    await page.keyboard.press("Escape")
    assert await menu.get_attribute("open") is None
    assert await page.evaluate("document.activeElement.localName") == "summary"
    await page.context.close()


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_a_programme_with_a_loud_colour_is_still_readable(
    browser: Browser, tmp_path: Path, shots: Shots, dark: bool
) -> None:
    setup = Setup(
        database_url=f"sqlite+aiosqlite:///{tmp_path}/none.db", redis_url=f"unix://{tmp_path}/none.sock",
        files=tmp_path, secret="for the sheet " * 3, demo=True, name="Städte am Fluss", programme={"colour": "#ff2fa0"},
    )  # fmt: skip
    async with served(create_app(setup)) as address:
        page = await visitor(browser, address, dark=dark)
        await page.goto("/styleguide")
        await shots.take(page, "sheet")
        assert await page.locator(".brand").inner_text() == "Städte am Fluss"
        tone = await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--teal-3')")
        assert tone not in {"#0a4b50", "#9cd9d3"}
        assert await violations(page) == []
        await page.context.close()
