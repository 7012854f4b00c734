"""The live line as a browser sees it: real sockets, real Valkey, both databases."""

import asyncio
import json

import httpx2
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus

from tests.realtime import world
from tests.realtime.world import browser


async def closed_with(line: world.Browser) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        while True:
            await line.hear()
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


async def test_what_one_writes_arrives_at_the_other_as_html(notes: str) -> None:
    nino, token = await world.person()
    await world.note(1, nino)
    async with browser(notes, token) as line:
        assert (await line.follow("note:1"))["version"] == 0
        await world.write(1, "Good morning")
        news = await line.next("changed")
    assert news == {
        "type": "changed", "topic": "note:1", "after": 0, "version": 1,
        "html": '<li id="n1" lang="en">Good morning</li>',
    }  # fmt: skip


async def test_a_late_follower_is_told_once_what_it_missed(notes: str) -> None:
    nino, token = await world.person()
    await world.note(1, nino, version=14)
    async with browser(notes, token) as line:
        await line.say(type="follow", topic="note:1", version=12)
        assert (await line.hear())["version"] == 14
        assert await line.hear() == {"type": "changed", "topic": "note:1", "version": 14}
        await line.say(type="follow", topic="note:1", version=14)
        assert (await line.hear())["type"] == "following"
        assert await line.silence()


async def test_who_may_not_read_is_refused_and_hears_nothing(notes: str) -> None:
    insider, token_in = await world.person("Insider")
    _, token_out = await world.person("Outsider")
    await world.note(1, insider)
    async with browser(notes, token_in) as inside, browser(notes, token_out) as outside:
        await inside.follow("note:1")
        refusal = await outside.follow("note:1")
        assert (refusal["type"], refusal["topic"]) == ("refused", "note:1")
        assert refusal == {**await outside.follow("note:999"), "topic": "note:1"}, (
            "no difference to what does not exist"
        )
        await world.write(1, "for insiders")
        assert "for insiders" in (await inside.next("changed"))["html"]
        assert await outside.silence()


async def test_a_kind_nobody_offers_and_the_news_of_standings_cannot_be_followed(notes: str) -> None:
    nino, token = await world.person()
    async with browser(notes, token) as line:
        for topic in ("secret:1", f"standing:{nino}"):
            assert (await line.follow(topic))["type"] == "refused"


async def test_when_a_membership_ends_every_line_of_the_person_is_dropped(notes: str) -> None:
    nino, token = await world.person("Nino")
    other, other_token = await world.person("Omar")
    await world.note(1, nino, other)
    async with browser(notes, token) as tab, browser(notes, token) as phone, browser(notes, other_token) as stays:
        for line in (tab, phone, stays):
            await line.follow("note:1")
        await world.shut_out(1, nino)
        assert await closed_with(tab) == 4409
        assert await closed_with(phone) == 4409
        await world.write(1, "after you left")
        assert "after you left" in (await stays.next("changed"))["html"]
    async with browser(notes, token) as back:
        assert (await back.follow("note:1"))["type"] == "refused"


async def test_without_a_session_the_line_says_sign_in(notes: str) -> None:
    for token in ("", "made-up"):
        async with browser(notes, token) as line:
            assert await closed_with(line) == 4401


async def test_a_page_of_another_origin_gets_no_line(notes: str) -> None:
    _, token = await world.person()
    with pytest.raises(InvalidStatus) as refused:
        async with browser(notes, token, origin="https://elsewhere.example"):
            pass
    assert refused.value.response.status_code == 403
    async with browser(notes, token, origin=f"http://{notes}") as line:
        assert await line.silence()


async def test_nonsense_is_answered_with_sentences_and_ends_the_line_at_last(notes: str) -> None:
    _, token = await world.person()
    async with browser(notes, token) as line:
        for _ in range(20):
            await line.socket.send("{")
        for _ in range(20):
            assert (await line.hear())["why"].endswith(".")
        assert await closed_with(line) == 1008
    async with browser(notes, token) as line:
        await line.socket.send(b"\x00\x01")
        assert await closed_with(line) == 1003


async def test_a_tab_follows_at_most_so_many_topics(notes: str) -> None:
    nino, token = await world.person()
    async with browser(notes, token) as line:
        for number in range(1, 65):
            await world.note(number, nino)
            assert (await line.follow(f"note:{number}"))["type"] == "following"
        await world.note(65, nino)
        assert (await line.follow("note:65"))["type"] == "refused"
        await line.say(type="leave", topic="note:1")
        assert (await line.follow("note:65"))["type"] == "following"


async def test_news_that_redis_lost_is_found_by_reading_the_versions_again(notes: str) -> None:
    nino, token = await world.person()
    await world.note(1, nino)
    async with browser(notes, token) as line:
        await line.follow("note:1")
        await world.write(1, "said to nobody", announce=False)
        assert "said to nobody" in (await line.next("changed"))["html"]


async def test_every_reader_sees_all_of_a_burst_in_order(notes: str) -> None:
    nino, token = await world.person()
    await world.note(1, nino)
    async with browser(notes, token) as one, browser(notes, token, compression=None) as two:
        for line in (one, two):
            await line.follow("note:1")
        for number in range(40):
            await world.write(1, f"line {number}")
        for line in (one, two):
            seen, version = [], 0
            while version < 40:
                news = await line.next("changed")
                assert news["after"] <= version < news["version"]
                seen += [part.split("<")[0] for part in news["html"].split(">") if part.startswith("line")]
                version = news["version"]
            assert list(dict.fromkeys(seen)) == [f"line {number}" for number in range(40)]


