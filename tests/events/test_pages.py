"""What visitors and participants see: front page, calendar, event, days, Today."""

import io
import json
import re
from datetime import UTC, datetime

import pytest
from PIL import Image
from sqlmodel import select

from app.core.db import reading, transaction
from app.core.errors import Invalid
from app.core.files import Upload, check_picture, keep
from app.events import actions, actions_members
from app.events.lists import Guest
from app.events.models import Organiser, Participation, Segment, TaskDone
from app.events.rules import Role
from tests.events.events import NOON, an_event, joined, somebody
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, queries

pytestmark = ONE_DATABASE


@pytest.fixture
def at_noon(clock: Clock) -> Clock:
    """Friday 12 June 2026, 14:00 in Berlin: day 5 of 10."""
    clock.go_to(NOON)
    return clock


async def test_front_and_calendar_show_published_events_and_no_draft(site: Site, at_noon: Clock) -> None:
    await an_event("Rain in the Street")
    await an_event("Secret plans", published=False)
    await somebody()
    for url in ("/", "/calendar", "/calendar.ics"):
        page = await site.stranger().get(url)
        assert page.status_code == 200
        assert "Rain in the Street" in page.text
        assert "Secret plans" not in page.text


async def test_an_empty_installation_leads_to_its_setup(site: Site) -> None:
    answer = await site.stranger().get("/")
    assert (answer.status_code, answer.headers["location"]) == (303, "/setup")


async def test_a_draft_is_not_there_for_strangers_and_for_those_who_take_part_it_is(site: Site) -> None:
    event, person, other = (
        await an_event(published=False, template="dialogue_10_days"),
        await somebody(),
        await somebody("Other One"),
    )
    await joined(event, person)
    mine, theirs = await site.as_person(person), await site.as_person(other)
    for path in ("", "/days/1", "/calendar.ics"):
        url = f"/events/{event.slug}{path}"
        assert [(await v.get(url)).status_code for v in (site.stranger(), theirs, mine)] == [404, 404, 200], url


async def test_an_event_page_has_programme_countries_and_data_for_search_engines(site: Site, at_noon: Clock) -> None:
    event = await an_event(template="dialogue_10_days")
    async with transaction() as session:
        await actions.edit_event(
            session, event_id=event.id or 0, countries=["GE", "XK"], languages=["en"], region_set="western_balkans"
        )
    page = (await site.stranger().get(f"/events/{event.slug}?lang=de")).text
    for words in ("Markt der guten Praktiken", "Georgien", "Kosovo", "Westbalkan"):
        assert words in page
    data = json.loads(re.search(r'ld\+json" nonce="[^"]+">(.+?)</script>', page)[1])  # type: ignore[index]
    assert (data["@type"], data["startDate"], data["eventAttendanceMode"]) == (
        "Event", "2026-06-08", "https://schema.org/OnlineEventAttendanceMode",
    )  # fmt: skip
    assert 'aria-current="date"' in page


async def test_an_address_of_a_contact_is_shown_only_when_asked_for(site: Site) -> None:
    event, contact = await an_event(), await somebody("Elene Tsuladze")
    async with transaction() as session:
        segment = Segment(
            event_id=event.id or 0,
            key="ep",
            name="Eastern Partnership",
            contact_id=contact,
            contact_phone="+995 32 000",
        )
        session.add(segment)
        await session.flush()
    visitor = site.stranger()
    page = await visitor.get(f"/events/{event.slug}")
    assert "Eastern Partnership" in page.text
    assert "elene@" not in page.text
    assert "+995" not in page.text
    asked = await visitor.send_form(f"/events/{event.slug}/contacts/{segment.id}")
    assert "elene@example.org" in asked.text
    assert "+995 32 000" in asked.text
    elsewhere = await an_event("Another")
    assert (await visitor.send_form(f"/events/{elsewhere.slug}/contacts/{segment.id}")).status_code == 404


