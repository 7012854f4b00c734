"""The planner at work in a child process, and reminders before sessions."""

import asyncio
import contextlib
import json
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import times
from app.core.db import reading, transaction
from app.core.errors import Refused
from app.core.jobs import schedule
from app.events.jobs import SomebodyLeft
from app.matching.plan import Plan, plan_from_json
from app.matching.problem import Problem, to_json
from app.timetable import (
    actions_clinics,
    actions_groups,
    asked,
    clocks,
    leaving,
    planning,
    queries,
    queries_clinics,
    queries_what_if,
    reminding,
    reminding_clinics,
    swapping,
)
from app.timetable.jobs import EndSwap, ProposePlan, RemindOfSession, RemindOfTalk, WatchClocks
from app.timetable.rules import ProposalState
from workers.registry import Again, Turn, begins, handles, handles_outside

log = structlog.get_logger()

ROOT = Path(__file__).parents[1]
PROVE = 30  # seconds at most in which HiGHS betters what the search has found, and says how good it is
PATIENCE = 2  # attempts; a coordinator waits for the answer, and may ask again
LONGEST_LINE = 32 * 1024 * 1024  # the plan of the largest event is one line of the child's


class PlannerBroke(Exception):
    """The child ended without a plan; the message is what it said last."""


@handles(RemindOfSession)
async def remind(session: AsyncSession, work: RemindOfSession, *, now: datetime) -> None:
    await reminding.remind(session, work, now=now)


@handles(RemindOfTalk)
async def remind_of_talk(session: AsyncSession, work: RemindOfTalk, *, now: datetime) -> None:
    await reminding_clinics.remind(session, work, now=now)


@handles(SomebodyLeft)
async def settle_for(session: AsyncSession, work: SomebodyLeft, *, now: datetime) -> None:
    """Unless they are back by now."""
    if work.person_id not in await queries_clinics.still_here(session, work.event_id, [work.person_id]):
        await actions_clinics.settle_for(session, event_id=work.event_id, person_id=work.person_id, now=now)
        await leaving.settle_for(session, event_id=work.event_id, person_id=work.person_id, now=now)
        await actions_groups.forget_apart(session, event_id=work.event_id, person_id=work.person_id)


@begins
async def begin(session: AsyncSession, *, now: datetime) -> None:
    await schedule(session, WatchClocks(), at=now, key=f"clocks:{now.date()}")


@handles(WatchClocks)
async def watch_clocks(session: AsyncSession, _: WatchClocks, *, now: datetime) -> None:
    tomorrow = now + timedelta(days=1)
    await schedule(session, WatchClocks(), at=tomorrow, key=f"clocks:{tomorrow.date()}")
    await clocks.alarm(session, now=now)


@handles(EndSwap)
async def end_swap(session: AsyncSession, work: EndSwap, *, now: datetime) -> None:
    await swapping.end_swap_in_time(session, work.event_id, work.swap_id, now=now)


@handles_outside(ProposePlan)
async def propose(work: ProposePlan, *, turn: Turn) -> None:
    """Solve outside every transaction; progress and result are stored in short ones."""
    try:
        await _work_on(work.proposal_id, now=turn.now)
    except (PlannerBroke, Refused) as reason:
        if turn.attempt < PATIENCE and not turn.last:
            raise Again(str(reason)) from reason
        async with transaction() as session:
            await planning.give_up_proposal(session, proposal_id=work.proposal_id, said=str(reason), now=times.now())


async def _work_on(proposal_id: int, *, now: datetime) -> None:
    async with reading() as session:
        run = await queries.proposal_by_id(session, proposal_id)
        if run is None or ProposalState(run.state).over:
            return
        standing = timedelta(0) if run.repair else asked.SOON
        plan = await queries_what_if.plan_of(session, run)
        problem = await asked.problem_of(
            session, run.event_id, now=now, standing=standing, plan=plan, levels=run.weights
        )
    found = await _solved(problem, proposal_id=proposal_id, steps=run.steps, repair=run.repair)
    async with transaction() as session:
        await planning.take_proposal(session, proposal_id=proposal_id, plan=found, now=times.now())


async def _solved(problem: Problem, *, proposal_id: int, steps: int, repair: bool) -> Plan:
    async with _planner(proposal_id, steps, repair) as child:
        talking = asyncio.create_task(_hand_over(child, problem))
        try:
            return await _heard(child, proposal_id)
        finally:
            talking.cancel()
            await asyncio.wait({talking})


@contextlib.asynccontextmanager
async def _planner(seed: int, steps: int, repair: bool) -> AsyncIterator[Process]:
    """The child; however this ends, it does not live on."""
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "app.matching", "--seed", str(seed), "--steps", str(steps),
        "--repair", "yes" if repair else "no", "--prove", str(PROVE),
        stdin=PIPE, stdout=PIPE, stderr=PIPE, cwd=ROOT, limit=LONGEST_LINE,
    )  # fmt: skip
    try:
        yield child
    finally:
        with contextlib.suppress(ProcessLookupError):
            child.kill()
        await child.wait()


async def _hand_over(child: Process, problem: Problem) -> None:
    assert child.stdin is not None
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        child.stdin.write(to_json(problem).encode())
        await child.stdin.drain()
        child.stdin.close()


async def _heard(child: Process, proposal_id: int) -> Plan:
    """Write down what the child says of its progress until it brings the plan."""
    assert child.stdout is not None
    async for line in child.stdout:
        said: dict[str, Any] = json.loads(line)
        if "plan" in said:
            return plan_from_json(json.dumps(said["plan"]))
        async with transaction() as session:
            goes_on = await planning.note_progress(
                session, proposal_id=proposal_id, step=said["step"], placed=said["placed"],
                score=said["score"], bound=said["bound"],
            )  # fmt: skip
        if not goes_on:
            child.terminate()
    assert child.stderr is not None
    last = (await child.stderr.read()).decode(errors="replace").strip().splitlines()[-1:]
    log.warning("the planner broke", proposal=proposal_id, said=last)
    raise PlannerBroke(last[0] if last else "it ended without a word")
