"""Reading the plans that are tried beside the draft."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.timetable import queries
from app.timetable.models import Plan, Proposal
from app.timetable.rules import PlanState


async def what_ifs(session: AsyncSession, event_id: int) -> list[Plan]:
    """The newest first."""
    query = select(Plan).where(Plan.event_id == event_id, Plan.state == PlanState.WHAT_IF)
    return list((await session.exec(query.order_by(col(Plan.id).desc()))).all())


async def what_if(session: AsyncSession, event_id: int, plan_id: int) -> Plan | None:
    query = select(Plan).where(Plan.event_id == event_id, Plan.id == plan_id, Plan.state == PlanState.WHAT_IF)
    return (await session.exec(query)).one_or_none()


async def plan_of(session: AsyncSession, run: Proposal) -> Plan | None:
    """What a run of the planner works on: a plan beside the draft, otherwise whatever is the newest version now."""
    return await what_if(session, run.event_id, run.plan_id) or await queries.latest_plan(session, run.event_id)


async def run_of(session: AsyncSession, plan: Plan) -> Proposal | None:
    """The planner's latest run on this plan."""
    query = select(Proposal).where(Proposal.plan_id == plan.id).order_by(col(Proposal.id).desc()).limit(1)
    return (await session.exec(query)).one_or_none()
