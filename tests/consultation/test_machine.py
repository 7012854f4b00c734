"""No sequence of acts, valid or refused, by anybody, from any page however old, reaches a forbidden state."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, rule

from app.consultation.engine import clock, floor, leading, pace, polls, queue, rules, steps, still
from app.consultation.engine.cast import Cast
from app.consultation.engine.groups import may_group
from app.consultation.engine.method import Floor, Seen
from app.consultation.engine.parking import may_park
from app.consultation.engine.part import part
from app.consultation.engine.room import Room
from app.consultation.engine.sight import Card, check_writes, is_open, may_release, may_see, may_write
from app.consultation.engine.state import State, Status

from .machine import PACE, Acting, back, seats
from .machine_of_turns import Turns
from .rooms import LIVE, NOON, cast_for, room_of
from .test_picks import RATED, method

RATING = method()  # no method of the house that is held in one room rates


class Consultation(Acting, Turns):
    @initialize(key=st.sampled_from((*LIVE, RATED)), written=st.booleans())
    def a_room(self, key: str, written: bool) -> None:
        room = Room(RATING, cast_for(RATING), State()) if key == RATED else room_of(key)
        self.room, self.now = room.but(pace=PACE if written else None), NOON
        self.open: set[Card] = set()
        self.moves = 0

    @rule(seconds=st.integers(1, 400))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(days=st.integers(1, 4))
    def days_pass(self, days: int) -> None:
        if self.room.written:
            self.now += timedelta(days=days)

    @rule(old=back, wrote=st.sets(seats))
    def a_deadline_passes(self, old: int, wrote: set[int]) -> None:
        leaving, before = self.room.state.step - old, self.room
        who = {self.person(number) for number in wrote}
        self.room = steps.pass_deadline(before, leaving=leaving, wrote=who, now=self.now)
        assert self.room == before or (before.written and leaving == before.state.step)

    @rule(who=seats, old=back)
    def somebody_lengthens_a_step(self, who: int, old: int) -> None:
        leaving = self.room.state.step - old
        self.tries(lambda: steps.extend(self.room, by=self.person(who), leaving=leaving, now=self.now))

    @rule(who=st.none() | seats, step=st.integers(-1, 6), old=back)
    def somebody_reopens_a_step(self, who: int | None, step: int, old: int) -> None:
        leaving, by = self.room.state.step - old, None if who is None else self.person(who)
        if len(self.room.state.plan) < 20:
            self.tries(lambda: steps.reopen(self.room, by=by, step=step, leaving=leaving, now=self.now))

    @rule(who=st.none() | seats, meets=st.booleans(), old=back)
    def the_speed_changes(self, who: int | None, meets: bool, old: int) -> None:
        leaving, by, before = self.room.state.step - old, None if who is None else self.person(who), self.room
        if meets:
            self.tries(lambda: steps.meet(self.room, by=by, leaving=leaving, now=self.now))
        else:
            self.tries(lambda: steps.go_on_in_writing(self.room, by=by, days=PACE, leaving=leaving, now=self.now))
        assert (self.room.cast, self.room.state.step, self.room.place) == (before.cast, before.state.step, before.place)

    @rule(who=seats)
    def somebody_starts(self, who: int) -> None:
        self.tries(lambda: rules.start(self.room, by=self.person(who), now=self.now))

    @rule()
    def the_lead_moves_on(self) -> None:
        leads, step = self.room.leads or self.person(0), self.room.state.step
        self.tries(lambda: rules.advance(self.room, by=leads, leaving=step, now=self.now))

    @rule(who=st.none() | seats, old=back)
    def somebody_moves_on(self, who: int | None, old: int) -> None:
        leaving = self.room.state.step - old
        by = None if who is None else self.person(who)
        before = self.room
        if self.tries(lambda: rules.advance(self.room, by=by, leaving=leaving, now=self.now)) and self.room != before:
            assert leaving == before.state.step and self.room.state.step == leaving + 1

    @rule(
        who=seats, old=back, module=st.sampled_from(["find_key_question", "headstand", "cross_examination", "nonsense"])
    )
    def somebody_takes_a_detour(self, who: int, old: int, module: str) -> None:
        leaving = self.room.state.step - old
        if len(self.room.state.plan) < 20:
            self.tries(
                lambda: rules.take_detour(self.room, by=self.person(who), leaving=leaving, module=module, now=self.now)
            )

    @rule(who=seats, module=st.sampled_from(["headstand", "cross_examination", "nonsense"]))
    def somebody_chooses_a_module(self, who: int, module: str) -> None:
        self.tries(lambda: rules.choose_module(self.room, by=self.person(who), module=module))

    @rule(who=seats, minutes=st.sampled_from([1, 2, 5, 60]), old=back)
    def somebody_adds_time(self, who: int, minutes: int, old: int) -> None:
        leaving = self.room.state.step - old
        self.tries(lambda: clock.add_time(self.room, by=self.person(who), minutes=minutes, leaving=leaving))

    @rule(who=seats, pause=st.booleans())
    def somebody_stops_the_clock_or_starts_it(self, who: int, pause: bool) -> None:
        act = clock.pause if pause else clock.resume
        self.tries(lambda: act(self.room, by=self.person(who), now=self.now))

    @rule(who=seats, to=seats, instead_of=st.none() | seats)
    def somebody_gives_the_floor(self, who: int, to: int, instead_of: int | None) -> None:
        seen = self.room.state.turns.speaker if instead_of is None else self.person(instead_of)
        self.tries(
            lambda: floor.give_floor(self.room, by=self.person(who), to=self.person(to), instead_of=seen, now=self.now)
        )

    @rule(who=seats, speaker=st.none() | seats)
    def somebody_ends_a_turn(self, who: int, speaker: int | None) -> None:
        seen = self.room.state.turns.speaker if speaker is None else self.person(speaker)
        if seen is not None:
            self.tries(lambda: floor.finish_turn(self.room, by=self.person(who), speaker=seen, now=self.now))

    @rule(who=seats, old=back)
    def somebody_wants_another_round(self, who: int, old: int) -> None:
        leaving = self.room.state.step - old
        self.tries(lambda: floor.another_round(self.room, by=self.person(who), leaving=leaving, now=self.now))

    @rule(who=seats, other=seats, up=st.booleans())
    def a_hand_goes_up_or_down(self, who: int, other: int, up: bool) -> None:
        if up:
            self.tries(lambda: floor.raise_hand(self.room, person=self.person(who), now=self.now))
        else:
            self.tries(lambda: floor.lower_hand(self.room, person=self.person(who), by=self.person(other)))

    @rule(who=seats, order=st.sampled_from(["came", "unheard", "new", "regions", "nonsense"]))
    def somebody_chooses_the_order_of_hands(self, who: int, order: str) -> None:
        self.tries(lambda: queue.choose_order(self.room, by=self.person(who), order=order))

    @rule(who=seats, person=st.none() | seats)
    def somebody_lets_somebody_speak(self, who: int, person: int | None) -> None:
        whom = None if person is None else self.person(person)
        self.tries(lambda: floor.let_speak(self.room, by=self.person(who), person=whom, now=self.now))

    @rule(who=st.none() | seats, minutes=st.sampled_from([0, 1, 3, 9]), old=back)
    def everybody_falls_silent_or_goes_on(self, who: int | None, minutes: int, old: int) -> None:
        leaving, by, before = self.room.state.step - old, None if who is None else self.person(who), self.room
        if minutes:
            self.tries(lambda: still.begin(before, by=by, minutes=minutes, leaving=leaving, now=self.now))
        else:
            self.tries(lambda: still.end(before, by=by, now=self.now))
        assert self.room.but(still=None).state.turns.order == before.state.turns.order
        assert self.room.state.turns.speaker == before.state.turns.speaker

    @rule(
        who=seats, key=st.sampled_from("ab"), act=st.sampled_from(["ask", "answer", "close"]), choice=st.integers(-1, 2)
    )
    def a_poll_is_asked_answered_or_closed(self, who: int, key: str, act: str, choice: int) -> None:
        person, before = self.person(who), self.room
        if act == "ask":
            self.tries(lambda: polls.ask(before, by=person, question="Q?", answers=("A", "B"), key=key))
        elif act == "answer":
            self.tries(lambda: polls.answer(before, person=person, key=key, choice=choice))
        else:
            self.tries(lambda: polls.close(before, by=person, key=key))

    @rule(who=seats, on=st.booleans())
    def somebody_switches_real_time_text(self, who: int, on: bool) -> None:
        person = self.person(who)
        assert self.tries(lambda: rules.show_typing(self.room, person=person, on=on))
        assert (person in self.room.state.typing) == on

    @rule(who=seats, back_again=st.booleans())
    def a_line_is_lost_or_found(self, who: int, back_again: bool) -> None:
        act = rules.find_line if back_again else rules.lose_line
        self.tries(lambda: act(self.room, person=self.person(who), now=self.now))

    @rule(who=seats, to=st.none() | seats)
    def the_lead_changes(self, who: int, to: int | None) -> None:
        if to is None:
            self.somebody_takes_over(self.person(who))
        else:
            self.tries(lambda: leading.hand_over(self.room, by=self.person(who), to=self.person(to)))

    def somebody_takes_over(self, person: int) -> None:
        before = self.room
        if (
            self.tries(lambda: leading.take_over(before, person=person, now=self.now))
            and self.room.leads != before.leads
        ):
            role = self.room.role(person)
            if role is not None and not role.owner:
                assert before.leads is None or before.leads in before.state.away
                assert person in before.cast.deputies or not leading.box_runs(before, now=self.now)
                assert not role.case

    @rule(who=seats, other=seats)
    def a_deputy_is_named(self, who: int, other: int) -> None:
        self.tries(lambda: leading.name_deputy(self.room, by=self.person(who), who=self.person(other)))

    @rule(who=seats, deck=st.integers(0, 5))
    def somebody_writes(self, who: int, deck: int) -> None:
        person = self.person(who)
        decks = sorted({output.key for phase in self.room.method.phases for output in phase.outputs})
        mine = [output.key for output in self.room.outputs_for(person)] if deck % 3 else []
        key = (mine or decks)[deck % len(mine or decks)]

        def write() -> Room:
            check_writes(self.room, person, deck=key, text="A thought", already=0)
            return self.room

        backstage = self.room.is_backstage(person)
        if self.tries(write):
            assert not backstage and self.room.running
            self.cards.append(Card(key, person, self.room.place))
            self.contributes(person, key)

    @rule(who=seats, old=back, deck=st.integers(0, 3))
    def somebody_turns_cards_up(self, who: int, old: int, deck: int) -> None:
        keys = [output.key for output in self.room.phase.outputs] if self.room.phase else []
        if keys:
            leaving, key = self.room.state.step - old, keys[deck % len(keys)]
            self.tries(lambda: rules.show_cards(self.room, by=self.person(who), deck=key, leaving=leaving))

    @rule(who=seats)
    def somebody_decides_what_may_leave(self, who: int) -> None:
        person = self.person(who)
        may = may_release(self.room, person) or person in self.room.state.decided
        assert self.tries(lambda: rules.decide_release(self.room, person=person)) == may

    @rule(who=st.none() | seats)
    def somebody_closes(self, who: int | None) -> None:
        if who is None and self.room.state.step < 3:
            return  # the system closes rooms too; not so often that nothing else is tried
        by, before = None if who is None else self.person(who), self.room
        closed = self.tries(lambda: rules.close(self.room, by=by, now=self.now))
        if closed and by is not None and before.running:
            assert not rules.undecided(before) and before.last_step

    @invariant()
    def nobody_backstage_is_heard_or_writes_unless_the_lead_allows_it(self) -> None:
        for person in self.room.cast.persons:
            if self.room.is_backstage(person):
                heard = floor.may_speak(self.room, person)
                assert not heard or person in (self.room.state.turns.allowed, self.room.state.turns.speaker)
                assert not self.room.outputs_for(person) and not may_park(self.room, person)
                assert not any(may_write(self.room, person, card.deck) for card in self.cards)

    @invariant()
    def cards_are_grouped_by_whoever_leads_or_takes_notes_and_is_here(self) -> None:
        for person in self.room.cast.persons:
            if may_group(self.room, person):
                assert self.room.running and not self.room.is_backstage(person) and person not in self.room.state.away
                assert self.room.is_led_by(person) or self.room.role(person).scribe

    @invariant()
    def where_one_speaks_there_is_one(self) -> None:
        if self.room.running and self.room.phase.floor is Floor.SINGLE:
            heard = [p for p in self.room.cast.persons if floor.may_speak(self.room, p) and p != self.room.leads]
            assert len(heard) <= 1

    @invariant()
    def a_floor_for_one_is_not_empty_while_somebody_is_here_whose_it_is(self) -> None:
        if self.room.running and self.room.phase.floor is Floor.SINGLE and not self.room.written:
            away, speaker = self.room.state.away, self.room.state.turns.speaker
            here = [p for p in self.room.persons(self.room.phase.speaks) if p not in away and p != self.room.leads]
            assert not here or (speaker is not None and speaker not in away)

    @invariant()
    def silence_is_silent(self) -> None:
        heard = {p for p in self.room.cast.persons if floor.may_speak(self.room, p)}
        if self.room.running and self.room.phase.floor is Floor.SILENT:
            assert heard <= {self.room.leads, self.room.state.turns.allowed}
        if self.room.state.still is not None:
            assert self.room.running and not self.room.written and heard <= {self.room.leads}

    @invariant()
    def the_process_owner_is_heard(self) -> None:
        leads = self.room.leads
        if self.room.running and leads is not None and leads not in self.room.state.away:
            assert floor.may_speak(self.room, leads)

    @invariant()
    def every_hand_is_called_once_and_says_why(self) -> None:
        waiting = queue.queue(self.room)
        assert sorted(each.person for each in waiting) == sorted(self.room.state.turns.hands)
        assert all(each.why.format(**each.values) for each in waiting)

    @invariant()
    def nobody_waits_for_a_turn_twice(self) -> None:
        turns = self.room.state.turns
        waiting = (*turns.order, *turns.missed, *([turns.speaker] if turns.speaker else []))
        assert len(waiting) == len(set(waiting))
        assert len(turns.hands) == len(set(turns.hands))

    @invariant()
    def a_free_floor_in_the_round_means_that_nobody_present_was_left_out(self) -> None:
        turns = self.room.state.turns
        if self.room.running and self.room.phase.floor is Floor.ROUND_ROBIN and turns.speaker is None:
            assert {*turns.order, *turns.missed} <= set(self.room.state.away)

    @invariant()
    def the_round_forgets_nobody(self) -> None:
        turns = self.room.state.turns
        if self.room.running and self.room.phase.floor is Floor.ROUND_ROBIN:
            known = {*turns.order, *turns.missed, *turns.done, turns.speaker}
            assert set(self.room.persons(self.room.phase.speaks)) <= known

    @invariant()
    def what_lies_face_down_is_turned_up_when_its_deck_is_over(self) -> None:
        ahead = {
            out.key for step in self.room.state.plan[self.room.state.step :] for out in self.room.phase_of(step).outputs
        }
        for card in self.cards:
            output = self.room.method.phase(self.room.state.plan[card.step].phase).output(card.deck)
            if output.seen is Seen.AT_REVEAL and card.deck not in ahead:
                assert is_open(self.room, card)

    @invariant()
    def a_card_is_seen_by_others_only_from_its_time_on_and_then_for_good(self) -> None:
        for card in self.cards:
            shows = is_open(self.room, card)
            assert shows or card not in self.open
            output = self.room.method.phase(self.room.state.plan[card.step].phase).output(card.deck)
            others = [p for p in self.room.cast.persons if p != card.author]
            seen = [p for p in others if may_see(self.room, p, card, has_own=False)]
            if output.seen is Seen.MINE:
                assert not seen
            if output.seen in (Seen.AT_REVEAL, Seen.PHASE_END):
                assert shows == bool(seen)
            if output.seen is Seen.PHASE_END and self.room.state.step == card.step and self.room.running:
                assert not seen
            assert may_see(self.room, card.author, card, has_own=True)
            assert not may_see(self.room, 999, card, has_own=True)
            if shows:
                self.open.add(card)

    @invariant()
    def everybody_has_a_part_in_words_and_the_room_survives_its_json(self) -> None:
        assert all(part(self.room, person).now for person in self.room.cast.persons)
        state = State.from_json(self.room.state.to_json())
        assert Room(self.room.method, Cast.from_json(self.room.cast.to_json()), state) == self.room

    @invariant()
    def in_writing_nobody_has_turns_and_nobody_is_gone(self) -> None:
        if self.room.running and self.room.written:
            state = self.room.state
            assert state.away == () and state.turns.speaker is None and not state.turns.order
            assert state.due is not None and state.due.tzinfo is not None
            assert 0 <= state.grace <= steps.PATIENCE
            ends = clock.ends_at(state.clock, now=self.now)
            assert (
                ends is None
                or abs((pace.next_opening(PACE, after=ends) - ends).total_seconds()) < 5
                or state.clock.rested
                or state.meets_next  # advice is collected until an hour that the lead chose
            )

    @invariant()
    def a_step_that_goes_on_is_one_that_was_interrupted(self) -> None:
        for number, step in enumerate(self.room.state.plan):
            if step.of is not None:
                first = self.room.state.plan[step.of]
                assert step.of < number and (first.phase, first.round, first.of) == (step.phase, step.round, None)

    @invariant()
    def the_clock_never_runs_backwards_past_its_box(self) -> None:
        if self.room.running:
            left = clock.remaining(self.room.state.clock, now=self.now)
            assert left <= self.room.state.clock.seconds

    @invariant()
    def a_poll_has_one_answer_each_or_is_closed_and_forgets_whose_they_were(self) -> None:
        for poll in self.room.state.polls:
            assert len(dict(poll.given)) == len(poll.given)
            assert poll.counts is None or poll.given == ()
            assert poll.counts is not None or (poll is self.room.state.polls[-1] and self.room.running)

    @invariant()
    def a_closed_room_is_quiet(self) -> None:
        if self.room.state.status is Status.CLOSED:
            assert not any(floor.may_speak(self.room, person) for person in self.room.cast.persons)
            assert not any(self.room.outputs_for(person) for person in self.room.cast.persons)


ORDINARY = settings(
    max_examples=80, stateful_step_count=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
)
TestConsultation = Consultation.TestCase
TestConsultation.settings = ORDINARY


@pytest.mark.long
class TestConsultationAtLength(Consultation.TestCase):  # type: ignore[misc,name-defined]
    """The same with many more walks."""

    settings = settings(ORDINARY, max_examples=600)
