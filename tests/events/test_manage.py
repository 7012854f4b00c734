"""Organising: from an empty installation to a published event with people; bad input keeps everything."""

import asyncio
import dataclasses
import re
from datetime import date

import pytest
from sqlmodel import select

from app.core import mail
from app.core.db import Row, reading, transaction
from app.events import queries_members
from app.events.lists import read
from app.events.models import Block, Event, Feedback, Group, Invitation, JoinLink, Organiser, Segment, Task
from app.events.rules import Role
from app.people.models import Person
from tests.events.events import NOON, an_event, joined, somebody
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, Visitor, queries

pytestmark = ONE_DATABASE


LINES = "Address;Name;Role\nnino@example.org; Nino Beridze; expert; de\nOyuna Bat <oyuna(at)example.org>\n"


async def organised(site: Site, template: str = "dialogue_10_days") -> tuple[Event, Visitor, str]:
    """An event and its manager; the base address of organising."""
    event, person = await an_event(template=template, published=False), await somebody("Henrike Osthoff")
    await joined(event, person, "manager")
    return event, await site.as_person(person), f"/events/{event.slug}/manage"


async def test_from_nothing_to_a_published_event(site: Site) -> None:
    visitor = site.stranger()
    assert (await visitor.get("/")).headers["location"] == "/setup"
    weak = {"programme": "City Weeks", "name": "Ada", "email": "ada@example.org", "password": "short"}
    weak["zone"] = "Europe/Berlin"
    refused = await visitor.send_form("/setup", weak)
    assert refused.status_code == 422
    assert "City Weeks" in refused.text
    done = await visitor.send_form("/setup", {**weak, "password": "lamp river drain stone"})
    assert done.headers["location"] == "/events/new"
    assert "City Weeks" in (await visitor.get("/events/new")).text
    second = await site.stranger().send_form(
        "/setup", {**weak, "email": "eve@example.org", "password": "lamp river drain stone"}
    )
    assert second.status_code in {303, 409}
    async with reading() as session:
        assert [p.email for p in (await session.exec(select(Person))).all()] == ["ada@example.org"]
    wanted = {"title": "Rain in the Street", "template": "dialogue_10_days", "zone": "Europe/Berlin"}
    wanted["starts_on"] = "2034-06-12"
    short = await visitor.send_form("/events/new", {**wanted, "ends_on": "2034-06-13"})
    assert short.status_code == 422 and "the template has 10" in short.text
    made = await visitor.send_form("/events/new", wanted)
    assert made.headers["location"] == "/events/rain-in-the-street/manage"
    await visitor.send_form("/events/new", wanted)  # by the back button: it stays one
    assert "Rain in the Street" not in (await site.stranger().get("/")).text
    await visitor.send_form("/events/rain-in-the-street/manage/state", {"state": "published"})
    assert "Rain in the Street" in (await site.stranger().get("/calendar")).text
    async with reading() as session:
        event = (await session.exec(select(Event))).one()
    assert (event.ends_on, event.state) == (date(2034, 6, 23), "published")


async def test_an_empty_programme_is_not_published_and_the_page_says_why(site: Site) -> None:
    event, manager, base = await organised(site, template="")
    await manager.get(base)
    answer = await manager.send_form(f"{base}/state", {"state": "published"})
    assert answer.status_code == 409
    assert "still empty" in answer.text
    async with reading() as session:
        assert (await session.exec(select(Event.state).where(Event.id == event.id))).one() == "draft"


