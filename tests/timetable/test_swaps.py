"""Two people exchange their seats, each with the other's consent: what is asked, what is refused, what everybody hears."""

from datetime import UTC, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import select

from app.consultation.models import ConsultationSeat
from app.core.db import reading, transaction
from app.core.errors import Missing, Refused
from app.core.jobs import Job
from app.matching.swap import HOURS, OTHERS
from app.notices.models import Notice
from app.people.models import Person
from app.timetable import actions_clinics, actions_hours, actions_swaps, planning, publishing, queries, queries_edits
from app.timetable import queries_swaps as reads
from app.timetable.jobs import EndSwap
from app.timetable.models import Case, Placement, Plan, Swap
from app.timetable.swapping import end_swap_in_time
from app.timetable.swaps import NEAR, SwapState
from tests.timetable.test_planning import letters
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle

pytestmark = pytest.mark.usefixtures("database")
TUE, WED = datetime(2026, 10, 20, 10, tzinfo=UTC), datetime(2026, 10, 21, 10, tzinfo=UTC)


class Town:
    """Two published sessions: `rain` on Tuesday with 2, 3 and 4, `roots` on Wednesday with 5, 6 and 0."""

    def __init__(self, world: World, rain: int, roots: int) -> None:
        self.world, self.rain, self.roots = world, rain, roots
        self.mine, self.other = world.people[2], world.people[5]

    async def ask(self, *, other: int = 0, key: str = "asked by hand", now: datetime = NOW) -> Swap:
        async with transaction() as session:
            return await actions_swaps.ask(
                session, event_id=self.world.event, person_id=self.mine, case_id=self.rain, other_id=other or self.other,
                other_case=self.roots, key=key, now=now,
            )  # fmt: skip

    async def answer(self, swap: Swap, *, yes: bool = True, by: int = 0, now: datetime = NOW) -> Swap:
        async with transaction() as session:
            return await actions_swaps.answer(
                session, event_id=self.world.event, swap_id=swap.id or 0, person_id=by or self.other, yes=yes, now=now
            )

    async def state(self, swap: Swap) -> str:
        async with reading() as session:
            found = await reads.swap_by_id(session, swap.id or 0)
        assert found is not None
        return found.state

    async def advisers(self, *, drafted: bool = False) -> dict[int, list[int]]:
        async with reading() as session:
            look = queries.latest_plan if drafted else queries.published_plan
            rows = await queries.placements(session, await look(session, self.world.event))
        return {row.case_id: row.advisers for row in rows}

    async def notices(self, person: int) -> list[str]:
        async with reading() as session:
            query = select(Notice.kind).where(Notice.person_id == person)
            return [kind for kind in (await session.exec(query)).all() if "swap" in kind]


async def a_town() -> Town:
    world = await settle()
    rain, roots = [await offer(world, world.people[at], title=title) for at, title in ((0, "Rain"), (1, "Roots"))]
    for day in (TUESDAY, WEDNESDAY):
        await open_window(world, day, 14, 17)
    people, (mara, mirela) = world.people, world.moderators
    async with transaction() as session:
        plan = Plan(event_id=world.event, number=1, made_at=NOW)
        session.add(plan)
        await session.flush()
        for case, start, giver, leader, advisers in (
            (rain, TUE, people[0], mara, people[2:5]), (roots, WED, people[1], mirela, [people[5], people[6], people[0]]),
        ):  # fmt: skip
            session.add(
                Placement(
                    plan_id=plan.id, case_id=case, starts_at=start, giver_id=giver, moderator_id=leader, advisers=advisers,
                    why=[{"sentence": "-", "values": {}}],
                )
            )  # fmt: skip
    async with transaction() as session:
        await publishing.publish(session, event_id=world.event, number=1, seen=1, by=world.elene, now=NOW)
    return Town(world, rain, roots)


