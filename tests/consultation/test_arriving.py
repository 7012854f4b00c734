"""Who comes late takes the same door, then reads for a minute where things stand; the room is one press away."""

import pytest

from app.consultation.actions import moves, parking, planning
from app.consultation.queries import AGREE_FIRST
from app.consultation.web.acts import acts
from app.consultation.web.acts_written import acts_written
from app.core.db import transaction
from tests.support.clock import Clock
from tests.support.site import Site

from .rooms import NOON
from .stage import OPENS, Stage, stage, written_stage

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


TYPED = {
    "leaving": "0", "to": "1", "text": "Hello", "deck": "topics", "key": "early", "do": "pause", "up": "yes", "who": "",
    "kind": "", "on": "yes", "keeps": "yes", "question": "Why?", "answers": "Yes", "order": "new", "minutes": "2",
}  # fmt: skip


async def test_nobody_acts_before_they_have_agreed_the_agreement_is_the_only_way_in(site: Site, here: Stage) -> None:
    await here.write(here.adviser, "topics", "What about the depot?")
    early, room = await site.as_person(here.scribe), f"/rooms/{here.room}"
    await early.get(room)
    before = (await here.sitting()).row.version
    refused = 0
    for path, _ in [*acts, *acts_written]:
        if path != "agreement":
            answer = await early.send_form(f"{room}/{path.replace('{card:int}', '1')}", TYPED, quiet=True)
            assert answer.status_code in {404, 409, 422}, f"{path} answers {answer.status_code}"
            refused += AGREE_FIRST in answer.text
    assert refused >= 20, "most forms never came as far as the room"
    assert (await here.sitting()).row.version == before
    line = await early.send_form(f"{room}/lines", TYPED)
    assert AGREE_FIRST in line.text and "I agree" in line.text, "the way in stands on the page that refuses"
    await early.send_form(f"{room}/agreement")
    await early.send_form(f"{room}/parked", {"text": "Now I may", "key": "late"})
    assert (await here.sitting()).row.version > before
    assert "Now I may" in (await early.get(room)).text


async def test_who_has_not_agreed_to_a_consultation_in_writing_is_still_told_on_today_that_it_waits(
    site: Site, clock: Clock
) -> None:
    clock.go_to(OPENS)
    here = await written_stage("The verge nobody mows")
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=OPENS)
    today = await (await site.as_person(here.adviser)).get("/events/rain/today")
    assert today.status_code == 200 and "The verge nobody mows" in today.text
