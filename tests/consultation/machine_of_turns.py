"""The part of the machine about a turn: its length, what is contributed in it, and the signs of those who listen."""

import string
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.consultation.engine import clock, floor, rules, signs
from app.consultation.engine.contributing import LINE, check_contributes, contributed, taken_back
from app.consultation.engine.method import Floor, Listening
from app.consultation.engine.room import Room
from app.consultation.engine.sight import Card
from app.consultation.engine.signs import Sign, may_sign
from app.core.errors import Refused

seats = st.integers(0, 8)


class Turns(RuleBasedStateMachine):
    room: Room
    now: datetime
    cards: list[Card]

    def person(self, number: int) -> int:
        return self.room.cast.persons[number % len(self.room.cast.persons)]

    def tries(self, act: Callable[[], Room]) -> bool:
        """Acts; a refusal must be a sentence and leave the room alone."""
        try:
            self.room = act()
        except Refused as refused:
            assert refused.sentence[-1] in ".!?" and refused.sentence[0] in string.ascii_uppercase + "“"
            return False
        return True

    @rule(who=seats)
    def somebody_asks_for_more_time(self, who: int) -> None:
        assert self.tries(lambda: rules.give_more_time(self.room, person=self.person(who)))

    @rule(who=seats, symbol=st.sampled_from([*Sign, "nonsense"]), on=st.booleans())
    def somebody_gives_a_sign_or_takes_it_back(self, who: int, symbol: str, on: bool) -> None:
        person, before = self.person(who), self.room
        may = may_sign(before, person)
        if self.tries(lambda: signs.give_sign(before, person=person, symbol=symbol, on=on)) and self.room != before:
            assert symbol in set(Sign) and (may or not on)
            assert signs.give_sign(self.room, person=person, symbol=symbol, on=on) == self.room

    @rule(who=seats)
    def somebody_says_something(self, who: int) -> None:
        person = self.person(who)
        if floor.may_speak(self.room, person):
            self.contributes(person, LINE)

    @rule(who=seats, number=st.integers(0, 60))
    def somebody_takes_back_what_they_wrote(self, who: int, number: int) -> None:
        before = self.room.state.turns
        self.room = taken_back(self.room, number=number)
        assert replace(self.room.state.turns, given=()) == replace(before, given=())

    def contributes(self, person: int, deck: str) -> None:
        """In a turn of their own once; whoever leads, writes for others or speaks as an exception as often as they like."""
        turns, number = self.room.state.turns, len(self.cards) + 1

        def contribute() -> Room:
            check_contributes(self.room, person, deck=deck)
            return contributed(self.room, person, deck=deck, number=number)

        before = dict(turns.given)
        free = person != turns.speaker or person in (self.room.leads, turns.allowed)
        writes_for_others = deck != LINE and (role := self.room.role(person)) is not None and role.scribe
        if not self.tries(contribute):
            assert deck in before and not free and not writes_for_others
            assert self.room.running and self.room.phase.floor is Floor.ROUND_ROBIN and self.room.state.still is None

    @invariant()
    def a_turn_holds_one_contribution_of_a_kind_and_the_next_turn_none_of_it(self) -> None:
        turns = self.room.state.turns
        assert len(dict(turns.given)) == len(turns.given)
        if turns.given:
            assert turns.speaker is not None and self.room.phase.floor is Floor.ROUND_ROBIN
            assert turns.since is not None and turns.speaker not in turns.order

    @invariant()
    def signs_are_of_listeners_in_a_phase_of_listening_once_each(self) -> None:
        given = self.room.state.signs
        assert len(given) == len(set(given))
        if given:
            assert self.room.running and not self.room.written
            assert self.room.phase.listening is Listening.OBSERVE
            assert {self.room.role(person).key for person, _ in given} <= set(self.room.phase.listens)

    @invariant()
    def a_turn_is_measured_by_the_clock_of_the_phase_and_lasts_twice_as_long_for_whoever_asked(self) -> None:
        left, speaker = clock.turn_left(self.room, now=self.now), self.room.state.turns.speaker
        if left is None:
            return
        assert self.room.running and speaker is not None and self.room.speaks_now(speaker)
        usual = self.room.but(slow=()).turn_seconds(speaker)
        seconds = self.room.turn_seconds(speaker)
        assert seconds is not None and left <= seconds + 1
        assert usual is None or seconds == usual * (2 if speaker in self.room.state.slow else 1)
        if self.room.state.clock.paused:
            assert clock.turn_left(self.room, now=self.now + timedelta(hours=1)) == left
