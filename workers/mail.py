"""Letters leave: waiting → sending → sent, or failed with the reason beside it."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from app.core import times
from app.core.db import locked, transaction
from app.core.mail import Letter, LetterState, SendLetter
from workers.postman import LINES, Permanent, Postman, Temporary
from workers.registry import Turn, handles_many

ROUND = 16
"""Letters a round: what is stored for each is stored for all of them at once. After a kill, a round may leave again."""

_postman: Postman | None = None
_rounds = asyncio.Semaphore(LINES)


@dataclass(frozen=True)
class Outcome:
    state: LetterState
    error: str = ""
    again: bool = False


def use(postman: Postman | None) -> None:
    """Who carries letters in this process; without one, letters wait."""
    global _postman, _rounds
    _postman, _rounds = postman, asyncio.Semaphore(LINES)


@handles_many(SendLetter, at_once=ROUND)
async def send(wanted: Sequence[tuple[SendLetter, Turn]]) -> list[str]:
    """Carry some letters. One that was being sent when a worker died is sent again: twice is better than never."""
    if _postman is None:
        return ["No mail server is set: the letter waits."] * len(wanted)
    outcomes: dict[int, Outcome] = {}
    async with _rounds:
        letters = await _taken_up([work.letter_id for work, _ in wanted])
        try:
            for work, turn in wanted:
                if work.letter_id in letters:
                    outcomes[work.letter_id] = await _carried(_postman, letters[work.letter_id], last=turn.last)
        finally:
            await asyncio.shield(_put_down(outcomes))
    reasons = {number: outcome.error for number, outcome in outcomes.items() if outcome.again}
    return [reasons.get(work.letter_id, "") for work, _ in wanted]


async def _carried(postman: Postman, letter: Letter, *, last: bool) -> Outcome:
    try:
        await postman.carry(letter)
    except Temporary as problem:
        return Outcome(LetterState.FAILED if last else LetterState.WAITING, str(problem), again=True)
    except Permanent as problem:
        return Outcome(LetterState.FAILED, str(problem))
    return Outcome(LetterState.SENT)


async def _taken_up(letter_ids: Collection[int]) -> dict[int, Letter]:
    """The letters, now being sent; without those that are gone, sent, given up or held back."""
    on_their_way = (LetterState.WAITING, LetterState.SENDING)
    ours = (col(Letter.id).in_(letter_ids), col(Letter.state).in_(on_their_way))
    async with transaction() as session:
        letters = (await session.exec(locked(select(Letter).where(*ours).order_by(col(Letter.id))))).all()
        for letter in letters:
            letter.state = LetterState.SENDING
            letter.attempts += 1
    return {letter.id: letter for letter in letters if letter.id is not None}


async def _put_down(outcomes: dict[int, Outcome]) -> None:
    if not outcomes:
        return
    async with transaction() as session:
        rows = (
            await session.exec(locked(select(Letter).where(col(Letter.id).in_(outcomes)).order_by(col(Letter.id))))
        ).all()
        for row in rows:
            outcome = outcomes[row.id or 0]
            row.state, row.error = outcome.state, outcome.error[:2000]
            row.sent_at = times.now() if outcome.state == LetterState.SENT else None
