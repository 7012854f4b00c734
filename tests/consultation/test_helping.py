"""Technical help: called from a room, announced to everybody in it, blind to what is written there."""

import pytest
from sqlmodel import col, select

from app.consultation import queries
from app.consultation.actions import closing, helping, moves
from app.core import times
from app.core.db import reading, transaction
from app.core.errors import Missing, Refused
from app.events.models import Participation
from app.notices.models import Notice
from app.people.models import Person
from realtime import gate
from realtime.protocol import Topic
from tests.support.site import Site

from .rooms import NOON
from .stage import Stage, stage

pytestmark = pytest.mark.usefixtures("site")
HERE = "Vesna Outside, technical help, is here; sees who is in the room and whose line is there, not cards or lines."


@pytest.fixture
async def here(site: Site) -> Stage:
    """A running room; the outsider is technical host of the event, the adviser one of its moderators."""
    here = await stage()
    await here.begin()
    async with transaction() as session:
        for person, role in ((here.outsider, "technical_host"), (here.adviser, "moderator")):
            found = select(Participation).where(Participation.person_id == person)
            part = (await session.exec(found)).one()
            part.roles = ["practitioner", role]
            session.add(part)
    return here


async def notices() -> list[Notice]:
    async with reading() as session:
        return list((await session.exec(select(Notice).where(col(Notice.topic).startswith("help:")))).all())


async def test_a_call_is_told_once_to_those_who_help_with_the_title_and_the_way_alone(site: Site, here: Stage) -> None:
    await here.say(here.moderator, "Between us: the mayor")
    scribe, room = await site.as_person(here.scribe), f"/rooms/{here.room}"
    await scribe.get(room)
    for _ in range(2):
        assert (await scribe.send_form(f"{room}/call")).status_code == 303
    told = await notices()
    assert {notice.person_id for notice in told} == {here.outsider, here.adviser}
    assert len(told) == 2
    assert {(each.title, each.text, each.url, each.by_id) for each in told} == {
        ("Two departments, one verge", "", f"{room}/help", None)
    }
    other = await site.as_person(here.case_giver)
    for door in ("", "/changes?after=1"):
        assert "Technical help is called, since" in (await other.get(room + door)).text
    host = await site.as_person(here.outsider)
    assert "A consultation calls for technical help" in (await host.get("/notices")).text


async def test_help_comes_announced_and_leaves_again_and_the_call_can_be_ended(site: Site, here: Stage) -> None:
    room = f"/rooms/{here.room}"
    scribe, host = await site.as_person(here.scribe), await site.as_person(here.outsider)
    await scribe.get(room)
    await scribe.send_form(f"{room}/call")
    page = (await host.get(f"{room}/help")).text
    assert "Go in, announced" in page and "Jonas" not in page, "before that, nobody's name"
    before = (await here.sitting()).row
    await host.send_form(f"{room}/help/entry")
    for door in ("", f"/changes?after={before.version}"):
        assert HERE in (await scribe.get(room + door)).text
    assert (await here.sitting()).row.desk_version == before.desk_version, "nobody's own buttons differ"
    async with transaction() as session:
        lost = await here.seat(here.deputy)
        await moves.mark_line_lost(session, here.room, by=here.moderator, who=lost, now=NOON)
    page = (await host.get(f"{room}/help")).text
    assert "Jonas Petersen" in page and page.count("the line is lost") == 1 and page.count("the line is there") == 4
    await host.send_form(f"{room}/help/exit")
    page = (await scribe.get(room)).text
    assert HERE not in page and "Technical help is called, since" in page
    await host.send_form(f"{room}/help/entry")
    await scribe.send_form(f"{room}/call/end")
    assert "Technical help is called" not in (await scribe.get(room)).text
    assert await notices() == [], "nobody hears about it any more"
    away = await host.get(f"{room}/help")
    assert away.status_code == 303 and away.headers["location"].endswith(room)
    await scribe.send_form(f"{room}/call")
    await host.send_form(f"{room}/help/entry")
    await host.send_form(f"{room}/help/solved")
    row = (await here.sitting()).row
    assert (row.help_at, row.helper_id, row.help_no) == (None, None, 2)


async def test_nobody_comes_without_a_call_without_the_role_or_twice_over(site: Site, here: Stage) -> None:
    async def enters(person: int) -> None:
        async with transaction() as session:
            await helping.enter_as_help(session, here.room, by=person, now=NOON)

    with pytest.raises(Refused, match="Nobody calls"):
        await enters(here.outsider)
    async with transaction() as session:
        second = Person(name="Second Host", email="second@example.org", created_at=NOON)
        stranger = Person(name="No Host", email="no@example.org", created_at=NOON, admin=True)
        session.add_all([second, stranger])
        await session.flush()
        event = here.event
        session.add(Participation(event_id=event, person_id=second.id or 0, roles=["manager"]))
        session.add(Participation(event_id=event, person_id=stranger.id or 0, roles=["coordinator", "observer"]))
        ids = second.id or 0, stranger.id or 0
        await helping.call_help(session, here.room, by=here.scribe, now=NOON)
    with pytest.raises(Refused, match="You have a seat"):
        await enters(here.adviser)
    with pytest.raises(Missing):
        await enters(ids[1])
    assert (await (await site.as_person(ids[1])).get(f"/rooms/{here.room}/help")).status_code == 404
    await enters(here.outsider)
    with pytest.raises(Refused, match="Somebody else"):
        await enters(ids[0])
    assert "Jonas" not in (await (await site.as_person(ids[0])).get(f"/rooms/{here.room}/help")).text
    async with transaction() as session:
        part = (await session.exec(select(Participation).where(Participation.person_id == here.outsider))).one()
        part.roles = ["practitioner"]
        session.add(part)
    gone = await (await site.as_person(here.outsider)).get(f"/rooms/{here.room}/help")
    assert gone.status_code == 404, "who helps no more in the event helps no more in the room"


async def test_help_follows_no_live_line_of_the_room(here: Stage) -> None:
    async with transaction() as session:
        await helping.call_help(session, here.room, by=here.scribe, now=NOON)
        await helping.enter_as_help(session, here.room, by=here.outsider, now=NOON)
    async with reading() as session:
        for topic in (Topic("room", here.room), Topic("desk", here.room)):
            assert await gate.version(gate.KINDS, session, topic, person=here.scribe) is not None
            assert await gate.version(gate.KINDS, session, topic, person=here.outsider) is None


async def test_when_the_room_closes_help_is_outside(site: Site, here: Stage) -> None:
    async with transaction() as session:
        await helping.call_help(session, here.room, by=here.scribe, now=NOON)
        await helping.enter_as_help(session, here.room, by=here.outsider, now=NOON)
    await here.go_to("closing")
    async with transaction() as session:
        await closing.release(session, here.room, by=here.case_giver, chosen=[], city=False, now=times.now())
        await closing.close_room(session, here.room, by=here.moderator, now=NOON)
    answer = await (await site.as_person(here.outsider)).get(f"/rooms/{here.room}/help")
    assert answer.status_code == 303
    async with reading() as session:
        row = (await queries.sitting(session, here.room)).row
        assert (row.status, row.help_at, row.helper_id) == ("closed", None, None)
