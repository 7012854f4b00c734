"""The heart of an event: a plan is published, letters arrive, a room is led through its six phases, the morning after.

One adviser loses the line for twenty seconds in the middle, misses two phases, and comes back to a complete room.
"""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from icalendar import Calendar
from playwright.async_api import Page, expect

from app.core.db import reading, transaction
from app.events.models import Event
from app.forum.actions import posts, threads
from app.forum.rules import ThreadKind
from app.people.models import Person
from app.timetable import queries
from app.timetable.models import Placement
from tests.journeys.conftest import MOSTLY_APART, House, link_in
from tests.support.chromium import Shots
from tests.support.clock import Clock
from tests.support.mailbox import part
from tests.timetable.world import NOW, TUESDAY, World, offer, open_window, settle

pytestmark = pytest.mark.browser
BASE = "/events/rain-in-the-street/timetable"
PHASES = ("Casting", "Spontaneous narration", "Key question", "Choice of module", "Consultation", "Closing")
LIVE = 15_000  # milliseconds in which news must be on every screen, on a machine that runs everything at once


@MOSTLY_APART
async def test_from_the_plan_to_the_letter_of_the_morning_after(house: House, clock: Clock, shots: Shots) -> None:
    clock.go_to(NOW)
    async with house.rows():
        world = await settle()
        await offer(world, world.people[0])
        await open_window(world, TUESDAY, 14, 16)
        thread = await a_thread(world)
    house.open()

    await publish(await house.person("Elene", "elene@example.org", zone="Asia/Tbilisi"))
    session = await placed(house, world)
    names = await addresses(house, [session.giver_id, session.moderator_id, *session.advisers])
    invited = await with_calendar(house, list(names.values()), starts_at=session.starts_at)

    clock.go_to(session.starts_at - timedelta(minutes=14))
    room = link_in(part(await reminded(house, names[session.giver_id]), "text/plain"), "/rooms/")
    lead, giver, *advisers = await asyncio.gather(
        enter(house, "lead", names[session.moderator_id], room),
        enter(house, "giver", names[session.giver_id], room),
        enter(house, "lost", names[session.advisers[0]], room, width=360, height=740),
        enter(house, "second", names[session.advisers[1]], room),
        enter(house, "third", names[session.advisers[2]], room),
    )
    lost, second, _ = advisers
    everybody = [lead, giver, *advisers]

    await lead.get_by_role("button", name="Open the first phase").click()
    await stand_in(everybody, 0)
    await go_on(lead, everybody, 1)
    await put_down(giver, "case_summary", "Two departments, one verge, nobody signs.")
    await seen_by(everybody, "Two departments, one verge, nobody signs.")

    house.cut("lost")
    there = [lead, giver, *advisers[1:]]
    await expect(lost.locator("#line")).to_have_attribute("data-state", "offline", timeout=20_000)
    await put_down(second, "comprehension_questions", "Who mows it today?")
    await go_on(lead, there, 2)
    await put_down(giver, "key_question", "How do both sign before the rain?")
    await seen_by(there, "How do both sign before the rain?")
    await go_on(lead, there, 3)
    await lead.get_by_label("Way of advising").select_option("own_practice")
    await lead.get_by_role("button", name="Choose", exact=True).click()
    await seen_by(there, "In our city we …; it worked because …")
    await house.mend("lost", after=20)
    await stand_in([lost], 3, within=40_000)
    for missed in ("Who mows it today?", "How do both sign before the rain?", "In our city we …; it worked because …"):
        await expect(lost.get_by_text(missed).first).to_be_attached(timeout=LIVE)

    await go_on(lead, everybody, 4)
    await shots.take(giver, "giver-listens", whole=False)
    await put_down(lost, "contributions", "One depot for both departments")
    await put_down(second, "contributions", "A rota on the wall")
    await everybody_has_spoken(lead)
    await lead.get_by_role("button", name="Turn all cards up").click()
    await expect(lead.get_by_text("lie face down")).to_be_hidden(timeout=LIVE)
    await seen_by(everybody, "One depot for both departments")
    await seen_by(everybody, "A rota on the wall")
    for page, name in ((lead, "lead"), (lost, "adviser-360")):
        await shots.take(page, name, whole=False)

    await go_on(lead, everybody, 5)
    await put_down(giver, "first_step", "Walk the verge together")
    await giver.get_by_role("checkbox", name="One depot for both departments").check()
    await giver.get_by_role("button", name="This is my decision").click()
    await expect(giver.get_by_text("Your decision is kept.").first).to_be_attached(timeout=LIVE)
    await lead.locator("#desk-close > summary").click()
    await lead.get_by_role("button", name="Close it for everybody").click()
    for page in everybody:
        await expect(page.get_by_text("This consultation is over.")).to_be_visible(timeout=LIVE)

    await the_protocol_holds_only_what_was_released(second, room, shots)
    assert len(invited) == len(names)
    async with house.rows():
        await answer(thread, by=world.people[5], now=clock.now())
    clock.go_to(NOW.replace(day=21, hour=6, minute=5))
    await the_morning_after(house, names[session.giver_id])


