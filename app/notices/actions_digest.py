"""The letters of the morning: planned for each person's own eight o'clock, composed for many at once."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import gather, mail
from app.core.db import put
from app.core.jobs import schedule, schedule_many
from app.core.mail import Letter
from app.events.days import working_days
from app.notices import queries_digest as queries
from app.notices import rules
from app.notices.actions import list_headers, unsubscribe_path
from app.notices.jobs import PlanDigests, SendDigest
from app.notices.models import Hearing
from app.notices.queries_digest import DigestReader
from app.notices.rules import Level

_KINDS = ("txt", "html")


async def begin_planning(session: AsyncSession, *, now: datetime) -> None:
    """Plan at once; for a worker that starts, after whatever pause. Twice in the same hours is one plan."""
    await _schedule_plan(session, at=now)


async def plan_digests(session: AsyncSession, *, now: datetime) -> None:
    """One job for each person whose morning of a working day is near; then the next plan."""
    today, a_day = now.date(), timedelta(days=1)
    mornings: dict[datetime, list[tuple[SendDigest, str]]] = {}
    for running in await queries.running_events(session, first=today - a_day, last=today + a_day):
        days = working_days(running.starts_on, running.ends_on, off=running.days_off)
        for person_id, zone in running.people:
            for day in rules.mornings_ahead(days, zone, now=now):
                work = SendDigest(person_id, running.event_id, day.isoformat())
                mornings.setdefault(rules.morning(day, zone), []).append((work, _job_key(work)))
    for at, wanted in mornings.items():
        await schedule_many(session, wanted, at=at)
    await _schedule_plan(session, at=now + rules.PLAN_EVERY)


async def send_digests(session: AsyncSession, wanted: Sequence[SendDigest], *, now: datetime) -> list[Letter]:
    """The letters of the morning of those whose morning it is where they live now, if there is anything to say to them."""
    ordered = sorted(wanted, key=_about)
    letters: list[Letter] = []
    for (event_id, day), some in groupby(ordered, key=_about):
        people = [work.person_id for work in some]
        letters += await _send_morning(session, people, event_id=event_id, day=date.fromisoformat(day), now=now)
    return letters


async def _send_morning(
    session: AsyncSession, people: list[int], *, event_id: int, day: date, now: datetime
) -> list[Letter]:
    readers = await _readers(session, people, event_id=event_id, day=day, now=now)
    if not readers:
        return []
    parts = await gather.gathered_for_many(session, "digest", [_asking(reader, now) for reader in readers])
    letters = [
        _composed(reader, parts[reader.person_id], day=day, now=now) for reader in readers if parts[reader.person_id]
    ]
    told = [
        {"person_id": letter.person_id, "event_id": event_id, "level": Level.DAILY, "notes": True, "digest_at": now}
        for letter in letters
    ]
    await put(session, Hearing, told, key=["person_id", "event_id"], change=["digest_at"])
    await mail.post_all(session, letters, now=now)
    return letters


async def _readers(
    session: AsyncSession, people: list[int], *, event_id: int, day: date, now: datetime
) -> list[DigestReader]:
    """Those of them for whom it is time; who has the letter already gets no other, for whom it is too early waits on."""
    written = await mail.written(session, [_letter_key(event_id, person_id, day) for person_id in people])
    due: list[DigestReader] = []
    for found in await queries.digest_readers(session, people, event_id):
        if found.level == Level.NOTHING or _letter_key(event_id, found.person_id, day) in written:
            continue
        if now < (morning := rules.morning(day, found.reader.zone)):
            work = SendDigest(found.person_id, event_id, day.isoformat())
            await schedule(session, work, at=morning, key=_job_key(work, zone=found.reader.zone))
        elif not rules.is_too_late(day, found.reader.zone, now=now):
            due.append(found)
    return due


def _asking(found: DigestReader, now: datetime) -> gather.Asking:
    return gather.Asking(
        person_id=found.person_id, event_id=found.event_id, event_slug=found.slug, zone=found.reader.zone,
        lang=found.reader.lang, now=now, since=rules.since(found.digest_at, now=now),
    )  # fmt: skip


def _composed(found: DigestReader, parts: Sequence[gather.Part], *, day: date, now: datetime) -> Letter:
    to = found.reader
    shown = {
        kind: [mail.piece(f"{p.template}.{kind}", lang=to.lang, zone=to.zone, values=p.values) for p in parts]
        for kind in _KINDS
    }
    unsubscribe = unsubscribe_path(found.reader, found.event_id)
    return mail.composed(
        letter="notices/digest", to=found.reader, now=now, event_id=found.event_id,
        key=_letter_key(found.event_id, found.person_id, day),
        values={
            "event": found, "day": day, "texts": shown["txt"], "pieces": shown["html"],
            "unsubscribe": unsubscribe,
        },
        headers=list_headers(found.reader, found.event_id, found.title, unsubscribe=unsubscribe),
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
