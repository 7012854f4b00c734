"""What somebody has missed, gathered from the slices: eight statements at most, a few things of each kind."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import i18n
from app.core.gather import Asking
from app.events import queries as events
from app.events import queries_programme as programme
from app.events.models import Task
from app.forum.queries import catching_up, morning, reading
from app.insight.rules_catching_up import Item, Kind
from app.notices import queries as notices
from app.notices import queries_announcing as announcing

EACH = 6
"""So many of each kind are looked at; ten minutes never take more."""
QUESTION = 600
"""How long a question is taken to be, with the beginning of its answers."""
POST = 500
"""How long a post is taken to be of which only the thread is known."""


async def missed(session: AsyncSession, asking: Asking, *, staff: bool, since: datetime) -> list[Item]:
    who: dict[str, Any] = {"event_id": asking.event_id, "person_id": asking.person_id, "since": since}
    told, _ = await announcing.told(session, asking.event_id, staff=staff, limit=EACH)
    base = f"/events/{asking.event_slug}"
    found = []
    for each in told:
        version, at = each.announcement.version(asking.lang), each.announcement.released_at
        if at is not None and at > since:
            url = f"{base}/announcements/{each.announcement.id}"
            found.append(Item(Kind.ANNOUNCED, version.title, version.lang, url, len(version.text), each.name))
    asked, _ = await notices.unread_since(
        session, asking.person_id, event_id=asking.event_id, since=since, limit=EACH, now=asking.now
    )
    found += [
        Item(Kind.ASKED, _why(each, asking.lang), asking.lang, each.url, len(each.text), each.title) for each in asked
    ]
    woven = await catching_up.summaries(session, limit=EACH, **who)
    found += _posts(Kind.DECIDED, woven)
    moving = await morning.question_that_moves(session, **who)
    if moving is not None:
        found.append(Item(Kind.QUESTION, moving[1], "", f"/threads/{moving[0]}", QUESTION))
    thanked = await catching_up.thanked_for(session, limit=EACH, **who)
    found += _posts(Kind.STRONG, thanked)
    named = {moving[0] if moving else 0, *(each.thread_id for each in (*woven, *thanked))}
    return found + [
        Item(Kind.MOVED, each.title, each.lang, f"/threads/{each.id}/unread", POST * max(1, each.unread), each.by.name)
        for each in await reading.news_for(session, limit=EACH, **who)
        if each.id not in named
    ]


async def open_tasks(session: AsyncSession, asking: Asking, *, staff: bool) -> list[Task]:
    """Tasks up to today that this person has not done, the newest first."""
    event = await events.event(session, asking.event_id)
    today = programme.today(event, asking.now)
    done = await programme.done(session, asking.event_id, asking.person_id)
    tasks = await programme.tasks_of(session, event, staff=staff)
    left = [task for task in tasks if task.day <= today and task.id not in done]
    return sorted(left, key=lambda task: (-task.day, task.position))[:EACH]


def _posts(kind: Kind, passages: Sequence[catching_up.Passage]) -> list[Item]:
    return [
        Item(kind, each.title or each.thread, each.lang, f"/posts/{each.post_id}", each.characters, each.name)
        for each in passages
    ]


def _why(notice: notices.Shown, lang: str) -> str:
    return i18n.say(lang, notice.kind.words, name=notice.name or "…")
