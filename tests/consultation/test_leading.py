"""Who leads when whoever leads is gone."""

import pytest

from app.consultation.engine import floor, leading, rules
from app.consultation.engine.groups import may_group
from app.consultation.engine.room import Room
from app.core.errors import Refused

from .rooms import NOON, at, began, later, lead, one, room_of


def test_a_deputy_takes_over_only_when_the_lead_is_gone_and_the_lead_can_return():
    room = began()
    deputy, owner = room.cast.deputies[0], lead(room)
    with pytest.raises(Refused, match="is here"):
        leading.take_over(room, person=deputy, now=NOON)
    with pytest.raises(Refused, match="not named as a deputy"):
        leading.take_over(rules.lose_line(room, person=owner, now=NOON), person=one(room, "scribe"), now=NOON)
    led = leading.take_over(rules.lose_line(room, person=owner, now=NOON), person=deputy, now=NOON)
    assert led.leads == deputy
    assert rules.advance(led, by=deputy, leaving=0, now=NOON).state.step == 1
    assert leading.take_over(rules.find_line(led, person=owner, now=NOON), person=owner, now=NOON).leads == owner


def alone(room: Room) -> Room:
    """The lead and the deputy have lost their lines."""
    for gone in (lead(room), *room.cast.deputies):
        room = rules.lose_line(room, person=gone, now=NOON)
    return room


def test_nobody_is_elected_while_a_time_box_runs():
    room, scribe = alone(at("narration")), one(began(), "scribe")
    assert leading.may_ask_to_lead(room, scribe)
    with pytest.raises(Refused, match="time box is still running"):
        leading.take_over(room, person=scribe, now=later(9.9))
    assert leading.take_over(room, person=scribe, now=later(10)).leads == scribe
    with pytest.raises(Refused, match="brings the case"):
        leading.take_over(room, person=one(room, "case_giver"), now=later(10))
    assert leading.take_over(alone(room_of()), person=scribe, now=NOON).leads == scribe, "nobody begins the room"


def test_who_stood_in_gives_the_lead_back_at_the_next_phase():
    room = at("narration")
    owner, deputy = lead(room), room.cast.deputies[0]
    led = leading.take_over(rules.lose_line(room, person=owner, now=NOON), person=deputy, now=NOON)
    back = rules.find_line(led, person=owner, now=later(1))
    assert back.leads == deputy, "not in the middle of a time box"
    assert rules.advance(back, by=deputy, leaving=1, now=later(2)).leads == owner
    assert rules.find_line(led, person=owner, now=later(11)).leads == owner, "the time is over"
    given = leading.hand_over(room, by=owner, to=deputy)
    assert rules.advance(given, by=deputy, leaving=1, now=later(2)).leads == deputy, "what was given stays given"


def test_the_lead_names_a_deputy_in_the_room():
    room = began()
    scribe = one(room, "scribe")
    named = leading.name_deputy(room, by=lead(room), who=scribe)
    assert leading.hand_over(named, by=lead(room), to=scribe).leads == scribe
    with pytest.raises(Refused, match="Only whoever leads"):
        leading.name_deputy(room, by=scribe, who=scribe)
    with pytest.raises(Refused, match="brings the case"):
        leading.name_deputy(room, by=lead(room), who=one(room, "case_giver"))


def test_who_does_not_come_is_missed_from_the_beginning():
    room = room_of()
    room = rules.open_door(room, expected=room.cast.persons, now=NOON)
    owner, deputy, giver = lead(room), room.cast.deputies[0], one(room, "case_giver")
    room = rules.find_line(room, person=deputy, now=NOON)
    room = leading.take_over(room, person=deputy, now=NOON)
    room = rules.start(room, by=deputy, now=NOON)
    assert room.state.clock and room.state.clock.waits_for == giver
    room = rules.find_line(room, person=giver, now=later(3))
    assert room.state.clock and room.state.clock.paused is None
    room = rules.advance(rules.lose_line(room, person=giver, now=later(3)), by=deputy, leaving=0, now=later(4))
    assert room.state.turns.speaker is None, "it is the case giver's phase, and nobody is here"
    back = rules.find_line(room, person=giver, now=later(5))
    assert back.state.turns.speaker == giver and floor.may_speak(back, giver)
    assert rules.find_line(room, person=owner, now=later(5)).leads == owner, "the clock stands still"


def test_the_lead_hands_over_to_a_deputy_only():
    room = began()
    assert leading.hand_over(room, by=lead(room), to=room.cast.deputies[0]).leads == room.cast.deputies[0]
    with pytest.raises(Refused, match="named deputy"):
        leading.hand_over(room, by=lead(room), to=one(room, "scribe"))


def test_where_the_clock_leads_whoever_listens_backstage_groups_no_cards() -> None:
    room = began("troika_consulting")
    while not any(room.is_backstage(person) for person in room.cast.persons):
        room = rules.advance(room, by=lead(room), leaving=room.state.step, now=NOON)
    for person in room.cast.persons:
        assert may_group(room, person) != room.is_backstage(person)