async def test_a_logo_has_its_organisers_name_and_can_be_fetched(site: Site) -> None:
    event = await an_event()
    drawn = io.BytesIO()
    Image.new("RGB", (20, 10), "teal").save(drawn, "PNG")
    async with transaction() as session:
        logo = await check_picture(Upload("logo.png", drawn.getvalue()))
        file = await keep(session, logo, audience_id=None, person_id=None, now=NOON)
        session.add(Organiser(event_id=event.id or 0, role="funder", name="Fund for Liveable Streets", logo_id=file.id))
    visitor = site.stranger()
    page = (await visitor.get(f"/events/{event.slug}")).text
    src = re.search(r'<img src="(/files/[^"]+)" alt="Fund for Liveable Streets"', page)[1]  # type: ignore[index]
    assert (await visitor.get(src)).headers["content-type"] == "image/webp"


async def test_a_broken_picture_is_refused_in_a_sentence(site: Site) -> None:
    with pytest.raises(Invalid) as refused:
        await check_picture(Upload("logo.png", b"\x89PNG\r\n\x1a\n and nothing more"))
    assert "cannot read this picture" in refused.value.fields["file"]


async def test_live_blocks_are_in_the_calendar_file_with_their_zone(site: Site) -> None:
    event = await an_event(template="dialogue_10_days")
    ics = (await site.stranger().get(f"/events/{event.slug}/calendar.ics")).text
    assert "BEGIN:VTIMEZONE" in ics
    assert "DTSTART;TZID=Europe/Berlin:20260608T100000" in ics
    assert ics.count("BEGIN:VEVENT") == 6


async def test_today_says_which_day_it_is_and_what_it_asks(site: Site, at_noon: Clock) -> None:
    event, person = await an_event(template="dialogue_10_days"), await somebody(zone="Asia/Tbilisi")
    await joined(event, person)
    page = (await (await site.as_person(person)).get(f"/events/{event.slug}/today")).text
    assert "Good afternoon, Oyuna. Day 5 of 10." in page
    assert "Three questions: how is it going?" in page
    assert "Answer the starter question" in page.split("from the days before")[1]
    assert "12 June, 16:00 Tbilisi (UTC+4)" in page
    assert "Say what changes" not in page, "tasks of the team are not everybody's"


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (datetime(2026, 6, 5, 6, 0, tzinfo=UTC), "Good morning, Oyuna. It begins on Mon 8 June."),
        (
            datetime(2026, 6, 13, 18, 0, tzinfo=UTC),
            "Good evening, Oyuna. The programme rests today. Day 5 of 10 lies behind us.",
        ),
        (datetime(2026, 6, 13, 1, 16, tzinfo=UTC), "Hello, Oyuna. The programme rests today."),
        (datetime(2026, 6, 23, 12, 0, tzinfo=UTC), "The event is over"),
    ],
)
async def test_today_knows_before_weekend_and_after(site: Site, clock: Clock, moment: datetime, words: str) -> None:
    clock.go_to(moment)
    event, person = await an_event(template="dialogue_10_days"), await somebody()
    await joined(event, person)
    page = (await (await site.as_person(person)).get(f"/events/{event.slug}/today")).text
    assert words in page and "From day 0" not in page


async def test_after_midnight_elsewhere_today_says_which_day_it_is_where_the_event_is(site: Site, clock: Clock) -> None:
    clock.go_to(datetime(2026, 6, 12, 20, 30, tzinfo=UTC))  # Friday in Berlin, Saturday in Tbilisi
    event, far, near = (
        await an_event(template="dialogue_10_days"),
        await somebody(zone="Asia/Tbilisi"),
        await somebody("b"),
    )
    await joined(event, far)
    await joined(event, near)
    words = "Where the event is at home it is Fri 12 June now. Day 5 of 10."
    assert words in (await (await site.as_person(far)).get(f"/events/{event.slug}/today")).text
    assert words not in (await (await site.as_person(near)).get(f"/events/{event.slug}/today")).text


