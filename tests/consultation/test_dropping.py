"""What the others see when somebody's line is gone, in browsers: the case giver's, the lead's; and whose hand is next."""

import pytest
from playwright.async_api import expect

from app.consultation.actions import moves
from app.core.db import transaction
from tests.support.chromium import Shots

from .conftest import Table
from .rooms import NOON

pytestmark = pytest.mark.browser


async def test_the_clock_waits_for_the_case_giver_and_goes_on_when_they_are_back(table: Table, shots: Shots) -> None:
    here = table.stage
    await here.begin()
    await here.go_to("narration")
    lead, giver = await table.comes(here.moderator), await table.comes(here.case_giver)
    await expect(giver.get_by_text("You have the floor.")).to_be_visible()
    await expect(lead.locator("#room-clock")).to_contain_text("until")
    await giver.close()
    await expect(lead.get_by_text("The clock waits for the case giver.")).to_be_visible()
    await expect(lead.locator("#room-order")).to_contain_text("line lost")
    await shots.take(lead, "waits-1280", whole=False)
    giver = await table.comes(here.case_giver, width=360, height=740)
    await expect(lead.get_by_text("The clock waits for the case giver.")).to_have_count(0)
    await expect(giver.get_by_text("You have the floor.")).to_be_visible()
    await expect(giver.locator("#say")).to_be_attached()


async def test_a_deputy_takes_the_lead_and_gives_it_back_with_the_next_phase(table: Table) -> None:
    here = table.stage
    await here.begin()
    await here.go_to("narration")
    lead, deputy = await table.comes(here.moderator), await table.comes(here.deputy, width=360, height=740)
    giver = await table.comes(here.case_giver)
    take = deputy.get_by_role("button", name="Take the lead")
    await expect(deputy.locator("#desk-acts")).to_be_attached()
    await expect(take).to_have_count(0)
    await lead.close()
    await take.click()
    await expect(deputy.get_by_text("You lead now.")).to_be_visible()
    lead = await table.comes(here.moderator)
    await expect(lead.get_by_role("button", name="Take the lead")).to_be_visible()
    await deputy.get_by_role("button", name="Next: Key question").click()
    await expect(lead.get_by_text("You lead now.")).to_be_visible()
    await expect(giver.locator("#room-order li").first).to_contain_text("Marta Lindqvist")


async def test_hands_stand_in_the_chosen_order_with_the_reason_beside_the_name(table: Table, shots: Shots) -> None:
    here = table.stage
    await here.begin()
    await here.go_to("method_choice")
    lead, adviser = await table.comes(here.moderator), await table.comes(here.adviser, width=360, height=740)
    await lead.locator("summary", has_text="More").click()
    await lead.get_by_label("Order of raised hands").select_option("unheard")
    await lead.locator("form", has=lead.get_by_label("Order of raised hands")).get_by_role("button").click()
    seat = await here.seat(here.adviser)
    async with transaction() as session:
        await moves.give_floor(session, here.room, by=here.moderator, to=seat, instead_of=None, now=NOON)
        await moves.finish_turn(session, here.room, by=here.adviser, speaker=seat, now=NOON)
    await adviser.get_by_role("button", name="Raise hand").click()
    await expect(lead.locator("#room-order")).to_contain_text("has spoken in this phase")
    async with transaction() as session:
        await moves.raise_hand(session, here.room, by=here.scribe, now=NOON)
    order = lead.locator("#room-order .turn-name")
    await expect(order.nth(1)).to_contain_text("hand is up, has not spoken in this phase")
    await expect(order.nth(2)).to_contain_text("hand is up, has spoken in this phase")
    await expect(lead.get_by_role("button", name="Floor to Jonas Petersen")).to_be_visible()
    await shots.take(lead, "hands-1280", whole=False)
    await adviser.get_by_text("People", exact=True).click()
    await shots.take(adviser, "hands-360", whole=False)
    height = await lead.evaluate("document.documentElement.scrollHeight")
    assert height <= 720, "one screen, no scrolling"


TONES = """() => {
  window.tones = 0;
  const start = OscillatorNode.prototype.start;
  OscillatorNode.prototype.start = function (...when) { window.tones += 1; return start.apply(this, when); };
}"""


async def test_a_minute_before_the_end_it_is_seen_and_said_and_heard_only_by_whom_wants_it(
    table: Table, shots: Shots
) -> None:
    here = table.stage
    await here.begin()
    wants, silent = await table.comes(here.moderator), await table.comes(here.adviser, width=360, height=740)
    for page in (wants, silent):
        await page.evaluate(TONES)
        await expect(page.locator("count-down")).not_to_have_attribute("data-state", "last")
    await wants.get_by_role("button", name="Sound").click()
    await expect(wants.get_by_role("button", name="Sound")).to_have_attribute("aria-pressed", "true")
    assert await wants.evaluate("window.tones") == 1, "one hears what one has chosen"
    for page in (wants, silent):
        await page.evaluate(
            """() => {
              const clock = document.querySelector('count-down');
              clock.dataset.ends = new Date(Date.parse(clock.dataset.ends) - (clock.left() - 61) * 1000).toISOString();
            }"""
        )
    for page in (wants, silent):
        await expect(page.locator("count-down")).to_have_attribute("data-state", "last")
        await expect(page.locator("count-down [role=status]")).not_to_be_empty()
    assert await wants.evaluate("window.tones") == 3
    assert await silent.evaluate("window.tones") == 0
    await shots.take(wants, "minute-1280", whole=False)
    await shots.take(silent, "minute-360", whole=False)
    hidden = "node => node.scrollHeight > node.clientHeight + 1"
    assert not await silent.locator("#desk-write").evaluate(hidden), "on a phone the page scrolls, not the field in it"
