"""The demonstration's consultations keep the rules of their methods, and its timetable those of the people."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.consultation.engine.library import methods
from app.demo import material
from app.demo.rooms import Consultation, hours

PEOPLE = {person.key: person for person in material.people().people}
CHALLENGES = {challenge.key: challenge for challenge in material.challenges()}
ROOMS = [*material.consultations().finished, *material.consultations().planned]
TIMETABLE = material.timetable()


@pytest.mark.parametrize("room", ROOMS, ids=lambda each: each.key)
def test_every_part_of_a_room_is_taken_by_somebody_else(room: Consultation) -> None:
    parts = {role.key: role for role in methods()[room.method].roles}
    seated = [person for people in room.cast.values() for person in people]
    assert len(seated) == len(set(seated)) and set(seated) <= set(PEOPLE)
    assert set(room.cast) <= set(parts)
    for key, role in parts.items():
        taken = len(room.cast.get(key, []))
        assert role.least <= taken <= (role.most or 9), key
    assert room.cast[next(key for key, role in parts.items() if role.case)] == [CHALLENGES[room.challenge].author]
    assert set(room.deputies) <= set(seated)
    cities = [PEOPLE[person].city for person in seated]
    assert cities.count(PEOPLE[CHALLENGES[room.challenge].author].city) == 1, "no adviser from the case giver's city"


@pytest.mark.parametrize("room", material.consultations().finished, ids=lambda each: each.key)
def test_a_finished_room_went_through_all_phases_within_their_rules(room: Consultation) -> None:
    way = methods()[room.method]
    part = {person: key for key, people in room.cast.items() for person in people}
    assert [step.phase for step in room.steps] == [phase.key for phase in way.phases]
    known: set[str] = set()
    for step, phase in zip(room.steps, way.phases, strict=True):
        assert abs(step.minutes * 60 - phase.seconds) <= 180
        for line in step.lines:
            assert part[line.by] in phase.speaks or way.role(part[line.by]).owner, f"{line.by} listens in {phase.key}"
        for written in step.writes:
            output = phase.output(written.deck)
            assert output is not None and part[written.by] in output.writes, (phase.key, written)
            assert output.characters is None or len(written.text) <= output.characters, written.text
            assert not written.sort or written.sort in {key for key, _ in output.sorts}
            assert set(written.of) <= known
            known.add(written.key)
        for output in phase.outputs:
            mine = [written.by for written in step.writes if written.deck == output.key]
            assert output.items is None or all(mine.count(person) <= output.items for person in mine)
    cards = [w for step in room.steps for w in step.writes if w.deck == "ideas"]
    assert len(cards) == 20 and room.release is not None
    assert set(room.release.cards) < {card.key for card in cards}, "some cards stay in the room"
    outputs = {output.key for phase in way.phases for output in phase.outputs}
    assert set(room.release.decks) <= outputs | {"before"}
    grouped = [card for step in room.steps for group in step.groups for card in group.cards]
    assert grouped and len(grouped) == len(set(grouped)) and set(grouped) <= set(room.release.cards)
    practices = {each.key for each in material.practices()}
    assert {written.practice for step in room.steps for written in step.writes} - {""} <= practices
    assert all(part[each.by] not in ("challenge_owner", "facilitator") and each.answer for each in room.asked)


def test_the_public_challenge_tells_less_than_the_case() -> None:
    """A working title gives away neither city nor person."""
    for case in TIMETABLE.cases:
        giver = PEOPLE[case.giver]
        assert CHALLENGES[case.challenge].author == case.giver
        assert giver.city not in case.working_title and giver.name.split()[0] not in case.working_title
    for room in ROOMS:
        assert room.working_title == next(c.working_title for c in TIMETABLE.cases if c.challenge == room.challenge)


def test_every_case_has_a_place_or_a_reason() -> None:
    placed, unplaced = [each.case for each in TIMETABLE.placed], [each.case for each in TIMETABLE.unplaced]
    assert sorted(placed + unplaced) == sorted(case.key for case in TIMETABLE.cases)
    assert len(TIMETABLE.cases) == 8 and placed and unplaced
    assert {each.state for each in TIMETABLE.placed} == {"draft", "published"}
    for window in TIMETABLE.windows:
        assert "coordinator" in PEOPLE[window.by].roles and 3 <= window.day <= 10 and window.begins < window.to


@pytest.mark.parametrize("monday", [date(2026, 6, 8), date(2026, 11, 16)], ids=["summer", "winter"])
def test_nobody_is_placed_where_it_is_impossible_or_beside_somebody_from_home(monday: date) -> None:
    cases = {case.key: case for case in TIMETABLE.cases}
    for each in TIMETABLE.placed:
        case = cases[each.case]
        everybody = [case.giver, each.moderator, *each.advisers]
        assert len(set(everybody)) == len(everybody)
        assert case.advisers[0] <= len(each.advisers) <= case.advisers[1]
        assert PEOPLE[case.giver].city not in {PEOPLE[person].city for person in everybody[1:]}
        assert {"moderator", "lead_moderator"} & set(PEOPLE[each.moderator].roles)
        assert all(case.language in PEOPLE[person].languages for person in everybody)
        if each.soon:
            continue
        begins = datetime.combine(monday + timedelta(days=each.day - 1), time.fromisoformat(each.at))
        begins = begins.replace(tzinfo=ZoneInfo(material.event().event.zone))
        for person in everybody:
            here = begins.astimezone(ZoneInfo(PEOPLE[person].zone))
            marks = TIMETABLE.availability.get(person)
            assert marks is None or here.hour not in hours(f"{marks.every} {marks.impossible.get(each.day, '')}"), (
                each.case,
                person,
            )
            assert 8 <= here.hour <= 19, (each.case, person)


def test_availability_is_said_by_people_who_take_part_in_hours_of_a_day() -> None:
    assert set(TIMETABLE.availability) <= set(PEOPLE) and len(TIMETABLE.availability) >= 30
    for person, marks in TIMETABLE.availability.items():
        for day, text in [*marks.impossible.items(), *marks.if_need_be.items()]:
            assert 5 <= day <= 10 and hours(text) and all(0 <= hour <= 23 for hour in hours(text)), person


def test_hours_are_read_as_they_are_written() -> None:
    assert hours("8-10 16") == [8, 9, 10, 16]
