"""Organising an event: from the draft to the archive, what its page says, who stands behind it."""

from typing import Any

from starlette.responses import Response

from app.core import gather, i18n, places, times
from app.core.db import reading, transaction
from app.core.doors import admin
from app.core.errors import Invalid
from app.core.forms import both
from app.core.pages import Visit, get, post
from app.core.wordings import seal
from app.core.words import N_
from app.events import actions, actions_members, checks, days, forms, logos, queries, queries_members, rules, views
from app.events import queries_programme as programme
from app.events.doors import manager, staff
from app.events.templates import regions, templates
from app.people.rules import TOPICS

SAVED = N_("Saved.")


async def new_page(visit: Visit) -> Response:
    async with reading() as session:
        others = await queries.all_events(session)
    return visit.page(
        "events/new.html", templates=templates(), zones=sorted(times.zone_names()), others=others,
        **views.words(visit.lang),
    )  # fmt: skip


async def create(visit: Visit) -> Response:
    typed = await visit.form(forms.NewEvent)
    template = templates().get(typed.template)
    if typed.template and template is None:
        raise Invalid({"template": N_("Please choose one of the list.")})
    rules.check_not_past(typed.starts_on, today=times.local(visit.now, typed.zone).date())
    count = template.working_days if template else 1
    async with transaction() as session:
        known = await queries_members.draft_of(session, visit.me.id, title=typed.title, starts_on=typed.starts_on)
        if known:
            there = N_("You have this draft already: the same title, the same first day.")
            return visit.go(f"/events/{known}/manage", said=there)
        event = await actions.create_event(
            session, title=typed.title, kind=template.kind if template else typed.kind, starts_on=typed.starts_on,
            ends_on=typed.ends_on or days.last_working_day(typed.starts_on, count), zone=typed.zone,
            template=typed.template, predecessor_id=typed.predecessor_id, lang="en", now=visit.now,
        )  # fmt: skip
        await actions_members.join(
            session, event_id=event.id or 0, person_id=visit.me.id, roles=[rules.Role.MANAGER], now=visit.now
        )
        asking = gather.Asking(visit.me.id, event.id or 0, event.slug, zone=event.zone, lang=event.lang, now=visit.now)
        await gather.gathered(session, "new event", asking)  # the other slices furnish it
    return visit.go(f"/events/{event.slug}/manage", said=N_("The draft is made. Nobody sees it until you publish it."))


async def overview(visit: Visit) -> Response:
    async with reading() as session:
        event = await queries.event(session, visit.here.event_id)
        planned = await programme.programme_days(session, event, staff=True)
        asked = await queries_members.invitations(session, visit.here.event_id)
        people = await queries.number_of_people(session, visit.here.event_id)
        letters = await queries.letter_counts(session, queries.Outbox(visit.here.event_id))
    return visit.page(
        "events/manage.html", event=event, days=planned, asked=asked, people=people, letters=letters,
        warnings=warnings(visit, planned), alone=people == 1 and not asked, may_edit=visit.here.is_one_of(frozenset({rules.Role.MANAGER})),
        **views.words(visit.lang),
    )  # fmt: skip


async def set_state(visit: Visit) -> Response:
    wanted = (await visit.form(forms.NewState)).state
    async with transaction() as session:
        event_id = visit.here.event_id
        if wanted == rules.State.PUBLISHED:
            await actions.publish(session, event_id=event_id)
        elif wanted == rules.State.ARCHIVED:
            await actions.archive(session, event_id=event_id, today=visit.now.date())
        else:
            await actions.withdraw(session, event_id=event_id)
    said = N_("Published: everybody sees the event now.") if wanted == rules.State.PUBLISHED else SAVED
    return visit.go(f"/events/{visit.here.slug}/manage", said=said)


