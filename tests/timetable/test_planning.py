"""Offering, opening, planning and publishing, on both databases."""

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import col, select

from app.core.db import reading, transaction
from app.core.errors import Invalid, Missing, Refused
from app.core.jobs import Job
from app.core.mail import Letter
from app.core.times import wall
from app.matching.solve import solve
from app.timetable import actions, actions_hours, asked, leaving, planning, publishing, queries, reminding
from app.timetable.jobs import RemindOfSession
from app.timetable.models import Placement, Plan, Proposal
from app.timetable.problem import slot_id
from tests.timetable.world import FIRST, NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle

pytestmark = pytest.mark.usefixtures("database")


async def planned(
    world: World, *, now: datetime = NOW, key: str = "a run of the planner", standing: timedelta = timedelta(0)
) -> Proposal:
    """Ask the planner, and do what the worker does: solve outside, take the result."""
    async with transaction() as session:
        run = await planning.propose(session, event_id=world.event, by=world.elene, key=key, now=now)
    async with reading() as session:
        problem = await asked.problem_of(session, world.event, now=now, standing=standing)
    async with transaction() as session:
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=solve(problem, steps=50), now=now)
    async with reading() as session:
        found = await queries.proposal(session, world.event)
    assert found is not None
    return found


async def draft(world: World) -> tuple[Plan, list[Placement]]:
    async with reading() as session:
        plan = await queries.latest_plan(session, world.event)
        assert plan is not None
        return plan, await queries.placements(session, plan)


async def published(world: World, *, now: datetime = NOW) -> int:
    """Publish the draft as it stands; returns to how many people something changed."""
    plan, _ = await draft(world)
    async with transaction() as session:
        found = await publishing.publish(
            session, event_id=world.event, number=plan.number, seen=plan.edition, by=world.elene, now=now
        )
    return len(found)


async def letters(kind: str = "timetable/changes") -> Sequence[Letter]:
    async with reading() as session:
        return (await session.exec(select(Letter).where(Letter.kind == kind).order_by(col(Letter.id)))).all()


async def reminders() -> list[tuple[str, datetime]]:
    async with reading() as session:
        jobs = (await session.exec(select(Job).where(Job.name == "RemindOfSession").order_by(col(Job.run_at)))).all()
    return [(job.args["at"], job.run_at) for job in jobs]


async def test_the_planner_places_a_case_with_its_people_and_its_reasons() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 17)
    run = await planned(world)
    plan, (placement,) = await draft(world)
    assert (run.state, plan.state, plan.unplaced) == ("done", "draft", [])
    assert (placement.case_id, placement.giver_id, placement.minutes) == (case, world.people[0], 90)
    assert placement.moderator_id in world.moderators
    assert set(placement.advisers) <= set(world.people[1:]) and len(placement.advisers) in (3, 4)
    assert placement.why[0]["sentence"] == "All {count} people can, and speak {language}."


async def test_what_somebody_said_is_impossible_is_never_planned() -> None:
    world = await settle()
    await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 17)
    async with transaction() as session:
        await actions_hours.save_hours(
            session, event_id=world.event, person_id=world.people[0], zone="Europe/Berlin",
            impossible=["2026-10-20T12", "2026-10-20T14"], if_need_be=[], copy=False, now=NOW,
        )  # fmt: skip
    await planned(world)
    plan, placements = await draft(world)
    assert placements == []
    (left_out,) = plan.unplaced
    assert left_out["why"][0]["sentence"] == "{person}, whose case it is, can at none of the {count} times."


async def test_publishing_writes_one_letter_to_each_person_concerned_and_to_nobody_else() -> None:
    world = await settle()
    await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 17)
    await planned(world)
    _, (placement,) = await draft(world)
    inside = {placement.giver_id, placement.moderator_id, *placement.advisers}
    assert await published(world) == len(inside)
    written = await letters()
    assert sorted(letter.person_id or 0 for letter in written) == sorted(inside)
    assert world.watcher not in inside


async def test_a_letter_says_when_in_the_readers_zone_and_the_events_and_brings_the_calendar_entry() -> None:
    world = await settle()
    case = await offer(world, world.people[1])
    await open_window(world, TUESDAY, 14, 16)
    await planned(world)
    await published(world)
    letter = next(each for each in await letters() if each.person_id == world.people[1])
    assert "Who owns the rain?" in letter.text
    assert "Tue 20 October, 14:00 Tbilisi (UTC+4)" in letter.text
    assert "Tue 20 October, 12:00 Berlin (UTC+2)" in letter.text
    assert "You bring the case." in letter.text
    (file,) = letter.attachments
    assert "method=REQUEST" in file["type"]
    (event,) = Calendar.from_ical(file["text"]).walk("VEVENT")
    assert str(event["uid"]).startswith(f"case-{case}@")
    assert event["dtstart"].dt.isoformat() == "2026-10-20T14:00:00+04:00"


