"""What the slices offer to the live line, through the real line: who hears what, and who must not."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.consultation.actions import door, moves
from app.consultation.queries import open_contributions
from app.core import audience, times
from app.core.db import reading, transaction
from app.people.actions import sign_in
from realtime import protocol
from realtime.gate import KINDS
from realtime.protocol import Topic, Whisper
from realtime.server import LiveLine, create_app
from realtime.voice import VOICES
from tests.consultation.rooms import NOON
from tests.consultation.stage import Stage, stage
from tests.forum.forum import Forum, a_forum
from tests.realtime.conftest import QUICK
from tests.realtime.serving import running, serving
from tests.realtime.world import Browser, browser
from tests.support.site import Site


@pytest.fixture
async def house(site: Site) -> AsyncIterator[str]:
    """The live line of the house, on the stores of `site`."""
    line = LiveLine(own_origin="http://127.0.0.1:8000", rhythm=QUICK, grace=0.2)
    app: Any = create_app(site.setup, live_line=line)
    async with running(line.run()), serving(app, lifespan="off") as address:
        yield address


async def token(person: int) -> str:
    async with transaction() as session:
        return await sign_in(session, person_id=person, device="a test", now=times.now())


async def test_a_reply_appears_at_the_reader_and_not_outside_the_group(house: str) -> None:
    forum: Forum = await a_forum()
    space = await forum.group_space(forum.tamta, forum.carlos)
    thread = await forum.thread("Cellars under water", space=space)
    topic = f"thread:{thread.id}"
    async with browser(house, await token(forum.tamta)) as inside, browser(house, await token(forum.marta)) as outside:
        at = (await inside.follow(topic, version=99))["version"]
        assert (await outside.follow(topic))["type"] == "refused"
        await forum.reply(thread, "Pumps are **cheap**.")
        news = await inside.next("changed")
        assert news["after"] == at < news["version"]
        assert "<strong>cheap</strong>" in news["html"]
        assert "csrf" not in news["html"], "what everybody gets holds nothing personal"
        assert await outside.silence()


async def test_who_leaves_the_group_hears_no_more_of_its_threads(house: str) -> None:
    forum: Forum = await a_forum()
    space = await forum.group_space(forum.tamta, forum.carlos)
    thread = await forum.thread("Cellars under water", space=space)
    topic = f"thread:{thread.id}"
    async with browser(house, await token(forum.carlos)) as leaves:
        await leaves.follow(topic, version=99)
        async with transaction() as session:
            await audience.dismiss(session, space.audience_id, forum.carlos)
        with pytest.raises(Exception, match="4409"):
            await leaves.next("changed")
    async with browser(house, await token(forum.carlos)) as back:
        assert (await back.follow(topic))["type"] == "refused"


async def test_a_room_is_followed_by_those_who_sit_in_it_and_agreed(house: str) -> None:
    room: Stage = await stage()
    async with (
        browser(house, await token(room.moderator)) as moderator,
        browser(house, await token(room.outsider)) as outsider,
    ):
        assert (await moderator.follow(f"room:{room.room}"))["type"] == "refused", "not agreed yet"
        await room.open()
        for kind in ("room", "desk"):
            assert (await moderator.follow(f"{kind}:{room.room}", version=999))["type"] == "following"
            assert (await outsider.follow(f"{kind}:{room.room}"))["type"] == "refused"
        await room.begin()
        while "html" not in (news := await moderator.next("changed")):
            assert news["topic"] == f"desk:{room.room}", "what differs per person never travels as HTML"
        assert news["topic"] == f"room:{room.room}"
        assert await outsider.silence()


async def test_what_all_wait_for_is_said_before_each_is_called_to_the_own_desk(house: str) -> None:
    """Nine who come for their desks at once would stand before the one page with the new phase."""
    room: Stage = await stage()
    await room.begin()
    async with browser(house, await token(room.moderator)) as moderator:
        for kind in ("room", "desk"):
            await moderator.follow(f"{kind}:{room.room}", version=999)
        seen, before = 0, (await room.sitting()).row.version
        await room.go_to("consultation")
        last = (await room.sitting()).row.desk_version
        assert last > before
        while True:
            news = await moderator.next("changed")
            if "html" in news:
                seen = max(seen, news["version"])
            elif news["topic"].startswith("desk:"):
                assert news["version"] <= seen
                if news["version"] == last:
                    return


async def test_a_room_knows_who_lost_the_line_and_who_found_it_again(house: str) -> None:
    room: Stage = await stage()
    await room.begin()
    seat = await room.seat(room.adviser)

    async def away() -> bool:
        return seat in (await room.sitting()).room.state.away

    async with browser(house, await token(room.moderator)) as stays:
        await stays.follow(f"room:{room.room}")
        async with browser(house, await token(room.adviser)) as goes:
            await goes.follow(f"room:{room.room}")
            while room.adviser not in (await stays.next("present"))["people"]:
                pass
        await _until(away, True)
        async with browser(house, await token(room.adviser)) as back:
            await back.follow(f"room:{room.room}")
            await _until(away, False)


async def test_real_time_text_is_theirs_who_have_the_floor_and_switched_it_on(house: str) -> None:
    room: Stage = await stage()
    await room.begin()
    await room.go_to("consultation")
    topic = f"room:{room.room}"

    async def types(line: Browser, body: dict[str, Any]) -> None:
        await line.say(type="whisper", topic=topic, kind="typing", body=body)

    async def switch(person: int, *, on: bool) -> int:
        async with transaction() as session:
            await moves.show_typing(session, room.room, by=person, on=on, now=NOON)
        return (await room.sitting()).row.version

    async with (
        browser(house, await token(room.moderator)) as moderator,
        browser(house, await token(room.case_giver)) as backstage,
    ):
        at = [(await line.follow(topic, version=999))["version"] for line in (moderator, backstage)]
        await types(moderator, {"at": 0, "tail": "Let us"})
        assert (await moderator.next("refused"))["topic"] == topic, "nobody is read along unasked"
        for person in (room.moderator, room.case_giver):
            at[0] = await switch(person, on=True)
        for line in (moderator, backstage):
            while (await line.next("changed"))["version"] < at[0]:
                pass
        await types(moderator, {"at": 0, "tail": "Let us"})
        assert (await backstage.next("whisper"))["body"] == {"at": 0, "tail": "Let us"}
        await types(backstage, {"at": 0, "tail": "But we tried"})
        assert (await backstage.next("refused"))["topic"] == topic
        for junk in ({"tail": 7}, {"at": -1, "tail": "x"}, {"at": 999, "tail": "xx"}, {"tail": "x", "file": "y"}):
            await types(moderator, junk)
            assert (await moderator.next("refused"))["topic"] == topic, junk
        assert await moderator.silence()
        assert await backstage.silence()
    async with reading() as session:
        assert [row for row in await open_contributions(session, room.room) if "Let us" in row.text] == []


async def test_a_minute_of_real_time_text_costs_each_reader_less_than_15_kilobytes() -> None:
    """Seven keys a second in 400 ms, the line sent after every 60 characters, each 20th whisper the whole line."""
    typed, sent, bytes_down = "", "", 0
    for number in range(60_000 // 400):
        typed = (typed if len(typed) < 60 else "") + "abc"[: 2 + number % 2]
        at = 0 if number % 20 == 0 or not typed.startswith(sent) else len(sent)
        said = Whisper(Topic("room", 12_345), "typing", {"at": at, "tail": typed[at:]}, None)
        message = len(protocol.whispered(said, by=12_345))
        bytes_down += message + (2 if message < 126 else 4)  # the frame around it
        sent = typed
    assert bytes_down <= 15_000


async def _until(ask: Any, answer: bool) -> None:
    async with asyncio.timeout(10):
        while await ask() is not answer:  # noqa: ASYNC110 - the line tells no test when it has told the room
            await asyncio.sleep(0.02)


def test_every_voice_has_a_gate() -> None:
    assert VOICES.keys() <= KINDS.keys()


async def test_whoever_is_asked_to_leave_a_room_loses_its_live_line_at_once(house: str) -> None:
    here: Stage = await stage()
    await here.begin()
    async with browser(house, await token(here.adviser)) as leaves, browser(house, await token(here.scribe)) as stays:
        for line in (leaves, stays):
            assert (await line.follow(f"room:{here.room}", version=99))["type"] == "following"
        async with transaction() as session:
            who = await here.seat(here.adviser)
            await door.ask_to_leave(session, here.room, by=here.moderator, who=who, blocked=False, sure=True, now=NOON)
        with pytest.raises(Exception, match="4409"):
            while True:
                assert "secret" not in str(await leaves.next("changed"))
        await here.say(here.moderator, "Now the secret quarrel")
        while "secret quarrel" not in str(await stays.next("changed")):
            pass
    async with browser(house, await token(here.adviser)) as back:
        for topic in ("room", "desk"):
            assert (await back.follow(f"{topic}:{here.room}"))["type"] == "refused"
