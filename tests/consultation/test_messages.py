"""A message to all rooms: one sentence of the team, live in every open room of the event, gone after a quarter of an hour."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.consultation.actions import messages, planning
from app.consultation.models import Consultation, RoomMessage
from app.core import live
from app.core.db import reading, transaction
from app.events.models import Participation
from tests.support.clock import Clock
from tests.support.site import Site

from .rooms import NOON
from .stage import Stage, stage

pytestmark = pytest.mark.usefixtures("site")
LUNCH = "Lunch is at half past twelve"
URL = "/events/rain/rooms/message"


@pytest.fixture
async def here(site: Site, clock: Clock) -> Stage:
    """A running room and a second one in its lobby; the outsider is technical host of the event."""
    clock.go_to(NOON)
    here = await stage()
    await here.begin()
    async with transaction() as session:
        part = (await session.exec(select(Participation).where(Participation.person_id == here.outsider))).one()
        part.roles = ["technical_host"]
        session.add(part)
        second = await planning.plan_room(
            session, event_id=here.event, key="slot:2", title="Second", opens_at=NOON, now=NOON,
            seats=[planning.Place(here.scribe, "case_giver"), planning.Place(here.adviser, "moderator")],
        )  # fmt: skip
        await planning.open_lobby(session, second, now=NOON)
        await planning.plan_room(
            session, event_id=here.event, key="slot:3", title="Later", opens_at=NOON + timedelta(days=1), now=NOON,
            seats=[planning.Place(here.scribe, "case_giver")],
        )  # fmt: skip
    return here


async def tell(here: Stage, text: str = LUNCH, key: str = "m") -> None:
    async with transaction() as session:
        await messages.tell_rooms(session, here.event, by=here.outsider, text=text, key=key, now=NOON)


async def versions() -> dict[str, int]:
    async with reading() as session:
        return {row.title: row.version for row in (await session.exec(select(Consultation))).all()}


async def test_the_technical_host_writes_it_and_every_open_room_shows_it_with_its_time(site: Site, here: Stage) -> None:
    host, scribe = await site.as_person(here.outsider), await site.as_person(here.scribe)
    before = await versions()
    page = (await host.get("/events/rain/rooms")).text
    assert "Show in all rooms" in page and LUNCH not in page
    for _ in range(2):
        assert (await host.send_form(URL, {"text": LUNCH, "key": "once"})).status_code == 303
    after = await versions()
    grown = {title for title, version in after.items() if version != before[title]}
    assert grown == {"Two departments, one verge", "Second"}, "open rooms, each once"
    assert after["Second"] == before["Second"] + 1
    for door in ("", f"/changes?after={before['Two departments, one verge']}"):
        shown = (await scribe.get(f"/rooms/{here.room}{door}")).text
        assert LUNCH in shown and "2026-06-09T10:00" in shown
    assert LUNCH in (await host.get("/events/rain/rooms")).text


async def test_it_is_told_to_every_open_room_and_the_news_hold_no_words(here: Stage) -> None:
    async with transaction() as session:
        await messages.tell_rooms(session, here.event, by=here.outsider, text=LUNCH, key="m", now=NOON)
        news = repr(live.taken_from(session))
    assert f"room:{here.room}'" in news and f"room:{here.room + 1}'" in news and LUNCH not in news
    assert f"room:{here.room + 2}'" not in news, "a room that is not open yet hears nothing"


async def test_it_is_taken_down_or_goes_by_itself_and_a_new_one_takes_its_place(
    site: Site, here: Stage, clock: Clock
) -> None:
    host, scribe, room = await site.as_person(here.outsider), await site.as_person(here.scribe), f"/rooms/{here.room}"
    await tell(here)
    await tell(here, "Lunch is at one", key="n")
    page = (await scribe.get(room)).text
    assert "Lunch is at one" in page and LUNCH not in page
    await host.get("/events/rain/rooms")
    before = await versions()
    for _ in range(2):
        await host.send_form(f"{URL}/end")
    assert (await versions())["Second"] == before["Second"] + 1
    assert "Lunch is at one" not in (await scribe.get(room)).text
    await tell(here, "Back at two", key="o")
    before = await versions()
    async with transaction() as session:
        for row in (await session.exec(select(RoomMessage))).all():
            await messages.end_message(session, row.id or 0, now=NOON + timedelta(minutes=14))
    assert await versions() == before, "its time is not over"
    clock.go_to(NOON + timedelta(minutes=15))
    async with transaction() as session:
        for row in (await session.exec(select(RoomMessage))).all():
            await messages.end_message(session, row.id or 0, now=NOON + timedelta(minutes=15))
    assert (await versions())["Second"] == before["Second"] + 1, "one message has gone, the others went before"
    gone = (await scribe.get(f"{room}/changes?after={before['Two departments, one verge']}")).text
    assert 'id="room-message"' in gone and "Back at two" not in gone


async def test_only_the_team_writes_to_rooms_and_only_briefly(site: Site, here: Stage) -> None:
    adviser = await site.as_person(here.adviser)
    assert "Show in all rooms" not in (await adviser.get("/events/rain/rooms")).text
    before = await versions()
    for url in (URL, f"{URL}/end"):
        assert (await adviser.send_form(url, {"text": LUNCH, "key": "a"})).status_code == 403
    host = await site.as_person(here.outsider)
    await host.get("/events/rain/rooms")
    for text, says in (("x" * 201, "too long for a banner"), ("  ", "Write something first.")):
        answer = await host.send_form(URL, {"text": text, "key": "b"})
        assert answer.status_code == 422 and says in answer.text
    assert await versions() == before
