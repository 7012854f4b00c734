"""Pages of short surveys: asked by moderators, answered by members, the sums for everybody."""

from collections.abc import Callable
from datetime import timedelta

from pydantic import Field
from starlette.responses import Response

from app.core import i18n
from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.actions_programme import mark_first_of
from app.events.doors import member, moderator, visitor
from app.events.rules import MODERATORS
from app.insight import actions, rules_pulse
from app.insight import queries_pulse as queries
from app.insight.models import Pulse
from app.insight.rules_pulse import LONGEST_ANSWER, LONGEST_QUESTION, QUESTIONS, STEPS


class NewPulse(Form):
    key: str = Field(min_length=8, max_length=64)
    first: str = Field(max_length=LONGEST_QUESTION)
    second: str = Field(max_length=LONGEST_QUESTION)
    third: str = Field(max_length=LONGEST_QUESTION)
    hours: int = 24


class Answer(Form):
    first: int
    second: int
    third: str = Field(default="", max_length=LONGEST_ANSWER)


async def show_all(visit: Visit) -> Response:
    page = visit.page_number()
    async with reading() as session:
        found, more = await queries.pulses(session, visit.here.event_id, page=page)
    asks = visit.here.is_one_of(MODERATORS)
    return visit.page("insight/pulses.html", found=found, more=more, page=page, asks=asks, words=_questions(visit))


async def show_new(visit: Visit) -> Response:
    return visit.page("insight/pulse_new.html", usual=_usual(visit), longest=LONGEST_QUESTION)


async def ask(visit: Visit) -> Response:
    sent = await visit.form(NewPulse)
    questions = rules_pulse.own_words([sent.first, sent.second, sent.third], _usual(visit))
    async with transaction() as session:
        row = await actions.ask(
            session, event_id=visit.here.event_id, by_id=visit.me.id, key=sent.key, questions=questions, lang=visit.lang,
            closes_at=visit.now + timedelta(hours=min(max(sent.hours, 0), 10_000)), now=visit.now,
        )  # fmt: skip
    return visit.go(f"{_base(visit)}/{row.id}", said=N_("The questions are open. They stand on everybody’s Today."))


async def show_one(visit: Visit) -> Response:
    async with reading() as session:
        row = await queries.pulse(session, visit.params["pulse"], visit.here.event_id)
        if row is None:
            raise Missing
        mine = visit.here.participates and await queries.has_answered(session, row.id or 0, visit.me.id)
    return visit.page(
        "insight/pulse.html", pulse=row, questions=_questions(visit)(row), steps=STEPS, answered=mine,
        open=visit.now < row.closes_at, shown=rules_pulse.is_shown(row.answers, row.closes_at, now=visit.now),
        asks=visit.here.is_one_of(MODERATORS), longest=LONGEST_ANSWER, enough=rules_pulse.ENOUGH,
    )  # fmt: skip


async def answer(visit: Visit) -> Response:
    sent = await visit.form(Answer)
    async with transaction() as session:
        new = await actions.answer(
            session, visit.params["pulse"], event_id=visit.here.event_id, person_id=visit.me.id,
            steps=[sent.first, sent.second], text=sent.third, now=visit.now,
        )  # fmt: skip
        await mark_first_of(
            session, event_id=visit.here.event_id, leads=[_base(visit)], person_id=visit.me.id, now=visit.now
        )
    said = N_("Thank you. Your answer is in the sums, without your name.") if new else N_("You have answered already.")
    return visit.go(f"{_base(visit)}/{visit.params['pulse']}", said=said)


async def close(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.close(session, visit.params["pulse"], event_id=visit.here.event_id, now=visit.now)
    return visit.go(f"{_base(visit)}/{visit.params['pulse']}", said=N_("Closed. Everybody can read the result."))


def _usual(visit: Visit) -> list[str]:
    return [i18n.say(visit.lang, words) for words in QUESTIONS]


def _questions(visit: Visit) -> Callable[[Pulse], list[tuple[str, str]]]:
    """pulse → its questions as (language, words): the house's own ones in the reader's language."""
    usual = _usual(visit)

    def words(row: Pulse) -> list[tuple[str, str]]:
        return [
            (row.lang, own) if own else (visit.lang, words) for own, words in zip(row.questions, usual, strict=True)
        ]

    return words


def _base(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/pulses"


BASE = "/events/{event}/pulses"
routes = [
    get(BASE, show_all, who=visitor),
    get(f"{BASE}/new", show_new, who=moderator),
    post(BASE, ask, who=moderator, shows=show_new),
    get(f"{BASE}/{{pulse:int}}", show_one, who=visitor),
    post(f"{BASE}/{{pulse:int}}/answers", answer, who=member, shows=show_one),
    post(f"{BASE}/{{pulse:int}}/closing", close, who=moderator),
]
