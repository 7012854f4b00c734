"""A real Chromium. `browser` is one for the whole run; every test opens contexts of its own:

async def test_x(browser: Browser, shots: Shots) -> None:
    page = await visitor(browser, url, width=360)     # a context with one page; fails on script errors at the end
    await page.goto(f"{url}/")
    await shots.take(page, "front-360")               # with PICTURES=1: test-artefacts/<test>/front-360.png
"""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, ConsoleMessage, Page, Playwright, async_playwright

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream", "--autoplay-policy=no-user-gesture-required",
    "--allow-loopback-in-peer-connection", "--force-color-profile=srgb", "--hide-scrollbars",
]  # fmt: skip
ARTEFACTS = Path(__file__).parents[2] / "test-artefacts"


def program() -> str | None:
    """Where Chromium is, if it is. Its windowless build comes first: the same engine for an eighth less processor."""
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if (found := shutil.which(name))), None)


async def launch(playwright: Playwright, path: str) -> Browser:
    return await playwright.chromium.launch(executable_path=path, args=FLAGS, chromium_sandbox=False)


async def visitor(
    browser: Browser, url: str, *, width: int = 1280, height: int = 720, lang: str = "en-GB", zone: str = "Europe/Berlin",
    dark: bool = False, script: bool = True, troubles: list[str] | None = None, **more: Any,
) -> Page:  # fmt: skip
    """One person's browser: a fresh context with one page. Script errors and broken requests go to `troubles`."""
    context = await browser.new_context(
        base_url=url, viewport={"width": width, "height": height}, locale=lang, timezone_id=zone,
        color_scheme="dark" if dark else "light", java_script_enabled=script, reduced_motion="reduce", **more,
    )  # fmt: skip
    page = await context.new_page()
    page.set_default_timeout(30_000)
    if troubles is not None:
        page.on("pageerror", lambda error: troubles.append(f"script error: {error}"))
        page.on("console", lambda message: _note(message, troubles))
    return page


def _note(message: ConsoleMessage, troubles: list[str]) -> None:
    if message.type == "error":
        troubles.append(f"console: {message.text} {message.location.get('url', '')}".strip())


@dataclass
class Shots:
    """Pictures of pages, kept in test-artefacts/ for people to look at: with PICTURES=1, because they take time."""

    folder: Path

    async def take(self, page: Page, name: str, *, whole: bool = True) -> None:
        if os.environ.get("PICTURES"):
            self.folder.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=self.folder / f"{name}.png", full_page=whole)


__all__ = ["ARTEFACTS", "Browser", "Page", "Shots", "async_playwright", "launch", "program", "visitor"]
