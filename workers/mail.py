"""Letters leave: waiting → sending → sent, or failed with the reason beside it."""

import asyncio
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import times
from app.core.db import locked, transaction
from app.core.mail import Letter, LetterState, SendLetter
from app.notices import actions_newsletter
from app.people import actions_address
from app.people import queries as people
from workers.postman import LINES, NoSuchAddress, Permanent, Postman, Temporary
from workers.registry import Turn, handles_many

ROUND = 50
"""Letters a round: what is stored for each is stored for all of them at once."""
NOTED = 0.5
"""Seconds after which a round stores what has left so far. After a kill, what left since then leaves again."""

ASKED_FOR = "people/"
"""Letters that a person has just asked for (to sign in, to change the address) leave even to an address that fails."""
COMES_BACK = "Not sent: letters to this address come back. The person is asked for the right one at the next sign-in."

TOO_LATE = "Not sent: it was about something that is over by now."

_postman: Postman | None = None
_rounds = asyncio.Semaphore(LINES)


@dataclass(frozen=True)
class Outcome:
    state: LetterState
    error: str = ""
    again: bool = False
    no_such_address: bool = False


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
    noted: set[int] = set()

    async def note() -> None:
        fresh = {number: outcome for number, outcome in outcomes.items() if number not in noted}
        await asyncio.shield(_put_down(letters, fresh))
        noted.update(fresh)

    async with _rounds:
        letters = await _taken_up([work.letter_id for work, _ in wanted])
        noted_at = time.monotonic()
        try:
            for work, turn in wanted:
                if work.letter_id in letters:
                    outcomes[work.letter_id] = await _carried(_postman, letters[work.letter_id], last=turn.last)
                if time.monotonic() - noted_at > NOTED:
                    await note()
                    noted_at = time.monotonic()
        finally:
            await note()
    reasons = {number: outcome.error for number, outcome in outcomes.items() if outcome.again}
    return [reasons.get(work.letter_id, "") for work, _ in wanted]


async def _carried(postman: Postman, letter: Letter, *, last: bool) -> Outcome:
    try:
        await postman.carry(letter)
    except Temporary as problem:
        return Outcome(LetterState.FAILED if last else LetterState.WAITING, str(problem), again=True)
    except Permanent as problem:
        return Outcome(LetterState.FAILED, str(problem), no_such_address=isinstance(problem, NoSuchAddress))
    return Outcome(LetterState.SENT)


async def _taken_up(letter_ids: Collection[int]) -> dict[int, Letter]:
    """The letters, now being sent; without those that are gone, sent, given up, held back, too late, or would only come back."""
    on_their_way = (LetterState.WAITING, LetterState.SENDING)
    ours = (col(Letter.id).in_(letter_ids), col(Letter.state).in_(on_their_way))
    async with transaction() as session:
        letters = (await session.exec(locked(select(Letter).where(*ours).order_by(col(Letter.id))))).all()
        fails = await people.returning(session, {letter.person_id for letter in letters if letter.person_id})
        useless = {letter.id: why for letter in letters if (why := _useless(letter, fails))}
        for letter in letters:
            if letter.id in useless:
                letter.state, letter.error = LetterState.FAILED, useless[letter.id]
        going = [letter for letter in letters if letter.id not in useless]
        await _change(session, going, state=LetterState.SENDING, attempts=col(Letter.attempts) + 1)
    return {letter.id: letter for letter in going if letter.id is not None}


def _useless(letter: Letter, fails: Mapping[int, str]) -> str:
    """Why it must not leave; empty if it may."""
    if fails.get(letter.person_id or 0) == letter.address and not letter.kind.startswith(ASKED_FOR):
        return COMES_BACK
    return TOO_LATE if letter.until is not None and letter.until <= times.now() else ""


async def _change(session: AsyncSession, letters: Sequence[Letter], **values: Any) -> None:
    """In one statement; the rows at hand stay as they were read."""
    ours = col(Letter.id).in_([letter.id for letter in letters])
    await session.exec(update(Letter).where(ours).values(**values).execution_options(synchronize_session=False))


async def _put_down(letters: Mapping[int, Letter], outcomes: Mapping[int, Outcome]) -> None:
    if not outcomes:
        return
    sent = [letters[number] for number, outcome in sorted(outcomes.items()) if outcome.state == LetterState.SENT]
    async with transaction() as session:
        for number, outcome in sorted(outcomes.items()):
            if outcome.state != LetterState.SENT:
                await _note_problem(session, letters[number], outcome)
        await _change(session, sent, state=LetterState.SENT, error="", sent_at=times.now())


async def _note_problem(session: AsyncSession, letter: Letter, outcome: Outcome) -> None:
    await _change(session, [letter], state=outcome.state, error=outcome.error[:2000], sent_at=None)
    if outcome.no_such_address and letter.person_id is None:
        await actions_newsletter.note_returned(session, letter.address, why=outcome.error, now=times.now())
    elif outcome.no_such_address and letter.person_id is not None:
        await actions_address.note_returned(
            session, letter.person_id, address=letter.address, why=outcome.error, now=times.now()
        )