async def test_publishing_the_same_draft_twice_writes_no_second_letter() -> None:
    world = await settle()
    await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 17)
    await planned(world)
    plan, _ = await draft(world)
    assert await published(world) > 0
    before = await letters()
    async with transaction() as session:
        again = await publishing.publish(
            session, event_id=world.event, number=plan.number, seen=plan.edition, by=world.elene, now=NOW
        )
    assert (again, len(await letters())) == ({}, len(before))


async def test_nobody_publishes_a_draft_that_somebody_else_has_changed_meanwhile() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 17)
    await planned(world)
    plan, _ = await draft(world)
    async with transaction() as session:
        await planning.lock_case(session, event_id=world.event, case_id=case, lock=True, seen=plan.edition, now=NOW)
    with pytest.raises(Refused, match="Somebody else has changed the draft"):
        async with transaction() as session:
            await publishing.publish(
                session, event_id=world.event, number=plan.number, seen=plan.edition, by=world.elene, now=NOW
            )
    assert await letters() == []


async def test_a_repaired_plan_writes_only_to_those_whom_it_concerns() -> None:
    world = await settle()
    await offer(world, world.people[0])
    await offer(world, world.people[1], title="Ice in the drains")
    await open_window(world, TUESDAY, 14, 17)
    await open_window(world, WEDNESDAY, 14, 17)
    await planned(world)
    await published(world)
    _, before = await draft(world)
    told = len(await letters())
    leaving = before[0].advisers[0]
    async with transaction() as session:
        hours = [f"{day}T{hour:02}" for day in (TUESDAY, WEDNESDAY) for hour in range(6, 22)]
        await actions_hours.save_hours(
            session, event_id=world.event, person_id=leaving, zone="Europe/Berlin", impossible=hours, if_need_be=[],
            copy=False, now=NOW,
        )  # fmt: skip
    await planned(world, key="the planner repairs")
    _, after = await draft(world)
    concerned = people_of_changed(before, after)
    assert leaving in concerned
    await published(world)
    news = (await letters())[told:]
    assert sorted(letter.person_id or 0 for letter in news) == sorted(concerned)
    assert {placement.case_id: placement.starts_at for placement in before if leaving not in everybody(placement)} == {
        placement.case_id: placement.starts_at
        for placement in after
        if placement.case_id in {each.case_id for each in before if leaving not in everybody(each)}
    }


def everybody(placement: Placement) -> set[int]:
    return {placement.giver_id, placement.moderator_id, *placement.advisers}


def people_of_changed(before: list[Placement], after: list[Placement]) -> set[int]:
    old = {(person, each.case_id, each.starts_at) for each in before for person in everybody(each)}
    new = {(person, each.case_id, each.starts_at) for each in after for person in everybody(each)}
    return {person for person, _, _ in old ^ new}


async def test_a_moved_session_has_the_same_uid_a_higher_sequence_and_one_reminder() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await open_window(world, WEDNESDAY, 14, 16)
    await planned(world)
    await published(world)
    plan, (first,) = await draft(world)
    other = next(day for day in (TUESDAY, WEDNESDAY) if day != first.starts_at.date())
    slot = slot_id(first.starts_at.replace(year=other.year, month=other.month, day=other.day))
    async with transaction() as session:
        await planning.move_case(
            session, event_id=world.event, case_id=case, slot=slot, moderator_id=None, seen=plan.edition, now=NOW
        )
    await published(world)
    _, (second,) = await draft(world)
    stayed = next(iter(everybody(first) & everybody(second)))
    mine = [letter for letter in await letters() if letter.person_id == stayed]
    events = [Calendar.from_ical(letter.attachments[0]["text"]).walk("VEVENT")[0] for letter in mine]
    assert events[0]["uid"] == events[1]["uid"]
    assert int(events[1]["sequence"]) > int(events[0]["sequence"])
    early, soon = second.starts_at - timedelta(days=1), second.starts_at - timedelta(minutes=15)
    assert await reminders() == [(second.starts_at.isoformat(), at) for at in (early, soon) if at > NOW]