async def test_what_the_page_says_can_be_changed_and_mistakes_keep_what_was_typed(site: Site) -> None:
    event, manager, base = await organised(site)
    typed = {
        "title": "Rain and Heat", "summary": "Two weeks.", "kind": "dialogue_event", "starts_on": "2026-06-15",
        "ends_on": "2026-06-12", "zone": "Asia/Tbilisi", "mode": "both", "place": "Tbilisi", "countries": ["GE", "XK"],
        "languages": "en", "lang": "en", "days_off": "2026-06-18",
    }  # fmt: skip
    await manager.get(f"{base}/about")
    refused = await manager.send_form(f"{base}/about", typed)
    assert refused.status_code == 422
    assert "before the first one" in refused.text
    assert "Rain and Heat" in refused.text
    assert (await manager.send_form(f"{base}/about", {**typed, "ends_on": "2026-06-29"})).status_code == 303
    page = (await manager.get(f"/events/{event.slug}")).text
    assert "Rain and Heat" in page
    assert "Kosovo" in page
    await manager.send_form(f"{base}/translations", {"lang": "de", "title": "Regen und Hitze"})
    assert "Regen und Hitze" in (await manager.get(f"/events/{event.slug}?lang=de")).text


async def test_blocks_are_added_once_edited_moved_and_dropped_and_the_checks_speak(site: Site) -> None:
    _, manager, base = await organised(site, template="")
    await manager.get(f"{base}/blocks/new")
    block = {
        "key": "k" * 32, "title": "Long talk", "day": "2", "starts": "10:00", "minutes": "150",
        "part_minutes": ["100", "50", ""], "part_title": ["Somebody speaks", "Questions", ""],
        "part_form": ["listening", "groups", "groups"], "part_method": ["", "", ""],
    }  # fmt: skip
    for _ in range(2):
        assert (await manager.send_form(f"{base}/blocks/new", block)).status_code == 303
    async with reading() as session:
        row = (await session.exec(select(Block))).one()
    assert [item["minutes"] for item in row.agenda] == [100, 50]
    page = (await manager.get(f"{base}/programme")).text
    assert "150 minutes. More than 135" in page
    assert "listen for 100 minutes" in page
    broken = await manager.send_form(
        f"{base}/blocks/{row.id}", {**block, "title": "Kept words", "part_minutes": ["x", "50", ""]}
    )
    assert broken.status_code == 422
    assert "Kept words" in broken.text
    assert "Somebody speaks" in broken.text
    await manager.send_form(
        f"{base}/blocks/{row.id}", {**block, "title": "Short talk", "minutes": "60", "part_title": ["", "", ""]}
    )
    await manager.send_form(f"{base}/blocks/{row.id}/move", {"to": "later"})
    async with reading() as session:
        row = (await session.exec(select(Block))).one()
    assert (row.title, row.minutes, row.day, row.agenda) == ("Short talk", 60, 3, [])
    for _ in range(2):
        await manager.send_form(f"{base}/blocks/{row.id}/drop")
    async with reading() as session:
        assert (await session.exec(select(Block))).all() == []


async def test_a_double_click_adds_one_row(site: Site) -> None:
    _, visitor, base = await organised(site, template="")
    forms: list[tuple[str, dict[str, object], type[Row]]] = [
        ("organisers", {"role": "partner", "name": "City of Tbilisi", "url": "https://tbilisi.example.org"}, Organiser),
        ("segments", {"name": "South Caucasus", "state": "open", "contact_name": "Nino"}, Segment),
        ("blocks/new", {"key": "a-key-for-blocks", "day": "1", "starts": "10:00", "minutes": "90", "title": "Opening"}, Block),
        ("tasks/new", {"key": "a-key-for-tasks", "day": "1", "minutes": "15", "until": "22:00", "title": "Say hello"}, Task),
    ]  # fmt: skip
    await visitor.get(f"{base}/about")
    for where, typed, table in forms:
        clicks = await asyncio.gather(*(visitor.send_form(f"{base}/{where}", typed) for _ in range(3)))
        assert [answer.status_code for answer in clicks] == [303] * 3, where
        async with reading() as session:
            assert len((await session.exec(select(table))).all()) == 1, where
    other = {"role": "funder", "name": "City of Tbilisi"}
    assert (await visitor.send_form(f"{base}/organisers", other)).status_code == 303
    async with reading() as session:
        assert {each.role for each in (await session.exec(select(Organiser))).all()} == {"partner", "funder"}


