"""Today: what this day asks of me, when I meet the others, what happened since my last visit."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import EmailStr, Field
from starlette.responses import Response

from app.core import gather, i18n, limits, times
from app.core.db import reading, transaction
from app.core.doors import anyone, signed_in
from app.core.errors import Missing
from app.core.forms import Form
from app.core.pages import Visit, get, inside, post
from app.core.words import N_
from app.events import actions_members, actions_programme, fragments, queries, queries_members, views
from app.events import queries_programme as programme
from app.events.doors import member
from app.events.models import Event
from app.events.web_public import shown
from app.people.actions import ask_for_link
from app.people.rules import as_address

AROUND_TASKS = 50  # parts with a smaller order stand before the tasks, the others after


async def today(visit: Visit) -> Response:
    async with transaction() as session:
        since = await actions_members.note_visit(
            session, event_id=visit.here.event_id, person_id=visit.me.id, now=visit.now
        )
    async with reading() as session:
        event = await queries.event(session, visit.here.event_id)
        days = await programme.programme_days(session, event, staff=visit.here.is_staff)
        done = await programme.done(session, visit.here.event_id, visit.me.id)
        mine = await programme.my_sittings(session, event, visit.me.id)
        parts = await gather.gathered(session, "today", _asking(visit, since))
    day = _my_day(visit, event, days, done, mine)
    asked = {task.goes_to for task in [*day["tasks"], *day["left"]] if task.id not in done}
    parts = [part for part in parts if not part.goes_to or part.goes_to not in asked]  # one thing stands there once
    main = [part for part in parts if part.place != "side"]
    own = [part.at for part in main if part.at]
    live = day["next_block"]
    return visit.page(
        "events/today.html", event=event, done=done, since=since, mine=mine, **day,
        block_first=live and (not own or programme.begins(event, live) < min(own)),
        first=shown(visit, [part for part in main if part.order < AROUND_TASKS]),
        then=shown(visit, [part for part in main if part.order >= AROUND_TASKS]),
        beside=shown(visit, [part for part in parts if part.place == "side"]), **views.words(visit.lang),
    )  # fmt: skip


class Mark(Form):
    done: bool = False
    back: str = Field("", max_length=300)


async def mark_task(visit: Visit) -> Response:
    typed = await visit.form(Mark)
    async with transaction() as session:
        await actions_programme.mark_task(
            session, event_id=visit.here.event_id, task_id=visit.params["id"], person_id=visit.me.id,
            done=typed.done, now=visit.now,
        )  # fmt: skip
    back = inside(typed.back or f"/events/{visit.here.slug}/today")
    return visit.go(f"{back}#task-{visit.params['id']}")


async def invitation(visit: Visit) -> Response:
    """What somebody is asked to take part in, and the button that says yes."""
    async with reading() as session:
        event = await queries.event_with_slug(session, visit.params["event"])
        asked = await queries_members.invitation(session, event.id or 0, visit.me.id) if event else None
    if event is None or asked is None:
        raise Missing(N_("There is no invitation for you here. Perhaps it was sent to another address of yours."))
    if asked.state == "accepted":
        return visit.go(f"/events/{event.slug}/today")
    return visit.page("events/invitation.html", event=event, asked=asked, **views.words(visit.lang))


async def accept(visit: Visit) -> Response:
    async with transaction() as session:
        event = await queries.event_with_slug(session, visit.params["event"])
        if event is None:
            raise Missing
        await actions_members.accept_invitation(session, event_id=event.id or 0, person_id=visit.me.id, now=visit.now)
    return visit.go(f"/events/{event.slug}/today", said=N_("Welcome! Good that you are here."))


async def join_page(visit: Visit) -> Response:
    async with reading() as session:
        found = await queries_members.join_link(session, visit.params["word"])
    if found is None:
        raise Missing(N_("This link does not work any more. Ask the people who run the event for a new one."))
    return visit.page("events/join.html", link=found[0], event=found[1], **views.words(visit.lang))


class Newcomer(Form):
    name: str = Field(min_length=1, max_length=120)
    email: EmailStr = Field(max_length=320)


async def join_letter(visit: Visit) -> Response:
    """Somebody with a join link and perhaps without an account: a letter leads back here, signed in."""
    typed = await visit.form(Newcomer)
    await limits.check("sign-in letter", as_address(typed.email), "5/hour")
    await limits.check("sign-in letter from", visit.line, "100/hour")
    async with transaction() as session:
        if await queries_members.join_link(session, visit.params["word"]) is None:
            raise Missing
        await ask_for_link(
            session, email=typed.email, goes_to=f"/join/{visit.params['word']}", now=visit.now, name=typed.name,
            lang=visit.lang,
        )  # fmt: skip
    return visit.go("/sign-in/sent")


async def join(visit: Visit) -> Response:
    async with transaction() as session:
        event = await actions_members.join_by_link(
            session, word=visit.params["word"], person_id=visit.me.id, now=visit.now
        )
    return visit.go(f"/events/{event.slug}/today", said=N_("Welcome! Good that you are here."))


def _my_day(
    visit: Visit, event: Event, days: list[programme.Day], done: dict[int, datetime], mine: dict[int, bool]
) -> dict[str, Any]:
    """Which day it is for this event, its tasks, and those left over from the days before; the next live part I come to."""
    blocks = [block for day in days for block in day.blocks if mine.get(block.id or 0, True)]
    number = programme.today(event, visit.now)
    on = times.local(visit.now, event.zone).date()
    now = next((day for day in days if day.number == number), None)
    tasks = now.tasks if now else []
    left = [task for day in days if day.number < number for task in day.tasks if task.id not in done]
    return {
        "headline": _headline(visit, event, number, len(programme.dates(event))),
        "strip": fragments.strip(days, slug=event.slug, lang=visit.lang, today=on),
        "number": number,
        "free": on not in programme.dates(event),
        "tasks": tasks, "left": left[-5:],
        "minutes": sum(task.minutes for task in tasks if task.id not in done),
        "next_block": next((block for block in blocks if programme.ends(event, block) > visit.now), None),
    }  # fmt: skip


def _headline(visit: Visit, event: Event, number: int, of: int) -> str:
    hour = times.local(visit.now, visit.zone).hour
    greeting = N_("Good morning, {name}.") if 4 <= hour < 12 else N_("Good evening, {name}.")
    greeting = N_("Hello, {name}.") if hour < 5 or hour >= 22 else greeting
    greeting = N_("Good afternoon, {name}.") if 12 <= hour < 18 else greeting
    hello = i18n.say(visit.lang, greeting, name=visit.me.name.split()[0])
    first = times.day_in_words(event.starts_on, visit.lang)
    on = times.local(visit.now, event.zone).date()
    elsewhere = on != times.local(visit.now, visit.zone).date()
    there = i18n.say(
        visit.lang, N_("Where the event is at home it is {day} now."), day=times.day_in_words(on, visit.lang)
    )
    where = i18n.say(visit.lang, _where_we_are(visit, event, number), number=number, of=of, day=first)
    return " ".join([hello, *([there] if elsewhere else []), where])


def _where_we_are(visit: Visit, event: Event, number: int) -> str:
    on = times.local(visit.now, event.zone).date()
    if number == 0:
        return N_("It begins on {day}.")
    if on > event.ends_on:
        return N_("The event is over; everything stays here to read.")
    if on not in programme.dates(event):
        return N_("The programme rests today. Day {number} of {of} lies behind us.")
    return N_("Day {number} of {of}.")


def _asking(visit: Visit, since: datetime | None) -> gather.Asking:
    return gather.Asking(
        person_id=visit.me.id, event_id=visit.here.event_id, event_slug=visit.here.slug, zone=visit.zone,
        lang=visit.lang, now=visit.now, since=since or visit.now - timedelta(days=1),
    )  # fmt: skip


routes = [
    get("/events/{event}/today", today, who=member),
    post("/events/{event}/tasks/{id:int}/done", mark_task, who=member),
    get("/events/{event}/invitation", invitation, who=signed_in),
    post("/events/{event}/invitation", accept, who=signed_in, shows=invitation),
    get("/join/{word}", join_page, who=anyone),
    post("/join/{word}/letter", join_letter, who=anyone, shows=join_page),
    post("/join/{word}", join, who=signed_in, shows=join_page),
]