async def test_a_withdrawn_case_is_cancelled_in_calendars_and_its_reminder_does_nothing() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await planned(world)
    await published(world)
    _, (placement,) = await draft(world)
    work = RemindOfSession(world.event, case, placement.starts_at.isoformat())
    at = placement.starts_at - timedelta(minutes=15)
    async with transaction() as session:
        await leaving.withdraw_case(
            session, event_id=world.event, case_id=case, by=world.people[0], is_planner=False, now=NOW
        )
    async with transaction() as session:
        assert await reminding.remind(session, work, now=at) == 0
    await planned_without_cases(world)
    assert await published(world) == len(everybody(placement))
    gone = (await letters())[-1]
    assert "You no longer take part." in gone.text
    assert Calendar.from_ical(gone.attachments[0]["text"])["method"] == "CANCEL"
    assert await reminders() == []
    assert await letters("timetable/reminder") == []


async def planned_without_cases(world: World) -> None:
    """A draft that follows the published plan, without anything new in it."""
    async with transaction() as session:
        await planning.draft(session, world.event, now=NOW)


async def test_the_reminder_is_written_once_to_everybody_in_the_session() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await planned(world)
    await published(world)
    _, (placement,) = await draft(world)
    work = RemindOfSession(world.event, case, placement.starts_at.isoformat())
    for _ in range(2):
        async with transaction() as session:
            await reminding.remind(session, work, now=placement.starts_at - timedelta(minutes=15))
    written = await letters("timetable/reminder")
    assert sorted(letter.person_id or 0 for letter in written) == sorted(everybody(placement))
    assert "is about to begin" in written[0].text
    async with transaction() as session:
        assert await reminding.remind(session, work, now=placement.starts_at) == 0, "an hour late is no reminder"


async def test_what_begins_within_a_day_stays_whatever_the_planner_finds() -> None:
    world = await settle()
    soon = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await planned(world)
    await published(world)
    _, (before,) = await draft(world)
    shortly = before.starts_at - timedelta(hours=3)
    async with transaction() as session:
        await actions_hours.save_hours(
            session, event_id=world.event, person_id=before.giver_id, zone="Asia/Tbilisi",
            impossible=[f"{TUESDAY}T{hour:02}" for hour in range(8, 22)], if_need_be=[], copy=False, now=shortly,
        )  # fmt: skip
    later = await offer(world, world.people[1], title="Ice in the drains", now=shortly)
    await open_window(world, TUESDAY, 14, 16, rooms=1, now=shortly)
    await open_window(world, WEDNESDAY, 14, 16, now=shortly)
    await planned(world, now=shortly, key="the next run", standing=asked.SOON)
    _, placements = await draft(world)
    now_placed = {row.case_id: row for row in placements}
    assert now_placed.keys() == {soon, later}
    stays = now_placed[soon]
    assert (stays.starts_at, stays.moderator_id, stays.advisers) == (
        before.starts_at,
        before.moderator_id,
        before.advisers,
    )
    assert now_placed[later].starts_at > before.starts_at + timedelta(hours=12), "their people are taken on Tuesday"


async def test_a_proposal_that_comes_after_somebody_changed_the_draft_is_not_taken() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 17)
    await planned(world)
    plan, (placement,) = await draft(world)
    async with transaction() as session:
        run = await planning.propose(session, event_id=world.event, by=world.elene, key="second run", now=NOW)
        problem = await asked.problem_of(session, world.event, now=NOW)
    async with transaction() as session:
        await planning.take_out(session, event_id=world.event, case_id=case, seen=plan.edition, now=NOW)
    async with transaction() as session:
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=solve(problem, steps=5), now=NOW)
    _, placements = await draft(world)
    async with reading() as session:
        latest = await queries.proposal(session, world.event)
    assert placements == []
    assert latest is not None and latest.state == "late"
    assert placement.case_id == case


async def test_the_planner_runs_once_at_a_time_and_the_same_key_is_the_same_run() -> None:
    world = await settle()
    await offer(world, world.people[0])
    async with transaction() as session:
        first = await planning.propose(session, event_id=world.event, by=world.elene, key="one", now=NOW)
        again = await planning.propose(session, event_id=world.event, by=world.elene, key="one", now=NOW)
    assert first.id == again.id
    with pytest.raises(Refused, match="already at work"):
        async with transaction() as session:
            await planning.propose(session, event_id=world.event, by=world.elene, key="two", now=NOW)


