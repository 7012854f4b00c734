"""Nine browsers at one table: German and Arabic, two phones, one keyboard, one listener; from the first phase to the protocol.

What a screen reader would say is noted from the live regions: the phase, that it is my turn, that the cards lie open.
"""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.async_api import Locator, Page, expect
from sqlmodel import select

from app.consultation import queries
from app.consultation.actions import adapting, moves, planning
from app.consultation.actions.planning import Place
from app.consultation.engine.adapting import Document
from app.core.db import reading, transaction
from app.people.models import Person
from tests.browser.look import violations
from tests.realtime.test_chaos import PARTS, more_people
from tests.support.chromium import Shots

from .conftest import ON_BOTH, Table
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


FAST = """
  const Real = Date, minutes = 7;
  window.Date = class extends Real {
    constructor(...given) { given.length ? super(...given) : super(Real.now() + minutes * 60000); }
    static now() { return Real.now() + minutes * 60000; }
  };
"""
LEFT = """() => {
  const clock = document.querySelector("#room-clock count-down");
  const [minutes, seconds] = clock.querySelector("output").textContent.split(":").map(Number);
  return { at: (performance.timeOrigin + performance.now()) / 1000, left: clock.left(), text: minutes * 60 + seconds, own: Date.now() };
}"""


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
            if person == self.people[3]:
                await page.context.add_init_script(FAST)
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


DOTS = {
    "key": "dots", "title": {"en": "Most helpful", "de": "Hilft am meisten", "ar": "الأنفع"}, "type": "ranking",
    "of": "ideas", "writes": ["peer", "scribe"], "seen": "phase_end", "limit": {"items": 3},
}  # fmt: skip


def with_dots(method: Document) -> Document:
    """The event's own copy of the method: the peers weigh their advice, with three dots each."""
    next(phase for phase in method["phases"] if phase["key"] == "advice")["outputs"].append(DOTS)
    return method


