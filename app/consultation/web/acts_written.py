"""Consultations in writing on the web: planning one, and what whoever leads it presses."""

from datetime import time, timedelta
from typing import Any

from starlette.responses import Response

from app.consultation import forms
from app.consultation.actions import afterwards, correspondence
from app.consultation.actions.correspondence import Plan
from app.consultation.engine.method import said
from app.consultation.engine.pace import next_opening, openings
from app.consultation.engine.state import Pace
from app.consultation.queries import sitting
from app.consultation.queries_methods import offered_methods
from app.consultation.web.acts import act
from app.core import places, times
from app.core.db import reading, transaction
from app.core.pages import Visit
from app.core.words import N_
from app.events import queries as events
from app.events.queries_members import members
from app.forum.queries.challenges import my_challenge


async def plan_page(visit: Visit) -> Response:
    """The form: method, people by part, first day, zone. Another method shows its own parts."""
    async with reading() as session:
        event = await events.event(session, visit.here.event_id)
        people = await members(session, visit.here.event_id)
        found = await offered_methods(session, visit.here.event_id)
        brought = await my_challenge(
            session, visit.query.get("thread", ""), person_id=visit.me.id, event_id=visit.here.event_id
        )
    offered = {key: each.method for key, each in found.items() if each.method.written}
    wanted = visit.typed.get("method") or visit.query.get("method", "")
    method = offered.get(wanted) or next(iter(offered.values()))
    zone = visit.typed.get("zone") or visit.zone
    days = Pace(zone if zone in times.zone_names() else event.zone, method.steps.opens, tuple(event.days_off))
    first = next_opening(
        days, after=max(visit.now + timedelta(hours=1), times.wall(event.starts_on, _MIDNIGHT, days.zone))
    )
    return visit.page(
        "consultation/plan_written.html", brought=brought, longest=forms.LONGEST_CASE, event=event, people=people, method=method.key,
        methods=[(key, said(each.title, visit.lang)) for key, each in offered.items()],
        roles=[_role(role, visit.lang) for role in method.roles], group=(method.least, method.most),
        first_day=times.local(first, days.zone).date(), in_zone=days.zone, zones=[(name, name) for name in sorted(times.zone_names())],
        spoken=places.spoken_languages(visit.lang),
        calendar=_example(method, visit.lang, openings(days, first=first, days=tuple(p.days for p in method.phases))),
    )  # fmt: skip


async def plan(visit: Visit) -> Response:
    form = await visit.form(forms.PlanWritten)
    wanted = Plan(
        form.title,
        form.method,
        form.people,
        first_day=form.first_day,
        zone=form.zone,
        lang=form.lang,
        theme=form.theme,
        case_text=form.case_text,
    )
    async with transaction() as session:
        room_id = await correspondence.plan_written(
            session, wanted, event_id=visit.here.event_id, by=visit.me.id, key=form.key, now=visit.now
        )
    return visit.go(
        f"/events/{visit.here.slug}/rooms#room-{room_id}", said=N_("It is planned. Its first step opens by itself.")
    )


async def outcome_page(visit: Visit) -> Response:
    """A month later: what became of it?"""
    async with reading() as session:
        here = await sitting(session, _room(visit))
        afterwards.check_tells(here, visit.me.id)
    page = visit.page("consultation/outcome.html", here=here.row)
    page.headers["cache-control"] = "no-store"
    return page


async def tell_outcome(visit: Visit) -> Response:
    form = await visit.form(forms.Outcome)
    async with transaction() as session:
        public = await afterwards.tell_outcome(session, _room(visit), by=visit.me.id, text=form.text, now=visit.now)
    if not public:
        return visit.go(
            f"/rooms/{_room(visit)}", said=N_("Thank you. It stands in the room, for those who were in it.")
        )
    return visit.go(f"/rooms/{_room(visit)}/protocol", said=N_("Thank you. It stands with the protocol now."))


def _room(visit: Visit) -> int:
    room: int = visit.params["id"]
    return room


def _role(role: Any, lang: str) -> dict[str, Any]:
    return {
        "key": role.key,
        "title": said(role.title, lang),
        "one": role.most == 1,
        "leads": role.owner,
        "case": role.case,
    }


def _example(method: Any, lang: str, days: list[Any]) -> list[tuple[str, Any]]:
    return [(said(phase.title, lang), at) for phase, at in zip(method.phases, days, strict=False)]


_MIDNIGHT = time(0)

acts_written = [
    ("extension", act(correspondence.extend, forms.Leaving, said=N_("The step has one working day more."))),
    (
        "reopening",
        act(
            correspondence.reopen,
            forms.Reopening,
            said=N_("The step is open again. Then it goes on where you were."),
        ),
    ),
    ("meeting", act(correspondence.meet, forms.Leaving)),
    (
        "writing",
        act(
            correspondence.go_on_in_writing,
            forms.Leaving,
            said=N_("You go on in writing. Everybody and every card is still here."),
        ),
    ),
]