async def test_a_task_is_added_edited_and_dropped(site: Site) -> None:
    event, manager, base = await organised(site, template="")
    task = {"key": "t" * 32, "title": "Write a line", "day": "1", "minutes": "10", "until": "22:00", "whose": "all"}
    await manager.get(f"{base}/tasks/new")
    outside = await manager.send_form(f"{base}/tasks/new", {**task, "goes_to": "https://evil.example/"})
    assert outside.status_code == 422
    for _ in range(2):
        await manager.send_form(f"{base}/tasks/new", {**task, "goes_to": "/help"})
    async with reading() as session:
        row = (await session.exec(select(Task))).one()
    await manager.send_form(f"{base}/tasks/{row.id}", {**task, "title": "Write two lines"})
    assert "Write two lines" in (await manager.get(f"/events/{event.slug}/days/1")).text
    await manager.send_form(f"{base}/tasks/{row.id}/drop")
    async with reading() as session:
        assert (await session.exec(select(Task))).all() == []


async def test_another_events_block_cannot_be_touched(site: Site) -> None:
    _, manager, base = await organised(site)
    other = await an_event("Another", template="planning_9_days")
    async with reading() as session:
        block = (await session.exec(select(Block).where(Block.event_id == other.id))).first()
    assert block is not None
    assert (await manager.get(f"{base}/blocks/{block.id}")).status_code == 404
    await manager.send_form(f"{base}/blocks/{block.id}/drop")
    async with reading() as session:
        assert await session.get(Block, block.id) is not None


def test_a_list_is_read_line_by_line_and_says_what_is_wrong_with_which() -> None:
    found = read(
        LINES + "no address here\nnino@example.org\nx@example.org;X;emperor\ny@example.org;Y;;sv",
        role=Role.PRACTITIONER,
    )
    assert [(g.email, g.name, sorted(g.roles), g.lang) for g in found.guests] == [
        ("nino@example.org", "Nino Beridze", ["expert"], "de"),
        ("oyuna@example.org", "Oyuna Bat", ["practitioner"], "en"),
    ]
    assert [trouble.number for trouble in found.troubles] == [4, 5, 6, 7]


def test_columns_from_a_spreadsheet_may_stand_the_other_way_round() -> None:
    found = read("Ana Petrović\tana@example.org\tmoderator", role=Role.PRACTITIONER)
    assert (found.guests[0].name, found.guests[0].roles) == ("Ana Petrović", {Role.MODERATOR})


async def test_nobody_is_written_to_before_somebody_has_looked_at_the_list(site: Site) -> None:
    event, manager, base = await organised(site)
    await manager.get(f"{base}/invitations")
    preview = await manager.send_form(f"{base}/invitations", {"lines": LINES, "role": "practitioner"})
    assert "Send 2 invitations" in preview.text
    back = await manager.send_form(f"{base}/invitations", {"lines": LINES, "role": "practitioner", "again": "yes"})
    assert "Oyuna Bat &lt;oyuna(at)example.org&gt;</textarea>" in back.text.replace("\n", ""), "what was pasted is kept"
    async with reading() as session:
        assert (await session.exec(select(mail.Letter))).all() == []
    wrong = await manager.send_form(
        f"{base}/invitations", {"lines": LINES + "oops", "role": "practitioner", "sure": "yes"}
    )
    assert "Line 4" in wrong.text
    sent = await manager.send_form(f"{base}/invitations", {"lines": LINES, "role": "practitioner", "sure": "yes"})
    assert sent.status_code == 303
    async with reading() as session:
        assert len((await session.exec(select(mail.Letter))).all()) == 2
        assert {i.event_id for i in (await session.exec(select(Invitation))).all()} == {event.id}
    again = await manager.send_form(f"{base}/invitations", {"lines": LINES + "new@example.org", "role": "practitioner"})
    assert "Send one invitation" in again.text and again.text.count("takes part or was asked already") == 2


