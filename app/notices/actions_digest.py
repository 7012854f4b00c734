"""The letters of the morning: planned for each person's own eight o'clock, composed for many at once."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from markupsafe import Markup
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import gather, mail, mail_for_many
from app.core.db import put
from app.core.jobs import schedule, schedule_many
from app.events.days import working_days
from app.notices import queries_digest as queries
from app.notices import rules
from app.notices.actions import list_headers, unsubscribe_path
from app.notices.jobs import PlanDigests, SendDigest
from app.notices.models import Hearing
from app.notices.queries_digest import DigestReader
from app.notices.rules import Level

LETTER = "notices/digest"


Planned = tuple[datetime, SendDigest]


@dataclass
class Morning:
    """Event → letters to store; when → what must wait for somebody's own eight o'clock."""

    letters: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    later: dict[datetime, list[tuple[SendDigest, str]]] = field(default_factory=dict)


async def begin_planning(session: AsyncSession, *, now: datetime) -> None:
    """Plan at once; for a worker that starts, after whatever pause. Twice in the same hours is one plan."""
    await _schedule_plan(session, at=now)


async def planned(session: AsyncSession, *, now: datetime) -> list[Planned]:
    """One job for each person whose morning of a working day is near, in the order of mornings. Nothing is written."""
    today, a_day = now.date(), timedelta(days=1)
    found: list[Planned] = []
    for running in await queries.running_events(session, first=today - a_day, last=today + a_day):
        days = working_days(running.starts_on, running.ends_on, off=running.days_off)
        for person_id, zone in running.people:
            for day in rules.mornings_ahead(days, zone, now=now):
                found.append((rules.morning(day, zone), SendDigest(person_id, running.event_id, day.isoformat())))
    return sorted(found, key=lambda each: each[0])


async def schedule_digests(session: AsyncSession, some: Sequence[Planned]) -> None:
    """Twice is once."""
    for at, together in groupby(some, key=lambda each: each[0]):
        await schedule_many(session, [(work, _job_key(work)) for _, work in together], at=at)


async def plan_again(session: AsyncSession, *, now: datetime) -> None:
    await _schedule_plan(session, at=now + rules.PLAN_EVERY)


async def composed(session: AsyncSession, wanted: Sequence[SendDigest], *, now: datetime) -> Morning:
    """The letters of the morning of those whose morning it is where they live now, if there is anything to say to them.

    Nothing is written: whoever writes a post at this moment must not wait until some dozens of letters are composed.
    """
    morning = Morning()
    for (event_id, day), some in groupby(sorted(wanted, key=_about), key=_about):
        people = [work.person_id for work in some]
        await _compose(session, morning, people, event_id=event_id, day=date.fromisoformat(day), now=now)
    return morning


async def store(session: AsyncSession, morning: Morning, *, now: datetime) -> None:
    """Composed letters leave, once each, however often and by whomever they were composed."""
    for event_id, letters in morning.letters.items():
        told = await mail_for_many.post_all(session, letters, now=now)
        hearings = [
            {"person_id": person_id, "event_id": event_id, "level": Level.DAILY, "notes": True, "digest_at": now}
            for person_id in told
        ]
        await put(session, Hearing, hearings, key=["person_id", "event_id"], change=["digest_at"])
    for at, works in morning.later.items():
        await schedule_many(session, works, at=at)


async def _compose(
    session: AsyncSession, morning: Morning, people: list[int], *, event_id: int, day: date, now: datetime
) -> None:
    readers = await _readers(session, morning, people, event_id=event_id, day=day, now=now)
    if not readers:
        return
    parts = await gather.gathered_for_many(session, "digest", [_asking(reader, now) for reader in readers])
    for reader in readers:
        if theirs := parts[reader.person_id]:
            morning.letters.setdefault(event_id, []).append(_letter(reader, theirs, day=day, now=now))
            await asyncio.sleep(0)  # nobody else in this process waits for more than one letter


async def _readers(
    session: AsyncSession, morning: Morning, people: list[int], *, event_id: int, day: date, now: datetime
) -> list[DigestReader]:
    """Those of them for whom it is time; who has the letter already gets no other, for whom it is too early waits on."""
    written = await mail.written(session, [_letter_key(event_id, person_id, day) for person_id in people])
    due: list[DigestReader] = []
    for found in await queries.digest_readers(session, people, event_id):
        if found.level == Level.NOTHING or _letter_key(event_id, found.person_id, day) in written:
            continue
        if now < (eight := rules.morning(day, found.reader.zone)):
            work = SendDigest(found.person_id, event_id, day.isoformat())
            morning.later.setdefault(eight, []).append((work, _job_key(work, zone=found.reader.zone)))
        elif not rules.is_too_late(day, found.reader.zone, now=now):
            due.append(found)
    return due


def _asking(found: DigestReader, now: datetime) -> gather.Asking:
    return gather.Asking(
        person_id=found.person_id, event_id=found.event_id, event_slug=found.slug, zone=found.reader.zone,
        lang=found.reader.lang, now=now, since=rules.since(found.digest_at, now=now),
    )  # fmt: skip


def _letter(found: DigestReader, parts: Sequence[gather.Part], *, day: date, now: datetime) -> dict[str, Any]:
    to, unsubscribe = found.reader, unsubscribe_path(found.reader, found.event_id)
    frame = mail_for_many.frame(
        LETTER, to=to, values={"title": found.title, "slug": found.slug, "day": day}, gaps=("pieces", "unsubscribe")
    )
    pieces = [mail_for_many.piece(p.template, lang=to.lang, zone=to.zone, values=p.values) for p in parts]
    theirs = {"name": to.name, "unsubscribe": unsubscribe}
    said = frame.filled(
        text={**theirs, "pieces": "\n\n".join(piece.text for piece in pieces)},
        html={**theirs, "pieces": Markup("\n").join(piece.html for piece in pieces)},
    )
    return mail.as_columns(
        LETTER, said, to=to, now=now, event_id=found.event_id, key=_letter_key(found.event_id, found.person_id, day),
        headers=list_headers(to, found.event_id, found.title, unsubscribe=unsubscribe),
    )  # fmt: skip


async def _schedule_plan(session: AsyncSession, *, at: datetime) -> None:
    slot = at.timestamp() // rules.PLAN_EVERY.total_seconds()
    await schedule(session, PlanDigests(), at=at, key=f"digests:{slot:.0f}")


def _about(work: SendDigest) -> tuple[int, str]:
    return work.event_id, work.day


def _letter_key(event_id: int, person_id: int, day: date) -> str:
    return f"digest:{event_id}:{person_id}:{day}"


def _job_key(work: SendDigest, *, zone: str = "") -> str:
    """One job a person, event and day; who moved to another zone meanwhile gets a second one there."""
    return f"digest:{work.event_id}:{work.person_id}:{work.day}" + (f":{zone}" if zone else "")
