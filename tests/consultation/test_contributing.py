"""One contribution per turn: a second one is refused in words, and nothing that was typed is lost."""

import re

import pytest

from app.consultation.actions import moves, writing
from app.consultation.engine import clock, floor, rules, still
from app.consultation.engine.contributing import LINE, check_contributes, contributed, has_contributed, taken_back
from app.consultation.engine.part import part
from app.consultation.engine.room import Room
from app.consultation.engine.state import State
from app.core.db import transaction
from app.core.errors import Refused
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .rooms import NOON, at, later, lead, one
from .stage import Stage, stage

CARDS = "contributions"


def makes(room: Room, person: int, deck: str = CARDS, number: int = 1) -> Room:
    check_contributes(room, person, deck=deck)
    return contributed(room, person, deck=deck, number=number)


def adviser_speaks() -> tuple[Room, int]:
    """A turn in the consultation, of somebody who is not the scribe."""
    room = at("consultation")
    speaker = room.persons(("adviser",))[0]
    while room.state.turns.speaker != speaker:
        room = floor.finish_turn(room, by=None, speaker=room.state.turns.speaker, now=NOON)
    return room, speaker


def test_a_second_contribution_in_the_same_turn_is_refused_and_the_next_turn_has_its_own() -> None:
    room, speaker = adviser_speaks()
    room = makes(makes(room, speaker), speaker, LINE, 2)
    for deck in (CARDS, LINE):
        with pytest.raises(Refused, match="One contribution per turn"):
            makes(room, speaker, deck, 3)
    assert part(room, speaker).hint == "Your contribution is made. Pass on when you are ready."
    assert State.from_json(room.state.to_json()) == room.state
    room = floor.finish_turn(room, by=speaker, speaker=speaker, now=NOON)
    assert makes(room, room.state.turns.speaker).state.turns.given == ((CARDS, 1),)
    called = floor.give_floor(room, by=lead(room), to=speaker, instead_of=room.state.turns.speaker, now=NOON)
    assert makes(called, speaker).state.turns.given == ((CARDS, 1),)


def test_what_is_prepared_before_the_turn_uses_none_of_it() -> None:
    room = at("consultation")
    waiting = room.state.turns.order[0]
    for number in range(3):
        assert makes(room, waiting, number=number) == room


def test_what_is_taken_back_can_be_said_better() -> None:
    room, speaker = adviser_speaks()
    assert has_contributed(makes(room, speaker), speaker, deck=CARDS)
    assert makes(taken_back(makes(room, speaker, number=7), number=7), speaker).state.turns.given


def test_whoever_leads_writes_for_others_or_speaks_as_an_exception_is_not_counted() -> None:
    room = at("consultation")
    scribe, speaker = one(room, "scribe"), room.state.turns.speaker
    taken = floor.give_floor(room, by=lead(room), to=scribe, instead_of=speaker, now=NOON)
    assert makes(makes(taken, scribe), scribe).state.turns.given == (), "the cards of others"
    with pytest.raises(Refused, match="One contribution"):
        makes(makes(taken, scribe, LINE), scribe, LINE)
    casting = at("casting")
    for number in range(2):
        casting = makes(casting, lead(casting), LINE, number)
    room, speaker = adviser_speaks()
    heard = floor.let_speak(makes(room, speaker, LINE), by=lead(room), person=speaker, now=NOON)
    assert makes(heard, speaker, LINE, 2)


def test_neither_a_pause_nor_a_lost_line_nor_minutes_make_a_second_one_of_one_turn() -> None:
    room, speaker = adviser_speaks()
    room = makes(room, speaker)
    for changed in (
        clock.resume(clock.pause(room, by=None, now=NOON), by=None, now=later(1)),
        clock.add_time(room, by=None, minutes=5, leaving=room.state.step),
        rules.give_more_time(room, person=speaker),
    ):
        with pytest.raises(Refused, match="One contribution"):
            makes(changed, speaker)
    quiet = still.begin(room, by=lead(room), minutes=1, leaving=room.state.step, now=NOON)
    assert makes(quiet, speaker, number=2), "everybody writes then, in nobody's turn"
    lost = rules.lose_line(room, person=speaker, now=NOON)
    assert lost.state.turns.given == (), "it is the turn of somebody else"


async def in_turn() -> tuple[Stage, int]:
    """An adviser who is not the scribe has the turn; (the room, the person)."""
    here = await stage()
    await here.begin()
    await here.go_to("consultation")
    seat = await here.seat(here.adviser)
    while (speaker := (await here.sitting()).room.state.turns.speaker) != seat:
        async with transaction() as session:
            await moves.finish_turn(session, here.room, by=here.moderator, speaker=speaker or 0, now=NOON)
    return here, here.adviser


@pytest.mark.usefixtures("database")
async def test_the_same_key_again_is_the_same_contribution_and_taking_back_frees_the_turn() -> None:
    here, speaker = await in_turn()
    for _ in range(2):
        async with transaction() as session:
            await writing.say(session, here.room, by=speaker, text="We had this, too.", key="one", now=NOON)
            await writing.write(session, here.room, by=speaker, deck=CARDS, text="One depot", key="card", now=NOON)
    with pytest.raises(Refused, match="One contribution per turn"):
        await here.say(speaker, "And another thing.")
    with pytest.raises(Refused, match="One contribution per turn"):
        async with transaction() as session:
            await writing.write(session, here.room, by=speaker, deck=CARDS, text="Second", key="second", now=NOON)
    given = dict((await here.sitting()).room.state.turns.given)
    async with transaction() as session:
        await writing.take_back(session, here.room, by=speaker, contribution_id=given[CARDS], now=NOON)
    await here.write(speaker, CARDS, "A better one")


@ONE_DATABASE
async def test_the_page_says_so_and_keeps_what_was_typed(site: Site) -> None:
    here, speaker = await in_turn()
    visitor = await site.as_person(speaker)
    url = f"/rooms/{here.room}"
    await visitor.get(url)
    for key in ("first", "again"):
        answer = await visitor.send_form(f"{url}/contributions", {"deck": CARDS, "text": f"The {key}", "key": key})
    assert answer.status_code == 409
    assert "One contribution per turn, and yours is made." in answer.text
    assert re.search(r"<textarea[^>]*>\s*The again</textarea>", answer.text), "it stands in the field again"
    assert "Your contribution is made. Pass on when you are ready." in answer.text
    quiet = await visitor.send_form(f"{url}/contributions", {"deck": CARDS, "text": "x", "key": "q"}, quiet=True)
    assert quiet.status_code == 409 and "yours is made" in quiet.json()["refused"]
