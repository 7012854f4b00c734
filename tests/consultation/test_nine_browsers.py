"""Nine browsers at one table: German and Arabic, two phones, one keyboard, one listener; from the first phase to the end.

What a screen reader would say is noted from the live regions: the phase, that it is my turn, that the cards lie open.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect
from sqlmodel import select

from app.consultation import queries
from app.consultation.actions import moves, planning
from app.consultation.actions.planning import Place
from app.core.db import reading, transaction
from app.people.models import Person
from tests.realtime.test_chaos import PARTS, more_people
from tests.support.chromium import Shots

from .conftest import Table
from .rooms import NOON
from .test_browser import reach

pytestmark = pytest.mark.browser

LIVE = 20_000  # milliseconds in which nine browsers on one machine must have shown it
PHONE = {"width": 360, "height": 740}
LOOKS = ({}, {}, {"lang": "de"}, {"lang": "de"}, {"lang": "ar"}, PHONE, {**PHONE, "lang": "ar"}, {}, {})
PHASES = ("frame", "challenge", "clarify", "silent_ideas", "advice", "response", "transfer")
QUESTION = "How do two offices share one verge?"
LISTEN = """() => {
  window.told = [];
  const note = () => {
    for (const region of document.querySelectorAll("[role=status], [role=alert], [aria-live=polite]"))
      if (region.textContent.trim()) window.told.push(region.textContent.trim().replace(/\\s+/g, " "));
  };
  new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""
NAMELESS = """[...document.querySelectorAll("button, a[href], input:not([type=hidden]), select, textarea, summary")]
.filter((control) => control.checkVisibility() && !(control.textContent.trim() || control.ariaLabel || control.title
  || control.labels?.[0]?.textContent.trim() || control.getAttribute("aria-labelledby")))
.map((control) => control.outerHTML.slice(0, 120))"""


class Nine:
    """The pages of nine people, the challenge owner first, then who leads, the scribe and six peers."""

    def __init__(self, table: Table, people: list[int]) -> None:
        self.table, self.people = table, people
        self.pages: list[Page] = []

    async def come(self) -> None:
        async def one(person: int, look: dict[str, object]) -> Page:
            page = await self.table.comes(person, **look)  # type: ignore[arg-type]
            await page.context.add_cookies(
                [{"name": "lang", "value": str(look.get("lang", "en")), "url": self.table.address}]
            )
            await page.reload()
            await expect(page.locator("#room-phases")).to_be_visible(timeout=LIVE)
            await page.evaluate(LISTEN)
            return page

        self.pages = await asyncio.gather(*(one(*each) for each in zip(self.people, LOOKS, strict=True)))

    @property
    def owner(self) -> Page:
        return self.pages[0]

    @property
    def lead(self) -> Page:
        return self.pages[1]

    async def all(self, selector: str, words: str, *, but: Page | None = None) -> None:
        """Everybody has this before them."""
        those = [page for page in self.pages if page is not but]
        await asyncio.gather(
            *(expect(page.locator(selector, has_text=words).first).to_be_attached(timeout=LIVE) for page in those)
        )

    async def go_on(self, number: int) -> None:
        await self.lead.locator("#desk-lead form[action$='/phase'] button").first.click()
        current = "#room-phases li:nth-child({}) [aria-current], #room-phases li:nth-child({})[aria-current]"
        await asyncio.gather(
            *(expect(page.locator(current.format(number, number))).to_be_attached(timeout=LIVE) for page in self.pages)
        )

    async def told(self, page: Page, words: str) -> None:
        await page.wait_for_function("words => window.told.some((said) => said.includes(words))", arg=words)


async def at_one_table(table: Table) -> Nine:
    here = table.stage
    people = [*here.everybody, *await more_people(here, 4)]
    async with transaction() as session:
        room = await planning.plan_room(
            session, event_id=here.event, key="slot:nine", title="Nine at one table", method="cc_peer_consultation",
            seats=[Place(person, part) for person, part in zip(people, PARTS, strict=True)],
            opens_at=NOON + timedelta(minutes=5), now=NOON,
        )  # fmt: skip
        await planning.open_lobby(session, room, now=NOON)
        for person in people:
            await moves.agree(session, room, by=person, now=NOON)
        await moves.begin(session, room, by=people[1], now=NOON)
    table.stage = replace(here, room=room)
    nine = Nine(table, people)
    await nine.come()
    return nine


async def put_down(page: Page, deck: str, text: str) -> None:
    form = page.locator(f"form:has(#text-{deck})")
    await form.locator("textarea, input[type=text]").first.fill(text)
    await form.get_by_role("button").last.click()


def turn_of(page: Page) -> Locator:
    return page.locator("[action$='/turn'] button")


async def test_nine_people_go_through_a_whole_consultation(table: Table, shots: Shots) -> None:
    nine = await at_one_table(table)
    peers, keyboard = nine.pages[3:], nine.pages[8]
    titles = await nine.pages[4].locator("#room-phases .phase-name").all_inner_texts()
    assert [await page.evaluate("document.dir || document.documentElement.dir") for page in nine.pages].count(
        "rtl"
    ) == 2
    assert [await page.evaluate(NAMELESS) for page in nine.pages] == [[]] * 9

    await nine.go_on(2)
    await nine.told(nine.lead, "Phase 2: Challenge.")
    await nine.told(nine.pages[2], "Phase 2: Herausforderung.")
    await nine.told(nine.pages[4], "المرحلة 2")
    assert len(titles) == len(PHASES)
    await put_down(nine.owner, "question", QUESTION)
    await nine.all("#room-question", QUESTION)

    # What the lead types is read along by whoever is there, and ends as one line.
    await nine.lead.get_by_role("button", name="As I type").click()
    await nine.lead.locator("#say").press_sequentially("Slowly, please", delay=20)
    await nine.all("room-typing .line-text", "Slowly, please", but=nine.lead)
    await nine.lead.locator("form[action$='/lines'] button").last.click()
    await nine.all("#room-lane", "Slowly, please")
    assert [await page.locator("#room-lane .line", has_text="Slowly, please").count() for page in nine.pages] == [1] * 9

    await nine.go_on(3)
    await nine.go_on(4)
    texts = [f"Advice of peer {number}" for number in range(len(peers))]
    for peer, text in zip(peers[:-1], texts, strict=False):
        await put_down(peer, "ideas", text)
        await expect(peer.locator("#desk-write", has_text=text)).to_be_visible(timeout=LIVE)
    await reach(keyboard, "#text-ideas")
    await keyboard.keyboard.type(texts[-1])
    await reach(keyboard, "[action$='/contributions'] button")
    await keyboard.keyboard.press("Enter")
    await expect(keyboard.locator("#desk-write", has_text=texts[-1])).to_be_visible(timeout=LIVE)
    assert await nine.owner.locator("#room-cards", has_text="Advice of").count() == 0, "they lie face down"

    await nine.go_on(5)
    await nine.lead.locator("form[action$='/reveal'] button").click()
    for text in texts:
        await nine.all("#room-cards", text)
    await nine.told(nine.owner, "The cards lie open.")
    await nine.told(nine.pages[2], "Die Karten liegen offen.")
    await nine.told(nine.pages[6], "البطاقات مكشوفة الآن.")
    for name, page in zip(("lead", "arabic-phone", "phone"), (nine.lead, nine.pages[6], nine.pages[5]), strict=True):
        await shots.take(page, name, whole=False)

    # The turns go round; the one at the keyboard hears that it is theirs, and ends it.
    async with reading() as session:
        name = (await session.exec(select(Person.name).where(Person.id == nine.people[8]))).one()
    ends = nine.lead.locator("#desk-lead form[action$='/turn'] button").first
    while name not in (words := await ends.inner_text()):
        await ends.click()
        await expect(nine.lead.get_by_role("button", name=words)).to_have_count(0, timeout=LIVE)
    await expect(turn_of(keyboard)).to_have_count(1, timeout=LIVE)
    await nine.told(keyboard, "It is your turn.")
    await reach(keyboard, "[action$='/turn'] button")
    await keyboard.keyboard.press("Enter")
    await expect(turn_of(keyboard)).to_have_count(0, timeout=LIVE)

    # The owner's vote: one card is kept, and it alone leaves the room.
    await nine.go_on(6)
    card = nine.owner.locator("#room-cards > li", has_text=texts[5])
    await card.get_by_role("button", name="Keep").click()
    await expect(card.get_by_role("button", name="Kept")).to_have_attribute("aria-pressed", "true", timeout=LIVE)
    await nine.go_on(7)
    await put_down(keyboard, "takeaways", "Walk one verge together")
    await nine.all("#room-cards", "Walk one verge together")
    async with reading() as session:
        rows = await queries.open_contributions(session, table.stage.room)
    shown = [await page.locator("#room-cards > li:not(#room-down)").count() for page in nine.pages]
    assert len(set(shown)) == 1, shown
    assert sorted(row.text for row in rows if row.deck == "ideas") == sorted(texts), "no card is lost, none is doubled"
