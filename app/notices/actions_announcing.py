"""Announcements: written, given versions in more languages, released or withdrawn. Nothing leaves before the release."""

from collections.abc import Collection
from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import mail
from app.core.errors import Missing, Refused
from app.core.mail import Reader
from app.core.wordings import check_seen
from app.core.words import N_
from app.events import queries as events
from app.notices import actions
from app.notices import queries_announcing as queries
from app.notices.models import Announcement
from app.notices.rules import Kind
from app.notices.rules_announcing import State, Version, Whom, check_change, check_release, check_withdraw


async def write_announcement(
    session: AsyncSession, *, event_id: int, by_id: int, key: str, whom: Whom, title: str, text: str, lang: str, now: datetime
) -> Announcement:  # fmt: skip
    """It waits in the outbox; the same key again is the same announcement."""
    known = await queries.with_key(session, key)
    if known is not None:
        if (known.event_id, known.by_id) != (event_id, by_id):
            raise Refused(N_("This form was used before. Reload the page and send your text again."))
        return known
    row = Announcement(
        event_id=event_id, key=key, whom=whom, title=title, text=text, lang=lang, state=State.WAITING, by_id=by_id,
        written_at=now,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    return row


async def change_version(
    session: AsyncSession, announcement_id: int, *, event_id: int, version: Version, seen: str = ""
) -> None:
    """Its own words, or those in another language; without words that language reads the announcement's own.

    `seen`: the seal of the words before this person's eyes.
    """
    row = await _held(session, announcement_id, event_id)
    check_change(row.state)
    if row.version(version.lang) == version:
        return
    check_seen(seen, row.seal(version.lang))
    row.put(version)
    session.add(row)


async def release(
    session: AsyncSession, announcement_id: int, *, event_id: int, by_id: int, roles: Collection[str], now: datetime
) -> None:
    """Everybody it is for hears of it on the page at once, and by letter unless they have read it before that leaves."""
    row = await _held(session, announcement_id, event_id)
    if not check_release(row.state, roles):
        return
    row.state, row.released_by, row.released_at = State.RELEASED, by_id, now
    session.add(row)
    event = await events.event(session, event_id)
    for lang, people in (await queries.readers(session, event_id, row.whom)).items():
        version = row.version(lang)
        await actions.tell(
            session,
            actions.Telling(
                event_id=event_id, topic=topic_of(row), ref=row.id or 0, place=0, by_id=row.by_id, title=version.title,
                audience_id=event.audience_id if row.whom == Whom.ALL else event.staff_audience_id, text=version.text,
                lang=version.lang, url=f"/events/{event.slug}/announcements/{row.id}",
                who={person_id: Kind.ANNOUNCED for person_id in people if person_id != row.by_id},
            ),
            now=now,
        )  # fmt: skip


async def withdraw(
    session: AsyncSession, announcement_id: int, *, event_id: int, by_id: int, roles: Collection[str]
) -> None:
    row = await _held(session, announcement_id, event_id)
    if check_withdraw(row.state, roles, own=row.by_id == by_id):
        row.state = State.WITHDRAWN
        session.add(row)


async def seen(session: AsyncSession, announcement_id: int, *, person_id: int, now: datetime) -> None:
    await actions.seen(session, person_id, f"announcement:{announcement_id}", place=0, now=now)


def topic_of(row: Announcement) -> str:
    return f"announcement:{row.id}"


def preview(row: Announcement, *, reader: Reader, name: str, event_title: str, url: str) -> tuple[str, str]:
    """(subject, text) of the letter as this reader would get it."""
    values = {
        **actions.announcement_values(row.version(reader.lang), name=name, event_title=event_title, url=url),
        "unsubscribe": "/unsubscribe/…",
    }
    subject = mail.part("mail/notices/announcement/subject.txt", to=reader, values=values)
    return " ".join(subject.split()), mail.part("mail/notices/announcement/body.txt", to=reader, values=values).strip()


async def _held(session: AsyncSession, announcement_id: int, event_id: int) -> Announcement:
    row = await queries.to_change(session, announcement_id, event_id)
    if row is None:
        raise Missing
    return row
