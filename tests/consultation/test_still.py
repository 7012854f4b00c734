"""Write first: nobody has the floor for a moment, everybody writes, and the floor goes on where it was."""

import pytest
from sqlmodel import select

from app.consultation.actions import moves, planning
from app.consultation.engine import clock, floor, rules, still
from app.consultation.engine.part import Stance, part
from app.consultation.engine.room import Room
from app.core.db import reading, transaction
from app.core.errors import Refused
from app.core.jobs import Job
from tests.support.site import Site

from .rooms import NOON, at, later, one
from .stage import stage


def silent(phase: str = "consultation") -> Room:
    """A turn has lasted twenty seconds when everybody falls silent for a minute."""
    room = at(phase)
    return still.begin(room, by=room.leads, minutes=1, leaving=room.state.step, now=later(seconds=20))


def test_nobody_but_the_lead_is_heard_and_whoever_writes_here_goes_on_writing() -> None:
    room = silent()
    assert [person for person in room.cast.persons if floor.may_speak(room, person)] == [room.leads]
    speaker = room.state.turns.speaker or 0
    with pytest.raises(Refused, match="Everybody is writing now"):
        floor.check_speaks(room, speaker)
    assert room.outputs_for(speaker)
    assert part(room, speaker).stance is Stance.WRITE
    assert part(room, one(room, "case_giver")).now == "You are listening now."
    for act in (
        lambda: floor.finish_turn(room, by=speaker, speaker=speaker, now=later(1)),
        lambda: floor.let_speak(room, by=room.leads, person=speaker, now=NOON),
        lambda: floor.give_floor(room, by=room.leads, to=speaker, instead_of=None, now=later(1)),
    ):
        with pytest.raises(Refused, match="Everybody is writing now"):
            act()


def test_afterwards_the_same_person_has_the_floor_with_the_time_that_was_left() -> None:
    before = at("consultation")
    left = clock.turn_left(before, now=later(seconds=20))
    room = silent()
    assert still.end(room, by=None, now=later(seconds=79)) == room, "the minute is not over"
    room = still.end(room, by=None, now=later(seconds=80))
    assert room.state.still is None
    assert room.state.turns.speaker == before.state.turns.speaker
    assert room.state.turns.order == before.state.turns.order
    assert clock.turn_left(room, now=later(seconds=80)) == left


def test_a_paused_clock_keeps_the_turn_too() -> None:
    room = clock.pause(at("consultation"), by=None, now=later(seconds=10))
    left = clock.turn_left(room, now=later(seconds=99))
    room = still.begin(room, by=room.leads, minutes=2, leaving=room.state.step, now=later(seconds=30))
    room = still.end(room, by=room.leads, now=later(seconds=50))
    assert clock.turn_left(room, now=later(seconds=99)) == left


def test_only_the_lead_begins_it_once_and_in_a_phase_that_has_a_floor() -> None:
    room = at("consultation")
    adviser = one(room, "adviser")
    with pytest.raises(Refused, match="Only whoever leads"):
        still.begin(room, by=adviser, minutes=1, leaving=room.state.step, now=NOON)
    with pytest.raises(Refused, match="three minutes"):
        still.begin(room, by=room.leads, minutes=9, leaving=room.state.step, now=NOON)
    assert still.begin(room, by=room.leads, minutes=1, leaving=0, now=NOON) == room, "from a page of another phase"
    quiet = silent()
    assert still.begin(quiet, by=quiet.leads, minutes=3, leaving=quiet.state.step, now=later(1)) == quiet
    gone_on = rules.advance(quiet, by=quiet.leads, leaving=quiet.state.step, now=later(1))
    assert gone_on.state.still is None


@pytest.mark.usefixtures("database")
async def test_the_minute_ends_by_itself_and_an_old_alarm_ends_no_later_one() -> None:
    here = await stage()
    await here.begin()
    await here.go_to("consultation")
    step = (await here.sitting()).room.state.step

    async def write(minutes: int, *, seconds: int = 0) -> None:
        async with transaction() as session:
            await moves.write_first(
                session, here.room, by=here.moderator, minutes=minutes, leaving=step, now=later(seconds=seconds)
            )

    await write(1)
    async with reading() as session:
        (alarm,) = [job for job in (await session.exec(select(Job))).all() if job.key.startswith("still:")]
    assert alarm.run_at == later(1)
    await write(0, seconds=30)
    await write(2, seconds=40)
    async with transaction() as session:
        await planning.end_silence(session, here.room, now=alarm.run_at)
    assert (await here.sitting()).room.state.still is not None
    version = (await here.sitting()).row.version
    for _ in range(2):
        async with transaction() as session:
            await planning.end_silence(session, here.room, now=later(seconds=160))
    assert (await here.sitting()).room.state.still is None
    assert (await here.sitting()).row.version == version + 1


async def test_everybody_sees_the_silence_and_its_time(site: Site) -> None:
    here = await stage()
    await here.begin()
    await here.go_to("consultation")
    lead, adviser, room = (
        await site.as_person(here.moderator),
        await site.as_person(here.adviser),
        f"/rooms/{here.room}",
    )
    assert "Write first" in (await lead.get(room)).text
    assert "Write first" not in (await adviser.get(room)).text
    state = (await here.sitting()).room.state
    version = (await here.sitting()).row.version
    await lead.send_form(f"{room}/silence", {"minutes": "2", "leaving": str(state.step)})
    pushed = (await adviser.get(f"{room}/changes?after={version}")).text
    assert 'data-total="120"' in pushed
    assert "everybody writes" in pushed
    assert "goes on after the writing" in pushed
    assert "You are writing now." in (await adviser.get(room)).text
    page = (await lead.get(room)).text
    assert "End the writing" in page
    assert "End the turn of" not in page
    waiting = page[page.index('id="to-write"') :].split("</p>")[0]
    name = (await here.sitting()).people[await here.seat(here.adviser)].name
    assert name in waiting and "to-write" not in (await adviser.get(f"{room}/desk")).text
    await here.write(here.adviser, "contributions", "One weekday, one name.")
    waiting = (await lead.get(f"{room}/desk")).text.split('id="to-write"')[1].split("</p>")[0]
    assert name not in waiting and "Still to write" in waiting
    await lead.send_form(f"{room}/silence", {"minutes": "0", "leaving": str(state.step)})
    assert (await here.sitting()).room.state.turns.speaker == state.turns.speaker
