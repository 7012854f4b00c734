"""Pages of the timetable: everybody's hours, cases and sessions; the coordinators' windows, board and publishing."""

from datetime import timedelta
from typing import Any

from starlette.responses import Response

from app.consultation.queries_methods import offered_methods
from app.core import i18n, times
from app.core.db import reading, transaction
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import member, planner
from app.events.rules import MODERATORS, PLANNERS
from app.forum.queries.challenges import my_challenge
from app.people.rules import TOPICS
from app.timetable import (
    actions,
    again,
    edits,
    leaving,
    planning,
    queries,
    queries_edits,
    views,
    web_clinics,
    web_groups,
    web_hours,
    web_lanes,
    web_mine,
    web_plenary,
    web_publishing,
    web_rounds,
    web_swaps,
    web_weighing,
    web_what_if,
    week,
)
from app.timetable.acting import acting, number
from app.timetable.forms import (
    LONGEST_CASE,
    CaseForm,
    KeyForm,
    LockForm,
    MoveForm,
    SeenForm,
    WindowForm,
)
from app.timetable.rules import METHOD
from app.timetable.saying import language_name, titles_that_fit
from app.timetable.views_reasons import Looking

_OPEN = N_("The window is open.")


async def entrance(visit: Visit) -> Response:
    """The board for those who plan, their own sessions for everybody else."""
    if visit.here.is_one_of(PLANNERS):
        return await board(visit)
    return visit.go(_url(visit, "mine"))


# Everybody


async def cases(visit: Visit) -> Response:
    async with reading() as session:
        offered = await queries.cases(session, visit.here.event_id)
        names = await queries.names(session, {case.giver_id for case in offered})
        event = await queries.event_by_id(session, visit.here.event_id)
        found = await offered_methods(session, visit.here.event_id)
        moderators = await queries.moderators(session, visit.here.event_id)
        asked = visit.query.get("thread", "")
        brought = await my_challenge(session, asked, person_id=visit.me.id, event_id=visit.here.event_id)
    mine_or_all = [c for c in offered if c.giver_id == visit.me.id or visit.here.is_one_of(PLANNERS)]
    spoken = [(code, language_name(code, visit.lang)) for code in event.languages or i18n.CODES]
    themes = {key: i18n.say(visit.lang, words) for key, words in TOPICS.items()}
    return visit.page(
        "timetable/cases.html",
        cases=mine_or_all,
        names=names,
        spoken=spoken,
        themes=themes,
        methods=titles_that_fit(found, visit.lang),
        moderators=[each for each in moderators if each[0] != visit.me.id],
        usual=METHOD,
        brought=brought,
        longest=LONGEST_CASE,
        writes=visit.here.is_one_of(MODERATORS),
    )


async def offer_case(visit: Visit) -> Response:
    form = await visit.form(CaseForm)
    async with transaction() as session:
        await actions.offer_case(
            session, event_id=visit.here.event_id, giver_id=visit.me.id, now=visit.now, **form.model_dump()
        )
    return visit.go(_url(visit, "cases"), said=N_("Your case is offered. You will get a letter when it has a time."))


async def withdraw_case(visit: Visit) -> Response:
    async with transaction() as session:
        await leaving.withdraw_case(
            session, event_id=visit.here.event_id, case_id=visit.params["case"], by=visit.me.id,
            is_planner=visit.here.is_one_of(PLANNERS), now=visit.now,
        )  # fmt: skip
    return visit.go(_url(visit, "cases"), said=N_("The case is withdrawn."))


# Those who plan


async def offer_again(visit: Visit) -> Response:
    async with transaction() as session:
        await again.offer_again(session, event_id=visit.here.event_id, room_id=visit.params["room"], now=visit.now)
    return visit.go(_url(visit) + "#unplaced", said=N_("The case waits for a time again."))


async def windows(visit: Visit) -> Response:
    async with reading() as session:
        found = await queries.windows(session, visit.here.event_id)
        event = await queries.event_by_id(session, visit.here.event_id)
        names = await queries.names(session, {w.opened_by for w in found if w.opened_by})
    shown = [(window, queries.slots_of([window]), names.get(window.opened_by or 0, "")) for window in found]
    ends = {
        window.id: times.wall(window.day + timedelta(days=window.ends <= window.begins), window.ends, window.zone)
        for window in found
    }
    return visit.page("timetable/windows.html", windows=shown, ends=ends, event=event)


async def open_window(visit: Visit) -> Response:
    form = await visit.form(WindowForm)
    async with transaction() as session:
        await actions.open_window(
            session, event_id=visit.here.event_id, by=visit.me.id, zone=visit.zone, now=visit.now, **form.model_dump()
        )
    week = visit.query.get("week", "")  # it was drawn on the board
    return visit.go(_url(visit) + f"?week={week}" if week.isdecimal() else _url(visit, "windows"), said=_OPEN)


