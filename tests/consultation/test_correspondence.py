"""A consultation in writing in the database: its jobs, its reminders, what is late, the way to a meeting and back."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import col, select

from app.consultation import queries
from app.consultation.actions import closing, correspondence, door, moves, planning, writing
from app.consultation.actions.correspondence import Plan, plan_written
from app.consultation.engine import clock, steps
from app.consultation.jobs import MoveStep, OpenRoom, RemindOfStep
from app.consultation.queries_written import everything_written
from app.core.db import reading, transaction
from app.core.errors import Invalid, Refused
from app.core.jobs import Job, JobState
from app.notices.models import Notice

from .rooms import NOON, SIX_PHASES
from .stage import OPENS, TBILISI, WRITTEN_CAST, Stage, stage, written_stage

pytestmark = pytest.mark.usefixtures("database", "news")

DAY = timedelta(days=1)


@pytest.fixture
async def here(database: object, news: None) -> Stage:
    return await written_stage()


async def opened(here: Stage) -> None:
    """The first step is open, everybody has agreed."""
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=OPENS)
        for person in here.everybody:
            await moves.agree(session, here.room, by=person, now=OPENS)


async def due(here: Stage) -> datetime:
    state = (await here.sitting()).room.state
    assert state.clock is not None
    ends = clock.ends_at(state.clock, now=OPENS)
    assert ends is not None
    return ends


async def deadline(here: Stage) -> None:
    """The worker comes a minute late, twice."""
    ends, step = await due(here), (await here.sitting()).room.state.step
    for minutes in (1, 2):
        async with transaction() as session:
            await correspondence.pass_deadline(session, here.room, leaving=step, now=ends + timedelta(minutes=minutes))


async def go_to(here: Stage, phase: str) -> None:
    while True:
        room = (await here.sitting()).room
        if room.phase is not None and room.phase.key == phase:
            return
        async with transaction() as session:
            await moves.advance_phase(
                session, here.room, by=here.moderator, leaving=room.state.step, now=await due(here)
            )


async def write(here: Stage, person: int, deck: str, text: str, now: datetime, **more: object) -> None:
    async with transaction() as session:
        await writing.write(
            session, here.room, by=person, deck=deck, text=text, key=f"{deck}-{person}-{text}"[:64], now=now, **more,  # type: ignore[arg-type]
        )  # fmt: skip


async def waiting(name: str) -> list[Job]:
    async with reading() as session:
        query = select(Job).where(Job.name == name, Job.state == JobState.WAITING).order_by(col(Job.run_at))
        return list((await session.exec(query)).all())


async def notices(topic: str) -> list[Notice]:
    async with reading() as session:
        return list((await session.exec(select(Notice).where(Notice.topic == topic))).all())


async def test_it_opens_at_nine_of_the_lead_and_closes_its_steps_by_jobs(here: Stage) -> None:
    jobs = {job.args["room_id"]: job.run_at for job in await waiting(OpenRoom.name)}
    assert jobs[here.room] == OPENS
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=OPENS - timedelta(minutes=10))
    assert (await here.sitting()).row.status == "planned", "a written one has no lobby before its hour"
    await opened(here)
    room = (await here.sitting()).room
    assert room.running and room.written and room.phase is not None and room.phase.key == "open"
    (move,) = await waiting(MoveStep.name)
    (remind,) = await waiting(RemindOfStep.name)
    assert move.run_at == OPENS + DAY and remind.run_at == OPENS + timedelta(hours=14), "nine in the evening in Berlin"


async def test_a_step_in_which_enough_wrote_closes_and_the_next_one_opens(here: Stage) -> None:
    await opened(here)
    for person in here.everybody[:4]:
        await write(here, person, "hello", "Hello from here", OPENS)
    await deadline(here)
    room = (await here.sitting()).room
    assert room.phase is not None and room.phase.key == "case"
    assert [job.args["leaving"] for job in await waiting(MoveStep.name)][-1] == 1


async def test_a_silent_step_gets_one_day_more_the_lead_hears_of_it_once_and_then_it_goes_on(here: Stage) -> None:
    await opened(here)
    await deadline(here)
    room = (await here.sitting()).room
    assert room.state.step == 0 and await due(here) == OPENS + 2 * DAY
    (told,) = await notices(f"board:{here.room}")
    assert told.person_id == here.moderator and told.text == "" and told.url == f"/rooms/{here.room}"
    await write(here, here.adviser, "hello", "Sorry, a day late", OPENS + DAY + timedelta(hours=3))
    async with reading() as session:
        (row,) = await everything_written(session, here.room)
    assert row.late
    await deadline(here)
    assert (await here.sitting()).room.state.step == 1
    assert len(await notices(f"board:{here.room}")) == 1


async def test_who_has_not_read_is_reminded_once_and_who_reads_is_not(here: Stage) -> None:
    await opened(here)
    async with transaction() as session:
        await correspondence.read(session, here.room, by=here.adviser, now=OPENS)
    for hours in (20, 21):
        async with transaction() as session:
            await correspondence.remind(session, here.room, step=0, now=OPENS + timedelta(hours=hours))
    told = await notices(f"room:{here.room}")
    assert sorted(notice.person_id for notice in told) == sorted(set(here.everybody) - {here.adviser})
    assert {(notice.title, notice.text) for notice in told} == {("The verge nobody mows", "")}
    async with transaction() as session:
        await correspondence.read(session, here.room, by=here.deputy, now=OPENS + timedelta(hours=22))
    assert [n.person_id for n in await notices(f"room:{here.room}") if n.read_at] == [here.deputy]


async def test_a_reminder_of_a_step_that_is_over_reminds_nobody(here: Stage) -> None:
    await opened(here)
    await go_to(here, "case")
    async with transaction() as session:
        await correspondence.remind(session, here.room, step=0, now=OPENS + timedelta(hours=20))
    assert await notices(f"room:{here.room}") == []


async def test_the_last_step_waits_a_day_for_the_release_then_the_room_closes_and_the_protocol_stands(
    here: Stage,
) -> None:
    await opened(here)
    await go_to(here, "key_question")
    await write(here, here.case_giver, "key_question", "Who mows it?", await due(here) - DAY)
    await go_to(here, "reply")
    for person in here.everybody:
        await write(here, person, "takeaways", f"Mine is {person}", await due(here) - DAY)
    await deadline(here)
    assert (await here.sitting()).row.status == "running"
    async with transaction() as session:
        rows = await queries.open_contributions(session, here.room)
        chosen = [row.id or 0 for row in rows if row.deck == "key_question"]
        await closing.release(session, here.room, by=here.case_giver, chosen=chosen, city=False, now=await due(here))
    await deadline(here)
    sitting = await here.sitting()
    assert sitting.row.status == "closed" and sitting.row.released_at is not None


async def test_planning_says_what_is_wrong_and_the_same_key_is_the_same_room(here: Stage) -> None:
    seats = list(zip(here.everybody, WRITTEN_CAST, strict=True))
    good = Plan("A verge", "async_case_consultation", seats, first_day=date(2026, 6, 10), zone=TBILISI)
    wrong: list[tuple[Plan, str]] = [
        (replace(good, first_day=date(2026, 6, 13)), "working day"),
        (replace(good, first_day=date(2026, 6, 8)), "still to come"),
        (replace(good, first_day=date(2026, 7, 1)), "outside the event"),
        (replace(good, method=SIX_PHASES), "one of the list"),
        (replace(good, seats=[*seats[:-1], (seats[0][0], "adviser")]), "two parts"),
        (replace(good, seats=[*seats[:-1], (99_999, "adviser")]), "take part in this event"),
        (replace(good, seats=seats[:4]), "5 to 8"),
        (replace(good, seats=[(person, "adviser") for person, _ in seats]), "Nobody has the part"),
    ]
    for plan, sentence in wrong:
        with pytest.raises(Refused) as refused:
            async with transaction() as session:
                await plan_written(session, plan, event_id=here.event, by=here.moderator, key="x", now=NOON)
        words = [*refused.value.fields.values()] if isinstance(refused.value, Invalid) else []
        said = " ".join([refused.value.sentence, *words]).format(least=5, most=8, number=4, role="")
        assert sentence in said
    async with transaction() as session:
        again = await plan_written(session, good, event_id=here.event, by=here.moderator, key="plan", now=NOON)
    assert again == here.room


async def test_a_live_room_goes_on_in_writing_and_meets_again_for_its_closing(database: object, news: None) -> None:
    here = await stage()
    await here.begin()
    await here.go_to("consultation")
    await here.write(here.adviser, "contributions", "Said in the room")
    before = await here.sitting()
    async with transaction() as session:
        await moves.line_lost(session, here.room, person_id=here.deputy, now=NOON)
        await correspondence.go_on_in_writing(
            session, here.room, by=here.moderator, leaving=before.room.state.step, now=NOON
        )
    room = (await here.sitting()).room
    assert room.written and room.cast == before.room.cast and room.state.away == ()
    assert room.state.pace is not None and room.state.pace.zone == "Europe/Berlin"
    await write(here, here.deputy, "contributions", "Written by night, from far away", NOON + timedelta(hours=9))
    for person in (here.scribe, here.adviser):
        await write(here, person, "contributions", f"And mine, {person}", NOON + timedelta(hours=9))
    await deadline(here)
    room = (await here.sitting()).room
    assert room.last_step and room.written
    async with transaction() as session:
        await correspondence.meet(session, here.room, by=here.moderator, leaving=room.state.step, now=NOON + 2 * DAY)
    sitting = await here.sitting()
    assert not sitting.room.written and sitting.room.state.meeting
    async with reading() as session:
        cards = [
            row.text for row in await queries.open_contributions(session, here.room) if row.deck == "contributions"
        ]
    assert "Said in the room" in cards and "Written by night, from far away" in cards


async def test_of_whoever_was_asked_to_leave_nothing_is_expected_in_writing(database: object, news: None) -> None:
    here = await stage()
    await here.begin()
    await here.go_to("consultation")
    out = await here.seat(here.deputy)
    assert out in steps.expected((await here.sitting()).room), "else it could not be taken off the list"
    async with transaction() as session:
        step = (await here.sitting()).room.state.step
        await door.ask_to_leave(
            session, here.room, by=here.moderator, who=out, blocked=True, sure=True, now=NOON
        )  # fmt: skip
        await correspondence.go_on_in_writing(session, here.room, by=here.moderator, leaving=step, now=NOON)
        await correspondence.remind(session, here.room, step=step, now=NOON + timedelta(hours=20))
    room = (await here.sitting()).room
    assert out not in steps.expected(room) and steps.needed(room) == 2
    told = {notice.person_id for notice in await notices(f"room:{here.room}")}
    assert here.adviser in told and here.deputy not in told
    for person in (here.scribe, here.adviser):
        await write(here, person, "contributions", f"Mine, {person}", NOON + timedelta(hours=9))
    await deadline(here)
    room = (await here.sitting()).room
    assert room.last_step, "it waits for nobody who is not there"
    async with transaction() as session:
        await correspondence.meet(session, here.room, by=here.moderator, leaving=room.state.step, now=NOON + 2 * DAY)
    assert (await here.sitting()).room.state.away == (out,), "nor does a meeting count on them"


async def test_a_meeting_that_nobody_ended_goes_on_in_writing(here: Stage) -> None:
    await opened(here)
    await go_to(here, "advice")
    step, now = (await here.sitting()).room.state.step, await due(here) - DAY
    async with transaction() as session:
        await correspondence.meet(session, here.room, by=here.moderator, leaving=step, now=now)
    ends = now + timedelta(seconds=clock.MEETING, hours=12)
    assert ends in [job.run_at for job in await waiting(MoveStep.name)]
    async with transaction() as session:
        await correspondence.pass_deadline(session, here.room, leaving=step, now=ends)
    room = (await here.sitting()).room
    assert room.written and room.state.step == step


async def test_only_whoever_leads_lengthens_and_reopens(here: Stage) -> None:
    await opened(here)
    await go_to(here, "perspectives")
    step = (await here.sitting()).room.state.step
    for person in (here.case_giver, here.adviser, here.deputy):
        with pytest.raises(Refused):
            async with transaction() as session:
                await correspondence.extend(session, here.room, by=person, leaving=step, now=NOON)
        with pytest.raises(Refused):
            async with transaction() as session:
                await correspondence.reopen(session, here.room, by=person, step=0, leaving=step, now=NOON)
    async with transaction() as session:
        await correspondence.reopen(session, here.room, by=here.moderator, step=2, leaving=step, now=await due(here))
    room = (await here.sitting()).room
    assert room.phase is not None and room.phase.key == "clarify" and room.state.step == step + 1
