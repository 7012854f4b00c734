"""More that people do in a room, for the machine of test_machine: parts, order at the door, advice from those who sleep,
dots, choices and ratings. Each rule is an act that may be refused; the invariants hold after every one.
"""

import string
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.consultation.engine import casting, door, leading, rules, steps
from app.consultation.engine.cast import Cast, check_cast
from app.consultation.engine.method import Kind, Output
from app.consultation.engine.picks import check_picks, missing, offered, picks_for
from app.consultation.engine.room import Room
from app.consultation.engine.sight import Card, is_open
from app.consultation.engine.state import Pace, Status
from app.consultation.engine.votes import check_vote
from app.core.errors import Invalid, Refused

PACE = Pace("Asia/Tbilisi", off=("2026-06-11",))
seats = st.integers(0, 8)
back = st.integers(0, 2)


class Acting(RuleBasedStateMachine):
    """`cards`: what was written and picked; `dots`: (person, step) → cards with theirs; `picked`: (person, card) → option."""

    room: Room
    now: datetime

    def __init__(self) -> None:
        super().__init__()
        self.cards: list[Card] = []
        self.dots: dict[tuple[int, int], set[int]] = {}
        self.picked: dict[tuple[int, str, int], str] = {}

    def person(self, number: int) -> int:
        """Somebody who acts: who was asked to leave does nothing."""
        here = [person for person in self.room.cast.persons if person not in self.room.cast.out]
        return here[number % len(here)]

    def anybody(self, number: int) -> int:
        return self.room.cast.persons[number % len(self.room.cast.persons)]

    def tries(self, act: Callable[[], Room]) -> bool:
        """Acts; a refusal must be a sentence and leave the room alone."""
        try:
            self.room = act()
        except Invalid as wrong:
            assert all(sentence[-1] in ".!?" for sentence in wrong.fields.values())
            return False
        except Refused as refused:
            assert refused.sentence[-1] in ".!?" and refused.sentence[0] in string.ascii_uppercase + "“"
            return False
        return True

    @rule(who=seats, whom=seats, out=st.booleans())
    def somebody_is_asked_to_leave_or_let_in(self, who: int, whom: int, out: bool) -> None:
        by, person = self.person(who), self.anybody(whom)

        def act() -> Room:
            if out:
                door.check_asks_to_leave(self.room, by, who=person)
            else:
                door.check_keeps_order(self.room, by)
            every = (replace(seat, out=out) if seat.person == person else seat for seat in self.room.cast.seats)
            room = replace(self.room, cast=Cast(tuple(every)))
            return rules.lose_line(room, person=person, now=self.now) if out else room

        if self.tries(act) and out:
            assert person != self.room.leads

    @rule(who=seats, hours=st.sampled_from([0, 2, 30, 200]), old=back)
    def advice_is_collected_from_those_who_sleep(self, who: int, hours: int, old: int) -> None:
        leaving, until = self.room.state.step - old, self.now + timedelta(hours=hours)
        by, before = self.person(who), self.room
        if self.tries(lambda: steps.collect(before, by=by, days=PACE, until=until, leaving=leaving, now=self.now)) and (
            self.room != before
        ):
            assert self.room.written and self.room.state.meets_next and self.room.state.due == until

    @rule(who=seats, number=st.integers(0, 30), on=st.booleans())
    def somebody_gives_a_dot_or_takes_it_back(self, who: int, number: int, on: bool) -> None:
        person, step = self.person(who), self.room.state.step
        lying = [n for n, card in enumerate(self.cards) if is_open(self.room, card)]
        if not lying:
            return
        card = lying[number % len(lying)]
        given = self.dots.setdefault((person, step), set())

        def vote() -> Room:
            check_vote(self.room, person, deck=self.cards[card].deck, already=given, card=card)
            return self.room

        if self.tries(vote):
            assert person not in self.room.state.away and not self.room.is_backstage(person)
            (given.add if on else given.discard)(card)

    @rule(who=seats, whom=seats, part=st.integers(0, 5), wish=st.booleans())
    def parts_are_given_or_asked_for(self, who: int, whom: int, part: int, wish: bool) -> None:
        person, before = self.person(who), self.room
        parts = ["nonsense", "", *(role.key for role in before.method.roles)]
        role = parts[part % len(parts)]
        if wish:
            self.tries(lambda: casting.volunteer(before, person=person, role=role))
            assert self.room.cast == before.cast
        elif before.state.status is not Status.LOBBY:  # in the lobby parts may be in disorder until the first phase
            self.tries(lambda: casting.give_part(before, by=person, to=self.anybody(whom), role=role, now=self.now))
            self.recast(before)

    @rule(who=seats, whom=seats)
    def a_case_is_chosen(self, who: int, whom: int) -> None:
        person, before, chosen = self.person(who), self.room, self.anybody(whom)
        if before.is_led_by(person) and self.tries(
            lambda: casting.choose_case(before, by=person, person=chosen, now=self.now)
        ):
            assert self.room.case_givers() == (chosen,) and chosen != self.room.leads
            self.recast(before)

    def recast(self, before: Room) -> None:
        """People change places and nobody gets lost; nobody is elected while a time box runs."""
        assert self.room.cast.persons == before.cast.persons
        if self.room.cast != before.cast:
            assert casting.is_casting(before)
            owner = before.method.owner
            if owner and before.persons((owner.key,)) != self.room.persons((owner.key,)):
                assert not leading.box_runs(before, now=self.now)

    @rule(who=seats, which=back, option=st.integers(-1, 9))
    def somebody_picks(self, who: int, which: int, option: int) -> None:
        person = self.person(who)
        mine = picks_for(self.room, person)
        every = [
            out
            for out in (self.room.phase.outputs if self.room.phase else ())
            if out.kind in (Kind.CHOICE, Kind.RATING)
        ]
        if not every:
            return
        output = (mine or every)[which % len(mine or every)]
        cards = self.lying(output)
        keys = offered(self.room, output, cards=cards)
        key = keys[option % len(keys)] if keys and option >= 0 else "nonsense"

        def pick() -> Room:
            check_picks(self.room, person, deck=output.key, option=key, cards=cards)
            return self.room

        if self.tries(pick):
            assert output in mine and key in keys and person not in self.room.state.away
            assert not self.room.is_backstage(person)
            card = Card(output.key, person, self.room.place)
            if (person, output.key, self.room.place) not in self.picked:
                self.cards.append(card)
            self.picked[person, output.key, self.room.place] = key

    def lying(self, output: Output) -> list[int]:
        return [n for n, card in enumerate(self.cards) if card.deck == output.of and is_open(self.room, card)]

    @invariant()
    def every_part_is_somebodys_and_whoever_leads_brings_no_case(self) -> None:
        if not self.room.running:
            return
        check_cast(self.room.method, self.room.cast)
        leads = self.room.leads
        role = None if leads is None else self.room.role(leads)
        assert role is None or not role.case

    @invariant()
    def wishes_are_said_only_while_parts_are_given(self) -> None:
        wished = self.room.state.volunteers
        assert not wished or casting.is_casting(self.room) or not self.room.running
        assert len(dict(wished)) == len(wished)

    @invariant()
    def of_somebody_who_was_asked_to_leave_nothing_is_expected(self) -> None:
        gone = set(self.room.cast.out)
        assert not gone & set(steps.expected(self.room))
        for output in self.room.phase.outputs if self.room.running and self.room.phase else ():
            assert not gone & set(missing(self.room, output, have=()))
        assert self.room.leads not in gone

    @invariant()
    def advice_that_is_collected_ends_with_a_meeting(self) -> None:
        if self.room.running and self.room.state.meets_next:
            assert self.room.written and not self.room.last_step

    @invariant()
    def nobody_gives_more_dots_than_there_are(self) -> None:
        for (_, step), given in self.dots.items():
            phase = self.room.method.phase(self.room.state.plan[step].phase)
            (ballot,) = (out for out in phase.outputs if out.kind is Kind.RANKING) if given else (None,)
            assert ballot is None or ballot.items is None or len(given) <= ballot.items

    @invariant()
    def whoever_picked_is_not_missing_and_everybody_else_is(self) -> None:
        for output in self.room.phase.outputs if self.room.running and self.room.phase else ():
            have = {p for p, deck, step in self.picked if (deck, step) == (output.key, self.room.place)}
            assert not have & set(missing(self.room, output, have=have))
