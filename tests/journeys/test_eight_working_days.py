"""A consultation in writing over eight working days: planned in a form, moved by the worker, met live for one step."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from playwright.async_api import Page, expect
from sqlmodel import select

from app.consultation.engine import clock as clocks
from app.consultation.engine.state import State, Status
from app.consultation.models import Consultation
from app.core import audience
from app.core.db import reading, transaction
from app.events.models import Event, Participation
from app.notices.models import Notice
from app.people.models import Person
from tests.journeys.conftest import MOSTLY_APART, House
from tests.support.chromium import Shots
from tests.support.clock import Clock

pytestmark = pytest.mark.browser

MONDAY = datetime(2026, 6, 8, 3, 0, tzinfo=UTC)  # seven in the morning in Tbilisi; the first step opens at nine
PEOPLE = {"Tamta": "Asia/Tbilisi", "Marta": "Asia/Tbilisi", "Amela": "Europe/Sarajevo", "Carlos": "America/Managua",
          "Vesna": "Europe/Skopje"}  # fmt: skip
ROOMS = "/events/verges/rooms"


async def arrange() -> None:
    async with transaction() as session:
        everybody = await audience.create(session, name="event")
        event = Event(
            slug="verges", kind="dialogue_event", title="Verges", starts_on=date(2026, 6, 8), ends_on=date(2026, 6, 19),
            zone="Europe/Berlin", audience_id=everybody, staff_audience_id=everybody, state="published", created_at=MONDAY,
        )  # fmt: skip
        session.add(event)
        people = [
            Person(name=f"{name} {name}son", email=f"{name.lower()}@example.org", city=f"{name}stadt", zone=zone,
                   created_at=MONDAY, zone_confirmed=True)
            for name, zone in PEOPLE.items()
        ]  # fmt: skip
        session.add_all(people)
        await session.flush()
        ids = [person.id or 0 for person in people]
        session.add_all(
            Participation(
                event_id=event.id or 0, person_id=person, roles=["moderator"] if number == 1 else ["practitioner"]
            )
            for number, person in enumerate(ids)
        )
        await audience.admit(session, everybody, *ids)


async def state_of(house: House) -> State:
    async with house.rows(), reading() as session:
        return State.from_json((await session.exec(select(Consultation))).one().state)


async def moved(house: House, since: State) -> State:
    """The worker has moved the step, or closed the consultation. Rows are asked, because pages cost a second each."""
    for _ in range(200):
        state = await state_of(house)
        if (state.status, state.step) != (since.status, since.step):
            return state
        await asyncio.sleep(0.1)
    raise AssertionError("the worker did not move the step")


async def becomes(page: Page, address: str, words: str) -> None:
    """The page says which step it is."""
    await page.goto(address)
    await expect(page.locator("#step-now", has_text=words)).to_be_visible()


async def put_down(page: Page, address: str, label: str, text: str) -> None:
    await page.goto(address)
    field = page.get_by_role("textbox", name=label, exact=True)
    await field.fill(text)
    form = page.locator("form", has=field)
    await form.get_by_role("button").last.click()
    await expect(
        page.locator(".idea-text", has_text=text).or_(page.locator(".question-text", has_text=text)).first
    ).to_be_visible()


@MOSTLY_APART
async def test_eight_working_days_in_writing(house: House, clock: Clock, shots: Shots) -> None:
    clock.go_to(MONDAY)
    async with house.rows():
        await arrange()
    house.open()
    marta = await house.person("Marta", "marta@example.org", zone="Asia/Tbilisi")
    people = {"Marta": marta}
    for name, zone in PEOPLE.items():
        if name != "Marta":
            look = {"width": 360, "height": 740} if name in ("Tamta", "Carlos") else {}
            people[name] = await house.person(name, f"{name.lower()}@example.org", zone=zone, **look)

    await marta.goto(ROOMS)
    await marta.get_by_role("link", name="Plan a consultation in writing").click()
    await marta.get_by_label("Working title").fill("The verge nobody mows")
    await marta.get_by_label("Case giver").select_option(label="Tamta Tamtason, Tamtastadt")
    for name in ("Amela", "Carlos", "Vesna"):
        await marta.get_by_role("checkbox", name=f"{name} {name}son").check()
    await marta.get_by_label("First day").fill("2026-06-08")
    await shots.take(marta, "plan-1280")
    await marta.get_by_role("button", name="Plan it").click()
    await expect(marta.get_by_text("It is planned.")).to_be_visible()
    await marta.get_by_role("link", name="The verge nobody mows").first.click()
    await expect(marta.get_by_text("The first step opens at the time above")).to_be_visible()
    address = marta.url

    async def closes() -> None:
        """To a minute after the end of the present step; the worker does the rest."""
        state = await state_of(house)
        assert state.clock is not None
        ends = clocks.ends_at(state.clock, now=clock.now())
        assert ends is not None
        clock.go_to(ends + timedelta(minutes=1))
        await moved(house, state)

    planned = await state_of(house)
    clock.go_to(MONDAY + timedelta(hours=2, minutes=1))
    await moved(house, planned)
    for page in people.values():
        await becomes_agreeable(page, address)
    await becomes(marta, address, "Arrival and agreement")
    for name, page in people.items():
        await put_down(page, address, "Hello", f"I am {name}, I mow.")
    await shots.take(people["Carlos"], "open-360")
    await closes()

    tamta, carlos, amela, vesna = (people[name] for name in ("Tamta", "Carlos", "Amela", "Vesna"))
    await becomes(tamta, address, "Case")
    await put_down(tamta, address, "Summary of the case", "Two offices own the verge, nobody mows it.")
    await closes()
    await becomes(amela, address, "Clarifying questions")
    for page in (amela, carlos, vesna):
        await put_down(page, address, "Questions and facts", "Which two offices?")
    await closes()
    await becomes(tamta, address, "Key question")
    await put_down(tamta, address, "Key question", "How do two offices share one verge?")
    await closes()

    # Perspectives: nobody sees a card before their own; the case giver listens; two of three are enough.
    await becomes(amela, address, "Perspectives and hypotheses")
    await carlos.goto(address)
    await put_down(amela, address, "Hypotheses", "Each waits for the other.")
    await expect(carlos.get_by_text("One card of others appears when you have written yours.")).to_be_visible(
        timeout=20_000
    )
    await expect(carlos.get_by_text("Each waits for the other.")).to_have_count(0)
    await shots.take(carlos, "hidden-360")
    await put_down(carlos, address, "Hypotheses", "There is no word for shared.")
    await expect(carlos.get_by_text("Each waits for the other.")).to_be_visible()
    await tamta.goto(address)
    await expect(tamta.get_by_role("heading", name="Backstage: your notebook")).to_be_visible()
    await expect(tamta.locator("[id^=compose-]")).to_have_count(0)
    await tamta.get_by_label("My notes, only for me").fill("Shared! That is it.")
    await tamta.get_by_role("button", name="Save my notes").click()
    await shots.take(tamta, "backstage-360")
    await marta.goto(address)
    await shots.take(marta, "board-1280")

    # Vesna has not read: she hears of it once, a few hours before the step ends.
    clock.forward(hours=21)
    async with house.rows():
        await reminded(house, "Vesna")
    await closes()
    await becomes(amela, address, "Advice and practice")
    await put_down(amela, address, "Proposals", "Draw one map, sign it together.")
    await expect(vesna.locator("body")).to_be_visible()
    await marta.goto(address)
    await marta.get_by_role("link", name="Draft a summary of the cards").click()
    await expect(marta.locator("#say-text")).to_have_value(
        "Advice and practice\n\nProposals:\n- Draw one map, sign it together. (Amela Amelason)"
    )
    await marta.locator("#say").get_by_role("button", name="Send").click()

    # Live for this step, with everything that was written, and then in writing again.
    await marta.goto(address)
    await marta.get_by_role("button", name="Meet live for this step").click()
    await expect(marta.get_by_role("heading", name="Order of speaking")).to_be_attached()
    await amela.goto(address)
    await expect(amela.locator("#room-cards", has_text="Which two offices?")).to_be_visible()
    await shots.take(amela, "meeting-1280")
    await marta.locator("summary", has_text="More").click()
    await marta.get_by_role("link", name="Go on in writing").click()
    await marta.get_by_role("button", name="Go on in writing, over days").click()
    await becomes(vesna, address, "Advice and practice")
    await put_down(vesna, address, "Proposals", "Swap one verge for another.")
    await closes()

    await becomes(tamta, address, "Reply, first step, closing")
    await put_down(tamta, address, "First step", "Call the other office.")
    for page in (amela, carlos, vesna):
        await put_down(page, address, "What I take home", "We have such a verge, too.")
    await tamta.goto(address)
    await tamta.get_by_role("checkbox", name="How do two offices share one verge?").check()
    await shots.take(tamta, "release-360")
    await tamta.get_by_role("button", name="This is my decision").click()
    await closes()
    assert (await state_of(house)).status is Status.CLOSED
    await marta.goto(address)
    await marta.get_by_role("link", name="Read the protocol").click()
    await expect(marta.get_by_text("How do two offices share one verge?")).to_be_visible()
    await expect(marta.get_by_text("Each waits for the other.")).to_have_count(0)


async def becomes_agreeable(page: Page, address: str, *, then: str = "#step-now") -> None:
    """The first step, or the lobby, has been opened by the worker: whoever comes agrees."""
    agree = page.get_by_role("button", name="I agree and take this part")
    await page.goto(address)
    await agree.click()
    await expect(page.locator(then)).to_be_visible()


async def reminded(house: House, name: str) -> None:
    """The worker has written the notice, to those alone who have not read the step."""
    for _ in range(80):
        async with reading() as session:
            query = select(Person.name).join(Notice, Notice.person_id == Person.id).where(Notice.ref == 4)  # type: ignore[arg-type]
            told = sorted((await session.exec(query)).all())
        if told:
            break
        await asyncio.sleep(0.25)
    assert told == [f"{name} {name}son"]
