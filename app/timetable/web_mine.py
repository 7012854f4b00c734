"""A person's own sessions: what they say of them, single calendar entries, a private address that stays current."""

from starlette.responses import Response

from app.core import limits
from app.core.db import reading, transaction
from app.core.doors import anyone
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import member
from app.timetable import answers, feeds, queries, queries_swaps
from app.timetable.about import about_event
from app.timetable.forms import AnswerForm, FeedForm
from app.timetable.letters import calendar_entry, meeting_of
from app.timetable.mine import my_sessions


async def mine(visit: Visit) -> Response:
    async with reading() as session:
        sessions = await my_sessions(session, visit.here.event_id, visit.me.id)
        sheet = await queries.sheet(session, visit.here.event_id, visit.me.id)
        feed = await feeds.my_feed(session, visit.here.event_id, visit.me.id)
        swaps = await queries_swaps.waiting(session, visit.here.event_id, visit.me.id)
        names = await queries.names(session, {person for swap in swaps for person in (swap.asked_by, swap.other_id)})
        titles = await queries.titles(session, visit.here.event_id) if swaps else {}
    address = visit.house.url + feeds.path_of(feed) if feed else ""
    return visit.page(
        "timetable/mine.html", sessions=sessions, sheet=sheet, feed=feed, address=address, swaps=swaps, names=names,
        titles=titles,
    )  # fmt: skip


async def calendar_file(visit: Visit) -> Response:
    """One of my own sessions for my calendar."""
    async with reading() as session:
        sessions = await queries.my_sessions(session, visit.here.event_id, visit.me.id)
        found = next((each for each in sessions if each.placement.case_id == visit.params["case"]), None)
        if found is None:
            raise Missing
        about = await about_event(session, visit.here.event_id)
    row = found.placement
    meeting = meeting_of(
        about, case=row.case_id, start=row.starts_at, minutes=row.minutes, zone=visit.zone, sequence=found.number
    )
    headers = {"content-disposition": f'attachment; filename="session-{row.case_id}.ics"'}
    return Response(calendar_entry(meeting, now=visit.now), media_type="text/calendar", headers=headers)


async def private_calendar(visit: Visit) -> Response:
    """For calendars, which cannot sign in: the address itself is the key."""
    await limits.check("calendar", visit.line, "600/hour")
    async with reading() as session:
        body = await feeds.calendar_at(session, visit.params["word"], now=visit.now)
    headers = {"cache-control": "private, max-age=900", "x-robots-tag": "noindex"}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


async def open_feed(visit: Visit) -> Response:
    form = await visit.form(FeedForm)
    async with transaction() as session:
        await feeds.open_feed(
            session, event_id=visit.here.event_id, person_id=visit.me.id, edition=form.edition, now=visit.now
        )
    return visit.go(_calendar(visit), said=N_("Your private calendar address is ready."))


async def end_feed(visit: Visit) -> Response:
    async with transaction() as session:
        await feeds.end_feed(session, event_id=visit.here.event_id, person_id=visit.me.id, now=visit.now)
    return visit.go(_calendar(visit), said=N_("The address is ended. Calendars that read it get nothing any more."))


async def answer(visit: Visit) -> Response:
    """Whether I come to one of my sessions."""
    form = await visit.form(AnswerForm)
    async with transaction() as session:
        await answers.answer(
            session, event_id=visit.here.event_id, case_id=visit.params["case"], person_id=visit.me.id,
            slot=form.slot, says=form.says, note=form.note, now=visit.now,
        )  # fmt: skip
    said = N_("Thank you. Those who plan see it.")
    return visit.go(f"/events/{visit.here.slug}/timetable/mine#session-{visit.params['case']}", said=said)


def _calendar(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/timetable/mine#calendar"


_MINE = "/events/{event}/timetable/mine"
routes = [
    get(_MINE, mine, who=member),
    get(f"{_MINE}/{{case:int}}.ics", calendar_file, who=member),
    post(f"{_MINE}/{{case:int}}/answer", answer, who=member, shows=mine),
    post(f"{_MINE}/calendar", open_feed, who=member),
    post(f"{_MINE}/calendar/end", end_feed, who=member),
    get("/calendars/{word}.ics", private_calendar, who=anyone),
]
