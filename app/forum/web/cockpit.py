"""The moderators' cockpit: what waits, for whom, since when, and whom one could ask; notes from one person to another."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import Field
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from app.core import i18n, places
from app.core.db import reading, transaction
from app.core.doors import signed_in
from app.core.errors import Missing
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import moderator
from app.forum.actions import cockpit as actions
from app.forum.queries import cockpit as queries
from app.forum.queries import concerns
from app.forum.queries.cockpit import Here, Unanswered
from app.forum.rules_cockpit import (
    ANSWER_FIRST,
    KNOWS,
    NEIGHBOUR,
    NOTE_EVERY,
    SPEAKS,
    Reason,
    Silence,
    Suggestion,
    is_late,
    silence,
    suggest,
)
from app.notices import queries as notices
from app.notices import queries_incoming as incoming
from app.notices.queries import refreshed
from app.people.rules import TOPICS

SHOWN = 5
"""Of each queue on the first page."""


class Asking(Form):
    thread: int
    person: int


class NewNote(Form):
    key: str = Field(min_length=8, max_length=64)
    reason: Silence | None = None
    text: str = Field(min_length=1, max_length=actions.LONGEST_NOTE)


@dataclass(frozen=True)
class Silent:
    """Somebody who is silent, why, and whether a note may be written now."""

    here: Here
    why: Silence
    rests: bool


async def show(visit: Visit) -> Response:
    """The first few of every queue."""
    async with reading() as session:
        event = await concerns.event_of(session, visit.here.event_id)
        here = await queries.people(session, visit.here.event_id)
        first = await queries.first_unanswered(session, here, person_id=visit.me.id)
        asked, more = await queries.questions(
            session, event_id=visit.here.event_id, person_id=visit.me.id, now=visit.now, limit=SHOWN
        )
        told = await notices.told_of(session, [f"asked:{question.thread_id}" for question in asked])
        raised, _ = await concerns.queue(session, event_id=visit.here.event_id, person_id=visit.me.id, limit=SHOWN)
        waiting = await concerns.waiting(session, event_id=visit.here.event_id)
        mails = await incoming.count_waiting(session, visit.here.event_id, person_id=visit.me.id)
    quiet = _silent(visit, here, event.languages)
    return visit.page(
        "forum/cockpit.html", first=first[:SHOWN], firsts=len(first), asked=_suggested(visit, asked, here), more_asked=more,
        told=told, raised=raised, waiting=waiting, quiet=quiet[:SHOWN], quiets=len(quiet), mails=mails, **_words(visit),
    )  # fmt: skip


async def show_first(visit: Visit) -> Response:
    async with reading() as session:
        here = await queries.people(session, visit.here.event_id)
        first = await queries.first_unanswered(session, here, person_id=visit.me.id)
    shown, page, more = _paged(visit, first)
    return visit.page("forum/cockpit_first.html", first=shown, page=page, more=more, **_words(visit))


async def show_questions(visit: Visit) -> Response:
    page = visit.page_number()
    async with reading() as session:
        here = await queries.people(session, visit.here.event_id)
        asked, more = await queries.questions(
            session, event_id=visit.here.event_id, person_id=visit.me.id, now=visit.now, page=page
        )
        told = await notices.told_of(session, [f"asked:{question.thread_id}" for question in asked])
    return visit.page(
        "forum/cockpit_questions.html", asked=_suggested(visit, asked, here), told=told, page=page, more=more,
        **_words(visit),
    )  # fmt: skip


async def show_silent(visit: Visit) -> Response:
    async with reading() as session:
        event = await concerns.event_of(session, visit.here.event_id)
        here = await queries.people(session, visit.here.event_id)
    shown, page, more = _paged(visit, _silent(visit, here, event.languages))
    return visit.page("forum/cockpit_silent.html", quiet=shown, page=page, more=more, **_words(visit))


async def ask(visit: Visit) -> Response:
    sent = await visit.form(Asking)
    async with transaction() as session:
        await actions.ask_for_answer(
            session, thread_id=sent.thread, event_id=visit.here.event_id, moderator_id=visit.me.id, person_id=sent.person,
            now=visit.now,
        )  # fmt: skip
    return visit.go(
        f"/events/{visit.here.slug}/cockpit#questions", said=N_("Asked. They find your question in their notices.")
    )


async def show_new_note(visit: Visit) -> Response:
    """The note begins with a template for the reason, in the person's language; nothing leaves without a click."""
    async with reading() as session:
        found, why = await _whom(visit, session)
    name = found.person.name.split()[0] if found.person.name else ""
    begun = i18n.say(found.person.lang, why.note, name=name, event=visit.here.title) if why else ""
    return visit.page(
        "forum/note_new.html",
        whom=found,
        why=why,
        begun=begun,
        rests=_rests(visit, found),
        longest=actions.LONGEST_NOTE,
    )


