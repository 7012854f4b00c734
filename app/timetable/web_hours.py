"""The page on which a person says their hours: painted, copied, taken from their own calendar file."""

from collections.abc import Sequence
from datetime import date
from functools import partial

from starlette.responses import Response

from app.consultation.queries_methods import offered_methods
from app.core import i18n, limits, mail, times
from app.core.children import in_child
from app.core.db import reading, transaction
from app.core.errors import Invalid
from app.core.pages import Visit, get, post
from app.core.words import N_, NN_
from app.events.doors import member
from app.events.rules import MODERATORS, Role
from app.timetable import actions_hours, queries, week
from app.timetable.busy import LARGEST, Busy, busy_hours
from app.timetable.daysoff import days_off
from app.timetable.forms import HoursForm
from app.timetable.problem import on_other_clocks
from app.timetable.rules import FIRST_HOUR, LAST_HOUR, days_ahead
from app.timetable.saying import titles_that_fit

_ASKED = range(FIRST_HOUR, LAST_HOUR)
READ_WITHIN = 10.0  # seconds; a year of a busy person takes a tenth of one
AS_OFTEN = "20/hour"
_TAKEN = NN_(
    "{count} hour of your calendar is marked now. Check it below; nothing else of the file is kept.",
    "{count} hours of your calendar are marked now. Check them below; nothing else of the file is kept.",
)


async def hours(visit: Visit) -> Response:
    async with reading() as session:
        asked = await queries.days_asked(session, visit.here.event_id, zone=visit.zone)
        sheet = await queries.sheet(session, visit.here.event_id, visit.me.id)
        slots = queries.slots_of(await queries.windows(session, visit.here.event_id))
        country = await queries.country_of(session, visit.me.id)
        leads = visit.here.is_one_of(MODERATORS - {Role.MANAGER})
        methods = await offered_methods(session, visit.here.event_id) if leads else {}
    days = days_ahead(asked, today=times.local(visit.now, visit.zone).date())
    return visit.page(
        "timetable/hours.html",
        weeks=[(week.week_in_words(those, visit.lang), those) for those in week.by_week(days)],
        short={day: week.day_in_short(day, visit.lang) for day in days},
        hours=_ASKED,
        asked=week.hours_asked(slots, visit.zone),
        marks=week.marks_shown(
            visit.typed, on_other_clocks(sheet.marks, was=sheet.zone, zone=visit.zone) if sheet else None
        ),
        off=days_off(country, days, visit.lang),
        country=country,
        sheet=sheet,
        methods=titles_that_fit(methods, visit.lang),
    )


async def save_hours(visit: Visit) -> Response:
    form = await visit.form(HoursForm)
    times.zone(form.zone)
    async with transaction() as session:
        sheet = await actions_hours.save_hours(
            session, event_id=visit.here.event_id, person_id=visit.me.id, zone=form.zone,
            impossible=form.impossible, if_need_be=form.if_need_be, copy=form.copy_week, without_days_off=form.days_off,
            methods=form.methods, gender=form.gender, now=visit.now,
        )  # fmt: skip
    saved = times.hour(sheet.saved_at, visit.zone)
    return visit.go(_page(visit), said=N_("Saved {time}. Change it whenever your days change."), time=saved)


async def from_calendar(visit: Visit) -> Response:
    """The hours in which a person's own calendar file says they are busy are marked beside what they said themselves."""
    await limits.check("calendar file", str(visit.me.id), AS_OFTEN)
    file = await visit.upload("file")
    body = await file.read(LARGEST + 1) if file is not None else b""
    if not body:
        raise Invalid({"file": N_("Please choose a file.")})
    if len(body) > LARGEST:
        raise Invalid({"file": N_("This file is too big. Export only the weeks of the event.")})
    async with reading() as session:
        days = await queries.days_asked(session, visit.here.event_id, zone=visit.zone)
    busy = await _read(visit, body.decode("utf-8", errors="replace"), days)
    async with transaction() as session:
        count = await actions_hours.add_busy(
            session,
            event_id=visit.here.event_id,
            person_id=visit.me.id,
            zone=visit.zone,
            busy=busy.hours,
            now=visit.now,
        )
    said = i18n.counted(visit.lang, _TAKEN, count)
    if busy.not_followed:
        said += " " + i18n.say(visit.lang, N_("Some entries repeat in a way we cannot follow: mark those yourself."))
    return visit.go(_page(visit), said=said)


async def _read(visit: Visit, text: str, days: Sequence[date]) -> Busy:
    read = partial(busy_hours, zone_name=visit.zone, days=days, hours=_ASKED, own_domain=mail.house().domain)
    too_big = Invalid({"file": N_("This file is too big. Export only the weeks of the event.")})
    return await in_child(read, text, within=READ_WITHIN, otherwise=too_big)


def _page(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/timetable/hours"


_HOURS = "/events/{event}/timetable/hours"
routes = [
    get(_HOURS, hours, who=member),
    post(_HOURS, save_hours, who=member, shows=hours),
    post(f"{_HOURS}/calendar", from_calendar, who=member, shows=hours),
]
