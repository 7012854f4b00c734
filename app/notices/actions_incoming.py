"""What becomes of mail that comes in: posted, kept for a moderator, or let go; and letters that came back."""

import hashlib
from datetime import datetime
from enum import StrEnum

from sqlmodel import col, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import answers, mail
from app.core.answers import Answer, Asked, Place
from app.core.errors import Missing, Refused
from app.core.mail import LetterState
from app.core.words import N_
from app.notices import actions_newsletter as newsletter
from app.notices import queries_incoming as queries
from app.notices.mailin import bounce, judge
from app.notices.mailin.judge import Expected, Unclear
from app.notices.mailin.parse import Arrived
from app.notices.models import MailIn
from app.people import actions_address as people
from app.people.models import Person
from app.people.queries import as_reader

LONGEST = 60_000


class State(StrEnum):
    POSTED = "posted"
    WAITING = queries.WAITING
    DISCARDED = "discarded"
    IGNORED = "ignored"


async def take(
    session: AsyncSession, arrived: Arrived, asked: Asked, *, trusts: str, own: str, now: datetime
) -> MailIn:
    """Post an answer if all is well with it. The same mail twice is one answer. Raises what the place refuses."""
    known, place, person = await _looked_up(session, arrived, asked)
    if known is not None:
        return known
    ours = frozenset({own.casefold(), mail.house().answers_to.casefold()})
    calendar = answers.answering(asked.topic).calendar
    answered = calendar and arrived.calendar  # by the calendar's button: many of them say that they are machines
    machine = "" if answered else judge.is_from_a_machine(arrived.message, arrived.sender, ours)
    if machine or person is None:
        return await _noted(session, arrived, asked, place, state=State.IGNORED, reason=machine or "nobody", now=now)
    if place is None:
        return await _kept(session, arrived, asked, None, person, Unclear.GONE, now=now)
    expected = Expected(email=person.email or "", trusts=trusts, own=ours)
    reason = judge.unclear(arrived, expected, calendar=calendar) or (Unclear.OLD if now > asked.until else None)
    if reason is not None:
        return await _kept(session, arrived, asked, place, person, reason, now=now)
    url = await _posted(
        session, asked.topic, asked.ref, person, key=_key(arrived, asked), text=arrived.text,
        calendar=arrived.calendar if calendar else "", now=now,
    )  # fmt: skip
    row = await _noted(session, arrived, asked, place, state=State.POSTED, url=url, now=now)
    if arrived.attachments and not calendar:
        await _tell(session, row, person, letter="notices/without_files", now=now)
    return row


async def keep_refused(session: AsyncSession, arrived: Arrived, asked: Asked, *, why: str, now: datetime) -> MailIn:
    """The place has refused the answer (the thread is closed, the text is too long): it waits for a moderator."""
    known, place, person = await _looked_up(session, arrived, asked)
    if known is not None or person is None:
        return known or await _noted(session, arrived, asked, place, state=State.IGNORED, reason="nobody", now=now)
    return await _kept(session, arrived, asked, place, person, Unclear.REFUSED, why=why, now=now)


async def post_for(session: AsyncSession, mail_id: int, *, event_id: int, moderator_id: int, now: datetime) -> MailIn:
    """A moderator posts a waiting mail in the name of the person who wrote it."""
    row = await _to_settle(session, mail_id, event_id, moderator_id, wanted=State.POSTED)
    if row.state == State.POSTED:
        return row
    person = await queries.who_answers(session, row.person_id)
    if person is None:
        raise Refused(N_("Whoever wrote this has left. It can only be discarded."))
    row.url = await _posted(session, row.topic, row.ref, person, key=row.key, text=row.text, now=now)
    return await _settled(session, row, State.POSTED, by=moderator_id, now=now)


async def discard(session: AsyncSession, mail_id: int, *, event_id: int, moderator_id: int, now: datetime) -> MailIn:
    row = await _to_settle(session, mail_id, event_id, moderator_id, wanted=State.DISCARDED)
    if row.state == State.DISCARDED:
        return row
    return await _settled(session, row, State.DISCARDED, by=moderator_id, now=now)


async def letter_came_back(session: AsyncSession, letter_id: int, arrived: Arrived, *, now: datetime) -> bool:
    """A letter could not be delivered: the outbox says so, and no other is sent to that address until it is confirmed."""
    failure, letter = bounce.failure(arrived), await queries.letter(session, letter_id)
    if failure is None or letter is None:
        return False
    letter.state, letter.error = LetterState.FAILED, " ".join(f"It came back: {failure.status} {failure.said}".split())
    session.add(letter)
    if letter.person_id is not None:
        await people.note_returned(
            session, letter.person_id, address=letter.address, why=failure.said or failure.status, now=now
        )
    else:
        await newsletter.note_returned(session, letter.address, why=failure.said or failure.status, now=now)
    return True