async def test_the_outbox_shows_every_letter_but_not_the_link_that_signs_in(site: Site) -> None:
    event, manager, base = await organised(site)
    await manager.get(f"{base}/invitations")
    await manager.send_form(f"{base}/invitations", {"lines": "nino@example.org", "role": "expert", "sure": "yes"})
    async with reading() as session:
        letter = (await session.exec(select(mail.Letter))).one()
    secret = re.search(r"/sign-in/(\S+)", letter.text)[1]  # type: ignore[index]
    for path in ("", f"/{letter.id}", f"/{letter.id}/html"):
        page = (await manager.get(f"/events/{event.slug}/outbox{path}")).text
        assert secret not in page
        assert "Rain in the Street" in page
    stranger = await site.as_person(await somebody("Other Manager"))
    other = await an_event("Another")
    async with reading() as session:
        person = (await session.exec(select(Person.id).where(Person.name == "Other Manager"))).one()
    await joined(other, person or 0, "manager")
    assert (await stranger.get(f"/events/{other.slug}/outbox/{letter.id}")).status_code == 404
    assert "Rain in the Street" not in (await stranger.get(f"/events/{other.slug}/outbox")).text


async def test_a_coordinator_sees_the_letters_that_follow_from_the_plan_and_no_other(site: Site) -> None:
    event, manager, _ = await organised(site)
    elene = await somebody("Elene Tsuladze")
    await joined(event, elene, "coordinator")
    made = {}
    async with transaction() as session:
        for kind, state in (("timetable/changes", "failed"), ("timetable/booking", "sent"), ("forum/news", "held")):
            made[kind] = mail.Letter(
                key=kind, kind=kind, event_id=event.id, address="nino@example.org", name="Nino", lang="en",
                subject=f"Subject of {kind}", text="A text.", html="", message_id=kind, state=state, written_at=NOON,
            )  # fmt: skip
        session.add_all(made.values())
    coordinator, base = await site.as_person(elene), f"/events/{event.slug}/outbox"
    page = (await coordinator.get(base)).text
    assert "Subject of timetable/changes" in page and "Failed: 1" in page
    assert "timetable/booking" not in page and "forum/news" not in page and "Held: 0" in page
    letter = (await coordinator.get(f"{base}/{made['timetable/changes'].id}")).text
    assert 'aria-current="page"' in letter and f'href="/events/{event.slug}/manage"' in letter
    for kind in ("timetable/booking", "forum/news"):
        assert (await coordinator.get(f"{base}/{made[kind].id}")).status_code == 404
        assert (await manager.get(f"{base}/{made[kind].id}")).status_code == 200
    await coordinator.send_form(f"{base}/release")
    await coordinator.send_form(f"{base}/{made['timetable/changes'].id}/release")
    async with reading() as session:
        states = {each.kind: each.state for each in (await session.exec(select(mail.Letter))).all()}
    assert states == {"timetable/changes": "waiting", "timetable/booking": "sent", "forum/news": "held"}


async def test_a_held_letter_leaves_when_released_and_a_sent_one_stays(site: Site) -> None:
    event, manager, _ = await organised(site)
    reader = mail.Reader(None, "x@example.org", "X", "en", "UTC")
    async with transaction() as session:
        values = {"text": "t", "about": "/", "email": "", "url": ""}
        held = await mail.write(
            session, letter="events/feedback", to=reader, values=values, key="a", now=NOON, event_id=event.id, hold=True
        )
        sent = await mail.write(
            session, letter="events/feedback", to=reader, values=values, key="b", now=NOON, event_id=event.id, hold=True
        )
        sent.state = mail.LetterState.SENT
        session.add(sent)
    base = f"/events/{event.slug}/outbox"
    assert "One letter waits for you" in (await manager.get(base)).text
    for row in (held, sent):
        await manager.send_form(f"{base}/{row.id}/release")
    async with reading() as session:
        states = [row.state for row in (await session.exec(select(mail.Letter).order_by(mail.Letter.key))).all()]  # type: ignore[arg-type]
    assert states == ["waiting", "sent"]


