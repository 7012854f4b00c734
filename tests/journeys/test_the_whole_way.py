"""The whole way, thin and real: a letter signs in, a reply appears in another browser, a restart disturbs nobody."""

import json
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.forum.forum import a_forum
from tests.journeys.conftest import House
from tests.support.chromium import Shots
from tests.support.clock import Clock
from tests.workers.work import until

pytestmark = pytest.mark.browser


async def test_a_reply_appears_in_another_browser(house: House, clock: Clock, shots: Shots) -> None:
    clock.go_to(datetime(2026, 6, 12, 14, 0, tzinfo=UTC))
    async with house.rows():
        forum = await a_forum()
        thread = await forum.thread("Sponge verges on a slope")
    house.open()
    address = f"{forum.url}/threads/{thread.id}"

    tamta = await house.person("Tamta", "tamta@example.org", zone="Asia/Tbilisi")
    carlos = await house.person("Carlos", "carlos@example.org", zone="America/Managua", width=360, height=740)
    await tamta.goto(address)
    await carlos.goto(address)
    await expect(tamta.get_by_role("heading", name="Sponge verges on a slope")).to_be_visible()

    await write(carlos, "Who mows the hollows in summer?")
    await expect(tamta.get_by_text("Who mows the hollows in summer?")).to_be_visible(timeout=5_000)
    await write(tamta, "A city crew, twice a year.")
    await expect(carlos.get_by_text("A city crew, twice a year.")).to_be_visible(timeout=5_000)

    # The line of one is cut, the other goes on writing; what was missed is there when the line is back.
    house.cut("Carlos")
    await write(tamta, "In the third year the sedges did it themselves.")
    await house.mend("Carlos")
    await expect(carlos.get_by_text("In the third year the sedges did it themselves.")).to_be_visible(timeout=20_000)
    for page, name in ((tamta, "tamta-1280"), (carlos, "carlos-360")):
        assert await page.get_by_text("A city crew, twice a year.").count() == 1, "shown once, not twice"
        await shots.take(page, name)

    # Whoever is elsewhere hears of an answer at once: in the header and in the list; whoever reads it there, no more.
    await expect(tamta.locator(".bell")).to_contain_text("nothing new")
    await tamta.goto("/notices")
    await write(carlos, "Then I will ask the crew.")
    await expect(tamta.locator(".bell-count")).to_have_text("1", timeout=5_000)
    await expect(tamta.get_by_text("Then I will ask the crew.")).to_be_visible()
    await tamta.goto(address)
    await expect(tamta.locator(".bell")).to_contain_text("nothing new")


@pytest.mark.parametrize("house", ["together"], indirect=True)
async def test_a_private_valkey_that_dies_is_missed_by_nobody(house: House, clock: Clock) -> None:
    clock.go_to(datetime(2026, 6, 12, 14, 0, tzinfo=UTC))
    async with house.rows():
        forum = await a_forum()
        thread = await forum.thread("Sponge verges on a slope")
    house.open()
    tamta = await house.person("Tamta", "tamta@example.org")
    carlos = await house.person("Carlos", "carlos@example.org")
    for page in (tamta, carlos):
        await page.goto(f"{forum.url}/threads/{thread.id}")
    note = Path(house.programs.env["DATA"]) / "valkey.json"
    dead = json.loads(note.read_text())["pid"]
    os.kill(dead, signal.SIGKILL)
    await write(carlos, "Written while the news were away.")
    await expect(tamta.get_by_text("Written while the news were away.")).to_be_visible(timeout=20_000)

    async def is_back() -> bool:
        told = json.loads(note.read_text() or "{}")
        return told.get("pid") not in {None, dead} and (await (await tamta.request.get("/healthz")).json())["news"]

    await until(is_back)
    await write(tamta, "Written when they were back.")
    await expect(carlos.get_by_text("Written when they were back.")).to_be_visible(timeout=10_000)


async def write(page, text: str) -> None:  # type: ignore[no-untyped-def]
    await page.locator("#reply textarea, textarea[name=text]").first.fill(text)
    await page.locator("form:has(textarea[name=text])").first.get_by_role("button").last.click()
    await expect(page.get_by_text(text).first).to_be_visible()
