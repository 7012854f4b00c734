"""Live, in writing, live: before the closing whoever is asleep is asked for written advice, then the room meets again."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from app.consultation.actions import correspondence, moves, planning
from app.consultation.engine.clock import MET
from app.consultation.jobs import MoveStep
from app.consultation.queries_written import everything_written
from app.core.db import reading, transaction
from app.core.jobs import Job, JobState
from app.notices.models import Notice
from app.people.models import Person
from tests.support.clock import Clock
from tests.support.site import Site, Visitor

from .rooms import NOON
from .stage import Stage, stage

UNTIL = datetime.fromisoformat("2026-06-10T07:30+00:00")  # half past nine on the clock of whoever leads


@pytest.fixture
async def here(site: Site, clock: Clock) -> Stage:
    """In the consultation; the deputy has a seat, is asleep, and has not come."""
    clock.go_to(NOON)
    here = await stage()
    async with transaction() as session:
        far = await session.get(Person, here.deputy)
        assert far is not None
        far.zone = "Pacific/Auckland"
        await planning.open_lobby(session, here.room, now=NOON)
        for person in (here.case_giver, here.moderator, here.scribe, here.adviser):
            await moves.agree(session, here.room, by=person, now=NOON)
        await moves.begin(session, here.room, by=here.moderator, now=NOON)
    await here.go_to("consultation")
    return here


async def asks(site: Site, here: Stage, **other: str) -> tuple[Visitor, int]:
    lead, seat = await site.as_person(here.moderator), await here.seat(here.deputy)
    step = (await here.sitting()).room.state.step
    await lead.get(f"/rooms/{here.room}")
    form = {"leaving": str(step), "asked": str(seat), "day": "2026-06-10", "at": "09:30", **other}
    answer = await lead.send_form(f"/rooms/{here.room}/collection", form)
    return lead, answer.status_code


async def put_down(site: Site, here: Stage, person: int, deck: str, text: str, **more: str) -> str:
    visitor = await site.as_person(person)
    await visitor.get(f"/rooms/{here.room}")
    form = {"deck": deck, "text": text, "key": text, **more}
    assert (await visitor.send_form(f"/rooms/{here.room}/contributions", form)).status_code == 303
    return (await visitor.get(f"/rooms/{here.room}")).text


async def test_a_live_room_collects_written_advice_from_people_asleep_and_meets_again_for_its_closing(
    site: Site, here: Stage, clock: Clock
) -> None:
    url = f"/rooms/{here.room}"
    await here.write(here.adviser, "contributions", "Said while we were live")
    lead = await site.as_person(here.moderator)
    page = (await lead.get(f"{url}/pace")).text
    assert "not here" in page and "night there" in page and "Auckland" in page and "“Closing”" in page
    for _ in range(2):  # pressed twice it is asked once
        lead, status = await asks(site, here)
        assert status == 303
    room = (await here.sitting()).room
    assert room.written and room.state.meets_next and room.state.due == UNTIL
    async with reading() as session:
        told = [notice.person_id for notice in (await session.exec(select(Notice))).all()]
        (job,) = [
            each
            for each in (await session.exec(select(Job).where(Job.name == MoveStep.name))).all()
            if each.state == JobState.WAITING and each.args["room_id"] == here.room
        ]
    assert told == [here.deputy] and job.run_at - UNTIL < timedelta(seconds=1)

    # By night, elsewhere: agreed, written, hidden from the others.
    clock.go_to(NOON + timedelta(hours=10))
    far = await site.as_person(here.deputy)
    assert "I agree and take this part" in (await far.get(url)).text
    await far.send_form(f"{url}/agreement")
    page = (await far.get(url)).text
    assert "Written advice until then; afterwards you meet live for “Closing”." in page
    await put_down(site, here, here.deputy, "contributions", "Written by night, from far away")
    scribe = await site.as_person(here.scribe)
    assert "Written by night" not in (await scribe.get(url)).text
    page = await put_down(site, here, here.scribe, "contributions", "Mine, in the morning")
    assert "Written by night" not in page, "this method turns its cards up at the end of the phase"

    # The time is up, however few have written: the room meets, and its clock waits for the case giver.
    clock.go_to(job.run_at)
    for _ in range(2):  # the worker comes twice
        async with transaction() as session:
            await correspondence.pass_deadline(session, here.room, leaving=job.args["leaving"], now=job.run_at)
    room = (await here.sitting()).room
    assert room.phase is not None and room.phase.key == "closing" and room.last_step and not room.written
    assert room.state.clock is not None and room.state.clock.waits_for == await here.seat(here.case_giver)
    giver = await site.as_person(here.case_giver)
    page = (await giver.get(url)).text
    assert "Order of speaking" in page and "The clock waits for the case giver." in page
    assert "Written by night, from far away" in page and "Said while we were live" in page
    for person in (here.case_giver, here.moderator):  # what the live line does for whoever opens the room
        async with transaction() as session:
            await moves.line_found(session, here.room, person_id=person, now=job.run_at)
    room = (await here.sitting()).room
    assert room.state.clock is not None and room.state.clock.paused is None
    assert room.state.turns.speaker == await here.seat(here.case_giver)

    # The closing, live as it began: a first step, a release, the protocol.
    await put_down(site, here, here.case_giver, "first_step", "Call Auckland", due="2026-06-12")
    async with reading() as session:
        cards = {row.text: row.id for row in await everything_written(session, here.room)}
    await giver.send_form(f"{url}/release", {"chosen": str(cards["Written by night, from far away"])})
    await lead.get(url)
    assert (await lead.send_form(f"{url}/closing")).status_code == 303
    protocol = (await (await site.as_person(here.outsider)).get(f"{url}/protocol")).text
    assert "Written by night, from far away" in protocol and "Said while we were live" not in protocol


async def test_when_the_lead_ends_the_collecting_early_the_room_meets_at_once(site: Site, here: Stage) -> None:
    lead, _ = await asks(site, here)
    step = (await here.sitting()).room.state.step
    await lead.send_form(f"/rooms/{here.room}/phase", {"leaving": str(step)})
    room = (await here.sitting()).room
    assert room.state.meeting and not room.state.meets_next and room.last_step


async def test_only_whoever_leads_asks_in_a_phase_with_something_to_put_down_and_until_a_time_ahead(
    site: Site, here: Stage
) -> None:
    for person in (here.adviser, here.outsider):
        visitor = await site.as_person(person)
        assert (await visitor.get(f"/rooms/{here.room}/pace")).status_code == 404
        step = (await here.sitting()).room.state.step
        form = {"leaving": str(step), "day": "2026-06-10", "at": "09:30"}
        assert (await visitor.send_form(f"/rooms/{here.room}/collection", form)).status_code in (404, 409)
    for wrong in ({"day": "2026-06-09", "at": "12:10"}, {"day": "2026-06-30"}):
        _, status = await asks(site, here, **wrong)
        assert status == 422
    _, status = await asks(site, here, leaving="0")
    assert status == 303 and not (await here.sitting()).room.written, "a page of another phase changes nothing"
    await here.go_to("closing")
    lead, status = await asks(site, here)
    assert status == 409 and "Ask those who are away" not in (await lead.get(f"/rooms/{here.room}/pace")).text


async def next_alarm(here: Stage, *, after: datetime) -> datetime:
    """When the worker comes next for the step that is open."""
    step = (await here.sitting()).room.state.step
    async with reading() as session:
        jobs = (await session.exec(select(Job).where(Job.name == MoveStep.name))).all()
    args = {"room_id": here.room, "leaving": step}
    return min(job.run_at for job in jobs if job.args == args and job.run_at > after)


@pytest.mark.parametrize("comes_later", [True, False])
async def test_a_meeting_whose_case_giver_never_comes_goes_on_in_writing_and_closes_by_itself(
    site: Site, here: Stage, clock: Clock, comes_later: bool
) -> None:
    url = f"/rooms/{here.room}"
    await here.write(here.adviser, "contributions", "Said while we were live")
    await asks(site, here)
    now, seen = NOON, []
    for _ in range(12):
        now = await next_alarm(here, after=now)
        clock.go_to(now)
        async with transaction() as session:
            await correspondence.pass_deadline(
                session, here.room, leaving=(await here.sitting()).room.state.step, now=now
            )
        room = (await here.sitting()).room
        seen.append("closed" if not room.running else "in writing" if room.written else "meets")
        if seen[-1] == "meets":
            page = (await (await site.as_person(here.adviser)).get(url)).text
            assert "The clock waits for the case giver. If nobody ends this meeting, it goes on in writing:" in page
            met = now
        if seen[-1] == "in writing" and seen.count("in writing") == 1:
            assert now == met + MET
            if comes_later:
                async with reading() as session:
                    cards = {row.text: row.id for row in await everything_written(session, here.room)}
                await put_down(site, here, here.case_giver, "first_step", "Call Auckland", due="2026-06-12")
                giver = await site.as_person(here.case_giver)
                await giver.send_form(f"{url}/release", {"chosen": str(cards["Said while we were live"])})
        if seen[-1] == "closed":
            break
    assert seen[0] == "meets" and set(seen[1:-1]) == {"in writing"} and seen[-1] == "closed", seen
    answer = await (await site.as_person(here.outsider)).get(f"{url}/protocol")
    assert answer.status_code == (200 if comes_later else 404), "of what was released a protocol, of nothing none"
    assert ("Said while we were live" in answer.text) == comes_later
