"""Booked talks from the first letter to the last: whoever gives them hears of it, reminders, calendars, somebody who leaves."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from icalendar import Calendar
from sqlmodel import col, select

from app.core import mail, signs
from app.core.answers import Answer
from app.core.db import reading, transaction
from app.core.errors import Missing, Refused
from app.core.jobs import Job
from app.events import actions_members
from app.events.jobs import SomebodyLeft
from app.main import register_sources
from app.timetable import by_mail, reminding_clinics
from app.timetable.jobs import RemindOfTalk
from app.timetable.models import Booking
from app.timetable.rules import REMIND, REMIND_EARLY
from tests.timetable.test_clinics import PLACE, TEN, booked, given_back, holders, letters, opened
from tests.timetable.world import NOW, World, settle
from workers import timetable as hands

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
async def world(database: object) -> World:
    signs.use_secret("for tests " * 4)
    return await settle()


async def jobs() -> Sequence[Job]:
    async with reading() as session:
        return (await session.exec(select(Job).where(Job.name == RemindOfTalk.name).order_by(col(Job.run_at)))).all()


async def test_the_host_hears_who_has_booked_and_who_gave_it_back_without_a_file_for_the_calendar(world: World) -> None:
    clinic = await opened(world, slots=1)
    first = await booked(world, clinic, world.people[0], TEN)
    await booked(world, clinic, world.people[1], None)
    await given_back(world, first)
    found = [(each.subject, each.attachments) for each in await letters(world.watcher)]
    title = "Ask about drains"
    assert found == [(f"Booked with you: {title}", []), (f"Given back: {title}", []), (f"Booked with you: {title}", [])]
    assert [
        name in each.text
        for name, each in zip(("Person 0", "Person 0", "Person 1"), await letters(world.watcher), strict=True)
    ]


async def test_both_are_reminded_a_day_and_a_quarter_of_an_hour_before_if_the_talk_still_is_to_be(world: World) -> None:
    clinic = await opened(world)
    booking = await booked(world, clinic, world.people[0], TEN)
    late = await booked(world, clinic, world.people[1], TEN + timedelta(minutes=15))
    assert [each.run_at for each in await jobs() if each.args["booking_id"] == booking.id] == [
        TEN - REMIND_EARLY,
        TEN - REMIND,
    ]

    async def reminded(*, early: bool, of: Booking = booking) -> bool:
        assert of.starts_at is not None
        async with transaction() as session:
            work = RemindOfTalk(world.event, of.id or 0, of.starts_at.isoformat(), early)
            return await reminding_clinics.remind(session, work, now=of.starts_at - (REMIND_EARLY if early else REMIND))

    for early, subject in ((True, "Coming up: Ask about drains"), (False, "In a few minutes: Ask about drains")):
        assert await reminded(early=early)
        for person in (world.people[0], world.watcher):
            letter = (await letters(person))[-1]
            assert (letter.subject, letter.attachments) == (subject, [])
            assert PLACE in letter.text
    await given_back(world, late)
    assert [each.args["booking_id"] for each in await jobs()] == [booking.id, booking.id]
    before = len(await letters(world.people[1]))
    assert not await reminded(early=False, of=late)
    async with transaction() as session:
        assert not await reminding_clinics.remind(
            session, RemindOfTalk(world.event, booking.id or 0, TEN.isoformat()), now=TEN
        )
    assert len(await letters(world.people[1])) == before


async def test_a_calendar_that_declines_gives_the_slot_back_to_whoever_waits_and_a_strange_one_does_nothing(
    world: World,
) -> None:
    mail.set_house(name="F", url="https://f.example.org", domain="f.example.org", answers_to="reply@f.example.org")
    register_sources(demo=False)
    try:
        clinic = await opened(world, slots=1)
        booking = await booked(world, clinic, world.people[0], TEN)
        await booked(world, clinic, world.people[1], None)
        (letter,) = await letters(world.people[0])
        text = letter.attachments[0]["text"]
        (entry,) = Calendar.from_ical(text).walk("VEVENT")
        assert str(entry["organizer"]).startswith("mailto:reply+") and entry["attendee"].params["rsvp"] == "TRUE"

        async def say(partstat: str, *, person: int = world.people[0], address: str = letter.address) -> str:
            reply = (
                f"BEGIN:VCALENDAR\nMETHOD:REPLY\nVERSION:2.0\nBEGIN:VEVENT\nUID:{entry['uid']}\nSEQUENCE:0\n"
                f"ATTENDEE;PARTSTAT={partstat}:mailto:{address}\nDTSTAMP:20261019T080000Z\nEND:VEVENT\nEND:VCALENDAR\n"
            )
            async with transaction() as session:
                answer = Answer(booking.id or 0, person, f"by mail {partstat}", "", "en", reply)
                return await by_mail.answer_talk(session, answer, NOW)

        with pytest.raises(Refused):
            await say("DECLINED", address="person-1@example.org")
        with pytest.raises(Missing):
            await say("DECLINED", person=world.people[1])
        with pytest.raises(Refused):
            await say("TENTATIVE")
        assert (await say("ACCEPTED")).endswith(f"#clinic-{clinic}")
        assert await holders(clinic) == {TEN: world.people[0], None: world.people[1]}
        for _ in range(2):
            await say("DECLINED")
        assert await holders(clinic) == {TEN: world.people[1]}
        cancelled = (await letters(world.people[0]))[-1].attachments[0]["text"]
        assert "METHOD:CANCEL" in cancelled and str(entry["organizer"]) in cancelled.replace("\r\n ", "")
    finally:
        mail.set_house(name="Fortnight", url="http://127.0.0.1:8000", domain="localhost")


async def test_who_leaves_the_event_leaves_their_slot_to_whoever_waits_and_their_office_hours_are_called_off(
    world: World,
) -> None:
    clinic = await opened(world, slots=1)
    await booked(world, clinic, world.people[0], TEN)
    await booked(world, clinic, world.people[1], None)
    await booked(world, clinic, world.people[2], None)

    async def left(person: int) -> None:
        async with transaction() as session:
            await actions_members.leave(session, event_id=world.event, person_id=person, now=NOW)
        async with reading() as session:
            found = (await session.exec(select(Job).where(Job.name == SomebodyLeft.name))).all()
        work = next(each.args for each in found if each.args["person_id"] == person)
        async with transaction() as session:
            await hands.settle_for(session, SomebodyLeft(**work), now=NOW)

    await left(world.people[1])
    assert await holders(clinic) == {TEN: world.people[0], None: world.people[2]}
    await left(world.people[0])
    assert await holders(clinic) == {TEN: world.people[2]}
    assert (await letters(world.people[2]))[-1].subject == "A slot for you: Ask about drains"
    gone = (await letters(world.people[0]))[-1]
    assert "your slot goes to others" in gone.text and "method=CANCEL" in gone.attachments[0]["type"]
    await left(world.watcher)
    assert await holders(clinic) == {}
    assert (await letters(world.people[2]))[-1].subject == "Called off: Ask about drains"
    assert await jobs() == []


async def test_who_came_back_before_it_was_settled_keeps_their_slot(world: World) -> None:
    clinic = await opened(world, slots=1)
    await booked(world, clinic, world.people[0], TEN)
    async with transaction() as session:
        await hands.settle_for(session, SomebodyLeft(world.event, world.people[0]), now=NOW)
    assert await holders(clinic) == {TEN: world.people[0]}