async def test_roles_groups_and_links_are_given(site: Site) -> None:
    event, manager, base = await organised(site)
    person = await somebody("Nino Beridze")
    await joined(event, person)
    await manager.get(f"{base}/people")
    assert (await manager.send_form(f"{base}/people/{person}", {})).status_code == 422
    await manager.send_form(f"{base}/people/{person}", {"roles": ["moderator", "expert"], "region": "caucasus"})
    for _ in range(2):
        await manager.send_form(
            f"{base}/groups", {"key": "g" * 32, "name": "Rain", "facilitator_id": str(person), "people": [str(person)]}
        )
    await manager.send_form(f"{base}/links", {"role": "practitioner"})
    assert (await manager.send_form(f"{base}/links", {"role": "manager"})).status_code == 409
    async with reading() as session:
        (member,) = await queries_members.members(session, event.id or 0, person_id=person)
        assert len((await session.exec(select(Group))).all()) == 1
        link = (await session.exec(select(JoinLink))).one()
    assert (member.roles, member.region, [g.name for g in member.groups]) == (
        ["expert", "moderator"],
        "caucasus",
        ["Rain"],
    )
    newcomer = site.stranger()
    await newcomer.get(f"/join/{link.word}")
    asked = await newcomer.send_form(f"/join/{link.word}/letter", {"name": "New One", "email": "new@example.org"})
    assert asked.headers["location"] == "/sign-in/sent"
    other = await site.as_person(await somebody("Other One"))
    await other.get(f"/join/{link.word}")
    assert (await other.send_form(f"/join/{link.word}")).headers["location"] == f"/events/{event.slug}/today"


async def test_people_see_each_other_without_addresses(site: Site) -> None:
    event, person, other = await an_event(), await somebody("Nino Beridze"), await somebody("Elene Tsuladze")
    for each in (person, other):
        await joined(event, each)
    visitor = await site.as_person(person)
    for path in ("", f"/{other}"):
        page = (await visitor.get(f"/events/{event.slug}/people{path}")).text
        assert "Elene Tsuladze" in page
        assert "elene@" not in page
    assert "Elene" not in (await visitor.get(f"/events/{event.slug}/people?q=beridze")).text.split("<main")[1]
    outsider = await somebody("Out Sider")
    assert (await visitor.get(f"/events/{event.slug}/people/{outsider}")).status_code == 404


async def test_feedback_is_kept_once_and_written_to_who_runs_the_site(site: Site) -> None:
    admin = await somebody("Ada Min", admin=True)
    visitor = site.stranger()
    await visitor.get("/feedback?about=/calendar")
    assert (await visitor.send_form("/feedback", {"key": "f" * 32, "text": ""})).status_code == 422
    for _ in range(2):
        await visitor.send_form("/feedback", {"key": "f" * 32, "text": "The map is missing.", "about": "/calendar"})
    async with reading() as session:
        assert [row.text for row in (await session.exec(select(Feedback))).all()] == ["The map is missing."]
        assert [row.address for row in (await session.exec(select(mail.Letter))).all()] == ["ada@example.org"]
    assert "The map is missing." in (await (await site.as_person(admin)).get("/settings")).text


@pytest.mark.parametrize("lang", ["en", "de", "ar"])
async def test_the_pages_of_every_footer_are_there_in_every_language(site: Site, lang: str) -> None:
    visitor = site.stranger()
    for path in (
        "imprint",
        "privacy",
        "accessibility",
        "netiquette",
        "help",
        "help/rooms",
        "help/line",
        "help/moderating",
    ):
        page = await visitor.get(f"/{path}?lang={lang}")
        assert page.status_code == 200
        assert f'<article class="measure prose stack" lang="{lang}"' in page.text
        assert "<h4" not in page.text, "headings leave no level out"
        assert not re.search(r"\{(operator|address|mail|programme)\}", page.text)


async def test_name_and_colour_of_the_programme_are_on_every_page_at_once(site: Site) -> None:
    visitor = await site.as_person(await somebody("Ada Min", admin=True))
    await visitor.get("/settings")
    wrong = {"name": "City Weeks", "colour": "blue", "mail": "office"}
    said = (await visitor.send_form("/settings", wrong, quiet=True, files={"file": ("logo.txt", b"x")})).json()
    assert set(said["fields"]) == {"colour", "mail", "file"}, "all that is wrong is said at once"
    await visitor.send_form("/settings", {"name": "City Weeks", "colour": "7a1f5c", "mail": "office@example.org"})
    page = (await site.stranger().get("/imprint")).text
    assert "City Weeks" in page
    assert "office@example.org" in page
    sheet = re.search(r'href="(/programme/[^"]+\.css)"', page)[1]  # type: ignore[index]
    assert (await site.stranger().get(sheet)).status_code == 200


