"""The live room in a real browser: one screen at 1280×720, three tabs on a phone, everything by keyboard."""

import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from app.consultation.actions import moves
from app.core.db import transaction
from tests.browser.look import Weight, too_small, too_wide, violations
from tests.support.chromium import Shots
from tests.support.clock import Clock

from .conftest import Table
from .rooms import NOON

pytestmark = pytest.mark.browser
IDEAS = (
    "One depot for mowing and drains since 2022. Quarrels ended in the second autumn.",
    "Let the three heads walk one street together after each storm.",
    "A shared plan without a shared phone number is only paper.",
)
OUTSIDE = """[...document.querySelectorAll("#main > *, #desk-lead, header.bar")].filter((part) => {
  const { top, bottom, height } = part.getBoundingClientRect();
  return height > 0 && (top < -1 || bottom > innerHeight + 1);
}).map((part) => part.id || part.className)"""
HIDDEN_WORDS = """[...document.querySelectorAll(".phase-name, .role-now, .question-text, .room-acts .btn, .room-mod .btn, .bar h1")]
.filter((words) => words.scrollWidth > words.clientWidth + 1 && getComputedStyle(words).overflow !== "visible")
.map((words) => words.textContent.trim())"""


@pytest.fixture
async def busy(table: Table) -> Table:
    """In the middle of the consultation: a key question, cards that lie open, a line beside them."""
    room = table.stage
    await room.begin()
    await room.go_to("key_question")
    await room.write(room.case_giver, "key_question", "How do we get road, park and water to share one plan?")
    await room.go_to("consultation")
    for number, words in enumerate(IDEAS * 2):
        await room.write((room.adviser, room.scribe)[number % 2], "contributions", words, key=f"card-{number}")
    async with transaction() as session:
        step = (await room.sitting()).room.state.step
        await moves.turn_up_cards(session, room.room, by=room.moderator, deck="contributions", leaving=step, now=NOON)
    await room.say(room.moderator, "One contribution per turn, please.")
    return table


async def reads(table: Table, person: int, lang: str, **look: object) -> Page:
    """This person's page of the room, in this language."""
    page = await table.comes(person, **look)  # type: ignore[arg-type]
    await page.context.add_cookies([{"name": "lang", "value": lang, "url": table.address}])
    await page.reload()
    await page.wait_for_selector("html.js")
    return page


SOME = {("adviser", "en", False), ("moderator", "de", True), ("case_giver", "ar", False),
        ("moderator", "ar", True), ("adviser", "de", True)}  # the others: make test-all  # fmt: skip


@pytest.mark.parametrize(
    ("who", "lang", "dark"),
    [
        pytest.param(who, *look, marks=() if (who, *look) in SOME else pytest.mark.long)
        for who in ("adviser", "moderator", "case_giver")
        for look in (("en", False), ("de", True), ("ar", False), ("ar", True))
    ],
)
async def test_everything_of_the_room_is_on_one_screen(
    busy: Table, shots: Shots, who: str, lang: str, dark: bool
) -> None:
    page = await reads(busy, getattr(busy.stage, who), lang, dark=dark)
    await shots.take(page, "room", whole=False)
    assert await page.evaluate("document.documentElement.scrollHeight <= innerHeight"), "the page scrolls"
    assert await page.evaluate(OUTSIDE) == []
    assert await page.evaluate(HIDDEN_WORDS) == []
    for part in (
        "#room-phases",
        "#desk-part",
        "#room-question",
        "#room-clock",
        "#room-order",
        "#room-cards",
        "#room-lane",
    ):
        await expect(page.locator(part)).to_be_visible()
    assert await page.locator("#notes").bounding_box() is not None
    assert (await page.locator(".pane-table .pane-scroll").bounding_box() or {"height": 0})["height"] >= 120
    if who == "adviser":
        whole = "field => { const box = field.getBoundingClientRect(); return document.elementFromPoint(box.x + 9, box.bottom - 6) === field; }"
        assert await page.locator("#text-contributions").evaluate(whole), "a card can be written without scrolling"
    assert await too_wide(page) == []
    assert await too_small(page) == []
    assert await violations(page) == []


@pytest.mark.parametrize(
    ("lang", "dark"), [pytest.param("en", True, marks=pytest.mark.long), ("de", False), ("ar", True)]
)
async def test_on_a_phone_the_room_has_three_tabs(busy: Table, shots: Shots, lang: str, dark: bool) -> None:
    page = await reads(busy, busy.stage.adviser, lang, dark=dark, width=360, height=740)
    panes = {"people": "#room-order", "table": "#room-cards", "lane": "#room-lane"}
    for tab, inside in panes.items():
        await page.locator(f'.room-tabs label:has([value="{tab}"])').click()
        await expect(page.locator(inside)).to_be_visible()
        for other in panes.values():
            if other != inside:
                await expect(page.locator(other)).to_be_hidden()
        await shots.take(page, f"room-{tab}")
        assert await too_wide(page) == []
        assert await too_small(page) == []
        assert await violations(page) == []


