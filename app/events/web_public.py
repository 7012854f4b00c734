"""Pages everybody may read: front page, calendar, an event, its days, its contacts."""

from typing import Any

from markupsafe import Markup
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from app.core import gather, limits, times
from app.core.db import reading
from app.core.doors import anyone, signed_in
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.events import fragments, look, queries, rules, views
from app.events import queries_programme as programme
from app.events.doors import visitor
from app.events.ical import calendar
from app.events.models import Event
from app.people.queries import is_empty, person

OLD = 30  # how many past events the calendar shows


async def front(visit: Visit) -> Response:
    """What this is, what runs and comes, and how to enter."""
    async with reading() as session:
        if not visit.house.demo and await is_empty(session):
            return visit.go("/setup")
        await look.refresh(visit.house.programme, session, now=visit.now)
        cards = views.cards(await queries.public_events(session, since=visit.now.date()), visit.now)
        mine = await queries.events_of(session, visit.person.id) if visit.person else []
        asked = await queries.open_invitations(session, visit.person.id) if visit.person else []
        parts = await gather.gathered(session, "front", _asking(visit))
    return visit.page(
        "events/front.html", cards=cards, mine=mine, asked=asked, parts=shown(visit, parts), **views.words(visit.lang)
    )


async def public_calendar(visit: Visit) -> Response:
    kind = visit.query.get("kind", "")
    async with reading() as session:
        coming = await queries.public_events(session, since=visit.now.date())
        past = await queries.public_events(session, before=visit.now.date(), limit=OLD)
    wanted = [[event for event in found if not kind or event.kind == kind] for found in (coming, past)]
    return visit.page("events/calendar.html", coming=wanted[0], past=wanted[1], kind=kind, **views.words(visit.lang))


async def calendar_file(visit: Visit) -> Response:
    async with reading() as session:
        events = await queries.public_events(session, since=visit.now.date())
    entries = [views.whole(event, url=visit.house.url, lang=visit.lang) for event in events]
    return _ics(calendar(entries, name=str(visit.house.programme["name"])), "calendar")


async def my_events(visit: Visit) -> Response:
    async with reading() as session:
        mine = await queries.events_of(session, visit.me.id)
        asked = await queries.open_invitations(session, visit.me.id)
        everything = await queries.all_events(session) if visit.me.admin else []
    return visit.page("events/mine.html", mine=mine, asked=asked, everything=everything, **views.words(visit.lang))


async def event_page(visit: Visit) -> Response:
    async with reading() as session:
        event = await queries.event(session, visit.here.event_id)
        days = await programme.programme_days(session, event)
        before, after = await queries.relatives(session, event)
        organisers, segments = (
            await queries.organisers(session, event.id or 0),
            await queries.segments(session, event.id or 0),
        )
        logos = await views.logos(session, organisers, now=visit.now)
        region = await views.region_name(session, event, visit.lang)
    return visit.page(
        "events/event.html", event=event, days=days, organisers=organisers, logos=logos, segments=segments,
        countries=views.countries(event, visit.lang), before=before, after=after, strip=_strip(visit, event, days), data=views.schema_org(event, visit),
        region=region, **views.words(visit.lang),
    )  # fmt: skip


async def event_file(visit: Visit) -> Response:
    """All live blocks of an event for one's calendar; without any, its days. Whoever takes part finds their own sittings
    instead of all, and what other slices add for them."""
    async with reading() as session:
        event = await queries.event(session, visit.here.event_id)
        blocks = await programme.blocks_of(session, event)
        mine = await _mine(session, visit, event)
        parts = await gather.gathered(session, "calendar", _asking(visit)) if visit.here.participates else []
    own = [block for block in blocks if mine.get(block.id or 0, True)]
    entries = [views.live(event, block, url=visit.house.url, lang=visit.lang) for block in own]
    entries += [part.values["entry"] for part in parts]
    whole = views.whole(event, url=visit.house.url, lang=visit.lang)
    body = calendar(entries or [whole], name=rules.said(event, "title", visit.lang))
    return _ics(body, event.slug, own=visit.here.participates)


async def day_page(visit: Visit) -> Response:
    async with reading() as session:
        event = await queries.event(session, visit.here.event_id)
        days = await programme.programme_days(session, event, staff=visit.here.is_staff)
        done = await programme.done(session, visit.here.event_id, visit.me.id) if visit.here.participates else {}
        mine = await _mine(session, visit, event)
    number = visit.params["number"]
    day = next((day for day in days if day.number == number), None)
    if day is None:
        raise Missing
    return visit.page(
        "events/day.html", event=event, day=day, done=done, mine=mine, numbers=[each.number for each in days],
        strip=_strip(visit, event, days, number), **views.words(visit.lang),
    )  # fmt: skip


async def contact(visit: Visit) -> Response:
    """Number and address of a contact: shown to a person who asks for them, not to whoever collects pages."""
    await limits.check("contact", visit.line, "30/hour")
    async with reading() as session:
        segment = await queries.segment(session, visit.here.event_id, visit.params["id"])
        if segment is None:
            raise Missing
        known = await person(session, segment.contact_id) if segment.contact_id else None
        event = await queries.event(session, visit.here.event_id)
    return visit.page("events/contact.html", event=event, segment=segment, known=known, **views.words(visit.lang))


def shown(visit: Visit, parts: list[gather.Part], place: str = "") -> list[Markup]:
    """Parts of other slices as HTML; with `place` only those that belong there."""
    wanted = [part for part in parts if not place or part.place == place]
    return [Markup(visit.html(part.template, **part.values)) for part in wanted]


def _asking(visit: Visit) -> gather.Asking:
    here = visit.here
    return gather.Asking(
        person_id=visit.person.id if visit.person else 0, event_id=here.event_id if here else 0,
        event_slug=here.slug if here else "", zone=visit.zone, lang=visit.lang, now=visit.now,
    )  # fmt: skip


def _strip(visit: Visit, event: Any, days: list[programme.Day], current: int | None = None) -> list[dict[str, Any]]:
    today = times.local(visit.now, event.zone).date()
    return fragments.strip(days, slug=event.slug, lang=visit.lang, today=today, current=current)


async def _mine(session: AsyncSession, visit: Visit, event: Event) -> dict[int, bool]:
    """Block → whether this sitting is theirs, for whoever takes part and has one."""
    return await programme.my_sittings(session, event, visit.me.id) if visit.here.participates else {}


def _ics(body: bytes, name: str, *, own: bool = False) -> Response:
    """`own`: it is not the same for everybody, so only whoever asked may keep it."""
    kept = "private, no-cache" if own else "max-age=900"
    headers = {"content-disposition": f'attachment; filename="{name}.ics"', "cache-control": kept}
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)


routes = [
    get("/", front, who=anyone),
    get("/calendar", public_calendar, who=anyone),
    get("/calendar.ics", calendar_file, who=anyone),
    get("/events", my_events, who=signed_in),
    get("/events/{event}", event_page, who=visitor),
    get("/events/{event}/calendar.ics", event_file, who=visitor),
    get("/events/{event}/days/{number:int}", day_page, who=visitor),
    post("/events/{event}/contacts/{id:int}", contact, who=visitor),
]