async def test_organising_asks_the_database_as_often_for_fifty_as_for_one(site: Site) -> None:
    event, manager, base = await organised(site)
    pages = [base, *(f"{base}/{p}" for p in ("about", "programme", "people", "invitations", "groups"))]
    pages += [f"/events/{event.slug}/outbox", f"/events/{event.slug}/people"]

    async def counts() -> list[int]:
        found = []
        for url in pages:
            with queries() as said:
                assert (await manager.get(url)).status_code == 200
            found.append(len(said))
        return found

    await manager.get(base)
    await manager.send_form(f"{base}/groups", {"key": "g" * 32, "name": "Rain"})
    before = await counts()
    lines = "\n".join(f"p{n}@example.org;Person {n}" for n in range(50))
    await manager.send_form(f"{base}/invitations", {"lines": lines, "role": "expert", "sure": "yes"})
    for number in range(50):
        await joined(event, await somebody(f"M{number} Member"))
        await manager.send_form(f"{base}/groups", {"key": f"g{number}".ljust(32, "x"), "name": f"Group {number}"})
    assert await counts() == before


async def test_without_a_mail_server_every_page_about_letters_says_that_they_wait(site: Site) -> None:
    event, manager, base = await organised(site)
    pages = (base, f"{base}/invitations", f"/events/{event.slug}/outbox")
    says = "No mail server is set"
    assert not [page for page in pages if says in (await manager.get(page)).text]
    site.app.state.house = dataclasses.replace(site.app.state.house, sends_mail=False)
    assert [page for page in pages if says not in (await manager.get(page)).text] == []
    await manager.send_form(f"{base}/invitations", {"lines": "nino@example.org", "role": "expert", "sure": "yes"})
    assert "One invitation is written. It waits" in (await manager.get(f"{base}/invitations")).text
    async with transaction() as session:
        admin = Person(name="Ada", created_at=NOON, admin=True)
        session.add(admin)
    keeper = await site.as_person(admin.id or 0)
    for page in ("/events", "/settings", "/outbox"):
        assert says in (await keeper.get(page)).text, page
    assert "/outbox?state=waiting" in (await keeper.get("/events")).text
    assert f"{says}. One letter waits here until one is." in (await keeper.get("/outbox")).text
    assert "no mail server yet" in (await site.stranger().get("/sign-in/sent")).text


async def test_a_new_event_begins_today_or_later_and_has_spaces_to_write_in(site: Site) -> None:
    async with transaction() as session:
        admin = Person(name="Ada", created_at=NOON, admin=True)
        session.add(admin)
    visitor = await site.as_person(admin.id or 0)
    form = {"title": "Rain again", "template": "dialogue_10_days", "starts_on": "2020-02-03", "zone": "Europe/Berlin"}
    refused = await visitor.send_form("/events/new", form)
    assert refused.status_code == 422
    assert "This day is over." in refused.text and "Rain again" in refused.text
    await visitor.send_form("/events/new", {**form, "starts_on": "2034-06-12"})
    forum = (await visitor.get("/events/rain-again/forum")).text
    for title in ("Announcements", "Introductions", "Questions and answers", "Good practice"):
        assert title in forum
    assert "/events/rain-again/announcements/new" in (await visitor.get("/events/rain-again/manage")).text


async def test_a_task_that_prepares_for_the_room_leads_to_the_rooms(site: Site) -> None:
    event, _, _ = await organised(site)
    async with reading() as session:
        tasks = (await session.exec(select(Task))).all()
    assert [t.goes_to for t in tasks if "your room" in t.title] == [f"/events/{event.slug}/rooms"]
