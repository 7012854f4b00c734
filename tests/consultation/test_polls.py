"""Polls: one answer each, changeable while it is open, shown to all at once, and nobody learns whose it was."""

import json

import pytest

from app.consultation.actions import afterwards, closing, polling
from app.consultation.engine import polls, rules
from app.consultation.engine.room import Room
from app.core.db import transaction
from app.core.errors import Invalid, Refused
from tests.support.site import Site

from .rooms import NOON, at, later, one
from .stage import Stage, stage


def asked(room: Room | None = None) -> Room:
    room = room or at("consultation")
    return polls.ask(room, by=room.leads, question="Shall we add five minutes?", answers=("Yes", "No"), key="p1")


def test_one_answer_each_the_last_one_counts_and_the_result_forgets_who() -> None:
    room = asked()
    first, second = room.persons(("adviser", "scribe"))[:2]
    for person, choice in ((first, 0), (second, 1), (first, 1), (first, 1)):
        room = polls.answer(room, person=person, key="p1", choice=choice)
    assert polls.open_poll(room) is not None
    room = polls.close(room, by=room.leads, key="p1")
    (poll,) = room.state.polls
    assert (poll.counts, poll.given) == ((0, 2), ())
    assert polls.close(room, by=room.leads, key="p1") == room
    with pytest.raises(Refused, match="closed"):
        polls.answer(room, person=first, key="p1", choice=0)


def test_the_same_key_is_the_same_poll_and_there_is_one_at_a_time() -> None:
    room = asked()
    assert asked(room) == room
    with pytest.raises(Refused, match="Close it first"):
        polls.ask(room, by=room.leads, question="Another?", answers=("Yes", "No"), key="p2")
    closed = polls.close(room, by=room.leads, key="p1")
    assert asked(closed) == closed, "a press that comes late opens nothing again"
    assert len(polls.ask(closed, by=None, question="Another?", answers=("A", "B"), key="p2").state.polls) == 2


def test_only_the_lead_asks_something_that_can_be_answered() -> None:
    room = at("consultation")
    with pytest.raises(Refused, match="Only whoever leads"):
        polls.ask(room, by=one(room, "adviser"), question="Q?", answers=("A", "B"), key="p")
    for question, answers in (
        ("", ("A", "B")), ("Q?", ("A",)), ("Q?", ("A", "A", " ")), ("Q?", tuple("ABCDEF")), ("Q?", ("A", "x" * 81)),
    ):  # fmt: skip
        with pytest.raises(Invalid):
            polls.ask(room, by=room.leads, question=question, answers=answers, key="p")
    open_one = asked(room)
    for choice in (-1, 2):
        with pytest.raises(Refused, match="no such answer"):
            polls.answer(open_one, person=one(room, "adviser"), key="p1", choice=choice)
    with pytest.raises(Refused, match="Only whoever leads"):
        polls.close(open_one, by=one(room, "adviser"), key="p1")


def test_the_phase_takes_its_poll_along_and_the_result_is_seen_in_the_next_one() -> None:
    room = polls.answer(asked(), person=one(at("consultation"), "adviser"), key="p1", choice=0)
    room = rules.advance(room, by=room.leads, leaving=room.state.step, now=NOON)
    shown = polls.shown_poll(room)
    assert shown is not None
    assert shown.counts == (1, 0)
    assert rules.close(asked(), by=None, now=NOON).state.polls[0].counts == (0, 0)


@pytest.fixture
async def here(site: Site) -> Stage:
    here = await stage()
    await here.begin()
    return here


async def test_nobody_sees_how_it_stands_before_it_closes_and_then_everybody_does(site: Site, here: Stage) -> None:
    lead, adviser, giver = [await site.as_person(who) for who in (here.moderator, here.adviser, here.case_giver)]
    room = f"/rooms/{here.room}"
    await lead.get(room)
    for _ in range(2):
        await lead.send_form(
            f"{room}/polls", {"question": "More time?", "answers": "Surely yes\nRather not\n", "key": "p"}
        )
    version = (await here.sitting()).row.version
    page = (await adviser.get(room)).text
    assert page.count('name="choice"') == 2
    assert "Close the poll" not in page
    await adviser.send_form(f"{room}/polls/answer", {"poll": "p", "choice": "1"})
    for visitor in (lead, giver):
        page = (await visitor.get(room)).text
        assert "1 of 5 have answered" in page
        assert 'aria-pressed="true"><span dir="auto" lang="en">Rather not' not in page
        assert "<meter" not in page
    assert 'value="1" aria-pressed="true"' in (await adviser.get(room)).text, "I see my own"
    pushed = (await giver.get(f"{room}/changes?after={version}")).text
    assert "1 of 5 have answered" in pushed
    assert not any(word in pushed for word in ("csrf", "<meter", "Rather not"))
    await lead.send_form(f"{room}/polls/end", {"poll": "p"})
    pushed = (await giver.get(f"{room}/changes?after={version}")).text
    assert '<meter min="0" max="1" value="1"' in pushed
    assert "Rather not" in pushed
    state = json.dumps((await here.sitting()).row.state["polls"])
    assert str([await here.seat(here.adviser), 1]) not in state, "whose answer it was is kept nowhere"


async def test_a_poll_is_deleted_with_what_was_not_released(here: Stage) -> None:
    async with transaction() as session:
        await polling.ask_room(
            session, here.room, by=here.moderator, question="Secret quarrel?", answers="A\nB", key="p", now=NOON
        )
    await here.go_to("closing")
    async with transaction() as session:
        await closing.release(session, here.room, by=here.case_giver, chosen=[], city=False, now=NOON)
        await closing.close_room(session, here.room, by=here.moderator, now=NOON)
    assert "quarrel" in json.dumps((await here.sitting()).row.state)
    async with transaction() as session:
        await afterwards.empty(session, here.room, now=later(60 * 24 * 40))
    assert "quarrel" not in json.dumps((await here.sitting()).row.state)
