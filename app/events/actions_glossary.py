"""The glossary of an event: words added, said in more languages, taken out."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Invalid, Missing, Refused
from app.core.words import N_
from app.events import queries
from app.events import queries_glossary as glossary
from app.events.models import Term

MOST_TERMS = 300


async def add_term(
    session: AsyncSession, *, event_id: int, by_id: int, key: str, lang: str, term: str, meaning: str = "", now: datetime
) -> Term:  # fmt: skip
    """A new word; the same key again is the same word."""
    known = await glossary.with_key(session, key)
    if known is not None:
        if known.event_id != event_id:
            raise Missing
        return known
    await queries.hold(session, event_id)
    there = await glossary.terms(session, event_id)
    if len(there) >= MOST_TERMS:
        raise Refused(N_("Three hundred words are enough; take one out first."))
    _check_new(term, lang, there)
    row = Term(event_id=event_id, key=key, words={lang: _said(term, meaning)}, by_id=by_id, changed_at=now)
    session.add(row)
    await session.flush()
    return row


async def put_words(
    session: AsyncSession, term_id: int, *, event_id: int, by_id: int, lang: str, term: str, meaning: str = "", now: datetime
) -> None:  # fmt: skip
    """What the word is called in this language; without a term it is not said there any more."""
    row = await _held(session, term_id, event_id)
    words = {other: said for other, said in row.words.items() if other != lang}
    if term.strip():
        words[lang] = _said(term, meaning)
    elif not words:
        raise Invalid({"term": N_("A word stays in one language at least. Take it out as a whole instead.")})
    row.words, row.by_id, row.changed_at = words, by_id, now
    session.add(row)


async def drop_term(session: AsyncSession, term_id: int, *, event_id: int) -> None:
    """Gone; a second time there is nothing to do."""
    row = await glossary.to_change(session, term_id, event_id)
    if row is not None:
        await session.delete(row)


def _check_new(term: str, lang: str, there: list[Term]) -> None:
    if any(row.words.get(lang, {}).get("term", "").casefold() == term.strip().casefold() for row in there):
        raise Invalid({"term": N_("This word is here already. Change it where it stands.")})


def _said(term: str, meaning: str) -> dict[str, str]:
    return {"term": term.strip(), "meaning": meaning.strip()}


async def _held(session: AsyncSession, term_id: int, event_id: int) -> Term:
    row = await glossary.to_change(session, term_id, event_id)
    if row is None:
        raise Missing
    return row
