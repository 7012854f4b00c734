"""The dry run: whoever practises leading meets what goes wrong in real rooms, gets a hint, and a debrief at the end."""

from datetime import timedelta

import pytest

from app.consultation import desk_practice
from app.consultation.actions import closing, moves, practising
from app.consultation.engine.state import Status
from app.core.db import transaction
from app.core.errors import Missing
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .practised import Visitor, practice, script
from .rooms import NOON
from .stage import Stage, stage

__all__ = ["script"]
# a play is hundreds of acts, each of which is tried on both databases elsewhere
pytestmark = [pytest.mark.usefixtures("script"), ONE_DATABASE]


async def led(here: Stage, *, drill: bool = True) -> Visitor:
    visitor = await practice(here, "moderator", drill=drill)
    async with transaction() as session:
        await moves.begin(session, visitor.room, by=visitor.me, now=visitor.now)
    return visitor


async def go_on(visitor: Visitor) -> None:
    async with transaction() as session:
        step = (await visitor.sees()).room.state.step
        await moves.advance_phase(session, visitor.room, by=visitor.me, leaving=step, now=visitor.now)


async def passes(visitor: Visitor, seconds: int) -> None:
    await visitor.beats(until=visitor.now + timedelta(seconds=seconds))


async def desk(visitor: Visitor) -> dict[str, object]:
    here = await visitor.sees()
    return desk_practice.practice_values(here, here.people[here.own_seat(visitor.me)], lang="en", mine=())


async def seat_of(visitor: Visitor, name: str) -> int:
    return next(who.seat_id for who in (await visitor.sees()).people.values() if who.name == name)


@pytest.mark.usefixtures("database")
async def test_the_case_giver_loses_the_line_the_clock_waits_and_a_hint_says_what_to_do() -> None:
    visitor = await led(await stage())
    await go_on(visitor)
    tamta = await seat_of(visitor, "Tamta")
    await passes(visitor, 15)
    here = await visitor.sees()
    assert here.room.state.away == (tamta,)
    assert here.room.state.clock is not None and here.room.state.clock.waits_for == tamta
    assert (await desk(visitor))["hint"] == ""
    version = here.row.desk_version
    await passes(visitor, 10)
    assert (await desk(visitor))["hint"] == "Tamta is gone"
    assert (await visitor.sees()).row.desk_version > version, "the page hears of it"
    await visitor.says("We wait for Tamta.")
    await passes(visitor, 25)
    here = await visitor.sees()
    assert here.room.state.away == () and here.room.state.clock is not None and here.room.state.clock.paused is None
    assert (await desk(visitor))["hint"] == ""
    (met,) = (await visitor.plays()).met
    assert met.how == "bridged" and met.ended is not None and met.ended - met.began == timedelta(seconds=30)
    await passes(visitor, 30)
    assert "Nobody mows them." in await visitor.texts(), "the play goes on"


async def to_consultation(visitor: Visitor) -> None:
    while (phase := (await visitor.sees()).room.phase) is None or phase.key != "consultation":
        await go_on(visitor)


@pytest.mark.usefixtures("database")
async def test_one_talks_until_the_turn_is_ended_another_is_silent_until_somebody_says_a_word() -> None:
    visitor = await led(await stage())
    await to_consultation(visitor)
    ivana, amela = await seat_of(visitor, "Ivana"), await seat_of(visitor, "Amela")
    await passes(visitor, 20)
    assert (await visitor.sees()).room.state.turns.speaker == ivana
    assert {"Three gates", "An earthquake"} <= set(await visitor.texts())
    assert (await desk(visitor))["hint"] == "Thank Ivana"
    async with transaction() as session:
        await moves.finish_turn(session, visitor.room, by=visitor.me, speaker=ivana, now=visitor.now)
    await passes(visitor, 30)
    assert (await visitor.sees()).room.state.turns.speaker == amela
    await passes(visitor, 60)
    assert (await visitor.sees()).room.state.turns.speaker == amela, "nothing happens without the lead"
    assert "Five worst places" not in await visitor.texts()
    assert (await desk(visitor))["hint"] == "Wait for Amela"
    await visitor.says("Amela, one sentence is enough.")
    await passes(visitor, 30)
    assert "Five worst places" in await visitor.texts()
    assert "My uncle" not in await visitor.texts()
    ended = {met.number: met.how for met in (await visitor.plays()).met}
    assert ended == {1: "passed", 2: "helped"}