async def write_note(visit: Visit) -> Response:
    sent = await visit.form(NewNote)
    async with transaction() as session:
        await actions.write_note(
            session, event_id=visit.here.event_id, moderator_id=visit.me.id, person_id=visit.params["person"], now=visit.now,
            **sent.model_dump(),
        )  # fmt: skip
    return visit.go(f"/events/{visit.here.slug}/cockpit#silent", said=N_("Your note is on its way."))


async def show_note(visit: Visit) -> Response:
    async with reading() as session:
        found = await queries.note(session, visit.params["note"], person_id=visit.me.id)
        if found is None:
            raise Missing
        event = await concerns.event_of(session, found[0].event_id)
        wants = await queries.wants_notes(session, found[0].event_id, visit.me.id)
    async with transaction() as session:
        await actions.seen_note(session, visit.params["note"], person_id=visit.me.id, now=visit.now)
        visit.person = await refreshed(session, visit.me)
    return visit.page("forum/note.html", note=found[0], name=found[1], event=event, wants=wants)


async def _whom(visit: Visit, session: AsyncSession) -> tuple[Here, Silence | None]:
    here = await queries.people(session, visit.here.event_id)
    found = next((each for each in here if each.person_id == visit.params["person"]), None)
    if found is None:
        raise Missing
    event = await concerns.event_of(session, visit.here.event_id)
    return found, silence(found.presence(event.languages), now=visit.now)


def _silent(visit: Visit, here: list[Here], languages: list[str]) -> list[Silent]:
    """Who is silent, by reason; those to whom one may write come first."""
    seen = [(each, silence(each.presence(languages), now=visit.now)) for each in here if not each.runs_it]
    found = [Silent(each, why, _rests(visit, each)) for each, why in seen if why is not None]
    order = list(Silence)
    return sorted(found, key=lambda one: (one.rests, order.index(one.why), one.here.person_id))


def _rests(visit: Visit, here: Here) -> bool:
    return not here.wants_notes or (here.noted_at is not None and visit.now - here.noted_at < NOTE_EVERY)


def _suggested(visit: Visit, asked: list[Unanswered], here: list[Here]) -> list[tuple[Unanswered, list[Suggestion]]]:
    knowing = [each.knowing for each in here if not each.runs_it]
    return list(
        zip(asked, suggest([each.question for each in asked], knowing, _vocabulary(), now=visit.now), strict=True)
    )


@cache
def _vocabulary() -> dict[str, tuple[str, ...]]:
    """topic → how it is called in every language of the interface."""
    return {topic: tuple(i18n.say(lang, words) for lang in i18n.CODES) for topic, words in TOPICS.items()}


def _paged(visit: Visit, found: list[Any]) -> tuple[list[Any], int, bool]:
    page = visit.page_number()
    return found[(page - 1) * queries.PAGE : page * queries.PAGE], page, len(found) > page * queries.PAGE


def _words(visit: Visit) -> dict[str, Any]:
    """What the templates of the cockpit ask with."""
    named = {
        KNOWS: lambda key: i18n.say(visit.lang, TOPICS[key]),
        SPEAKS: lambda key: places.spoken_language(key, visit.lang),
        NEIGHBOUR: lambda key: places.country(key, visit.lang),
    }

    def reason_words(reason: Reason) -> str:
        what = named[reason.words](reason.key) if reason.words in named else ""
        return i18n.say(visit.lang, reason.words, what=what)

    return {
        "reason_words": reason_words, "late": lambda at: is_late(at, ANSWER_FIRST, now=visit.now),
        "due": lambda at: at + ANSWER_FIRST,
    }  # fmt: skip


routes = [
    get("/events/{event}/cockpit", show, who=moderator),
    get("/events/{event}/cockpit/first", show_first, who=moderator),
    get("/events/{event}/cockpit/questions", show_questions, who=moderator),
    get("/events/{event}/cockpit/silent", show_silent, who=moderator),
    post("/events/{event}/cockpit/ask", ask, who=moderator),
    get("/events/{event}/cockpit/notes/{person:int}", show_new_note, who=moderator),
    post("/events/{event}/cockpit/notes/{person:int}", write_note, who=moderator, shows=show_new_note),
    get("/notes/{note:int}", show_note, who=signed_in),
]
