"""The glossary of an event: read by everybody, kept by those who run it."""

from pydantic import Field
from starlette.responses import Response

from app.core import i18n
from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.forms import Form, Lang
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events import actions_glossary as actions
from app.events import queries_glossary as queries
from app.events.doors import staff, visitor
from app.events.glossary import entries

LONGEST_TERM, LONGEST_MEANING = 120, 500


class Words(Form):
    lang: Lang
    term: str = Field(default="", max_length=LONGEST_TERM)
    meaning: str = Field(default="", max_length=LONGEST_MEANING)


class NewTerm(Words):
    key: str = Field(min_length=8, max_length=64)
    term: str = Field(min_length=1, max_length=LONGEST_TERM)


async def show(visit: Visit) -> Response:
    async with reading() as session:
        rows = await queries.terms(session, visit.here.event_id)
    found = entries([(row.id or 0, row.words) for row in rows], lang=visit.lang, languages=i18n.CODES)
    return visit.page("events/glossary.html", entries=found, languages_of=i18n.LANGUAGES, **_limits())


async def show_term(visit: Visit) -> Response:
    async with reading() as session:
        row = await queries.term(session, visit.params["term"], visit.here.event_id)
    if row is None:
        raise Missing
    return visit.page("events/glossary_term.html", row=row, languages_of=i18n.LANGUAGES, **_limits())


async def add(visit: Visit) -> Response:
    sent = await visit.form(NewTerm)
    async with transaction() as session:
        row = await actions.add_term(
            session, event_id=visit.here.event_id, by_id=visit.me.id, now=visit.now, **sent.model_dump()
        )
    return visit.go(f"{_base(visit)}/{row.id}", said=N_("It is in. You can add what it is called in other languages."))


async def change(visit: Visit) -> Response:
    sent = await visit.form(Words)
    async with transaction() as session:
        await actions.put_words(
            session, visit.params["term"], event_id=visit.here.event_id, by_id=visit.me.id, now=visit.now,
            **sent.model_dump(),
        )  # fmt: skip
    return visit.go(f"{_base(visit)}/{visit.params['term']}", said=N_("Saved."))


async def drop(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.drop_term(session, visit.params["term"], event_id=visit.here.event_id)
    return visit.go(_base(visit), said=N_("Taken out."))


def _limits() -> dict[str, int]:
    return {"longest_term": LONGEST_TERM, "longest_meaning": LONGEST_MEANING}


def _base(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/glossary"


BASE = "/events/{event}/glossary"
routes = [
    get(BASE, show, who=visitor),
    post(BASE, add, who=staff, shows=show),
    get(f"{BASE}/{{term:int}}", show_term, who=staff),
    post(f"{BASE}/{{term:int}}", change, who=staff, shows=show_term),
    post(f"{BASE}/{{term:int}}/drop", drop, who=staff),
]