async def forget_waiting(session: AsyncSession, *, before: datetime) -> None:
    """What nobody has posted or discarded for long; that it came stays."""
    old = (col(MailIn.state) == State.WAITING, col(MailIn.at) < before)
    await session.exec(update(MailIn).where(*old).values(text="", sender="", state=State.DISCARDED))


async def _looked_up(
    session: AsyncSession, arrived: Arrived, asked: Asked
) -> tuple[MailIn | None, Place | None, Person | None]:
    known = await queries.with_key(session, _key(arrived, asked))
    place = await answers.answering(asked.topic).place(session, asked.ref)
    return known, place, await queries.who_answers(session, asked.person_id)


async def _posted(
    session: AsyncSession, topic: str, ref: int, person: Person, *, key: str, text: str, calendar: str = "",
    now: datetime,
) -> str:  # fmt: skip
    assert person.id is not None
    answer = Answer(ref=ref, person_id=person.id, key=key, text=text, lang=person.lang, calendar=calendar)
    return await answers.answering(topic).post(session, answer, now)


async def _kept(
    session: AsyncSession, arrived: Arrived, asked: Asked, place: Place | None, person: Person, reason: Unclear, *,
    why: str = "", now: datetime,
) -> MailIn:  # fmt: skip
    if answers.answering(asked.topic).calendar:  # nothing a moderator could post: whose it is, says it on their page
        row = await _noted(session, arrived, asked, place, state=State.IGNORED, reason=reason, why=why, now=now)
        if place is not None:
            await _tell(session, row, person, letter="notices/unheard", now=now)
        return row
    row = await _noted(session, arrived, asked, place, state=State.WAITING, reason=reason, why=why, now=now)
    own = reason not in {Unclear.SENDER, Unclear.UNPROVEN}
    await _tell(session, row, person, letter="notices/unclear", quoted=row.text if own else "", now=now)
    return row


async def _noted(
    session: AsyncSession, arrived: Arrived, asked: Asked, place: Place | None, *, state: State, reason: str = "",
    why: str = "", url: str = "", now: datetime,
) -> MailIn:  # fmt: skip
    waits = state == State.WAITING
    row = MailIn(
        key=_key(arrived, asked), person_id=asked.person_id, topic=asked.topic, ref=asked.ref, state=state, reason=reason,
        event_id=place.event_id if place else None, audience_id=place.audience_id if place else None,
        title=place.title if place else arrived.subject[:200], why=why, url=url or (place.url if place else ""),
        sender=arrived.sender[:320] if waits else "", text=(arrived.text or arrived.whole)[:LONGEST] if waits else "",
        attachments=arrived.attachments, at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def _tell(
    session: AsyncSession, row: MailIn, person: Person, *, letter: str, quoted: str = "", now: datetime
) -> None:
    """Once a day and thread, to the address we know, never to the one it came from: no answer to an answer."""
    await mail.write(
        session, letter=letter, to=as_reader(person), now=now, event_id=row.event_id,
        key=f"{letter}:{row.person_id}:{row.topic}:{row.ref}:{now.date()}",
        values={
            "title": row.title, "url": row.url, "reason": Unclear(row.reason).words if row.reason else "",
            "why": row.why, "quoted": quoted,
        },
        headers={"Auto-Submitted": "auto-replied"},
    )  # fmt: skip


async def _to_settle(
    session: AsyncSession, mail_id: int, event_id: int, moderator_id: int, *, wanted: State
) -> MailIn:  # fmt: skip
    row = await queries.to_settle(session, mail_id, event_id=event_id, person_id=moderator_id)
    if row is None or row.state == State.IGNORED:
        raise Missing
    if row.state not in {State.WAITING, wanted}:
        raise Refused(N_("Somebody else has settled this meanwhile. Reload the page to see how."))
    return row


async def _settled(session: AsyncSession, row: MailIn, state: State, *, by: int, now: datetime) -> MailIn:
    row.state, row.settled_by, row.settled_at = state, by, now
    row.text = row.sender = ""
    session.add(row)
    await session.flush()
    return row


def _key(arrived: Arrived, asked: Asked) -> str:
    said = f"{asked.topic}:{asked.ref}:{asked.person_id}:{arrived.message_id}"
    return hashlib.sha256(said.encode()).hexdigest()