async def at_one_table(table: Table) -> Nine:
    here = table.stage
    people = [*here.everybody, *await more_people(here, 4)]
    async with transaction() as session:
        method = await adapting.copy_method(
            session, event_id=here.event, original="cc_peer_consultation", by=people[1], key="one", now=NOON
        )
        await adapting.change_method(
            session, event_id=here.event, method=method, by=people[1], revision=1, key="two", now=NOON, change=with_dots,
        )  # fmt: skip
        room = await planning.plan_room(
            session, event_id=here.event, key="slot:nine", title="Nine at one table", method=method,
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


async def all_clocks_show_the_same(nine: Nine) -> None:
    """One device is seven minutes fast; what it shows is what all show, each at the same instant."""
    seen = await asyncio.gather(*(page.evaluate(LEFT) for page in nine.pages))
    assert abs(seen[3]["own"] / 1000 - seen[3]["at"] - 420) < 5, "its clock is wrong"
    over = [each["left"] + each["at"] for each in seen]
    assert max(over) - min(over) <= 1
    assert all(-0.5 <= each["text"] - each["left"] <= 2 for each in seen), seen


async def put_down(page: Page, deck: str, text: str) -> None:
    form = page.locator(f"form:has(#text-{deck})")
    await form.locator("textarea, input[type=text]").first.fill(text)
    await form.get_by_role("button").last.click()


def turn_of(page: Page) -> Locator:
    return page.locator("[action$='/turn'] button")


async def speaks(nine: Nine) -> Page:
    """Whose turn it is; not the one at the keyboard."""
    turns = [await page.locator("#desk-acts [action$='/turn']").count() for page in nine.pages[:8]]
    return nine.pages[turns.index(1)]


async def two_are_read_along(nine: Nine) -> None:
    """Whoever leads and an adviser type at the same time: a row each on every other page, then a line each."""
    adviser = await speaks(nine)
    await adviser.locator("#desk-typing button").click()
    await expect(adviser.locator("#say[data-typing]")).to_be_attached(timeout=LIVE)
    typed = {nine.lead: "Two minutes each", adviser: "In our city one depot signs"}
    await asyncio.gather(*(page.locator("#say").press_sequentially(text, delay=20) for page, text in typed.items()))
    for writer, text in typed.items():
        await nine.all("room-typing .line-text", text, but=writer)
    watching = [page for page in nine.pages if page not in typed]
    assert [await page.locator("room-typing .line").count() for page in watching] == [2] * 7, "a row per person"
    assert await nine.owner.locator("#say").count() == 0, "backstage nobody types"
    for writer, text in typed.items():
        await writer.locator("form[action$='/lines'] button").last.click()
        await nine.all("#room-lane", text)
    for page in nine.pages:
        await expect(page.locator("room-typing .line")).to_have_count(0)


async def dots_are_given(nine: Nine, texts: list[str]) -> None:
    """Three each and no fourth; one takes a dot back and gives it to another; nobody sees any before the phase is over."""
    keyboard, peer = nine.pages[8], nine.pages[7]

    def dot(page: Page, text: str) -> Locator:
        return page.locator("#room-cards > li", has_text=text).locator("[data-dot] button")

    async def give(page: Page, text: str, *, on: bool = True) -> None:
        await dot(page, text).click()
        await expect(dot(page, text)).to_have_attribute("aria-pressed", str(on).lower(), timeout=LIVE)

    assert await nine.owner.locator("[data-dot]").count() == await nine.lead.locator("[data-dot]").count() == 0
    for text in texts[:3]:
        await give(peer, text)
    await expect(peer.locator("#desk-write")).to_contain_text("All your dots are given.")
    await dot(peer, texts[3]).click()
    await expect(peer.get_by_text("Your 3 dots are on cards.")).to_be_visible(timeout=LIVE)
    await expect(dot(peer, texts[3])).to_have_attribute("aria-pressed", "false")
    refused = [said for said in nine.table.troubles if "409" in said]
    assert len(refused) == 1, "the browser says so, too"
    nine.table.troubles.remove(refused[0])
    await give(peer, texts[0], on=False)
    await give(peer, texts[3])
    for text in (texts[3], texts[2]):
        await dot(keyboard, text).focus()
        await keyboard.keyboard.press("Enter")
        await expect(dot(keyboard, text)).to_have_attribute("aria-pressed", "true", timeout=LIVE)
    await give(nine.pages[4], texts[3])
    assert [await page.locator("#room-ranking li").count() for page in nine.pages] == [0] * 9


async def the_room_closes(nine: Nine, chosen: str, texts: list[str]) -> None:
    """Card by card: what the owner kept is ticked already; the question is added; the protocol holds these two."""
    form = nine.owner.locator("#desk-release")
    await expect(form.locator("label", has_text=chosen).locator("input")).to_be_checked(timeout=LIVE)
    await form.locator("label", has_text=QUESTION).locator("input").check()
    await expect(nine.lead.get_by_role("button", name="Close the room")).to_be_disabled()
    await form.get_by_role("button").last.click()
    await nine.lead.locator("#desk-close > summary").click(timeout=LIVE)
    await nine.lead.get_by_role("button", name="Close it for everybody").click()
    keyboard = nine.pages[8]
    await asyncio.gather(
        *(expect(page.locator("a[href$='/protocol']")).to_be_visible(timeout=LIVE) for page in nine.pages)
    )
    await reach(keyboard, "a[href$='/protocol']")
    await keyboard.keyboard.press("Enter")
    for text in (chosen, QUESTION):
        await expect(keyboard.get_by_text(text)).to_be_visible()
    for text in {*texts, "Walk one verge together", "Slowly, please"} - {chosen}:
        await expect(keyboard.get_by_text(text)).to_have_count(0)
    assert await violations(keyboard) == []


@pytest.mark.parametrize("table_url", ON_BOTH, indirect=True)
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
    for page in (nine.lead, nine.owner):
        assert await violations(page) == []
    await all_clocks_show_the_same(nine)
    await two_are_read_along(nine)
    await dots_are_given(nine, texts)

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
    for page in nine.pages:
        ranked = page.locator("#room-ranking li")
        await expect(ranked).to_have_count(3, timeout=LIVE)
        assert [text for words in await ranked.all_inner_texts() for text in texts if text in words][:2] == [
            texts[3],
            texts[2],
        ]
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
    await the_room_closes(nine, texts[5], texts)