async def a_thread(world: World) -> int:
    """Something that the letter of the morning can tell about."""
    async with transaction() as session:
        event = await session.get(Event, world.event)
        assert event is not None
        space = await threads.open_space(
            session, event_id=world.event, audience_id=event.audience_id, title="Streets", key=uuid4().hex, now=NOW
        )
        thread = await threads.start_thread(
            session, space_id=space.id or 0, author_id=world.people[0], key=uuid4().hex, kind=ThreadKind.QUESTION,
            title="Who mows the hollows?", context="We planted them and nobody does.", lang="en", now=NOW,
        )  # fmt: skip
        assert thread.id is not None
        return thread.id


async def answer(thread: int, *, by: int, now: datetime) -> None:
    async with transaction() as session:
        await posts.reply(
            session, thread_id=thread, author_id=by, key=uuid4().hex, text="The depot does, from Monday.", lang="en",
            now=now,
        )  # fmt: skip


async def publish(elene: Page) -> None:
    await elene.goto(BASE)
    await elene.get_by_role("button", name="Let the planner propose").click()
    await expect(elene.locator(".plan .slot", has_text="Who owns the rain?")).to_be_visible(timeout=30_000)
    await elene.goto(f"{BASE}/publication")
    await elene.get_by_role("button", name="Publish and write the letters").click()
    await expect(elene.get_by_text("letters are on their way")).to_be_visible()


async def placed(house: House, world: World) -> Placement:
    async with house.rows(), reading() as session:
        (placement,) = await queries.placements(session, await queries.published_plan(session, world.event))
    return placement


async def addresses(house: House, people: list[int]) -> dict[int, str]:
    async with house.rows(), reading() as session:
        found = [await session.get(Person, person_id) for person_id in people]
    return {person.id or 0: person.email or "" for person in found if person is not None}


async def with_calendar(house: House, people: list[str], *, starts_at: datetime) -> list[str]:
    """Everybody got one letter with a calendar file for that hour; returns their addresses."""
    for address in people:
        (letter,) = await house.mailbox.arrived(1, to=address, about="Your session")
        files = [piece for piece in letter.walk() if piece.get_content_type() == "text/calendar"]
        calendar = Calendar.from_ical(files[0].get_content())
        (meeting,) = calendar.walk("VEVENT")
        assert str(calendar["method"]) == "REQUEST"
        assert meeting["dtstart"].dt == starts_at
    return people


async def reminded(house: House, address: str):  # type: ignore[no-untyped-def]
    (letter,) = await house.mailbox.arrived(1, to=address, about="In a few minutes: Who owns the rain?")
    return letter


async def enter(house: House, name: str, address: str, room: str, **look: int) -> Page:
    """Sign in, agree, stand in the lobby."""
    page = await house.person(name, address, **look)
    await page.goto(room)
    await page.get_by_role("button", name="I agree and take this part").click()
    await expect(page.get_by_text("You are in the lobby")).to_be_visible()
    return page


async def stand_in(pages: list[Page], phase: int, *, within: int = LIVE) -> None:
    for page in pages:
        current = page.locator("#room-phases [aria-current=step]")
        await expect(current).to_contain_text(PHASES[phase], timeout=within)


async def go_on(lead: Page, everybody: list[Page], phase: int) -> None:
    await lead.get_by_role("button", name=f"Next: {PHASES[phase]}").click()
    await stand_in(everybody, phase)


async def put_down(page: Page, deck: str, text: str) -> None:
    """Write into this field of one's desk; on a phone the cards' tab is open from the start."""
    form = page.locator(f"form:has(#text-{deck})")
    await form.locator("textarea").fill(text, timeout=LIVE)
    await form.get_by_role("button").last.click()
    await expect(page.get_by_text(text).first).to_be_attached(timeout=LIVE)


async def seen_by(pages: list[Page], text: str) -> None:
    for page in pages:
        await expect(page.get_by_text(text).first).to_be_attached(timeout=LIVE)


async def everybody_has_spoken(lead: Page) -> None:
    """The lead ends one turn after the other, until nobody has the floor."""
    button = lead.locator("#desk-lead").get_by_role("button", name="End the turn of")
    once_more = lead.locator("#desk-lead").get_by_role("button", name="Once more round")
    for _ in range(9):
        await expect(button.or_(once_more).first).to_be_visible(timeout=LIVE)
        if not await button.is_visible():
            return
        words = await button.inner_text()
        await button.click()
        await expect(lead.get_by_role("button", name=words)).to_have_count(0, timeout=LIVE)


async def the_protocol_holds_only_what_was_released(reader: Page, room: str, shots: Shots) -> None:
    await reader.goto(f"{room}/protocol")
    await expect(reader.get_by_text("One depot for both departments")).to_be_visible()
    for kept in ("A rota on the wall", "nobody signs", "Walk the verge together"):
        await expect(reader.get_by_text(kept)).to_have_count(0)
    await shots.take(reader, "protocol")


async def the_morning_after(house: House, address: str) -> None:
    (letter,) = await house.mailbox.arrived(1, to=address, about="While you slept: Rain in the Street, Wed 21 October")
    assert "Who mows the hollows?" in part(letter, "text/plain")
    assert "One depot" not in part(letter, "text/plain"), "a letter never carries what was said in a room"