async def test_a_consent_moves_these_two_alone_and_writes_to_nobody_else() -> None:
    town = await a_town()
    before = len(await letters())
    swap = await town.ask()
    assert await town.notices(town.other) == ["swap"]
    (asked,) = await letters("timetable/swap")
    assert (asked.person_id, asked.attachments) == (town.other, [])
    assert f"/timetable/swaps/{swap.id}" in asked.text and "Person 2" in asked.text and "Roots" in asked.text
    assert await town.advisers() == {
        town.rain: town.world.people[2:5],
        town.roots: [*town.world.people[5:], town.world.people[0]],
    }
    for _ in range(2):
        assert (await town.answer(swap)).number == 2
    people = town.world.people
    assert await town.advisers() == {
        town.rain: [people[5], people[3], people[4]], town.roots: [people[2], people[6], people[0]],
    }  # fmt: skip
    written = (await letters())[before:]
    assert sorted(letter.person_id or 0 for letter in written) == sorted([town.mine, town.other])
    for letter, gone, new in zip(
        sorted(written, key=lambda each: each.person_id != town.mine), (town.rain, town.roots), (town.roots, town.rain),
        strict=True,
    ):  # fmt: skip
        found = {}
        for file in letter.attachments:
            (entry,) = Calendar.from_ical(file["text"]).walk("VEVENT")
            found[str(entry["uid"]).split("@")[0]] = (str(entry["status"]), int(entry["sequence"]))
        assert found == {f"case-{gone}": ("CANCELLED", 2), f"case-{new}": ("CONFIRMED", 2)}
    assert await town.notices(town.mine) == ["swapped"]
    assert await town.notices(town.other) == [], "what they were asked is answered"
    async with reading() as session:
        room = (await session.exec(select(Case.room_id).where(Case.id == town.rain))).one()
        seats = (
            await session.exec(select(ConsultationSeat.person_id).where(ConsultationSeat.consultation_id == room))
        ).all()
        job = (await session.exec(select(Job).where(Job.name == EndSwap.name))).all()
    assert town.other in seats and town.mine not in seats
    assert job == []


async def test_a_draft_takes_the_exchange_over_and_whoever_looks_at_it_has_to_look_again() -> None:
    town = await a_town()
    async with transaction() as session:
        drafted = await planning.draft(session, town.world.event, now=NOW)
        await planning.lock_case(
            session, event_id=town.world.event, case_id=town.roots, lock=True, seen=drafted.edition, now=NOW,
            by=town.world.elene,
        )  # fmt: skip
        seen = drafted.edition
    await town.answer(await town.ask())
    assert (await town.advisers(drafted=True)) == (await town.advisers())
    async with reading() as session:
        latest = await queries.latest_plan(session, town.world.event)
        edits = await queries_edits.latest(session, latest)
        undo = await queries_edits.last_of(session, latest, town.world.elene)
    assert latest is not None and (latest.number, latest.state) == (3, "draft")
    assert [edit.kind for edit in edits] == ["swap", "swap", "lock"]
    assert undo is None, "nobody takes back what lies below an exchange"
    with pytest.raises(Refused, match="changed the draft"):
        async with transaction() as session:
            await publishing.publish(
                session, event_id=town.world.event, number=3, seen=seen, by=town.world.elene, now=NOW
            )
    async with transaction() as session:
        found = await publishing.changes_of(session, town.world.event, plan=latest, now=NOW)
    assert found == {}, "the draft goes on from what people know"


async def test_at_the_moment_of_consent_every_rule_is_asked_again() -> None:
    town = await a_town()
    swap = await town.ask()
    async with transaction() as session:
        await actions_hours.save_hours(
            session, event_id=town.world.event, person_id=town.other, zone="UTC", impossible=["2026-10-20T10"],
            if_need_be=[], copy=False, now=NOW,
        )  # fmt: skip
    with pytest.raises(Refused, match="You cannot at that time"):
        await town.answer(swap)
    assert (await town.state(swap), list(await town.advisers())) == (SwapState.OPEN, [town.rain, town.roots])
    with pytest.raises(Missing):
        await town.answer(swap, by=town.world.people[6])
    assert (await town.answer(swap, yes=False)).state == SwapState.DECLINED
    with pytest.raises(Refused, match="is over"):
        await town.answer(swap)
    asked, declined = await letters("timetable/swap")
    assert (asked.person_id, declined.person_id) == (town.other, town.mine)
    assert "Person 5 does not exchange seats with you" in declined.text
    assert await town.notices(town.mine) == ["unswapped"]


