"""Office hours: one slot goes to one person, a freed one to the first who waits and can, and everybody hears of it."""

import asyncio
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import col, select

from app.core.db import reading, transaction
from app.core.errors import Invalid, Refused
from app.core.mail import Letter
from app.events.models import Participation
from app.timetable import actions_clinics, feeds, queries_clinics
from app.timetable.clinics import Engagement, check_idle, free, slots_between, slots_of
from app.timetable.models import Booking, Clinic, Placement, Plan
from app.timetable.problem import slot_id
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.world import FIRST, LAST, NOW, TUESDAY, World, offer, settle

PAGE = "/events/rain-in-the-street/timetable/clinics"
TEN = datetime(2026, 10, 20, 8, tzinfo=UTC)  # 10:00 in Berlin, 12:00 in Tbilisi
PLACE = "https://meet.example.org/rain"


@pytest.fixture
async def world(site: Site, clock: Clock) -> World:
    clock.go_to(NOW)
    world = await settle()
    async with transaction() as session:
        row = await session.exec(select(Participation).where(Participation.person_id == world.watcher))
        row.one().roles = ["expert"]
    return world


async def opened(world: World, *, slots: int = 2, most: int = 1) -> int:
    async with transaction() as session:
        clinic = await actions_clinics.open_clinic(
            session, event_id=world.event, host_id=world.watcher, title="Ask about drains", place=PLACE,
            zone="Europe/Berlin", day=TUESDAY, begins=time(10), ends=time(10, 15 * slots) if slots < 4 else time(11),
            minutes=15, most=most, key="clinic-of-walter", now=NOW,
        )  # fmt: skip
    return clinic.id or 0


async def booked(world: World, clinic: int, person: int, at: datetime | None, *, key: str = "") -> Booking:
    async with transaction() as session:
        return await actions_clinics.book(
            session, event_id=world.event, clinic_id=clinic, person_id=person, slot=slot_id(at) if at else "",
            key=key or f"{clinic}-{person}-{at}", now=NOW,
        )  # fmt: skip


async def given_back(world: World, booking: Booking) -> None:
    async with transaction() as session:
        await actions_clinics.give_back(
            session, event_id=world.event, booking_id=booking.id or 0, person_id=booking.person_id, now=NOW
        )


async def holders(clinic: int) -> dict[datetime | None, int]:
    async with reading() as session:
        return {each.starts_at: each.person_id for each in await queries_clinics.bookings(session, [clinic])}


async def letters(person: int) -> Sequence[Letter]:
    async with reading() as session:
        query = select(Letter).where(Letter.person_id == person, Letter.kind == "timetable/booking")
        return (await session.exec(query.order_by(col(Letter.id)))).all()


