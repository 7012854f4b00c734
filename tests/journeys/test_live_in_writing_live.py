"""Live, in writing, live: a room goes on over days from the phase in which time ran out, then meets for its closing."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, expect
from sqlmodel import select

from app.consultation.actions import planning
from app.consultation.actions.planning import Place
from app.consultation.engine import clock as clocks
from app.consultation.engine.state import Status
from app.consultation.models import Consultation
from app.core.db import reading, transaction
from app.events.models import Event
from app.people.models import Person
from tests.browser.look import violations
from tests.journeys.conftest import House
from tests.journeys.test_eight_working_days import (
    PEOPLE,
    arrange,
    becomes,
    becomes_agreeable,
    moved,
    put_down,
    state_of,
)
from tests.support.chromium import Shots
from tests.support.clock import Clock
from tests.workers.work import until

pytestmark = [pytest.mark.browser, pytest.mark.long]

TUESDAY = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)  # four in the afternoon in Berlin, eight in the morning in Managua
PARTS = ("case_giver", "moderator", "scribe", "adviser", "adviser")
QUESTION = "How do two offices share one verge?"
LIVE, WRITTEN, LATE = "Said while we were live.", "Written in the evening.", "Written the day after."


async def plan() -> int:
    async with transaction() as session:
        event = (await session.exec(select(Event))).one()
        people = {who.name.split()[0]: who.id for who in (await session.exec(select(Person))).all()}
        return await planning.plan_room(
            session, event_id=event.id or 0, key="slot:1", title="Two departments, one verge",
            seats=[Place(people[name], part) for name, part in zip(PEOPLE, PARTS, strict=True)],
            opens_at=TUESDAY + timedelta(minutes=20), now=TUESDAY,
        )  # fmt: skip


async def next_phase(lead: Page, words: str) -> None:
    await lead.get_by_role("button", name=f"Next: {words}").click()
    await expect(lead.locator("#room-phases [aria-current]", has_text=words)).to_be_attached()


async def lay(page: Page, deck: str, text: str) -> None:
    """A card, in the live room."""
    await page.locator(f"#text-{deck}").fill(text)
    await page.locator(f"form:has(#text-{deck})").get_by_role("button").last.click()


async def test_a_room_goes_on_in_writing_and_meets_again_for_its_closing(
    house: House, clock: Clock, shots: Shots
) -> None:
    clock.go_to(TUESDAY)
    async with house.rows():
        await arrange()
        room = await plan()
    house.open()
    address = f"/rooms/{room}"
    phones = ("Tamta", "Carlos")
    pages = {
        name: await house.person(
            name,
            f"{name.lower()}@example.org",
            zone=zone,
            **({"width": 360, "height": 740} if name in phones else {}),
        )
        for name, zone in PEOPLE.items()
    }
    tamta, marta, amela, carlos, vesna = pages.values()

    # The worker opens the lobby; everybody agrees; live until the middle of the consultation.
    clock.go_to(TUESDAY + timedelta(minutes=6))

    async def is_open() -> bool:
        async with house.rows(), reading() as session:
            return (await session.exec(select(Consultation.status))).one() == "lobby"

    await until(is_open)
    for page in pages.values():
        await becomes_agreeable(page, address, then="text=You are in the lobby")
    await marta.get_by_role("button", name="Open the first phase").click()
    for page in pages.values():  # nobody reloads: the lobby becomes the room
        await expect(page.locator("#room-phases")).to_be_visible(timeout=20_000)
    for words in ("Spontaneous narration", "Key question"):
        await next_phase(marta, words)
    await lay(tamta, "key_question", QUESTION)
    await expect(marta.locator("#room-question")).to_contain_text(QUESTION)
    for words in ("Choice of module", "Consultation"):
        await next_phase(marta, words)
    await lay(amela, "contributions", LIVE)
    await expect(amela.locator("#desk-write")).to_contain_text(LIVE)

    # The time is up before all have advised: from this phase on over days; every page becomes the written one.
    await marta.locator("summary", has_text="More").click()
    await marta.get_by_role("link", name="Go on in writing").click()
    await marta.get_by_role("button", name="Go on in writing, over days").click()
    for page in pages.values():
        await expect(page.locator("#step-now", has_text="Consultation")).to_be_visible(timeout=20_000)
        await expect(page.locator(".question-text")).to_have_text(QUESTION)
    state = await state_of(house)
    assert state.pace is not None and state.pace.zone == PEOPLE["Marta"] and not state.meeting and state.due
    await expect(marta.locator(".written-board li")).to_have_count(5)
    await expect(amela.get_by_text(LIVE)).to_be_visible()
    await expect(carlos.get_by_text(LIVE)).to_have_count(0)  # face down, at this speed too
    await expect(tamta.get_by_role("heading", name="Backstage: your notebook")).to_be_visible()

    # Everybody at their own time, over two days.
    clock.go_to(TUESDAY + timedelta(hours=6))
    await put_down(carlos, address, "Contributions", WRITTEN)
    clock.go_to(TUESDAY + timedelta(hours=17))  # nine in the morning in Skopje
    await put_down(vesna, address, "Contributions", LATE)
    await shots.take(vesna, "in-writing-1280")
    assert state.clock is not None
    ends = clocks.ends_at(state.clock, now=clock.now())
    assert ends is not None and ends > clock.now()
    clock.go_to(ends + timedelta(minutes=1))
    await moved(house, state)
    await becomes(tamta, address, "Closing")
    for page in (marta, carlos):
        await page.goto(address)
        for text in (LIVE, WRITTEN, LATE):
            await expect(page.locator(".idea-text", has_text=text)).to_be_attached()

    # They meet for the closing; pages that lie open become the room again.
    await marta.get_by_role("button", name="Meet live for this step").click()
    await expect(marta.get_by_role("heading", name="Order of speaking")).to_be_visible()
    for page in (tamta, carlos):
        await page.get_by_role("link", name="Show where it is").or_(page.locator("#room-phases")).first.wait_for()
        if not await page.locator("#room-phases").count():
            await page.get_by_role("link", name="Show where it is").click()
    await amela.goto(address)
    for name in PEOPLE:
        await expect(amela.locator("#room-order", has_text=f"{name} {name}son")).to_be_attached()
    await expect(amela.locator("#room-question")).to_contain_text(QUESTION)
    for text in (LIVE, WRITTEN, LATE):
        await expect(amela.locator("#room-cards .idea", has_text=text)).to_have_count(1)
    assert await violations(amela) == []
    await shots.take(amela, "meets-again-1280", whole=False)
    await lay(tamta, "first_step", "Call the other office.")
    await expect(amela.locator("#room-cards", has_text="Call the other office.")).to_be_attached()
    await expect(marta.get_by_role("button", name="Close the room")).to_be_disabled()
    await tamta.locator("#desk-release label", has_text=WRITTEN).click()
    await shots.take(tamta, "release-360")
    await tamta.get_by_role("button", name="This is my decision").click()
    await marta.locator("#desk-close > summary").click()
    await marta.get_by_role("button", name="Close it for everybody").click()

    async def is_closed() -> bool:
        return (await state_of(house)).status is Status.CLOSED

    await until(is_closed)
    await vesna.goto(address)
    await vesna.get_by_role("link", name="Read the protocol").click()
    await expect(vesna.get_by_text(WRITTEN)).to_be_visible()
    for text in (LIVE, LATE, "Call the other office."):
        await expect(vesna.get_by_text(text)).to_have_count(0)
    letters = await house.mailbox.arrived(1, to="carlos@example.org", about="Two departments, one verge")
    assert letters, "the worker tells everybody that there is a protocol"
    async with house.rows(), transaction() as session:
        assert (await session.exec(select(Consultation.released_at))).one() is not None
