"""Who comes late takes the same door, then reads for a minute where things stand; the room is one press away."""

import pytest

from app.consultation.actions import moves, parking, planning
from app.core.db import transaction
from tests.support.site import Site

from .rooms import NOON
from .stage import Stage, stage

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
async def here(site: Site) -> Stage:
    """A running room in its first phase; the scribe has not come yet."""
    here = await stage()
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=NOON)
        for person in here.everybody:
            if person != here.scribe:
                await moves.agree(session, here.room, by=person, now=NOON)
        await moves.begin(session, here.room, by=here.moderator, now=NOON)
    return here


async def test_a_late_joiner_reads_where_things_stand_and_nothing_that_lies_face_down(site: Site, here: Stage) -> None:
    await here.go_to("key_question")
    await here.write(here.case_giver, "key_question", "How do both sign?")
    async with transaction() as session:
        await parking.park(session, here.room, by=here.adviser, text="Who pays for it?", key="p", now=NOON)
    await here.go_to("consultation")
    await here.write(here.adviser, "contributions", "The signature is missing")
    await here.say(here.moderator, "Between us: the mayor")
    late, room = await site.as_person(here.scribe), f"/rooms/{here.room}"
    assert (await late.get(f"{room}/arrival")).status_code == 404, "first the agreement"
    await late.get(room)
    answer = await late.send_form(f"{room}/agreement")
    assert answer.headers["location"].endswith(f"{room}/arrival")
    lane = await late.get(f"{room}/arrival")
    assert lane.headers["cache-control"] == "no-store"
    for words in ("How do both sign?", "Who pays for it?", "Scribe", "Your turn will come.", 'aria-current="step"'):
        assert words in lane.text, words
    assert not any(word in lane.text for word in ("signature", "mayor"))
    assert f'href="{room}"' in lane.text, "away at once, without scripts"
    async with transaction() as session:
        step = (await here.sitting()).room.state.step
        await moves.turn_up_cards(session, here.room, by=here.moderator, deck="contributions", leaving=step, now=NOON)
    assert "signature" in (await late.get(f"{room}/arrival")).text
    assert "mayor" in (await late.get(room)).text


async def test_in_the_first_phase_nobody_is_late_and_nobody_outside_arrives(site: Site, here: Stage) -> None:
    visitor, room = await site.as_person(here.scribe), f"/rooms/{here.room}"
    await visitor.get(room)
    assert (await visitor.send_form(f"{room}/agreement")).headers["location"].endswith(room)
    assert (await visitor.get(f"{room}/arrival")).status_code == 303
    assert (await (await site.as_person(here.outsider)).get(f"{room}/arrival")).status_code == 404
