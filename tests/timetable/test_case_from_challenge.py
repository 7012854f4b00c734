"""A challenge becomes a case: what was written is copied for its author's eyes and goes with them into the room."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from app.consultation.models import Consultation
from app.core.db import Row, reading, transaction
from app.events.models import Event
from app.forum.actions.threads import open_space, start_thread
from app.forum.rules import ThreadKind
from app.timetable.changes import Sitting
from app.timetable.models import Case
from app.timetable.rooms import keep_rooms
from tests.support.clock import Clock
from tests.support.site import Site
from tests.timetable.world import NOW, World, settle

BASE = "/events/rain-in-the-street"
TITLE, CONTEXT = "The zcellarz floods", "Every spring the zquayz overflows.\n\nNobody pays."


@pytest.fixture
async def world(site: Site, clock: Clock) -> World:
    clock.go_to(NOW)
    return await settle()


async def thread(world: World, *, kind: ThreadKind = ThreadKind.CHALLENGE, author: int = 0) -> int:
    async with transaction() as session:
        event = (await session.exec(select(Event))).one()
        space = await open_space(
            session, event_id=world.event, audience_id=event.audience_id, title="Water", key="water", now=NOW
        )
        made = await start_thread(
            session, space_id=space.id or 0, author_id=author or world.people[0], key=f"a-{kind}-of-{author}", kind=kind,
            title=TITLE, context=CONTEXT, facts=[("People", "zmanyz")], lang="en", now=NOW,
        )  # fmt: skip
    return made.id or 0


async def test_only_the_author_of_a_challenge_is_offered_to_bring_it_and_finds_it_copied(
    site: Site, world: World
) -> None:
    challenge, question = await thread(world), await thread(world, kind=ThreadKind.QUESTION)
    author, other = await site.as_person(world.people[0]), await site.as_person(world.people[1])
    offered = f"{BASE}/timetable/cases?thread={challenge}"
    assert offered in (await author.get(f"{BASE}/threads/{challenge}")).text
    assert "Bring this as a case" not in (await author.get(f"{BASE}/threads/{question}")).text
    assert "Bring this as a case" not in (await other.get(f"{BASE}/threads/{challenge}")).text
    form = (await author.get(offered)).text
    assert all(word in form for word in ("zcellarz", "zquayz", "People: zmanyz"))
    for visitor, number in ((other, str(challenge)), (author, str(question)), (author, "1e9"), (author, "9" * 30)):
        assert "zquayz" not in (await visitor.get(f"{BASE}/timetable/cases?thread={number}")).text


async def test_the_copy_is_read_by_its_giver_alone_and_goes_into_the_room_and_back(site: Site, world: World) -> None:
    challenge = await thread(world)
    giver, elene = await site.as_person(world.people[0]), await site.as_person(world.elene)
    await giver.get(f"{BASE}/timetable/cases?thread={challenge}")
    form = {"key": "a key of the browser", "title": "Who owns the rain?", "lang": "en", "text": f"{TITLE} {CONTEXT}"}
    assert (await giver.send_form(f"{BASE}/timetable/cases", form)).status_code == 303
    assert "zquayz" in (await giver.get(f"{BASE}/timetable/cases")).text
    listed = (await elene.get(f"{BASE}/timetable/cases")).text
    assert "Who owns the rain?" in listed and "zquayz" not in listed
    case = await one(Case)
    sitting = Sitting(
        case.id or 0, NOW + timedelta(days=2), 90, world.people[0], world.moderators[0], tuple(world.people[1:5])
    )
    await keep(before=[], after=[sitting])
    assert "zquayz" in (await one(Consultation)).case_text and (await one(Case)).text == ""
    room = (await one(Consultation)).id
    assert "zquayz" in (await giver.get(f"/rooms/{room}")).text
    assert "zquayz" not in (await (await site.as_person(world.people[1])).get(f"/rooms/{room}")).text
    await keep(before=[sitting], after=[])
    assert "zquayz" in (await one(Case)).text, "it waits for another time"
    await keep(before=[], after=[sitting])
    await giver.send_form(f"{BASE}/timetable/cases/{case.id}/withdrawal", {"key": "another key"})
    async with reading() as session:
        assert (await session.exec(select(Consultation))).all() == []
    assert (await one(Case)).text == "", "taken back is taken back"


async def keep(*, before: list[Sitting], after: list[Sitting]) -> None:
    async with transaction() as session:
        await keep_rooms(session, before=before, after=after, now=NOW)


async def one(kind: type[Row]) -> Any:
    async with reading() as session:
        return (await session.exec(select(kind))).one()


async def test_a_moderator_plans_their_own_challenge_in_writing_and_nobody_elses(site: Site, world: World) -> None:
    mine, moderator = world.moderators[0], await site.as_person(world.moderators[0])
    challenge = await thread(world, author=mine)
    cases = (await moderator.get(f"{BASE}/timetable/cases?thread={challenge}")).text
    assert f"/rooms/written?thread={challenge}" in cases
    page = (await moderator.get(f"{BASE}/rooms/written?thread={challenge}")).text
    assert "zquayz" in page and f'value="case_giver:{mine}" selected' in page
    assert "zquayz" not in (await moderator.get(f"{BASE}/rooms/written?thread={await thread(world)}")).text
    others = [f"adviser:{person}" for person in world.people[:3]]
    form = {
        "key": "in writing", "title": "Who pays for dry cellars?", "method": "async_case_consultation", "lang": "en",
        "first_day": "2026-10-21", "zone": "Europe/Berlin", "case_text": CONTEXT,
    }  # fmt: skip
    swapped = {**form, "seats": [f"case_giver:{world.people[4]}", f"moderator:{mine}", *others]}
    refused = await moderator.send_form(f"{BASE}/rooms/written", swapped)
    assert refused.status_code == 422 and "Only whoever brings the case" in refused.text and "zquayz" in refused.text
    right = {**form, "seats": [f"case_giver:{mine}", f"moderator:{world.moderators[1]}", *others]}
    assert (await moderator.send_form(f"{BASE}/rooms/written", right)).status_code == 303
    assert (await one(Consultation)).case_text == CONTEXT
