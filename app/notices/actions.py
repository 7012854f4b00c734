"""Writing notices, and the letters about them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy.sql.elements import ColumnElement
from sqlmodel import col, delete, update
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import answers, mail, signs
from app.core.db import add_if_new
from app.core.jobs import cancel, schedule
from app.core.live import announce
from app.core.mail import Letter, Reader
from app.core.text import plain, to_html
from app.notices import queries, rules
from app.notices import queries_announcing as announcing
from app.notices.jobs import TellByLetter
from app.notices.models import Hearing, Notice
from app.notices.rules import Kind, Level
from app.notices.rules_announcing import Version

UNSUBSCRIBE = "unsubscribe"
LONGEST_TEXT = 2000


@dataclass(frozen=True)
class Telling:
    """A thing some people should hear about. `who`: person → why; `levels`: person → what they chose for the thread, or
    else for its space. From `until` on it is no news; to `now_or_never` a letter goes at once, if they want any.

    `text` is Markdown; leave it empty for what must not travel by mail.
    """

    event_id: int
    audience_id: int
    topic: str
    ref: int
    place: int
    by_id: int | None
    title: str
    text: str
    lang: str
    url: str
    who: Mapping[int, Kind]
    levels: Mapping[int, str] = field(default_factory=dict)
    until: datetime | None = None
    now_or_never: Collection[int] = ()


async def tell(session: AsyncSession, telling: Telling, *, now: datetime) -> None:
    """One notice a person, once for a thing; a letter later for those who want one, unless they read it meanwhile."""
    told = {notice.person_id for notice in await queries.about(session, telling.topic, telling.ref)}
    new = {person_id: kind for person_id, kind in telling.who.items() if person_id not in told}
    if not new:
        return
    notices = [_notice(telling, person_id, kind, now) for person_id, kind in new.items()]
    session.add_all(notices)
    await session.flush()
    levels = await queries.levels(session, telling.event_id, list(new))
    for notice in notices:
        assert notice.id is not None
        announce(session, f"notices:{notice.person_id}", version=rules.stamp(now))
        person = notice.person_id
        if rules.wants_letter(
            Kind(notice.kind),
            levels[person],
            telling.levels.get(person, ""),
            now_or_never=person in telling.now_or_never,
        ):
            await schedule(session, TellByLetter(notice.id), at=now + rules.GRACE, key=f"notice:{notice.id}")


async def news_until(session: AsyncSession, topic: str, ref: int, *, until: datetime) -> None:
    """The thing is over later, or earlier, than it was to be."""
    await session.exec(update(Notice).where(col(Notice.topic) == topic, col(Notice.ref) == ref).values(until=until))


async def reword(session: AsyncSession, topic: str, ref: int, *, title: str, text: str) -> None:
    """The thing was changed before everybody had heard of it."""
    await session.exec(
        update(Notice)
        .where(col(Notice.topic) == topic, col(Notice.ref) == ref)
        .values(title=title, text=plain(text, length=LONGEST_TEXT))
    )


async def rehome(session: AsyncSession, topics: Sequence[str], *, audience_id: int) -> None:
    """From now on only the people of this audience may read these topics."""
    for some in range(0, len(topics), 500):
        these = col(Notice.topic).in_(topics[some : some + 500])
        await session.exec(update(Notice).where(these).values(audience_id=audience_id))


async def carry(session: AsyncSession, topic: str, *, to: str, places: Mapping[int, int]) -> None:
    """What `places` names (ref → where it is now) belongs to another topic from now on."""
    for ref, place in places.items():
        these = (col(Notice.topic) == topic) & (col(Notice.ref) == ref)
        await session.exec(update(Notice).where(these).values(topic=to, place=place))


async def retract(session: AsyncSession, topic: str, ref: int) -> None:
    """The thing is gone: nobody hears about it any more."""
    for notice in await queries.about(session, topic, ref):
        await cancel(session, f"notice:{notice.id}")
    await session.exec(delete(Notice).where(col(Notice.topic) == topic, col(Notice.ref) == ref))


async def seen(session: AsyncSession, person_id: int, topic: str, *, place: int, now: datetime) -> None:
    """This person has read the topic up to `place`."""
    these = (col(Notice.topic) == topic, col(Notice.place) <= place)
    await _mark_read(session, person_id, *these, now=now)


async def seen_there(
    session: AsyncSession, person_id: int, topic: str, *, places: Collection[int], now: datetime
) -> None:
    """This person has read these places of the topic, and not what stands between them."""
    await _mark_read(session, person_id, col(Notice.topic) == topic, col(Notice.place).in_(places), now=now)


async def mark_all_read(session: AsyncSession, person_id: int, *, now: datetime) -> None:
    await _mark_read(session, person_id, now=now)


async def _mark_read(session: AsyncSession, person_id: int, *these: ColumnElement[bool], now: datetime) -> None:
    """Their other windows hear of it: the count in the header goes down there, too."""
    unread = (col(Notice.person_id) == person_id, col(Notice.read_at).is_(None), *these)
    marked = await session.exec(update(Notice).where(*unread).values(read_at=now))
    if marked.rowcount:
        announce(session, f"notices:{person_id}", version=rules.stamp(now))


async def choose_level(session: AsyncSession, person_id: int, *, event_id: int, level: Level) -> None:
    """How this person wants to hear about the event from now on; for somebody who is gone, nothing."""
    if not await queries.is_there(session, person_id, event_id):
        return
    hearing = await _hearing(session, person_id, event_id)
    hearing.level = level
    session.add(hearing)


async def choose_notes(session: AsyncSession, person_id: int, *, event_id: int, wanted: bool) -> None:
    """May moderators of the event write this person a personal note? Kept until they choose again."""
    hearing = await _hearing(session, person_id, event_id)
    hearing.notes = wanted
    session.add(hearing)


async def tell_by_letter(session: AsyncSession, notice_id: int, *, now: datetime) -> Letter | None:
    """The letter about one notice; none for who has read it, left, or may not read it any more."""
    found = await queries.letter_worth_sending(session, notice_id, now=now)
    if found is None:
        return None
    notice, reader, name, event_title = found
    announced = await announcing.with_id(session, notice.ref) if notice.kind == Kind.ANNOUNCED else None
    if announced is not None:
        values = announcement_values(announced.version(reader.lang), name=name, event_title=event_title, url=notice.url)
        return await _write_about(
            session, notice, reader, event_title, letter="notices/announcement", values=values, now=now
        )
    answer_to = _answer_address(notice, now=now)
    values = {
        "notice": notice, "why": Kind(notice.kind).words, "name": name, "event_title": event_title, "answered": bool(answer_to),
    }  # fmt: skip
    return await _write_about(
        session, notice, reader, event_title, letter="notices/notice", values=values, answer_to=answer_to, now=now
    )


def announcement_values(version: Version, *, name: str, event_title: str, url: str) -> dict[str, Any]:
    """What the letter of an announcement says, for the preview and for everybody."""
    html = to_html(version.text)
    return {"version": version, "html": html, "name": name, "event_title": event_title, "url": url}


async def _write_about(
    session: AsyncSession, notice: Notice, reader: Reader, event_title: str, *, letter: str, values: Mapping[str, Any],
    answer_to: str = "", now: datetime,
) -> Letter:  # fmt: skip
    return await mail.write(
        session, letter=letter, to=reader, key=f"notice:{notice.id}", now=now, event_id=notice.event_id, until=notice.until,
        values={**values, "unsubscribe": unsubscribe_path(reader, notice.event_id)},
        headers={
            **list_headers(reader, notice.event_id, event_title), **_thread_headers(notice.topic),
            **({"Reply-To": answer_to} if answer_to else {}),
        },
    )  # fmt: skip


async def _hearing(session: AsyncSession, person_id: int, event_id: int) -> Hearing:
    await add_if_new(session, Hearing, person_id=person_id, event_id=event_id, level=Level.DAILY)
    hearing = await queries.hearing(session, person_id, event_id)
    assert hearing is not None
    return hearing


def _notice(telling: Telling, person_id: int, kind: Kind, now: datetime) -> Notice:
    return Notice(
        person_id=person_id, event_id=telling.event_id, audience_id=telling.audience_id, kind=kind,
        topic=telling.topic, ref=telling.ref, place=telling.place, by_id=telling.by_id, title=telling.title,
        text=plain(telling.text, length=LONGEST_TEXT), lang=telling.lang, url=telling.url, at=now, until=telling.until,
    )  # fmt: skip


def unsubscribe_path(reader: Reader, event_id: int) -> str:
    return f"/unsubscribe/{signs.sign([reader.person_id, event_id], purpose=UNSUBSCRIBE)}"


def list_headers(reader: Reader, event_id: int, event_title: str, *, unsubscribe: str = "") -> dict[str, str]:
    """RFC 8058: the mail program's own button ends these letters with one click; RFC 2919 for filters."""
    house = mail.house()
    return {
        "List-Id": f'"{plain(event_title, length=60)}" <event-{event_id}.{house.domain}>',
        "List-Unsubscribe": f"<{house.url}{unsubscribe or unsubscribe_path(reader, event_id)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _answer_address(notice: Notice, *, now: datetime) -> str:
    """Where an answer to this goes by mail; what must not travel by mail cannot be answered by it either."""
    topic, _, ref = notice.topic.partition(":")
    if not notice.text or not ref.isdecimal():
        return ""
    return answers.address_for(topic, int(ref), person_id=notice.person_id, now=now)


def _thread_headers(topic: str) -> dict[str, str]:
    """Mail programs show letters about one thread together: all follow a first one that was never sent."""
    first = f"<{topic.replace(':', '-')}@{mail.house().domain}>"
    return {"In-Reply-To": first, "References": first}