async def test_booked_office_hours_stand_in_the_way_and_whose_they_are_is_not_said() -> None:
    town = await a_town()
    async with transaction() as session:
        clinic = await actions_clinics.open_clinic(
            session, event_id=town.world.event, host_id=town.world.elene, title="Ask", place="https://meet.example.org",
            zone="UTC", day=TUESDAY, begins=(TUE + timedelta(minutes=15)).time(), ends=(TUE + timedelta(minutes=30)).time(),
            minutes=15, most=1, key="clinic-of-elene", now=NOW,
        )  # fmt: skip
        await actions_clinics.book(
            session, event_id=town.world.event, clinic_id=clinic.id or 0, person_id=town.other, slot="20261020T1015Z",
            key="booked-by-five", now=NOW,
        )  # fmt: skip
        people = await session.exec(select(Person).where(Person.id == town.world.people[6]))
        people.one().city = "Kiel"  # as whoever brings "Rain", which stays a secret
    async with reading() as session:
        found = await reads.standing(session, town.world.event, now=NOW)
        assert found is not None
        why = {each.person: each.why for each in reads.offers(found, town.mine, town.rain, now=NOW)}
        theirs = {each.person: each.why for each in reads.offers(found, town.other, town.roots, now=NOW)}
    sentences = {person: reason.sentence for person, reason in why.items() if reason}
    assert sentences == dict.fromkeys([town.other, town.world.people[6], town.world.people[0]], OTHERS)
    reason = theirs[town.mine]
    assert reason is not None and reason.sentence == HOURS, "their own appointment they may know of"
    for other in sentences:
        with pytest.raises(Refused, match="does not fit"):
            await town.ask(other=other, key=f"asked of {other}")


async def test_requests_are_asked_once_and_few_and_are_taken_back_by_whoever_asked() -> None:
    town = await a_town()
    swap = await town.ask()
    assert (await town.ask()).id == (await town.ask(key="another press")).id == swap.id
    with pytest.raises(Refused, match="just this exchange"):
        async with transaction() as session:
            await actions_swaps.ask(
                session, event_id=town.world.event, person_id=town.other, case_id=town.roots, other_id=town.mine,
                other_case=town.rain, key="the other way round", now=NOW,
            )  # fmt: skip
    with pytest.raises(Missing):
        await withdrawn(town, swap, by=town.other)
    for _ in range(2):
        await withdrawn(town, swap, by=town.mine)
    assert await town.state(swap) == SwapState.WITHDRAWN
    assert await town.notices(town.other) == await town.notices(town.mine) == []
    with pytest.raises(Refused, match="is over"):
        await town.answer(swap)
    again = await town.ask(key="a second time")
    await town.answer(again, yes=False)
    with pytest.raises(Refused, match="declined already"):
        await town.ask(key="a third time")
    async with transaction() as session:
        for number in range(3):
            session.add(
                Swap(
                    key=f"open {number}", event_id=town.world.event, asked_by=town.mine, case_id=town.roots, starts_at=WED,
                    other_id=town.world.people[3], other_case_id=town.rain, other_starts_at=TUE, leads=False, asked_at=NOW,
                )
            )  # fmt: skip
    with pytest.raises(Refused, match="You have 3 requests waiting"):
        await town.ask(other=town.world.people[6], key="one too many")


async def withdrawn(town: Town, swap: Swap, *, by: int) -> None:
    async with transaction() as session:
        await actions_swaps.withdraw(session, event_id=town.world.event, swap_id=swap.id or 0, person_id=by, now=NOW)


async def test_a_request_is_over_when_the_time_comes_near_the_plan_changes_or_somebody_leaves() -> None:
    town = await a_town()
    late, swap = TUE - NEAR, await town.ask()
    with pytest.raises(Refused, match="too soon"):
        await town.answer(swap, now=late)
    for now, state in ((late - timedelta(seconds=1), SwapState.OPEN), (late, SwapState.GONE)):
        async with transaction() as session:
            await end_swap_in_time(session, town.world.event, swap.id or 0, now=now)
        assert await town.state(swap) == state
    with pytest.raises(Refused, match="another one now"):
        await town.ask(key="too late", now=late)
    second = await town.ask(key="after the first")
    async with transaction() as session:
        plan = await planning.draft(session, town.world.event, now=NOW)
        await planning.take_out(session, event_id=town.world.event, case_id=town.roots, seen=plan.edition, now=NOW)
    assert await town.state(second) == SwapState.OPEN, "a draft is nothing people know of"
    async with transaction() as session:
        await publishing.publish(
            session, event_id=town.world.event, number=plan.number, seen=plan.edition, by=town.world.elene, now=NOW
        )
    assert await town.state(second) == SwapState.GONE
    assert [letter.person_id for letter in await letters("timetable/swap")][1::2] == [town.mine, town.mine]