async def close_window(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.close_window(session, event_id=visit.here.event_id, window_id=visit.params["window"])
    return visit.go(_url(visit, "windows"), said=N_("The window is closed. Planned sessions stay until you move them."))


async def board(visit: Visit) -> Response:
    looking = Looking(here=visit.here, lang=visit.lang, zone=visit.zone, now=visit.now, me=visit.me.id)
    async with reading() as session:
        page = await views.board_page(
            session, looking, week=number(visit, "week"), case_id=number(visit, "case"),
            night=visit.query.get("night") == "yes",
        )  # fmt: skip
    words = [week.week_in_words(days, visit.lang) for days in page.weeks]
    return visit.page("timetable/board.html", page=page, week_words=words)


async def progress(visit: Visit) -> Response:
    """The planner's state and whether the draft is still the one the page shows; for the live region of the board."""
    async with reading() as session:
        plan = await queries.latest_plan(session, visit.here.event_id)
        run = await queries.proposal_of_draft(session, visit.here.event_id)
        last = await queries_edits.latest(session, plan, most=1)
        titles = await queries.titles(session, visit.here.event_id) if last else {}
    edition = plan.edition if plan else 0
    seen = number(visit, "edition")
    return visit.page(
        "timetable/_progress.html", proposal=run, stale=seen is not None and seen != edition, last=last, titles=titles
    )


async def propose(visit: Visit) -> Response:
    form = await visit.form(KeyForm)
    async with transaction() as session:
        await planning.propose(session, key=form.key, **acting(visit))
    return visit.go(_url(visit), said=N_("The planner is at work. You can leave this page; nothing is published."))


async def repair(visit: Visit) -> Response:
    form = await visit.form(KeyForm)
    async with transaction() as session:
        await planning.propose(session, key=form.key, repair=True, **acting(visit))
    said = N_("The planner mends the published plan with the fewest changes. Nobody is written to before you publish.")
    return visit.go(_url(visit), said=said)


async def stop_proposal(visit: Visit) -> Response:
    async with transaction() as session:
        await planning.stop_proposal(session, event_id=visit.here.event_id)
    return visit.go(_url(visit), said=N_("The planner stops and keeps the best so far."))


async def move_case(visit: Visit) -> Response:
    form = await visit.form(MoveForm)
    async with transaction() as session:
        placed = await planning.move_case(
            session, case_id=visit.params["case"], slot=form.slot, moderator_id=form.moderator, seen=form.seen,
            **acting(visit),
        )  # fmt: skip
    when = times.in_words(placed.starts_at, visit.zone, visit.lang)
    return visit.go(_case_url(visit), said=N_("Moved to {when}, and locked there."), when=when)


async def lock_case(visit: Visit) -> Response:
    form = await visit.form(LockForm)
    async with transaction() as session:
        await planning.lock_case(session, case_id=visit.params["case"], lock=form.lock, seen=form.seen, **acting(visit))
    said = N_("Locked: the planner leaves it where it is.") if form.lock else N_("No longer locked.")
    return visit.go(_case_url(visit), said=said)


async def take_out(visit: Visit) -> Response:
    form = await visit.form(SeenForm)
    async with transaction() as session:
        await planning.take_out(session, case_id=visit.params["case"], seen=form.seen, **acting(visit))
    return visit.go(_case_url(visit), said=N_("Taken out. The case waits for another time."))


async def undo(visit: Visit) -> Response:
    """Take back my own last change of the draft."""
    form = await visit.form(SeenForm)
    async with transaction() as session:
        await edits.undo(session, edition=form.seen, **acting(visit))
    return visit.go(_url(visit), said=N_("Taken back. The draft is as it was before your last change."))


def _url(visit: Visit, page: str = "") -> str:
    return f"/events/{visit.here.slug}/timetable" + (f"/{page}" if page else "")


def _case_url(visit: Visit) -> str:
    week = f"week={visit.query['week']}&" if visit.query.get("week", "").isdecimal() else ""
    return f"{_url(visit)}?{week}case={visit.params['case']}#why"


_HERE = "/events/{event}/timetable"
routes: list[Any] = [
    get(_HERE, entrance, who=member),
    *web_mine.routes,
    *web_hours.routes,
    *web_rounds.routes,
    *web_groups.routes,
    *web_lanes.routes,
    *web_plenary.routes,
    *web_clinics.routes,
    *web_swaps.routes,
    get(f"{_HERE}/cases", cases, who=member),
    post(f"{_HERE}/cases", offer_case, who=member, shows=cases),
    post(f"{_HERE}/cases/{{case:int}}/withdrawal", withdraw_case, who=member),
    post(f"{_HERE}/rooms/{{room:int}}/again", offer_again, who=planner),
    get(f"{_HERE}/windows", windows, who=planner),
    post(f"{_HERE}/windows", open_window, who=planner, shows=windows),
    post(f"{_HERE}/windows/{{window:int}}/end", close_window, who=planner),
    get(f"{_HERE}/progress", progress, who=planner),
    post(f"{_HERE}/proposal", propose, who=planner, shows=board),
    post(f"{_HERE}/repair", repair, who=planner, shows=board),
    post(f"{_HERE}/proposal/end", stop_proposal, who=planner),
    post(f"{_HERE}/undo", undo, who=planner, shows=board),
    post(f"{_HERE}/placements/{{case:int}}", move_case, who=planner, shows=board),
    post(f"{_HERE}/placements/{{case:int}}/lock", lock_case, who=planner, shows=board),
    post(f"{_HERE}/placements/{{case:int}}/end", take_out, who=planner, shows=board),
    *web_publishing.routes,
    *web_what_if.routes,
    *web_weighing.routes,
]
