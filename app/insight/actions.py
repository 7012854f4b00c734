"""Short surveys: asked, answered once, closed. The answer goes into the sums; who gave it is not kept."""

from collections.abc import Sequence
from datetime import datetime
from secrets import randbelow

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import add_if_new
from app.core.errors import Missing, Refused
from app.core.words import N_
from app.insight import queries_pulse as queries
from app.insight import rules_pulse as rules
from app.insight.models import Pulse, PulseAnswered
from app.insight.rules_pulse import Sums


async def ask(
    session: AsyncSession, *, event_id: int, by_id: int, key: str, questions: Sequence[str], lang: str, closes_at: datetime,
    now: datetime,
) -> Pulse:  # fmt: skip
    """Three questions to everybody in the event; the same key again is the same survey."""
    known = await queries.with_key(session, key)
    if known is not None:
        if (known.event_id, known.by_id) != (event_id, by_id):
            raise Refused(N_("This form was used before. Reload the page and send your text again."))
        return known
    rules.check_closing(now, closes_at)
    row = Pulse(
        event_id=event_id, key=key, by_id=by_id, lang=lang, questions=list(questions), tallies=rules.blank(), opened_at=now,
        closes_at=closes_at,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def answer(
    session: AsyncSession,
    pulse_id: int,
    *,
    event_id: int,
    person_id: int,
    steps: Sequence[int],
    text: str,
    now: datetime,
) -> bool:
    """Once a person; False when they had answered before, and then nothing changes."""
    row = await _held(session, pulse_id, event_id)
    if await queries.has_answered(session, pulse_id, person_id):
        return False
    rules.check_open(row.closes_at, now=now)
    before = Sums(row.tallies, row.texts, row.answers)
    after = rules.added(before, steps, text, place=randbelow(len(row.texts) + 1))
    row.tallies, row.texts, row.answers = after.tallies, after.texts, after.answers
    session.add(row)
    await add_if_new(session, PulseAnswered, pulse_id=pulse_id, person_id=person_id)
    return True


async def close(session: AsyncSession, pulse_id: int, *, event_id: int, now: datetime) -> None:
    row = await _held(session, pulse_id, event_id)
    row.closes_at = min(row.closes_at, now)
    session.add(row)


async def _held(session: AsyncSession, pulse_id: int, event_id: int) -> Pulse:
    row = await queries.to_change(session, pulse_id, event_id)
    if row is None:
        raise Missing
    return row
