"""The practice room: simulated peers play all phases with one visitor, whatever part the visitor takes."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from app.consultation import queries, queries_outside, sources
from app.consultation.actions import closing, moves, planning, practising, writing
from app.consultation.seats import order_of_speaking
from app.core.db import reading, transaction
from app.core.errors import Missing, Refused
from app.core.gather import Asking
from app.core.jobs import Job
from app.people.models import Person
from tests.support.databases import ONE_DATABASE

from .practised import practice, script
from .rooms import NOON
from .stage import stage

__all__ = ["script"]

# a play is hundreds of acts, each of which is tried on both databases elsewhere
pytestmark = [pytest.mark.usefixtures("script"), ONE_DATABASE]


@pytest.mark.usefixtures("database")
async def test_peers_play_all_phases_with_a_visitor_who_advises() -> None:
    visitor = await practice(await stage(), "adviser")
    await visitor.until_phase("consultation")
    assert (await visitor.sees()).room.module.key == "own_practice"
    seat = (await visitor.sees()).my_seat(visitor.me)
    for _ in range(60):
        if (await visitor.sees()).room.state.turns.speaker == seat:
            break
        await visitor.beats(until=visitor.now + timedelta(seconds=5))
    async with transaction() as session:
        await writing.write(
            session,
            visitor.room,
            by=visitor.me,
            deck="contributions",
            text="Ask the baker",
            key="mine",
            now=visitor.now,
        )
        await moves.finish_turn(session, visitor.room, by=visitor.me, speaker=seat, now=visitor.now)
    await visitor.beats(until=visitor.now + timedelta(minutes=15))
    here = await visitor.sees()
    assert here.row.status == "closed"
    texts = await visitor.texts()
    for text in (
        "Welcome",
        "We built hollows.",
        "How do both sign?",
        "Five worst places",
        "Ask the baker",
        "Walk together",
    ):
        assert text in texts
    async with reading() as session:
        assert [row.text for row in await queries.released(session, visitor.room)] == [
            "How do both sign?", "We counted hours", "Walk together"
        ]  # fmt: skip


@pytest.mark.usefixtures("database")
async def test_a_silent_adviser_is_nudged_and_passed_in_the_end() -> None:
    visitor = await practice(await stage(), "adviser")
    await visitor.beats(until=NOON + timedelta(minutes=40))
    assert "It is your turn." in await visitor.texts()
    assert (await visitor.sees()).row.status == "closed"


@pytest.mark.usefixtures("database")
async def test_a_visitor_who_leads_is_never_overtaken_but_reminded() -> None:
    visitor = await practice(await stage(), "moderator")
    async with transaction() as session:
        await moves.begin(session, visitor.room, by=visitor.me, now=visitor.now)
    seat = (await visitor.sees()).my_seat(visitor.me)
    for minute in range(1, 10):
        if (await visitor.sees()).room.state.turns.speaker == seat:
            async with transaction() as session:
                await moves.finish_turn(session, visitor.room, by=visitor.me, speaker=seat, now=visitor.now)
        await visitor.beats(until=NOON + timedelta(minutes=minute))
    here = await visitor.sees()
    assert here.room.state.step == 0
    assert "Fine with me." in await visitor.texts()
    for step in range(5):
        async with transaction() as session:
            await moves.advance_phase(session, visitor.room, by=visitor.me, leaving=step, now=visitor.now)
        for _ in range(14):
            speaker = (await visitor.sees()).room.state.turns.speaker
            hands = (await visitor.sees()).room.state.turns.hands
            if hands and speaker is None:
                async with transaction() as session:
                    await moves.give_floor(
                        session, visitor.room, by=visitor.me, to=hands[0], instead_of=None, now=visitor.now
                    )
            await visitor.beats(until=visitor.now + timedelta(seconds=5))
    texts = await visitor.texts()
    assert "How do both sign?" in texts
    assert "From our own practice?" in texts
    async with transaction() as session:
        await closing.close_room(session, visitor.room, by=visitor.me, now=visitor.now)
    assert (await visitor.sees()).row.status == "closed"
    async with reading() as session:
        released = [row.text for row in await queries.released(session, visitor.room)]
    assert {"How do both sign?", "One page in Kotor"} <= set(released), "advisers write cards whoever leads"


@pytest.mark.usefixtures("database")
async def test_a_visitor_with_an_own_case_is_waited_for_and_decides_alone() -> None:
    visitor = await practice(await stage(), "case_giver", own_case=True)
    assert (await visitor.sees()).row.title == "Practice room: a case of your own"
    await visitor.until_phase("narration")
    async with transaction() as session:
        await writing.say(session, visitor.room, by=visitor.me, text="My own story", key="s", now=visitor.now)
    await visitor.until_phase("key_question")
    async with transaction() as session:
        await writing.write(
            session, visitor.room, by=visitor.me, deck="key_question", text="How do I begin?", key="q", now=visitor.now
        )
    await visitor.until_phase("closing")
    texts = await visitor.texts()
    assert "Friday helps." in texts
    assert "Who decides?" in texts
    assert "One page in Kotor" not in texts
    assert "Forty streets" not in texts
    await visitor.beats(until=visitor.now + timedelta(minutes=10))
    assert (await visitor.sees()).row.status == "running", "nobody decides for the case giver"
    texts = await visitor.texts()
    assert texts.count("I wait for your decision.") == 1
    assert "Thank you all." not in texts, "the last word comes after the decision"
    async with transaction() as session:
        await closing.release(session, visitor.room, by=visitor.me, chosen=[], city=False, now=visitor.now)
    await visitor.beats(until=visitor.now + timedelta(minutes=2))
    assert (await visitor.sees()).row.status == "closed"
    assert "Thank you all." in await visitor.texts()


@pytest.mark.usefixtures("database")
async def test_a_case_giver_is_called_when_the_hand_is_up_and_not_waited_for_when_the_module_is_chosen() -> None:
    visitor = await practice(await stage(), "adviser", own_case=True)  # whoever brings a case tells it
    me = (await visitor.sees()).seat(visitor.me)
    assert me is not None
    assert me.role == "case_giver"
    await visitor.until_phase("method_choice")
    async with transaction() as session:
        await moves.raise_hand(session, visitor.room, by=visitor.me, now=visitor.now)
    await visitor.beats(until=visitor.now + timedelta(seconds=20))
    assert (await visitor.sees()).room.state.turns.speaker == me.seat_id
    async with transaction() as session:
        await writing.say(session, visitor.room, by=visitor.me, text="Practice helps.", key="p", now=visitor.now)
        await moves.finish_turn(session, visitor.room, by=visitor.me, speaker=me.seat_id, now=visitor.now)
    for _ in range(60):
        if (await visitor.sees()).room.state.module:
            break
        await visitor.beats(until=visitor.now + timedelta(seconds=5))
    chosen = visitor.now
    await visitor.until_phase("consultation")
    assert visitor.now - chosen <= timedelta(seconds=30)


@pytest.mark.usefixtures("database")
async def test_starting_twice_with_one_press_is_one_room_and_unknown_parts_are_refused() -> None:
    here = await stage()
    first = await practice(here, "adviser")
    again = await practice(here, "adviser")
    assert first.room == again.room
    async with transaction() as session:
        common = {"event_id": here.event, "by": here.outsider, "own_case": False, "key": "z", "lang": "en", "now": NOON}
        with pytest.raises(Refused, match="cannot be practised"):
            await practising.start_practice(session, script_key="rain", role="mayor", **common)  # type: ignore[arg-type]
        with pytest.raises(Missing):
            await practising.start_practice(session, script_key="snow", role="adviser", **common)  # type: ignore[arg-type]


@pytest.mark.usefixtures("database")
async def test_a_visitor_does_not_meet_a_peer_of_the_same_name() -> None:
    here = await stage()
    async with transaction() as session:
        me = await session.get(Person, here.outsider)
        assert me is not None
        me.name = "Ivana"
    visitor = await practice(here, "moderator")
    people = [who.name for who in (await visitor.sees()).people.values()]
    assert sorted(people) == ["Amela", "Ivana", "Jonas", "Marta", "Tamta"]


@pytest.mark.usefixtures("database")
async def test_other_people_do_not_see_my_practice_room() -> None:
    here = await stage()
    visitor = await practice(here, "adviser")
    async with reading() as session:
        mine = await queries_outside.rooms_of_event(session, here.event, person_id=visitor.me)
        theirs = await queries_outside.rooms_of_event(session, here.event, person_id=here.adviser)
        with pytest.raises(Missing):
            await queries_outside.from_outside(session, visitor.room, person_id=here.adviser)
    assert visitor.room in [room.room_id for room in mine]
    assert visitor.room not in [room.room_id for room in theirs]


@pytest.mark.usefixtures("database")
@pytest.mark.parametrize("begun", [True, False])
async def test_a_practice_room_that_was_left_is_not_on_today_for_days_and_closes_by_itself(begun: bool) -> None:
    here = await stage()
    visitor = await practice(here, "adviser")
    if begun:
        await visitor.until_phase("narration")

    async def today(now: datetime) -> list[str]:
        asking = Asking(
            person_id=here.outsider, event_id=here.event, event_slug="rain", zone="UTC", lang="en", now=now, since=NOON
        )
        async with reading() as session:
            return [part.template for part in await sources.today(session, asking)]

    assert bool(await today(NOON + timedelta(hours=1))) is begun
    assert await today(NOON + timedelta(hours=2, minutes=1)) == []
    async with reading() as session:
        (room,) = [
            room
            for room in await queries_outside.rooms_of_event(session, here.event, person_id=here.outsider)
            if room.mine
        ]
        assert room.status != "closed", "the way back is on the page of rooms"
        alarm = (await session.exec(select(Job).where(Job.key == f"forgotten:{visitor.room}"))).one()
    assert timedelta(hours=2) <= alarm.run_at - NOON <= timedelta(hours=2, minutes=10)
    async with transaction() as session:
        await planning.close_forgotten(session, visitor.room, now=alarm.run_at)
    assert (await visitor.sees()).row.status == "closed"


@pytest.mark.usefixtures("database")
async def test_whoever_is_shown_as_next_is_the_next_to_speak() -> None:
    visitor = await practice(await stage(), "adviser")
    await visitor.until_phase("casting")
    promised: set[int] = set()
    speakers: list[int] = []
    for _ in range(12):
        here = await visitor.sees()
        speaker = here.room.state.turns.speaker
        if speaker is not None and speaker not in speakers:
            assert not promised or speaker in promised
            speakers.append(speaker)
        promised = {who.seat_id for who in order_of_speaking(here) if who.note == "next"}
        await visitor.beats(until=visitor.now + timedelta(seconds=5))
    assert len(speakers) == 5 and speakers[-1] == here.my_seat(visitor.me), "all had their turn, the visitor last"


@pytest.mark.usefixtures("database")
async def test_peers_park_a_thought_and_answer_a_poll_which_a_simulated_lead_counts() -> None:
    visitor = await practice(await stage(), "scribe")
    await visitor.until_phase("method_choice")
    assert "The insurance" in await visitor.texts()
    for _ in range(30):
        polls = (await visitor.sees()).room.state.polls
        if polls and polls[0].counts is not None:
            break
        await visitor.beats(until=visitor.now + timedelta(seconds=5))
    (poll,) = (await visitor.sees()).room.state.polls
    assert poll.question == "Which way?" and poll.counts is not None and sum(poll.counts) == 3, "all peers but the lead"