async def test_a_task_is_marked_and_the_mark_taken_away_and_twice_is_once(site: Site, at_noon: Clock) -> None:
    event, person = await an_event(template="dialogue_10_days"), await somebody()
    await joined(event, person)
    visitor = await site.as_person(person)
    page = (await visitor.get(f"/events/{event.slug}/today")).text
    task = re.search(r"/tasks/(\d+)/done", page)[1]  # type: ignore[index]
    for _ in range(2):
        await visitor.send_form(f"/events/{event.slug}/tasks/{task}/done", {"done": "yes"})
    async with reading() as session:
        assert len((await session.exec(select(TaskDone))).all()) == 1
    assert 'data-state="done"' in (await visitor.get(f"/events/{event.slug}/today")).text
    await visitor.send_form(f"/events/{event.slug}/tasks/{task}/done", {"done": ""})
    async with reading() as session:
        assert (await session.exec(select(TaskDone))).all() == []


async def test_a_task_of_another_event_cannot_be_marked(site: Site, at_noon: Clock) -> None:
    mine, other, person = await an_event(), await an_event("Another", template="dialogue_10_days"), await somebody()
    await joined(mine, person)
    visitor = await site.as_person(person)
    page = (await visitor.get(f"/events/{other.slug}/days/5")).text
    task = re.search(r'id="task-(\d+)"', page)[1]  # type: ignore[index]
    assert (await visitor.send_form(f"/events/{mine.slug}/tasks/{task}/done", {"done": "yes"})).status_code == 404
    assert (await visitor.send_form(f"/events/{other.slug}/tasks/{task}/done", {"done": "yes"})).status_code == 403


async def test_the_last_visit_stays_the_same_while_one_looks_around(site: Site, at_noon: Clock) -> None:
    event, person = await an_event(), await somebody()
    await joined(event, person)
    visitor = await site.as_person(person)

    async def seen_before() -> object:
        await visitor.get(f"/events/{event.slug}/today")
        async with reading() as session:
            return (await session.exec(select(Participation.seen_before))).one()

    assert await seen_before() is None
    at_noon.forward(hours=10)
    first = await seen_before()
    assert isinstance(first, datetime)
    assert abs((first - NOON).total_seconds()) < 60
    at_noon.forward(minutes=10)
    assert await seen_before() == first


async def test_pages_ask_the_database_as_often_for_fifty_as_for_one(site: Site, at_noon: Clock) -> None:
    event, person = await an_event(), await somebody()
    await joined(event, person, "manager")
    visitor = await site.as_person(person)
    pages = ["/", "/calendar", *(f"/events/{event.slug}{path}" for path in ("", "/today", "/days/5"))]

    async def counts() -> list[int]:
        found = []
        for url in pages:
            await visitor.get(url)
            with queries() as said:
                assert (await visitor.get(url)).status_code == 200
            found.append(len(said))
        return found

    async with transaction() as session:
        await actions.lay(session, event, actions.templates()["planning_9_days"])
        session.add(Organiser(event_id=event.id or 0, name="One"))
    before = await counts()
    for number in range(50):
        more = await an_event(f"Event {number}")
        await joined(more, person)
        await joined(event, await somebody(f"P{number} Person"))
        async with transaction() as session:
            session.add(Organiser(event_id=event.id or 0, name=f"Organiser {number}"))
            session.add(Segment(event_id=event.id or 0, key=f"s{number}", name=f"Segment {number}"))
            await actions_members.invite(
                session, event_id=more.id or 0, invited_by=person, url="", now=NOON,
                guests=[Guest(f"g{number}@example.org", "Guest", frozenset({Role.HOST}))],
            )  # fmt: skip
    async with transaction() as session:
        await actions.lay(session, event, actions.templates()["dialogue_10_days"])
    assert await counts() == before


async def test_the_strip_of_days_says_where_all_meet_and_where_whoever_likes_and_of_other_days_nothing(
    site: Site, at_noon: Clock
) -> None:
    event, person = await an_event(template="dialogue_10_days"), await somebody()
    await joined(event, person)
    page = (await (await site.as_person(person)).get(f"/events/{event.slug}/today")).text
    words = re.findall(r'<span class="only-sr">([^<]*, day \d+[^<]*)</span>', page)
    assert [each.partition(", day ")[2] for each in words] == [
        "1, all of us live", "2", "3, all of us live", "4", "5, all of us live", "6", "7, live, if you like",
        "8, all of us live", "9", "10, all of us live",
    ]  # fmt: skip
