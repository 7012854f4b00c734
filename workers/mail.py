"""Letters leave: waiting → sending → sent, or failed with the reason beside it."""

from sqlmodel import select

from app.core import times
from app.core.db import locked, transaction
from app.core.mail import Letter, LetterState, SendLetter
from workers.postman import Permanent, Postman, Temporary
from workers.registry import Again, Turn, handles_outside

_postman: Postman | None = None


def use(postman: Postman | None) -> None:
    """Who carries letters in this process; without one, letters wait."""
    global _postman
    _postman = postman


@handles_outside(SendLetter)
async def send(work: SendLetter, *, turn: Turn) -> None:
    """Send one letter. One that was being sent when a worker died is sent again: twice is better than never."""
    if _postman is None:
        raise Again("No mail server is set: the letter waits.")
    letter = await _taken_up(work.letter_id)
    if letter is None:
        return
    try:
        await _postman.carry(letter)
    except Temporary as problem:
        await _put_down(letter, LetterState.FAILED if turn.last else LetterState.WAITING, str(problem))
        raise Again(str(problem)) from problem
    except Permanent as problem:
        await _put_down(letter, LetterState.FAILED, str(problem))
    else:
        await _put_down(letter, LetterState.SENT, "")


async def _taken_up(letter_id: int) -> Letter | None:
    """The letter, now being sent; None if it is gone, sent, given up or held back."""
    async with transaction() as session:
        letter: Letter | None = (await session.exec(locked(select(Letter).where(Letter.id == letter_id)))).one_or_none()
        if letter is None or letter.state not in {LetterState.WAITING, LetterState.SENDING}:
            return None
        letter.state = LetterState.SENDING
        letter.attempts += 1
        return letter


async def _put_down(letter: Letter, state: LetterState, error: str) -> None:
    async with transaction() as session:
        row = await session.get_one(Letter, letter.id)
        row.state, row.error = state, error[:2000]
        row.sent_at = times.now() if state == LetterState.SENT else None