async def test_a_move_by_hand_takes_the_best_people_and_locks_and_a_bad_time_is_refused_with_the_reason() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await open_window(world, WEDNESDAY, 14, 16)
    await planned(world)
    plan, _ = await draft(world)
    async with transaction() as session:
        await actions_hours.save_hours(
            session, event_id=world.event, person_id=world.people[0], zone="Europe/Berlin",
            impossible=["2026-10-21T12"], if_need_be=[], copy=False, now=NOW,
        )  # fmt: skip
    with pytest.raises(Refused, match=r"whose case it is, cannot at .*Wed 21 October, 12:00"):
        async with transaction() as session:
            await planning.move_case(
                session, event_id=world.event, case_id=case, slot="20261021T1000Z", moderator_id=None,
                seen=plan.edition, now=NOW,
            )  # fmt: skip
    async with transaction() as session:
        moved = await planning.move_case(
            session, event_id=world.event, case_id=case, slot="20261020T1000Z", moderator_id=world.moderators[1],
            seen=plan.edition, now=NOW,
        )  # fmt: skip
    assert (moved.locked, moved.moderator_id) == (True, world.moderators[1])
    await planned(world, key="the planner again")
    _, (placement,) = await draft(world)
    assert (placement.starts_at, placement.moderator_id, placement.locked) == (
        moved.starts_at,
        world.moderators[1],
        True,
    )


async def test_what_has_begun_stays_and_nobody_hears_of_it_again() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await open_window(world, WEDNESDAY, 14, 16)
    await planned(world)
    await published(world)
    plan, (placement,) = await draft(world)
    told = len(await letters())
    later = placement.starts_at + timedelta(minutes=5)
    await offer(world, world.people[1], title="Ice in the drains", now=later)
    await open_window(world, date(2026, 10, 22), 14, 16, now=later)
    with pytest.raises(Refused, match="already begun"):
        async with transaction() as session:
            await planning.move_case(
                session, event_id=world.event, case_id=case, slot="20261022T1000Z", moderator_id=None,
                seen=plan.edition, now=later,
            )  # fmt: skip
    await planned(world, now=later, key="a later run")
    _, placements = await draft(world)
    assert [each.starts_at for each in placements if each.case_id == case] == [placement.starts_at]
    assert len(placements) == 2
    await published(world, now=later)
    assert all("Who owns the rain?" not in letter.text for letter in (await letters())[told:])


async def test_a_window_outside_the_event_or_too_short_is_refused_at_its_field() -> None:
    world = await settle()
    for day, ends, name in ((date(2027, 1, 1), time(14), "day"), (TUESDAY, time(10, 30), "ends")):
        with pytest.raises(Invalid) as refused:
            async with transaction() as session:
                await actions.open_window(
                    session, event_id=world.event, by=world.elene, zone="Asia/Tbilisi", day=day, begins=time(10),
                    ends=ends, minutes=90, rooms=2, key="a window", now=NOW,
                )  # fmt: skip
        assert list(refused.value.fields) == [name]


async def test_a_window_in_the_past_is_refused_and_one_that_runs_now_only_when_nothing_fits_any_more() -> None:
    world = await settle()
    with pytest.raises(Invalid) as refused:
        await open_window(world, FIRST, 10, 12, now=wall(FIRST, time(10, 31), "Asia/Tbilisi"))  # sessions of 90 minutes
    assert "in the past" in refused.value.fields["day"]
    await open_window(world, FIRST, 10, 12, now=wall(FIRST, time(10, 29), "Asia/Tbilisi"))


async def test_a_retried_form_makes_one_window_and_one_case() -> None:
    world = await settle()
    assert await open_window(world, TUESDAY, 10, 12) == await open_window(world, TUESDAY, 10, 12)
    assert await offer(world, world.people[0]) == await offer(world, world.people[0])


async def test_nobody_withdraws_the_case_of_somebody_else() -> None:
    world = await settle()
    case = await offer(world, world.people[0])
    with pytest.raises(Missing):
        async with transaction() as session:
            await leaving.withdraw_case(
                session, event_id=world.event, case_id=case, by=world.people[1], is_planner=False, now=NOW
            )


async def test_only_those_who_plan_may_follow_the_draft_live() -> None:
    world = await settle()
    await offer(world, world.people[0])
    async with reading() as session:
        at = await queries.version(session, world.event)
        assert at > 0
        assert await queries.version_for(session, world.elene, world.event) == at
        assert await queries.version_for(session, world.people[0], world.event) is None
        assert await queries.version_for(session, world.watcher, world.event) is None
        assert await queries.versions(session, [world.event, 999]) == {world.event: at}


async def test_two_coordinators_who_write_at_once_lose_nothing() -> None:
    world = await settle()
    await asyncio.gather(*(open_window(world, TUESDAY, hour, hour + 2) for hour in range(8, 18)))
    async with reading() as session:
        assert len(await queries.windows(session, world.event)) == 10
        assert await queries.version(session, world.event) == 10
