"""A consultation in writing: its days, what closes a step, what the lead may do, and the way to a meeting and back."""

from datetime import UTC, datetime, timedelta

import pytest

from app.consultation.engine import clock, pace, rules, steps
from app.consultation.engine.floor import may_speak
from app.consultation.engine.library import methods
from app.consultation.engine.method import Floor, Steps
from app.consultation.engine.part import Stance, part
from app.consultation.engine.room import Room
from app.consultation.engine.sight import Card, is_open, may_see, may_write
from app.consultation.engine.state import Pace
from app.core.errors import Refused

from .rooms import NOON, at, lead, one, room_of

WRITTEN = "async_case_consultation"
TBILISI = Pace("Asia/Tbilisi")
BERLIN = Pace("Europe/Berlin")
MONDAY = datetime(2026, 6, 8, 5, 0, tzinfo=UTC)  # 09:00 in Tbilisi


def begun(key: str = WRITTEN) -> Room:
    return rules.start(room_of(key).but(pace=TBILISI), by=None, now=MONDAY)


def in_step(phase: str) -> Room:
    room = begun()
    while room.phase is None or room.phase.key != phase:
        room = rules.advance(room, by=lead(room), leaving=room.state.step, now=closes(room))
    return room


def closes(room: Room) -> datetime:
    assert room.state.clock is not None
    ends = clock.ends_at(room.state.clock, now=MONDAY)
    assert ends is not None
    return ends


def passed(room: Room, *wrote: int) -> Room:
    return steps.pass_deadline(room, leaving=room.state.step, wrote=wrote, now=closes(room))


@pytest.mark.parametrize(
    ("opens", "days", "ends"),
    [
        ("2026-06-08 09:00", 1, "2026-06-09 09:00"),
        ("2026-06-08 15:00", 1, "2026-06-10 09:00"),  # closed early: the next step still gets a day
        ("2026-06-08 11:00", 1, "2026-06-09 09:00"),  # the worker was two hours late: nobody loses a day
        ("2026-06-12 09:00", 1, "2026-06-15 09:00"),  # over the weekend
        ("2026-06-12 09:00", 2, "2026-06-16 09:00"),
        ("2026-06-13 12:00", 1, "2026-06-15 09:00"),
    ],
)
def test_a_step_closes_in_the_morning_of_a_working_day(opens: str, days: int, ends: str) -> None:
    zone = TBILISI.zone
    start = datetime.fromisoformat(opens).replace(tzinfo=pace.times.zone(zone))
    found = pace.deadline(TBILISI, now=start.astimezone(UTC), days=days)
    assert f"{pace.times.local(found, zone):%Y-%m-%d %H:%M}" == ends


def test_days_off_are_no_days_and_summer_time_changes_no_hour() -> None:
    with_holiday = Pace("Europe/Berlin", off=("2026-03-30",))
    friday = datetime(2026, 3, 27, 8, 0, tzinfo=UTC)  # 09:00 before the clocks change
    ends = pace.deadline(with_holiday, now=friday, days=1)
    assert ends == datetime(2026, 3, 31, 7, 0, tzinfo=UTC)


def test_eight_working_days_from_the_method() -> None:
    days = tuple(phase.days for phase in methods()[WRITTEN].phases)
    calendar = pace.openings(TBILISI, first=MONDAY, days=days)
    assert len(calendar) == 8
    assert [f"{pace.times.local(instant, TBILISI.zone):%a %d}" for instant in calendar] == [
        "Mon 08", "Tue 09", "Wed 10", "Thu 11", "Fri 12", "Mon 15", "Wed 17", "Thu 18",
    ]  # fmt: skip


def test_a_step_closes_in_time_when_enough_have_written() -> None:
    room = in_step("perspectives")
    advisers = room.persons(("adviser",))
    assert steps.expected(room) == advisers and steps.needed(room) == 2
    assert passed(room, advisers[0]).state.step == room.state.step
    assert passed(room, *advisers[:2]).state.step == room.state.step + 1


def test_too_few_get_one_working_day_more_and_what_comes_then_is_late() -> None:
    room = in_step("perspectives")
    later = passed(room, room.persons(("adviser",))[0])
    assert closes(later) == pace.one_day_later(TBILISI, closes(room))
    assert not steps.is_late(later, now=closes(room))
    assert steps.is_late(later, now=closes(room) + timedelta(hours=1))
    assert passed(later).state.step == room.state.step + 1, "after the day of grace it goes on"


def test_the_case_is_waited_for_and_without_it_there_is_no_consultation() -> None:
    room = in_step("case")
    for _ in range(steps.PATIENCE):
        room = passed(room)
        assert room.running and room.phase is not None and room.phase.key == "case"
    assert not passed(room).running
    assert passed(room, one(room, "case_giver")).phase.key == "clarify"  # type: ignore[union-attr]


def test_the_last_step_waits_for_the_release_and_then_closes_the_room() -> None:
    room = in_step("reply")
    everybody = room.cast.persons
    assert passed(room, *everybody).running, "a day more to decide what may leave"
    decided = rules.decide_release(room, person=one(room, "case_giver"))
    assert not passed(decided, *everybody).running
    assert not passed(passed(room, *everybody), *everybody).running