@pytest.mark.usefixtures("database")
async def test_without_a_word_everything_passes_by_itself_and_going_on_ends_what_lasts() -> None:
    visitor = await led(await stage())
    await go_on(visitor)
    await passes(visitor, 15)
    await to_consultation(visitor)
    await passes(visitor, 300)
    ended = {met.number: met.how for met in (await visitor.plays()).met}
    assert ended == {0: "left", 1: "alone", 2: "alone"}
    here = await visitor.sees()
    assert here.room.state.away == () and here.room.state.turns.speaker is None
    assert {"One page in Kotor", "Five worst places", "My uncle"} <= set(await visitor.texts())


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("role", ["moderator", "adviser"])
async def test_nothing_goes_wrong_where_nobody_asked_for_it_or_somebody_else_leads(role: str) -> None:
    visitor = await practice(await stage(), role, drill=role != "moderator")
    if role == "moderator":
        async with transaction() as session:
            await moves.begin(session, visitor.room, by=visitor.me, now=visitor.now)
        await go_on(visitor)
    await passes(visitor, 120 if role == "moderator" else 260)
    played = await visitor.plays()
    assert not played.drill and played.met == ()
    assert "Nobody mows them." in await visitor.texts()


async def test_a_dry_run_begins_on_the_page_and_ends_with_what_happened_and_how_long_it_took(site: Site) -> None:
    here = await stage()
    person = await site.as_person(here.outsider)
    page = await person.get("/events/rain/rooms")
    assert 'name="drill"' in page.text
    answer = await person.send_form(
        "/events/rain/practice", {"script": "rain", "role": "moderator", "drill": "yes", "key": "page"}
    )
    room = int(answer.headers["location"].rpartition("/")[2])
    visitor = Visitor(here, room)
    async with transaction() as session:
        await moves.agree(session, room, by=here.outsider, now=NOON)
        await moves.begin(session, room, by=here.outsider, now=NOON)
    visitor.now = NOON + timedelta(seconds=70)
    await go_on(visitor)
    await passes(visitor, 60)
    await to_consultation(visitor)
    await go_on(visitor)
    await passes(visitor, 60)
    async with transaction() as session:
        await closing.close_room(session, room, by=here.outsider, now=visitor.now)
    assert (await visitor.sees()).room.state.status is Status.CLOSED
    page = await person.get(f"/rooms/{room}")
    assert "Tamta was gone" in page.text and "Say so." in page.text
    assert "The line came back; nobody said anything meanwhile." in page.text
    assert "01:10" in page.text and "00:30" in page.text
    seated = await visitor.sees()
    ivana = seated.people[await seat_of(visitor, "Ivana")]
    assert desk_practice.debrief_values(seated, ivana, lang="en", written=()) is None, "it is for whoever has led"
    me = seated.people[seated.my_seat(here.outsider)]
    hurried = desk_practice.debrief_values(seated, me, lang="en", written={"key_question"})
    assert hurried is not None and hurried["empty"] == ["Consultation"], "and says why the protocol holds no advice"


async def test_whoever_brings_the_sample_case_takes_it_piece_by_piece_with_a_button(site: Site) -> None:
    here = await stage()
    visitor = await practice(here, "case_giver")
    await visitor.until_phase("narration")
    person = await site.as_person(here.outsider)
    page = await person.get(f"/rooms/{visitor.room}")
    assert "We built hollows." in page.text and f"/rooms/{visitor.room}/sample" in page.text
    step = (await visitor.sees()).room.state.step
    for _ in range(2):  # pressed twice it is one line
        await person.send_form(f"/rooms/{visitor.room}/sample", {"number": "0", "leaving": str(step)})
    await person.send_form(f"/rooms/{visitor.room}/sample", {"number": "1", "leaving": str(step)})
    await person.send_form(f"/rooms/{visitor.room}/sample", {"number": "0", "leaving": str(step - 1)})
    assert [text for text in await visitor.texts() if text in ("We built hollows.", "Nobody mows them.")] == [
        "We built hollows.",
        "Nobody mows them.",
    ]
    page = await person.get(f"/rooms/{visitor.room}/desk")
    assert "/sample" not in page.text, "nothing of it is left in this phase"
    await here.begin()
    async with transaction() as session:
        with pytest.raises(Missing):  # in a room of people there is no sample
            await practising.take_sample(session, here.room, by=here.case_giver, number=0, leaving=0, now=NOON)