async def reach(page: Page, goal: str) -> None:
    """Walk with the Tab key until the focus is on `goal`."""
    for _ in range(80):
        await page.keyboard.press("Tab")
        if await page.evaluate("goal => document.activeElement.matches(goal)", goal):
            return
    raise AssertionError(f"the Tab key never comes to {goal}")


async def test_a_hand_a_turn_and_a_card_by_keyboard_alone(table: Table, clock: Clock) -> None:
    room = table.stage
    await room.begin()
    page = await reads(table, room.adviser, "en")
    await reach(page, "[action$='/hand'] button")
    await page.keyboard.press("Enter")
    await expect(page.locator("[action$='/hand'] button[aria-pressed=true]")).to_be_visible()
    assert list((await room.sitting()).room.state.turns.hands) == [await room.seat(room.adviser)]

    await room.go_to("consultation")
    turns = (await room.sitting()).room.state.turns
    seats = {await room.seat(person): person for person in (room.adviser, room.scribe, room.deputy)}
    page = await reads(table, seats[turns.speaker or 0], "en")
    await reach(page, "#say")
    await page.keyboard.type("We had the same quarrel.")
    await reach(page, "[action$='/lines'] button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#room-lane")).to_contain_text("We had the same quarrel.")
    await expect(page.locator("#say")).to_have_value("")
    await reach(page, "#text-contributions")
    await page.keyboard.type("One depot for both.")
    await reach(page, "[action$='/contributions'] button")
    await page.keyboard.press("Enter")
    await expect(page.locator("#desk-write")).to_contain_text("One depot for both.")
    turn = page.locator("room-turn")
    await expect(turn.locator("output")).to_have_text(re.compile("0[1-4]:[0-5][0-9]"))
    await expect(turn.locator("[role=status]")).to_have_text("")
    clock.go_to(NOON + timedelta(minutes=9))
    await page.reload()
    await expect(turn.locator("[role=status]")).to_contain_text("The time of your turn is up.")
    await expect(turn.locator("output")).to_have_text("00:00")
    lead = await table.comes(room.moderator)
    await expect(lead.locator("room-turn [role=status]")).to_contain_text("The time of this turn is up.")
    other = await table.comes(seats[turns.order[0]])
    await expect(other.locator("room-turn output")).to_have_text("00:00")
    await expect(other.locator("room-turn [role=status]")).to_have_text("")
    await reach(page, "[action$='/turn'] button")
    await page.keyboard.press("Enter")
    await expect(lead.locator("room-turn [role=status]")).to_have_text("")
    await expect(page.locator("[action$='/turn'] button")).to_have_count(0)
    assert (await room.sitting()).room.state.turns.speaker != turns.speaker


async def test_cards_are_put_under_a_heading_by_keyboard_and_move_on_every_screen(busy: Table, shots: Shots) -> None:
    room = busy.stage
    page, other = await reads(busy, room.moderator, "en"), await reads(busy, room.adviser, "en")
    await reach(page, "#desk-group summary")
    await page.keyboard.press("Enter")
    for box in (await page.locator("[data-choose] input").all())[:2]:
        await box.focus()
        await page.keyboard.press("Space")
    await page.locator("#group-heading").focus()
    await page.keyboard.type("Depots")
    await shots.take(page, "grouping", whole=False)
    assert await violations(page) == []
    await page.keyboard.press("Enter")
    for screen in (page, other):
        await expect(screen.locator(".idea-group h3")).to_have_text("Depots")
        await expect(screen.locator(".idea-group .idea")).to_have_count(2)
        await expect(screen.locator("#room-cards .idea:not(.idea-hidden)")).to_have_count(6)
    await expect(page.locator("#group-heading")).to_have_value("")
    await expect(page.locator("[data-choose] input:checked")).to_have_count(0)
    await shots.take(other, "grouped", whole=False)
    boxes = await page.locator(".idea-group [data-choose] input").all()
    for box in boxes:
        await box.check()
    await page.locator("#desk-group select").select_option("")
    await page.locator("#group-form button").click()
    for screen in (page, other):
        await expect(screen.locator(".idea-group")).to_have_count(0)
        await expect(screen.locator("#room-cards > .idea:not(.idea-hidden)")).to_have_count(6)


async def test_a_room_costs_little(busy: Table) -> None:
    page = await busy.comes(busy.stage.adviser)
    await page.goto("about:blank")
    line = await page.context.new_cdp_session(page)
    await line.send("Network.clearBrowserCache")
    weight = Weight.of(page)
    await page.goto(f"/rooms/{busy.stage.room}")
    await page.wait_for_load_state("load")
    await page.wait_for_selector("html.js")
    assert 10 < len(weight.requests) <= 25, weight.requests
    assert 20_000 < weight.bytes <= 120_000