def test_an_alarm_that_is_early_or_old_changes_nothing() -> None:
    room = in_step("perspectives")
    early = closes(room) - timedelta(minutes=1)
    assert steps.pass_deadline(room, leaving=room.state.step, wrote=room.cast.persons, now=early) is room
    assert steps.pass_deadline(room, leaving=0, wrote=room.cast.persons, now=closes(room)) is room


def test_the_lead_gives_a_day_and_nobody_is_late_in_it() -> None:
    room = in_step("advice")
    longer = steps.extend(room, by=lead(room), leaving=room.state.step, now=NOON)
    assert closes(longer) == longer.state.due == pace.one_day_later(TBILISI, closes(room))
    assert steps.extend(longer, by=lead(room), leaving=0, now=NOON) is longer, "a stale page lengthens nothing"
    with pytest.raises(Refused, match="Only whoever leads"):
        steps.extend(room, by=one(room, "case_giver"), leaving=room.state.step, now=NOON)
    with pytest.raises(Refused, match="three weeks"):
        for _ in range(30):
            longer = steps.extend(longer, by=lead(room), leaving=room.state.step, now=NOON)


def test_a_day_given_while_the_clock_stands_still_counts_all_the_same() -> None:
    room = clock.pause(in_step("clarify"), by=None, now=MONDAY)
    before = room.state.due
    room = steps.extend(room, by=None, leaving=room.state.step, now=MONDAY)
    assert before is not None and room.state.due is not None and room.state.due > before


def test_a_reopened_step_runs_again_and_the_interrupted_one_goes_on_as_itself() -> None:
    room = in_step("perspectives")
    adviser, other = room.persons(("adviser",))[:2]
    early = Card("hypotheses", adviser, room.place)
    again = steps.reopen(room, by=lead(room), step=2, leaving=room.state.step, now=NOON)
    assert again.phase is not None and again.phase.key == "clarify"
    assert may_write(again, one(room, "case_giver"), "answers"), "nobody is backstage in that step"
    assert steps.is_late(again, now=NOON + timedelta(minutes=1))
    assert not may_see(again, other, early, has_own=False), "a card stays hidden while its step is interrupted"
    back = passed(again, *again.cast.persons)
    assert back.place == room.place and back.phase is not None and back.phase.key == "perspectives"
    assert not may_see(back, other, early, has_own=False) and may_see(back, other, early, has_own=True)
    assert is_open(passed(back, *back.cast.persons), early)
    with pytest.raises(Refused, match="Only a step that is over"):
        steps.reopen(room, by=lead(room), step=room.state.step, leaving=room.state.step, now=NOON)


def test_a_live_room_goes_on_in_writing_from_its_phase_with_everybody() -> None:
    room = at("consultation")
    gone = rules.lose_line(room, person=one(room, "adviser"), now=NOON)
    written = steps.go_on_in_writing(gone, by=lead(room), days=BERLIN, leaving=gone.state.step, now=NOON)
    assert written.written and written.phase is not None and written.phase.floor is Floor.TEXT
    assert written.cast == room.cast and written.step == room.step
    assert written.state.away == () and written.state.turns.speaker is None
    assert may_write(written, one(room, "adviser"), "contributions"), "who lost the line writes"
    assert not may_write(written, one(room, "case_giver"), "contributions"), "listening stays protected"
    assert rules.lose_line(written, person=one(room, "adviser"), now=NOON) is written
    last = passed(written, *written.cast.persons)
    assert last.written and last.last_step


def test_a_written_consultation_meets_for_one_step() -> None:
    room = in_step("advice")
    met = steps.meet(room, by=lead(room), leaving=room.state.step, now=NOON)
    assert not met.written and met.phase is not None and met.phase.floor is Floor.OPEN
    assert clock.remaining(met.state.clock, now=NOON) == clock.MEETING  # type: ignore[arg-type]
    assert may_speak(met, one(room, "adviser")) and met.is_backstage(one(room, "case_giver"))
    assert steps.pass_deadline(met, leaving=met.state.step, wrote=(), now=NOON + timedelta(days=9)) is met
    gone = rules.lose_line(met, person=one(room, "case_giver"), now=NOON)
    after = rules.advance(gone, by=lead(room), leaving=gone.state.step, now=NOON + timedelta(hours=1))
    assert after.written and after.state.away == () and after.state.clock.paused is None  # type: ignore[union-attr]
    back = steps.go_on_in_writing(met, by=lead(room), days=BERLIN, leaving=met.state.step, now=NOON)
    assert back.written and back.state.pace == TBILISI, "the days stay those of this consultation"
    with pytest.raises(Refused, match="held live"):
        steps.extend(met, by=lead(room), leaving=met.state.step, now=NOON)
    with pytest.raises(Refused, match="meeting already"):
        steps.meet(at("consultation"), by=lead(at("consultation")), leaving=at("consultation").state.step, now=NOON)


def test_everybody_has_a_part_in_words() -> None:
    room = in_step("perspectives")
    assert part(room, lead(room)).stance is Stance.LEAD
    assert part(room, one(room, "adviser")).now == "You write in this step."
    assert part(room, one(room, "case_giver")).stance is Stance.LISTEN
    assert "Reply" in part(room, one(room, "case_giver")).values["phase"]["en"]
    assert part(in_step("case"), one(room, "adviser")).now == "You read in this step."


def test_the_method_says_how_its_steps_move() -> None:
    assert methods()[WRITTEN].steps == Steps(opens="09:00", quorum=60, reminds=20, grace=1)