def test_slots_lie_back_to_back_in_the_hosts_hours_and_keep_their_length_when_clocks_change() -> None:
    def between(day: date, begins: time, ends: time, zone: str = "Europe/Berlin") -> list[datetime]:
        found = slots_between(day=day, begins=begins, ends=ends, zone=zone, minutes=15, first=FIRST, last=LAST, now=NOW)
        return slots_of(found[0], minutes=15, slots=found[1])

    assert between(TUESDAY, time(10), time(10, 40)) == [TEN, TEN + timedelta(minutes=15)]
    assert len(between(date(2026, 10, 25), time(1, 30), time(3, 30))) == 12, "an hour happens twice that night"
    assert between(TUESDAY, time(10), time(10, 15), "Asia/Kathmandu") == [datetime(2026, 10, 20, 4, 15, tzinfo=UTC)]
    for day, begins, ends in (
        (TUESDAY, time(10), time(10, 10)), (TUESDAY, time(11), time(10)), (TUESDAY, time(1), time(23)),
        (FIRST, time(8), time(9)), (LAST + timedelta(days=1), time(10), time(11)),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            between(day, begins, ends)


def test_what_touches_is_no_clash_and_what_has_begun_is_not_free() -> None:
    later = TEN + timedelta(minutes=15)
    check_idle([Engagement("Before", TEN - timedelta(minutes=90), 90), Engagement("After", later, 90)], TEN, 15)
    with pytest.raises(Refused, match="Rain"):
        check_idle([Engagement("Rain", later - timedelta(minutes=1), 90)], TEN, 15)
    assert free([TEN, later], set(), now=TEN) == [later]
    assert free([TEN, later], {later}, now=NOW) == [TEN]


async def test_the_last_slot_asked_for_by_two_at_once_goes_to_one(world: World) -> None:
    clinic = await opened(world, slots=1)
    found = await asyncio.gather(
        *(booked(world, clinic, person, TEN) for person in world.people[:2]), return_exceptions=True
    )
    assert sorted(type(each).__name__ for each in found) == ["Booking", "Refused"]
    assert len(await holders(clinic)) == 1
    again = await asyncio.gather(*(booked(world, clinic, world.people[2], None, key="pressed-twice") for _ in range(2)))
    assert again[0].id == again[1].id


async def test_a_freed_slot_goes_to_the_first_who_waits_and_can_with_a_letter(world: World) -> None:
    clinic = await opened(world, slots=1)
    holder, busy, second, third = world.people[:4]
    first = await booked(world, clinic, holder, TEN)
    case = await offer(world, busy)
    async with transaction() as session:
        plan = Plan(event_id=world.event, number=1, state="published", made_at=NOW)
        session.add(plan)
        await session.flush()
        session.add(
            Placement(
                plan_id=plan.id, case_id=case, starts_at=TEN - timedelta(minutes=60), giver_id=busy,
                moderator_id=world.moderators[0], advisers=[],
            )
        )  # fmt: skip
    for person in (busy, second, third):
        assert (await booked(world, clinic, person, None)).starts_at is None
    await given_back(world, first)
    await given_back(world, first)
    assert (await holders(clinic))[TEN] == second
    (letter,) = await letters(second)
    assert "yours" in letter.text
    assert PLACE in letter.text
    assert "method=REQUEST" in letter.attachments[0]["type"]
    assert await letters(busy) == []
    assert await letters(third) == []
    invited, cancelled = [
        next(iter(Calendar.from_ical(each.attachments[0]["text"]).walk("VEVENT"))) for each in await letters(holder)
    ]
    assert (str(invited["uid"]), str(cancelled["status"])) == (str(cancelled["uid"]), "CANCELLED")
    assert int(cancelled["sequence"]) > int(invited["sequence"])
    assert invited["dtstart"].dt.astimezone(UTC) == TEN


async def test_nobody_books_beyond_the_limit_their_own_hours_or_while_they_are_busy(world: World) -> None:
    clinic = await opened(world, slots=3)
    person, later = world.people[0], TEN + timedelta(minutes=15)
    with pytest.raises(Refused, match="free slot again"):
        await booked(world, clinic, person, None)
    await booked(world, clinic, person, TEN)
    with pytest.raises(Refused, match="as many slots"):
        await booked(world, clinic, person, later)
    with pytest.raises(Refused, match="your own"):
        await booked(world, clinic, world.watcher, later)
    with pytest.raises(Refused, match="no longer free"):
        await booked(world, clinic, world.people[1], TEN + timedelta(minutes=5))
    async with transaction() as session:
        other = await actions_clinics.open_clinic(
            session, event_id=world.event, host_id=world.elene, title="Ask about money", place=PLACE, zone="Asia/Tbilisi",
            day=TUESDAY, begins=time(12), ends=time(12, 30), minutes=15, most=1, key="clinic-of-elene", now=NOW,
        )  # fmt: skip
    with pytest.raises(Refused, match="Ask about drains"):
        await booked(world, other.id or 0, person, TEN)
    assert (await booked(world, other.id or 0, person, later)).starts_at == later


@ONE_DATABASE
async def test_an_expert_opens_hours_and_a_participant_books_in_their_own_zone_with_forms_alone(
    site: Site, world: World
) -> None:
    walter, kutaisi = await site.as_person(world.watcher), await site.as_person(world.people[1])
    form = {
        "key": "opened-by-walter", "title": "Ask about drains", "place": PLACE, "day": "2026-10-20", "begins": "10:00",
        "ends": "10:30", "minutes": "15", "most": "1",
    }  # fmt: skip
    assert 'name="day" type="date" value="2026-10-19"' in (await walter.get(PAGE)).text
    assert (await kutaisi.send_form(PAGE, form)).status_code == 403
    assert (await walter.send_form(PAGE, {**form, "place": "javascript:alert(1)"})).status_code == 422
    for _ in range(2):
        await walter.send_form(PAGE, form)
    async with reading() as session:
        (clinic,) = (await session.exec(select(Clinic))).all()
    page = (await kutaisi.get(PAGE)).text
    assert "12:15 Tbilisi (UTC+4)" in page
    assert PLACE not in page, "only those who have a slot are told where"
    found = re.search(rf'action="({PAGE}/{clinic.id}/bookings)".*?name="key" value="(\w+)".*?value="(\w+)"', page, re.S)
    assert found
    for _ in range(2):
        await kutaisi.send_form(found[1], {"key": found[2], "slot": found[3]})
    assert await holders(clinic.id or 0) == {TEN: world.people[1]}
    assert PLACE in (await kutaisi.get(PAGE)).text
    assert "Person 1" in (await walter.get(PAGE)).text
    assert "Person 1" not in (await (await site.as_person(world.people[0])).get(PAGE)).text
    today = "/events/rain-in-the-street/today"
    assert "Ask about drains" in (await kutaisi.get(today)).text
    assert "Ask about drains" in (await walter.get(today)).text
    await walter.send_form(f"{PAGE}/{clinic.id}/end", {})
    assert [each.subject for each in await letters(world.people[1])][1:] == ["Called off: Ask about drains"]
    assert "Ask about drains" not in (await kutaisi.get(PAGE)).text


@ONE_DATABASE
async def test_the_private_calendar_shows_what_is_booked_and_cancels_what_was_given_back(world: World) -> None:
    clinic = await opened(world)
    booking = await booked(world, clinic, world.people[0], TEN)
    words = []
    async with transaction() as session:
        for person in (world.people[0], world.watcher):
            feed = await feeds.open_feed(session, event_id=world.event, person_id=person, edition=0, now=NOW)
            words.append(feeds.path_of(feed).removeprefix("/calendars/").removesuffix(".ics"))

    async def entries() -> list[tuple[str, str]]:
        async with reading() as session:
            found = [Calendar.from_ical(await feeds.calendar_at(session, word, now=NOW)) for word in words]
        return [(str(e["uid"]).split("@")[0], str(e["status"])) for each in found for e in each.walk("VEVENT")]

    assert await entries() == [(f"booking-{booking.id}", "CONFIRMED"), (f"clinic-{clinic}", "CONFIRMED")]
    await given_back(world, booking)
    assert await entries() == [(f"booking-{booking.id}", "CANCELLED"), (f"clinic-{clinic}", "CONFIRMED")]
