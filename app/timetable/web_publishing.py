"""Looking a draft over and publishing it."""

from typing import Any

from starlette.responses import Response

from app.core import i18n
from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.core.words import NN_
from app.events.doors import planner
from app.timetable import fairness, publishing, queries, web_weighing
from app.timetable.changes import by_case
from app.timetable.forms import PublishForm

_PUBLISHED = NN_("Published. One letter is on its way.", "Published. {count} letters are on their way.")
_PUBLISHED_AND_WAITING = NN_(
    "Published. One letter is written. It waits, because no mail server is set.",
    "Published. {count} letters are written. They wait, because no mail server is set.",
)
MOST_LOADED = 20  # people the table of inconvenient hours names


async def review(visit: Visit) -> Response:
    """Everything that publishing would change, case by case and person by person."""
    async with reading() as session:
        plan = await queries.latest_plan(session, visit.here.event_id)
        if plan is None:
            raise Missing
        found = await publishing.changes_of(session, visit.here.event_id, plan=plan, now=visit.now)
        names = await queries.names(session, found)
        reached = await queries.readers(session, found)
        titles = await queries.titles(session, visit.here.event_id)
        zones = {each.id: each.zone for each in await queries.attendants(session, visit.here.event_id)}
        carried = fairness.shares(await queries.sittings_of(session, plan), zones)
        loaded = [share for share in carried if share.points][:MOST_LOADED]
        names |= await queries.names(session, {share.person for share in loaded})
    return visit.page(
        "timetable/review.html", loaded=loaded, spread=fairness.spread(carried), widest=fairness.WIDEST, plan=plan, changes=found, cases=by_case(found), names=names, titles=titles,
        unreached=[names[person] for person in found if person not in reached],
        weighed=web_weighing.in_words(plan.weights, visit.lang),
    )  # fmt: skip


async def publish(visit: Visit) -> Response:
    form = await visit.form(PublishForm)
    async with transaction() as session:
        found = await publishing.publish(
            session, event_id=visit.here.event_id, number=form.number, seen=form.seen, by=visit.me.id, now=visit.now
        )
    words = _PUBLISHED if visit.house.sends_mail else _PUBLISHED_AND_WAITING
    return visit.go(f"/events/{visit.here.slug}/timetable", said=i18n.counted(visit.lang, words, len(found)))


_AT = "/events/{event}/timetable/publication"
routes: list[Any] = [
    get(_AT, review, who=planner),
    post(_AT, publish, who=planner, shows=review),
]
