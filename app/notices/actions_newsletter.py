"""Newsletters: subscribed by two words of the same person, written, released in batches, ended by one click."""

from datetime import datetime
from typing import Any

from sqlmodel import col, delete
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail, signs
from app.core.db import add_if_new
from app.core.errors import Missing, Refused
from app.core.jobs import schedule
from app.core.mail import Letter, Reader
from app.core.text import plain, to_html
from app.core.wordings import check_seen
from app.core.words import N_
from app.notices import queries_newsletter as queries
from app.notices import rules_newsletter as rules
from app.notices.jobs import SendNewsletter
from app.notices.models import Newsletter, Subscriber
from app.notices.rules_announcing import State, Version

CONFIRM, LEAVE = "newsletter", "newsletter leave"


async def subscribe(session: AsyncSession, *, email: str, lang: str, now: datetime) -> None:
    """A letter with a link goes to the address; until its owner follows it nothing else does. Says nothing to who asks."""
    await add_if_new(session, Subscriber, email=email, lang=lang, asked_at=now)
    row = await queries.subscriber_with_address(session, email)
    if row is None or not rules.wants_letter(row.confirmed_at, row.returned_at):
        return
    row.lang, row.asked_at = lang, now
    session.add(row)
    word = signs.sign([row.id, now.isoformat()], purpose=CONFIRM)
    await mail.write(
        session, letter="notices/newsletter_asked", to=reader_of(row), values={"url": f"/newsletter/confirm/{word}"},
        key=f"newsletter-asked:{row.id}:{now.isoformat()}", now=now,
    )  # fmt: skip


async def confirm(session: AsyncSession, word: str, *, now: datetime) -> None:
    """The second word; the link of an older letter, or after a week, does nothing."""
    said = signs.unsign(word, purpose=CONFIRM)
    row = await queries.subscriber(session, int(said[0])) if said is not None else None
    if row is None or row.asked_at.isoformat() != said[1] or not rules.is_fresh(row.asked_at, now=now):
        raise Missing(N_("This link does not work any more. Please enter your address again."))
    row.confirmed_at = row.confirmed_at or now
    row.returned_at, row.returned_why = None, ""  # this letter has arrived
    session.add(row)


async def note_returned(session: AsyncSession, address: str, *, why: str, now: datetime) -> None:
    """Letters to a subscriber come back: no further issue goes there. Whoever is no subscriber is left alone."""
    row = await queries.subscriber_with_address(session, address)
    if row is not None and row.returned_at is None:
        row.returned_at, row.returned_why = now, why[:600]
        session.add(row)


async def leave(session: AsyncSession, word: str) -> None:
    """Nothing about the address is kept; a second click finds nothing left to do."""
    said = signs.unsign(word, purpose=LEAVE)
    if said is None:
        raise Missing(N_("This link is not complete. Copy the whole address from the letter."))
    row = await queries.subscriber(session, int(said[0]))
    if row is not None and row.email == said[1]:
        await session.delete(row)


async def write_issue(
    session: AsyncSession, *, by_id: int, key: str, title: str, text: str, lang: str, now: datetime
) -> Newsletter:
    known = await queries.issue_with_key(session, key)
    if known is not None:
        if known.by_id != by_id:
            raise Refused(N_("This form was used before. Reload the page and send your text again."))
        return known
    row = Newsletter(key=key, title=title, text=text, lang=lang, state=State.WAITING, by_id=by_id, written_at=now)
    session.add(row)
    await session.flush()
    return row


async def change_issue(session: AsyncSession, issue_id: int, *, version: Version, seen: str = "") -> None:
    """Its own words, or those in another language; without words that language reads the issue's own."""
    row = await _held(session, issue_id)
    rules.check_change(row.state)
    if row.version(version.lang) == version:
        return
    check_seen(seen, row.seal(version.lang))
    row.put(version)
    session.add(row)


async def release_issue(session: AsyncSession, issue_id: int, *, now: datetime) -> None:
    row = await _held(session, issue_id)
    if rules.check_release(row.state):
        row.state, row.released_at = State.RELEASED, now
        session.add(row)
        await schedule(session, SendNewsletter(issue_id, 0), at=now, key=f"newsletter:{issue_id}:0")


async def withdraw_issue(session: AsyncSession, issue_id: int) -> None:
    row = await _held(session, issue_id)
    rules.check_change(row.state)
    row.state = State.WITHDRAWN
    session.add(row)


async def send_batch(session: AsyncSession, issue_id: int, *, after: int, now: datetime) -> int:
    """Letters to the next subscribers, then work for those behind them; how many were written. Twice is once."""
    row = await queries.issue(session, issue_id)
    if row is None or row.released_at is None:
        return 0
    people = await queries.next_subscribers(session, after=after, before=row.released_at, limit=rules.BATCH)
    for each in people:
        await _write(session, row, each, now=now)
    if len(people) == rules.BATCH:
        last = people[-1].id or 0
        await schedule(session, SendNewsletter(issue_id, last), at=now, key=f"newsletter:{issue_id}:{last}")
    return len(people)


async def forget_unconfirmed(session: AsyncSession, *, now: datetime) -> None:
    """Addresses whose owner never answered: they did not want it, or somebody else had typed them."""
    old = (col(Subscriber.confirmed_at).is_(None), col(Subscriber.asked_at) < now - rules.CONFIRM_WITHIN)
    await session.exec(delete(Subscriber).where(*old))


def reader_of(row: Subscriber) -> Reader:
    return Reader(person_id=None, email=row.email, name="", lang=row.lang, zone="UTC")


def preview(row: Newsletter, *, lang: str, zone: str) -> tuple[str, str]:
    """(subject, text) of the letter in this language."""
    reader = Reader(None, "", "", lang, zone)
    values = _values(row, lang, leave="/newsletter/leave/…")
    subject = mail.part("mail/notices/newsletter/subject.txt", to=reader, values=values)
    return " ".join(subject.split()), mail.part("mail/notices/newsletter/body.txt", to=reader, values=values).strip()


async def _write(session: AsyncSession, row: Newsletter, to: Subscriber, *, now: datetime) -> Letter:
    house = mail.house()
    path = f"/newsletter/leave/{signs.sign([to.id, to.email], purpose=LEAVE)}"
    return await mail.write(
        session, letter="notices/newsletter", to=reader_of(to), key=f"newsletter:{row.id}:{to.id}", now=now,
        values=_values(row, to.lang, leave=path),
        headers={
            "List-Id": f'"{plain(house.name, length=60)}" <newsletter.{house.domain}>',
            "List-Unsubscribe": f"<{house.url}{path}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
    )  # fmt: skip


def _values(row: Newsletter, lang: str, *, leave: str) -> dict[str, Any]:
    version = row.version(lang)
    return {"version": version, "html": to_html(version.text), "url": f"/newsletter/{row.id}", "leave": leave}


async def _held(session: AsyncSession, issue_id: int) -> Newsletter:
    row = await queries.issue_to_change(session, issue_id)
    if row is None:
        raise Missing
    return row