async def throw_away(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.throw_away(session, event_id=visit.here.event_id, by=visit.me.id)
    return visit.go("/events", said=N_("The draft is thrown away."))


async def about_page(visit: Visit) -> Response:
    async with reading() as session:
        event = await queries.event(session, visit.here.event_id)
        organisers = await queries.organisers(session, visit.here.event_id)
        segments = await queries.segments(session, visit.here.event_id)
        members = await queries_members.members(session, visit.here.event_id)
        others = [each for each in await queries.all_events(session) if each.id != event.id]
        worded = seal(forms.About.said(event))
        edited = {row.key: row.name for row in await queries.region_set_rows(session)}
        logos = await views.logos(session, organisers, now=visit.now)
    return visit.page(
        "events/manage_about.html", event=event, worded=worded, organisers=organisers, segments=segments, members=members,
        others=others, logos=logos, zones=sorted(times.zone_names()), countries=places.countries(visit.lang),
        spoken=places.spoken_languages(visit.lang), topics=TOPICS,
        region_sets={**{key: getattr(r, visit.lang, r.en) for key, r in regions().items()}, **edited},
        further=[each for each in i18n.LANGUAGES if each.code != event.lang], **views.words(visit.lang),
    )  # fmt: skip


async def edit_about(visit: Visit) -> Response:
    typed = await visit.form(forms.About)
    async with transaction() as session:
        await actions.edit_about(
            session, event_id=visit.here.event_id, seen=typed.seen, now=visit.now, **typed.fields()
        )
    return _back(visit)


async def translate(visit: Visit) -> Response:
    typed = await visit.form(forms.Translation)
    async with transaction() as session:
        event = await queries.event(session, visit.here.event_id)
        fields = {name: words for name, words in typed.model_dump(exclude={"lang"}).items() if words}
        texts = {**event.texts, typed.lang: {**event.texts.get(typed.lang, {}), **fields}}
        await actions.edit_event(session, event_id=visit.here.event_id, texts=texts)
    return _back(visit, "#languages")


async def set_organiser(visit: Visit) -> Response:
    typed, logo = await both(visit.form(forms.Backer), logos.sent(visit))
    async with transaction() as session:
        await actions.set_organiser(
            session, event_id=visit.here.event_id, organiser_id=visit.params.get("id"), **typed.model_dump(),
            **await logos.kept(session, logo, visit),
        )  # fmt: skip
    return _back(visit, "#organisers")


async def drop_organiser(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.drop_organiser(session, event_id=visit.here.event_id, organiser_id=visit.params["id"])
    return _back(visit, "#organisers")


async def set_segment(visit: Visit) -> Response:
    typed = await visit.form(forms.Audience)
    async with transaction() as session:
        await actions.set_segment(
            session, event_id=visit.here.event_id, segment_id=visit.params.get("id"), **typed.model_dump()
        )
    return _back(visit, "#segments")


async def drop_segment(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.drop_segment(session, event_id=visit.here.event_id, segment_id=visit.params["id"])
    return _back(visit, "#segments")


def warnings(visit: Visit, planned: list[programme.Day]) -> list[tuple[Any, str]]:
    """What the checks say, each with its block, in the visitor's language."""
    return [
        (block, i18n.say(visit.lang, found.sentence, **found.values))
        for day in planned
        for block in day.blocks
        for found in checks.block_warnings(block.minutes, block.agenda, starts=block.starts)
    ]


def _back(visit: Visit, anchor: str = "") -> Response:
    return visit.go(f"/events/{visit.here.slug}/manage/about{anchor}", said=SAVED)


BASE = "/events/{event}/manage"
routes = [
    get("/events/new", new_page, who=admin),
    post("/events/new", create, who=admin, shows=new_page),
    get(BASE, overview, who=staff),
    post(f"{BASE}/state", set_state, who=manager, shows=overview),
    post(f"{BASE}/throw-away", throw_away, who=manager, shows=overview),
    get(f"{BASE}/about", about_page, who=manager),
    post(f"{BASE}/about", edit_about, who=manager, shows=about_page),
    post(f"{BASE}/translations", translate, who=manager, shows=about_page),
    post(f"{BASE}/organisers", set_organiser, who=manager, shows=about_page),
    post(f"{BASE}/organisers/{{id:int}}", set_organiser, who=manager, shows=about_page),
    post(f"{BASE}/organisers/{{id:int}}/drop", drop_organiser, who=manager),
    post(f"{BASE}/segments", set_segment, who=manager, shows=about_page),
    post(f"{BASE}/segments/{{id:int}}", set_segment, who=manager, shows=about_page),
    post(f"{BASE}/segments/{{id:int}}/drop", drop_segment, who=manager),
]
