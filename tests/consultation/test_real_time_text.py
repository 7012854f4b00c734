"""Real-time text in browsers: seen while it is typed, by everybody, in one row per person, and gone when it is said."""

import asyncio
import math

import pytest
from playwright.async_api import Page, expect

from tests.support.chromium import Shots

from .conftest import Table

pytestmark = pytest.mark.browser

WATCH = """() => {
  window.seen = [];
  new MutationObserver(() => {
    const text = document.querySelector('room-typing .line-text')?.textContent ?? '';
    if (text !== window.seen.at(-1)?.text) window.seen.push({ text, at: Date.now() });
  }).observe(document.querySelector('room-typing'), { childList: true, subtree: true, characterData: true });
}"""
NOTE = """() => {
  window.typed = [];
  document.addEventListener('input', (event) => window.typed.push({ text: event.target.value, at: Date.now() }));
}"""
LINE = "In our city one depot signs for both of the offices."
ALLOWED, ROUNDS = 500, 3  # EN 301 549, 6.2.1.2


async def is_read_in_time(writer: Page, reader: Page) -> None:
    """`LINE` is typed, and of its characters 95 in a hundred are seen within half a second.

    A neighbour may slow the machine down: of three rounds the quickest counts, still an upper bound of what we take.
    """
    await reader.evaluate(WATCH)
    await writer.evaluate(NOTE)
    rounds: list[int] = []
    while not rounds or (rounds[-1] > ALLOWED and len(rounds) < ROUNDS):
        await writer.locator("#say").fill("")
        await expect(reader.locator("room-typing .line")).to_have_count(0)
        await asyncio.gather(reader.evaluate("window.seen = []"), writer.evaluate("window.typed = []"))
        await writer.locator("#say").press_sequentially(LINE, delay=140)
        await expect(reader.locator("room-typing .line-text")).to_have_text(LINE)
        took = sorted(await delays(writer, reader))
        assert len(took) == len(LINE) >= 40
        rounds.append(took[math.ceil(len(took) * 0.95) - 1])
    print(f"\nreal-time text, {len(LINE)} keys: 95 of 100 within {rounds} ms")
    assert min(rounds) <= ALLOWED


async def delays(writer: Page, reader: Page) -> list[int]:
    """Milliseconds from every key to the moment in which the reader saw it."""
    typed, seen = await writer.evaluate("window.typed"), await reader.evaluate("window.seen")
    return [next(s["at"] for s in seen if s["text"].startswith(t["text"])) - t["at"] for t in typed]


async def test_what_somebody_types_is_read_along_and_ends_as_a_line(table: Table, shots: Shots) -> None:
    here = table.stage
    await here.begin()
    await here.go_to("consultation")
    lead, giver = await table.comes(here.moderator), await table.comes(here.case_giver, width=360, height=740)
    await giver.get_by_text("Text", exact=True).click()
    await expect(giver.locator("#say")).to_have_count(0)
    row = giver.locator("room-typing .line")

    await lead.locator("#say").press_sequentially("Not yet")
    await expect(lead.locator("#say")).to_have_value("Not yet")
    await lead.get_by_role("button", name="As I type").click()
    await expect(lead.get_by_role("button", name="As I type")).to_have_attribute("aria-pressed", "true")
    await expect(row.locator(".line-text")).to_have_text("Not yet")
    await lead.locator("#say").fill("")
    await expect(row).to_have_count(0)

    await is_read_in_time(lead, giver)
    await expect(row.locator(".line-who")).to_have_text("Marta Lindqvist")
    await shots.take(giver, "typing-360", whole=False)
    await shots.take(lead, "typing-1280", whole=False)

    for _ in range(3):
        await lead.locator("#say").press("Backspace")
    await lead.locator("#say").press_sequentially("h 🌧.")
    await expect(row.locator(".line-text")).to_have_text(f"{LINE[:-3]}h 🌧.")
    await lead.get_by_role("button", name="Send").click()
    await expect(giver.locator("#room-lane .line")).to_have_count(1)
    await expect(row).to_have_count(0)


@pytest.mark.parametrize("sockets", [False], indirect=True)
async def test_where_sockets_are_refused_it_is_read_along_all_the_same(table: Table) -> None:
    here = table.stage
    await here.begin()
    await here.go_to("consultation")
    lead, giver = await table.comes(here.moderator), await table.comes(here.case_giver)
    await lead.get_by_role("button", name="As I type").click()
    await expect(lead.get_by_role("button", name="As I type")).to_have_attribute("aria-pressed", "true")
    await lead.locator("#say").press_sequentially("They both fall back to polling")
    row = giver.locator("room-typing .line")
    await expect(row.locator(".line-text")).to_have_text("They both fall back to polling", timeout=20_000)
    await is_read_in_time(lead, giver)
    await expect(lead.locator("room-typing .line")).to_have_count(0)
    await lead.get_by_role("button", name="Send").click()
    await expect(giver.locator("#room-lane .line")).to_have_count(1)
    await expect(row).to_have_count(0)


async def test_who_comes_late_reads_the_whole_line_and_a_screen_reader_is_not_spelt_to(table: Table) -> None:
    here = table.stage
    await here.begin()
    lead = await table.comes(here.moderator)
    await lead.get_by_role("button", name="As I type").click()
    await lead.locator("#say[data-typing]").press_sequentially("Half a sen")
    late = await table.comes(here.scribe)
    row = late.locator("room-typing .line-text")
    await expect(row).to_have_text("Half a sen")
    await lead.locator("#say").press_sequentially("tence")
    await expect(row).to_have_text("Half a sentence")
    assert await row.evaluate("row => row.closest('[aria-live]').getAttribute('aria-live')") == "off"
    assert await row.evaluate("row => row.closest('[role=log]')") is None


async def test_what_is_half_typed_when_the_floor_moves_on_is_not_lost(table: Table) -> None:
    here = table.stage
    await here.begin()
    await here.go_to("consultation")
    first = await speaker(table)
    lead, adviser = await table.comes(here.moderator), await table.comes(first)
    await adviser.locator("#say").press_sequentially("I was about to s")
    await lead.get_by_role("button", name="End the turn of").click()
    await expect(adviser.locator("#say")).to_have_count(0)
    await lead.locator("summary", has_text="More").click()
    await lead.get_by_label("Let somebody speak as an exception").select_option(str(await here.seat(first)))
    await lead.get_by_role("button", name="Let speak").click()
    await expect(adviser.locator("#say")).to_have_value("I was about to s")


async def speaker(table: Table) -> int:
    """The person whose turn it is."""
    here = await table.stage.sitting()
    person = here.people[here.room.state.turns.speaker or 0].person_id
    assert person is not None
    return person