async def test_a_whisper_reaches_the_others_and_only_those_it_is_for(notes: str) -> None:
    people = [await world.person(name) for name in ("Ana", "Ben", "Chi")]
    await world.note(1, *(number for number, _ in people))
    (ana, ana_token), (ben, ben_token), (_, chi_token) = people
    async with browser(notes, ana_token) as a, browser(notes, ben_token) as b, browser(notes, chi_token) as c:
        for line in (a, b, c):
            await line.follow("desk:1")
        await a.say(type="whisper", topic="desk:1", kind="typing", body={"tail": "hel"})
        heard = {"type": "whisper", "topic": "desk:1", "kind": "typing", "body": {"tail": "hel"}, "by": ana}
        assert await b.next("whisper") == heard
        assert await c.next("whisper") == heard
        await a.say(type="whisper", topic="desk:1", kind="typing", body={"tail": "psst"}, to=ben)
        assert (await b.next("whisper"))["body"] == {"tail": "psst"}
        assert await c.silence()
        assert await a.silence()


async def test_whispers_have_a_door_of_their_own(notes: str) -> None:
    (ana, ana_token), (ben, ben_token) = await world.person("Ana"), await world.person("Ben")
    await world.note(1, ana, ben)
    async with browser(notes, ana_token) as a, browser(notes, ben_token) as b:
        await b.follow("desk:1")
        await b.follow("note:1")
        await a.say(type="whisper", topic="desk:1", kind="typing")
        assert (await a.next("refused"))["topic"] == "desk:1", "who does not follow does not whisper"
        await a.follow("desk:1")
        await a.follow("note:1")
        await a.say(type="whisper", topic="desk:1", kind="shouting")
        assert (await a.next("refused"))["topic"] == "desk:1"
        await a.say(type="whisper", topic="note:1", kind="typing")
        assert (await a.next("refused"))["topic"] == "note:1", "this kind has no door"
        assert await b.silence()
        for _ in range(40):
            await a.say(type="whisper", topic="desk:1", kind="typing")
        assert "too fast" in (await a.next("refused"))["why"]


async def test_everybody_sees_who_is_present_and_who_has_gone(notes: str) -> None:
    (ana, ana_token), (ben, ben_token) = await world.person("Ana"), await world.person("Ben")
    await world.note(1, ana, ben)
    async with browser(notes, ana_token) as a:
        await a.follow("desk:1")
        assert (await a.next("present"))["people"] == [ana]
        async with browser(notes, ben_token) as b:
            await b.follow("desk:1")
            assert (await a.next("present"))["people"] == [ana, ben]
            while (await b.next("present"))["people"] != [ana, ben]:
                pass
        assert (await a.next("present"))["people"] == [ana]


async def test_long_polling_brings_the_same_answers(notes: str) -> None:
    nino, token = await world.person()
    await world.note(1, nino, version=3)
    await world.note(2, version=9)
    async with httpx2.AsyncClient(base_url=f"http://{notes}", cookies={"session": token}) as client:
        missed = await client.get("/live/poll?topic=note:1&version=1")
        assert [(m["type"], m["version"]) for m in missed.json()] == [("following", 3), ("changed", 3)]
        refused = await client.get("/live/poll?topic=note:1&version=3&topic=note:2&version=0")
        assert [m["type"] for m in refused.json()] == ["following", "refused"]
        waiting = asyncio.create_task(client.get("/live/poll?topic=note:1&version=3"))
        await world.write(1, "by post")
        messages = (await waiting).json()
        assert messages[-1]["version"] == 4
        async with asyncio.timeout(4):
            at_once = await client.get("/live/poll?topic=note:1&version=4&hold=0")
        assert [m["type"] for m in at_once.json()] == ["following"]
        for wrong in ("", "topic=note:1", "topic=note:1&version=x", "topic=:&version=1", "topic=note:1&version=-1"):
            assert (await client.get(f"/live/poll?{wrong}")).status_code == 422
    async with httpx2.AsyncClient(base_url=f"http://{notes}") as stranger:
        assert (await stranger.get("/live/poll?topic=note:1&version=0")).status_code == 401


async def test_a_membership_that_ends_ends_the_poll_too(notes: str) -> None:
    nino, token = await world.person()
    await world.note(1, nino)
    async with httpx2.AsyncClient(base_url=f"http://{notes}", cookies={"session": token}) as client:
        waiting = asyncio.create_task(client.get("/live/poll?topic=note:1&version=0"))
        async with browser(notes, token) as line:
            await line.follow("note:1")
            await world.shut_out(1, nino)
            assert await closed_with(line) == 4409
        answer = await waiting
        assert [m["type"] for m in answer.json() if m["type"] != "refused"] in ([], ["following"])
        again = await client.get("/live/poll?topic=note:1&version=0")
        assert [m["type"] for m in again.json()] == ["refused"]


async def test_what_the_line_says_is_json_even_with_every_character(notes: str) -> None:
    nino, token = await world.person()
    await world.note(1, nino)
    async with browser(notes, token) as line:
        await line.follow("note:1")
        await world.write(1, 'ع "quoted" \\ \u2028 𝄞')
        assert 'ع "quoted" \\ \u2028 𝄞' in json.loads(json.dumps(await line.next("changed")))["html"]
