"""What the forum offers: news and open questions on Today, and in the letter of the morning."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.atom import Entry
from app.core.gather import Asking, Part, by_since, for_many
from app.events import queries as events
from app.forum.actions.first_spaces import FIRST_SPACES, open_first_space
from app.forum.queries import feed as feeding
from app.forum.queries import hearing, morning, reading

SHOWN = 6
IN_FEED = 50


async def today(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """Main column: what is new since the last visit; beside it: what this person could answer."""
    who, event_id = asking.person_id, asking.event_id
    news = await reading.news_for(session, event_id=event_id, person_id=who, since=asking.since, limit=SHOWN)
    asked = await reading.unanswered(session, event_id=event_id, person_id=who, since=None, limit=3)
    parts = [Part("forum/_today_news.html", {"threads": news, "slug": asking.event_slug}, order=60)]
    if asked:
        parts.append(Part("forum/_today_unanswered.html", {"threads": asked}, order=20, place="side"))
    return parts


@for_many
async def digest(session: AsyncSession, readers: Sequence[Asking]) -> Mapping[int, Sequence[Part]]:
    """What was brought together and what is new in the threads a reader follows, the question that moves others, and
    new ones that nobody has answered; nothing they have read."""
    parts: dict[int, Sequence[Part]] = {}
    for since, people in by_since(readers).items():
        about: dict[str, Any] = {"event_id": readers[0].event_id, "since": since}
        news = await morning.news(session, people, limit=SHOWN, **about)
        asked = await morning.unanswered(session, people, limit=3, **about)
        woven = await morning.brought_together(session, people, limit=3, **about)
        moving = await morning.questions_that_move(session, people, **about)
        for who in people:
            thread, title, count = moving.get(who, (0, "", 0))
            said = (
                (who in woven, Part("mail/forum/_together", {"found": woven.get(who)}, order=35)),
                (who in news, Part("mail/forum/_news", {"threads": news.get(who)}, order=40)),
                (who in moving, Part("mail/forum/_question", {"thread": thread, "title": title, "people": count}, order=50)),
                (who in asked, Part("mail/forum/_unanswered", {"threads": asked.get(who)}, order=60)),
            )  # fmt: skip
            parts[who] = [part for there, part in said if there]
    return parts


async def levels(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """The spaces and threads for which this person said something of its own, in whatever event."""
    spaces = await hearing.chosen_spaces(session, asking.person_id, lang=asking.lang)
    threads = await hearing.chosen_threads(session, asking.person_id)
    return [Part("forum/_levels.html", {"spaces": spaces, "threads": threads})] if spaces or threads else []


async def furnish(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """The spaces every new event begins with, in its language, so that an empty house has somewhere to write."""
    event = await events.event(session, asking.event_id)
    for key in FIRST_SPACES:
        await open_first_space(session, event, key, now=asking.now)
    return []


async def feed(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """What others wrote in this person's threads, for a feed reader."""
    written = await feeding.written_for(session, asking.person_id, limit=IN_FEED)
    entries = [
        Entry(f"/posts/{each.post_id}", each.thread, each.at, each.lang, each.name, each.html, each.changed)
        for each in written
    ]
    return [Part("", {"entries": entries})]


sources = [("today", today), ("digest", digest), ("levels", levels), ("new event", furnish), ("feed", feed)]
