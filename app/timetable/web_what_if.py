"""What if: plans that are tried beside the draft, compared with what is published."""

from typing import Annotated, Any, Literal

from pydantic import StringConstraints
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import planner
from app.timetable import actions_what_if, asked, figures, publishing, queries, queries_what_if, web_weighing
from app.timetable.acting import acting
from app.timetable.changes import by_case
from app.timetable.forms import KeyForm, SeenForm
from app.timetable.models import Plan


class NameForm(KeyForm):
    name: Annotated[str, StringConstraints(min_length=1, max_length=60, strip_whitespace=True)]


class WorkForm(KeyForm):
    does: Literal["propose", "repair"]


async def what_ifs(visit: Visit) -> Response:
    async with reading() as session:
        plans = await queries_what_if.what_ifs(session, visit.here.event_id)
        placed = {plan.id: len(await queries.placements(session, plan)) for plan in plans}
        cases = len(await queries.cases(session, visit.here.event_id))
    return visit.page("timetable/what_ifs.html", plans=plans, placed=placed, cases=cases)


async def try_beside(visit: Visit) -> Response:
    form = await visit.form(NameForm)
    async with transaction() as session:
        plan = await actions_what_if.try_beside(session, event_id=visit.here.event_id, name=form.name, now=visit.now)
    return visit.go(f"{_url(visit)}/{plan.id}", said=N_("This is a copy. Whatever happens here, nobody is told of it."))


async def what_if(visit: Visit) -> Response:
    """One of them beside what is published: figures, and what would change for whom."""
    event_id = visit.here.event_id
    async with reading() as session:
        plan = await queries_what_if.what_if(session, event_id, visit.params["plan"])
        if plan is None:
            raise Missing(N_("This plan is gone: somebody has taken it or thrown it away."))
        latest, published = (
            await queries.latest_plan(session, event_id),
            await queries.published_plan(session, event_id),
        )
        changes = await publishing.changes_of(session, event_id, plan=plan, now=visit.now)
        beside = published or latest
        shown = await _figures(session, visit, plan, told=len(changes))
        other = await _figures(session, visit, beside, told=0) if beside else None
        names = await queries.names(session, changes)
        titles = await queries.titles(session, event_id)
        run = await queries_what_if.run_of(session, plan)
        version = await queries.version(session, event_id)
    return visit.page(
        "timetable/what_if.html", plan=plan, published=published, figures=shown, other=other, changes=changes,
        cases=by_case(changes), names=names, titles=titles, run=run, version=version,
        weighed=[web_weighing.in_words(each.weights, visit.lang) for each in (plan, beside) if each],
        seen=latest.edition if latest else 1,
    )  # fmt: skip


async def _figures(session: AsyncSession, visit: Visit, plan: Plan, *, told: int) -> figures.Figures:
    rows, event_id = await queries.placements(session, plan), visit.here.event_id
    open_cases = {case.id for case in await queries.cases(session, event_id)}
    here = [row for row in rows if row.case_id in open_cases]
    return figures.figures(
        queries.as_sittings(here),
        seats=[asked.seat(row) for row in here if row.starts_at > visit.now],
        problem=await asked.problem_of(session, event_id, now=visit.now, plan=plan),
        cases=len(open_cases),
        zones={each.id: each.zone for each in await queries.attendants(session, event_id)},
        told=told,
    )


async def work_on(visit: Visit) -> Response:
    form = await visit.form(WorkForm)
    async with transaction() as session:
        await actions_what_if.work_on(
            session, plan_id=visit.params["plan"], key=form.key, repair=form.does == "repair", **acting(visit)
        )
    return visit.go(_one(visit), said=N_("The planner is at work. You can leave this page; nothing is published."))


async def adopt(visit: Visit) -> Response:
    form = await visit.form(SeenForm)
    async with transaction() as session:
        await actions_what_if.adopt(session, plan_id=visit.params["plan"], seen=form.seen, **acting(visit))
    said = N_("This is the draft now. Nobody is written to before you publish; you can take it back.")
    return visit.go(f"/events/{visit.here.slug}/timetable", said=said)


async def throw_away(visit: Visit) -> Response:
    async with transaction() as session:
        await actions_what_if.throw_away(session, event_id=visit.here.event_id, plan_id=visit.params["plan"])
    return visit.go(_url(visit), said=N_("Thrown away. The draft and what is published are as they were."))


def _url(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/timetable/what-if"


def _one(visit: Visit) -> str:
    return f"{_url(visit)}/{visit.params['plan']}"


_AT = "/events/{event}/timetable/what-if"
routes: list[Any] = [
    get(_AT, what_ifs, who=planner),
    post(_AT, try_beside, who=planner, shows=what_ifs),
    get(f"{_AT}/{{plan:int}}", what_if, who=planner),
    post(f"{_AT}/{{plan:int}}/proposal", work_on, who=planner, shows=what_if),
    post(f"{_AT}/{{plan:int}}/adoption", adopt, who=planner, shows=what_if),
    post(f"{_AT}/{{plan:int}}/end", throw_away, who=planner),
]
