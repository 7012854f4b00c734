"""A group that is too small: who hears of it, when, and how its people go over into another room."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlmodel import col, select

from app.consultation.actions import moves, planning, repairing
from app.consultation.actions.planning import Place
from app.consultation.engine import floor, repair, rules
from app.consultation.engine.cast import Cast, Seat
from app.consultation.engine.library import methods
from app.consultation.engine.state import State, Status
from app.consultation.jobs import TellOfSmallGroup
from app.consultation.models import Consultation
from app.consultation.queries import sitting
from app.core.db import reading, transaction
from app.core.errors import Missing, Refused
from app.core.jobs import Job
from app.events.models import Participation
from app.notices.models import Notice
from app.people.models import Person
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .rooms import NOON, SIX_PHASES, at, began, later, lead, one, room_of
from .stage import CAST, Stage, stage

BEGINS = NOON + timedelta(minutes=15)
SECRET = "The mayor does not know"


# the rules


def test_a_room_that_stays_too_small_needs_people_after_three_minutes() -> None:
    room = rules.lose_line(began(), person=4, now=NOON)
    assert not repair.needs_people(room, begins=NOON, now=later(2.9))
    assert repair.needs_people(room, begins=NOON, now=later(3))
    assert not repair.needs_people(room, begins=later(9), now=later(11)), "nobody is late before it begins"
    assert repair.needs_people(room, begins=later(9), now=later(12))
    back = rules.find_line(room, person=4, now=later(4))
    assert not repair.needs_people(back, begins=NOON, now=later(9))


@pytest.mark.parametrize(
    ("status", "step", "seated", "takes"),
    [
        (Status.LOBBY, -1, 5, True),
        (Status.RUNNING, 0, 5, True),
        (Status.RUNNING, 1, 5, False),
        (Status.CLOSED, 0, 5, False),
        (Status.LOBBY, -1, 8, False),
    ],
)
def test_a_room_takes_people_in_before_its_second_phase_and_while_it_is_not_full(
    status: Status, step: int, seated: int, takes: bool
) -> None:
    method = replace(methods()[SIX_PHASES], most=9)
    assert repair.may_take_in(method, State(status=status, step=step), seated=seated, arriving=3) == takes


def test_where_roles_go_round_nobody_joins_once_it_has_begun() -> None:
    turning = methods()["troika_consulting"]
    assert not repair.may_take_in(turning, State(status=Status.RUNNING, step=0), seated=1, arriving=1)


def test_whoever_joins_a_round_has_a_turn_in_it_when_they_come() -> None:
    room = at("casting")
    cast = Cast((*room.cast.seats, Seat(99, "adviser")))
    room = repair.joined(replace(room, cast=cast), newcomers=(99,))
    assert 99 in room.state.away and 99 in room.state.turns.missed
    room = rules.find_line(room, person=99, now=NOON)
    heard = []
    while (speaker := room.state.turns.speaker) is not None:
        heard.append(speaker)
        room = floor.finish_turn(room, by=None, speaker=speaker, now=NOON)
    assert heard[-1] == 99


def test_only_whoever_leads_or_schedules_moves_people() -> None:
    room = room_of()
    repair.check_repairs(room, lead(room), schedules=False)
    repair.check_repairs(room, None, schedules=True)
    with pytest.raises(Refused, match="Only whoever leads"):
        repair.check_repairs(room, one(room, "adviser"), schedules=False)


# what people do


async def two_rooms() -> tuple[Stage, int]:
    """A room in which two of five have come, and another one of the same time with four; (the first, the second's id)."""
    here = await stage(case_text=SECRET)
    async with transaction() as session:
        people = [
            Person(name=f"Guest {each}", email=f"guest{each}@example.org", zone="Europe/Berlin", created_at=NOON)
            for each in range(4)
        ]
        session.add_all(people)
        await session.flush()
        ids = [person.id or 0 for person in people]
        session.add_all(Participation(event_id=here.event, person_id=each, roles=["practitioner"]) for each in ids)
        part = (await session.exec(select(Participation).where(Participation.person_id == here.outsider))).one()
        part.roles = ["coordinator"]
        session.add(part)
        other = await planning.plan_room(
            session, event_id=here.event, key="slot:2", title="A canal under the market",
            seats=[Place(person, role) for person, role in zip(ids, CAST, strict=False)], opens_at=BEGINS, now=NOON,
            case_text="What the canal hides",
        )  # fmt: skip
    async with transaction() as session:
        for room, who in ((here.room, [here.moderator, here.adviser]), (other, ids)):
            await planning.open_lobby(session, room, now=NOON)
            for person in who:
                await moves.agree(session, room, by=person, now=NOON)
    return here, other


async def notices(topic: str) -> list[Notice]:
    async with reading() as session:
        query = select(Notice).where(col(Notice.topic).startswith(topic))
        return list((await session.exec(query.order_by(col(Notice.id)))).all())


async def go(here: Stage, to: int, *, by: int, minutes: int = 20) -> None:
    async with transaction() as session:
        await repairing.move_people(session, here.room, by=by, to=to, now=later(minutes))


async def lead_of(room: int) -> int:
    async with reading() as session:
        there = await sitting(session, room)
    return there.people[there.room.leads or 0].person_id or 0


async def answer(here: Stage, other: int, *, takes: bool, minutes: int = 20) -> None:
    by = await lead_of(other)
    async with transaction() as session:
        await repairing.take_in(session, other, by=by, of=here.room, takes=takes, now=later(minutes))


@pytest.mark.usefixtures("database")
async def test_everybody_has_a_seat_in_the_other_room_and_the_case_stays_where_it_was() -> None:
    here, other = await two_rooms()
    with pytest.raises(Refused, match="they may still come"):
        await go(here, other, by=here.moderator, minutes=16)
    with pytest.raises(Refused, match="Only whoever leads"):
        await go(here, other, by=here.adviser)
    for _ in range(2):  # a second press is the same question
        await go(here, other, by=here.moderator)
    async with reading() as session:
        assert (await sitting(session, here.room)).row.moved_to_id is None, "whoever leads there is asked first"
        seats = (await sitting(session, other)).people.values()
    guest = next(who.person_id for who in seats if who.agreed and who.role == "adviser") or 0
    with pytest.raises(Refused, match="Only whoever leads"):
        async with transaction() as session:
            await repairing.take_in(session, other, by=guest, of=here.room, takes=True, now=later(20))
    for _ in range(2):
        await answer(here, other, takes=True)
    async with reading() as session:
        there, left = await sitting(session, other), await sitting(session, here.room)
        assert (left.row.status, left.row.moved_to_id) == ("closed", other)
        joined = [there.seat(person) for person in here.everybody]
    assert all(who is not None and who.role == "adviser" and not who.agreed for who in joined)
    assert len(there.people) == 9 and SECRET not in there.row.case_text
    assert {who.seat_id for who in joined if who} <= set(there.room.state.away)
    assert [(each.person_id, each.title, each.text) for each in await notices("went:")] == [
        (here.outsider, "Two departments, one verge", "")
    ]
    async with transaction() as session:
        await moves.agree(session, other, by=here.adviser, now=later(21))


@pytest.mark.usefixtures("database")
async def test_without_an_answer_in_time_and_after_a_no_those_who_schedule_decide() -> None:
    here, other = await two_rooms()
    await go(here, other, by=here.moderator)
    async with transaction() as session:
        await repairing.end_asking(session, here.room, other, now=later(21))
    assert not await notices("few:"), "the time to answer is not over"
    async with transaction() as session:
        await repairing.end_asking(session, here.room, other, now=later(22))
    assert [each.person_id for each in await notices("few:")] == [here.outsider]
    await answer(here, other, takes=True, minutes=23)
    async with reading() as session:
        both = [(await sitting(session, room)).room.state for room in (here.room, other)]
    assert [(state.asks, state.asked, state.declined) for state in both] == [(None, None, (other,)), (None, None, ())]
    await go(here, other, by=here.outsider, minutes=24)
    async with reading() as session:
        assert (await sitting(session, here.room)).row.moved_to_id == other


@pytest.mark.usefixtures("database")
async def test_a_room_of_another_time_a_locked_one_and_somebody_elses_are_no_way() -> None:
    here, other = await two_rooms()
    async with transaction() as session:
        row = await session.get(Consultation, other)
        assert row is not None
        row.locked = True
        session.add(row)
    with pytest.raises(Refused, match="cannot take anybody in"):
        await go(here, other, by=here.moderator)
    async with transaction() as session:
        row = await session.get(Consultation, other)
        assert row is not None
        row.locked, row.opens_at = False, later(90)
        session.add(row)
    with pytest.raises(Missing):
        await go(here, other, by=here.moderator)
    async with reading() as session:
        guest = next(who.person_id for who in (await sitting(session, other)).people.values())
    with pytest.raises(Missing):
        await go(here, other, by=guest or 0)


@pytest.mark.usefixtures("database")
async def test_those_who_schedule_hear_of_it_once_when_it_is_still_so_after_three_minutes() -> None:
    here, _ = await two_rooms()
    async with reading() as session:
        jobs = (await session.exec(select(Job).where(Job.name == TellOfSmallGroup.name))).all()
    assert {(job.args["room_id"], job.run_at) for job in jobs if job.args["room_id"] == here.room} == {
        (here.room, later(18))
    }, "three minutes after the hour, not after the door was opened"
    for minutes in (16, 18, 19):
        async with transaction() as session:
            await repairing.tell_of_small_group(session, here.room, now=later(minutes))
        assert len(await notices("few:")) == (minutes >= 18)
    (told,) = await notices("few:")
    assert (told.person_id, told.url, told.text) == (here.outsider, f"/rooms/{here.room}/group", "")
    async with transaction() as session:
        for person in (here.case_giver, here.scribe, here.deputy):
            await moves.agree(session, here.room, by=person, now=later(20))
        await repairing.tell_of_small_group(session, here.room, now=later(25))
    assert len(await notices("few:")) == 1, "they have come: nothing is told"


# what people see


@ONE_DATABASE
async def test_the_lead_acts_in_the_lobby_and_whoever_was_moved_reads_where_and_why(site: Site, clock: Clock) -> None:
    here, other = await two_rooms()
    clock.go_to(later(20))
    lead_, adviser = await site.as_person(here.moderator), await site.as_person(here.adviser)
    url = f"/rooms/{here.room}"
    page = (await lead_.get(url)).text
    assert "2 of at least 5 people are here." in page
    assert "All go to “A canal under the market”, 4 there" in page
    assert "What the canal hides" not in page, "a room is known outside by its title alone"
    assert "at least 5" not in (await adviser.get(url)).text
    assert (await adviser.get(f"{url}/few")).status_code == 404
    assert (await lead_.send_form(f"{url}/group", {"to": str(other)})).status_code == 303
    assert "“A canal under the market” is asked whether it takes you in." in (await lead_.get(url)).text
    asked = await site.as_person(await lead_of(other))
    at_the_other = (await asked.get(f"/rooms/{other}")).text
    assert "2 people would like to join" in at_the_other and SECRET not in at_the_other
    no = {"of": str(here.room), "takes": "false"}
    assert (await asked.send_form(f"/rooms/{other}/arrivals", no)).status_code == 303
    page = (await lead_.get(url)).text
    assert "does not take you in now" in page and "All go to" not in page
    planner = await site.as_person(here.outsider)
    assert (await planner.send_form(f"{url}/group", {"to": str(other)})).status_code == 303
    for each in (lead_, adviser):
        left = (await each.get(url)).text
        assert "There were too few people here to advise well." in left
        assert f'href="/rooms/{other}"' in left and "Go to “A canal under the market”" in left
    at_the_door = (await adviser.get(f"/rooms/{other}")).text
    assert "What we agree on" in at_the_door and "What the canal hides" not in at_the_door


@ONE_DATABASE
async def test_those_who_schedule_act_from_outside_and_read_nothing_of_the_room(site: Site, clock: Clock) -> None:
    here, other = await two_rooms()
    async with transaction() as session:
        await moves.begin(session, here.room, by=here.moderator, now=later(15))
    await here.say(here.moderator, SECRET)
    clock.go_to(later(20))
    planner = await site.as_person(here.outsider)
    url = f"/rooms/{here.room}/group"
    page = (await planner.get(url)).text
    assert "2 of at least 5" in page and SECRET not in page and "Amela" not in page
    inside = (await (await site.as_person(here.moderator)).get(f"/rooms/{here.room}")).text
    assert SECRET in inside and "All go to “A canal under the market”" in inside
    assert (await (await site.as_person(here.adviser)).get(url)).status_code == 404
    assert (await planner.send_form(url, {"to": str(other)})).status_code == 303
    assert "have gone over into “A canal under the market”" in (await planner.get(url)).text
    assert SECRET not in (await planner.get(f"/rooms/{other}")).text
