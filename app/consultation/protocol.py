"""The protocol of a consultation: released items in the order of the method, nothing else."""

from collections.abc import Mapping
from datetime import date
from itertools import groupby
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine.method import Method, said
from app.consultation.engine.picks import is_counted
from app.consultation.engine.votes import DOT, is_vote, tally
from app.consultation.picked import summary
from app.consultation.queries import BEFORE, OFFER, headings_of, released
from app.consultation.queries_methods import method_of
from app.consultation.queries_outside import Outside
from app.consultation.queries_seats import seated
from app.core import i18n, times
from app.core.errors import Missing
from app.core.pdf import Document
from app.core.words import N_


async def protocol_of(session: AsyncSession, room: Outside, *, lang: str) -> list[dict[str, Any]]:
    """[{title, items: [{text, answer, name, due, heading}]}], what was asked before first, items of one group together, under none first; raises Missing where nothing has been released."""
    if not room.has_protocol:
        raise Missing
    return await parts_of(session, room.room_id, await method_of(session, room.method, room.method_version), lang=lang)


async def parts_of(session: AsyncSession, room_id: int, method: Method, *, lang: str) -> list[dict[str, Any]]:
    rows = await released(session, room_id)
    headings = await headings_of(session, rows)
    asked = [_item(row.text, answer=row.answer) for row in rows if row.deck == BEFORE]
    parts = [{"title": i18n.say(lang, N_("Asked before")), "items": asked}] if asked else []
    for deck in method.capture:
        output = method.output(deck)
        mine = sorted((row for row in rows if row.deck == deck), key=lambda row: row.group_id or 0)
        if output is not None and is_vote(output):
            texts = {row.id or 0: row.text for row in rows}
            dots = tally((int(row.kind) for row in mine), cards=texts)
            items = [_item(f"{texts[card]}: {given} {DOT}") for card, given in dots]
        elif output is not None and is_counted(output):
            items = [_item(text) for text in summary(method, output, [row.kind for row in mine], lang)]
        else:
            items = [
                _item(row.text, due=row.due, heading=headings.get(row.group_id, ""), practice=row.practice_id)
                for row in mine
            ]
        if items and output is not None:
            parts.append({"title": said(output.title, lang), "items": items})
    helped = [row for row in rows if row.deck == OFFER]
    if helped:
        names = {seat.id: who.name for seat, who in await seated(session, room_id)}
        items = [_item(row.text, name=names[row.seat_id]) for row in helped]
        parts.append({"title": i18n.say(lang, N_("Help that was offered")), "items": items})
    return parts


def foreword(method: Method, lang: str) -> str:
    """Whose word it is that this stands outside."""
    return i18n.say(
        lang,
        N_("This protocol holds what those who wrote it released, card by card. Everything else stayed in the room.")
        if method.everybody_releases
        else N_("This protocol holds what the case giver released, card by card. Everything else stayed in the room."),
    )


def _item(
    text: str,
    *,
    answer: str = "",
    name: str = "",
    due: date | None = None,
    heading: str = "",
    practice: int | None = None,
) -> dict[str, Any]:
    return {"text": text, "answer": answer, "name": name, "due": due, "heading": heading, "practice": practice}


def protocol_document(
    room: Outside, parts: list[dict[str, Any]], *, method: str, foreword: str, linked: Mapping[int, str], lang: str, zone: str, programme: str
) -> Document:  # fmt: skip
    """The same as a document. `linked`: thread → the title of a practice that this reader may read."""
    document = Document(title=room.title, lang=lang, foot=programme)
    document.heading(room.title, level=1)
    closed = times.in_words(room.closed_at, zone, lang) if room.closed_at else ""
    about = [method, i18n.say(lang, room.theme), room.city, closed]
    document.small(" · ".join(words for words in about if words))
    document.small(foreword)
    for part in parts:
        document.heading(part["title"])
        for heading, items in groupby(part["items"], key=lambda item: str(item["heading"])):
            if heading:
                document.heading(heading, level=3)
            document.items([_line(item, linked, lang) for item in items], lang=room.lang)
    if room.thanks:
        document.heading(i18n.say(lang, N_("Thanks from whoever brought the case")))
        document.lines(room.thanks, lang=room.lang)
    if room.outcome:
        document.heading(i18n.say(lang, N_("What became of it")))
        document.lines(room.outcome, lang=room.lang)
    return document


def named(thread: int, linked: Mapping[int, str], lang: str) -> str:
    """What a linked practice is called: by its title only to those who may read it."""
    return linked.get(thread) or i18n.say(lang, N_("Linked practice"))


def _line(item: dict[str, Any], linked: Mapping[int, str], lang: str) -> str:
    said = {"answer": i18n.say(lang, N_("The answer:")), "until": i18n.say(lang, N_("until"))}
    name = f"{item['name']}: " if item["name"] else ""
    answer = f" {said['answer']} {item['answer']}" if item["answer"] else ""
    due = f" ({said['until']} {times.day_in_words(item['due'], lang)})" if item["due"] else ""
    practice = f" [{named(item['practice'], linked, lang)}]" if item["practice"] else ""
    return f"{name}{item['text']}{answer}{practice}{due}"
