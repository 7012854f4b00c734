"""What the forum offers: news and open questions on Today, and in the letter of the morning."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part
from app.core.i18n import CODES, say
from app.core.words import N_
from app.events import queries as events
from app.forum.actions.threads import open_space
from app.forum.queries import hearing, morning, reading
from app.forum.rules import SpaceKind

SHOWN = 6
FIRST_SPACES = (
    ("announcements", SpaceKind.EVENT, N_("Announcements"), N_("What the team tells everybody.")),
    ("introductions", SpaceKind.EVENT, N_("Introductions"), N_("Who we are and where we work.")),
    ("questions", SpaceKind.THEME, N_("Questions and answers"), N_("Ask here; somebody in another city may know.")),
    ("practices", SpaceKind.THEME, N_("Good practice"), N_("What worked, what it cost, what could travel.")),
)


async def today(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """Main column: what is new since the last visit; beside it: what this person could answer."""
    who, event_id = asking.person_id, asking.event_id
    news = await reading.news_for(session, event_id=event_id, person_id=who, since=asking.since, limit=SHOWN)
    asked = await reading.unanswered(session, event_id=event_id, person_id=who, since=None, limit=3)
    parts = [Part("forum/_today_news.html", {"threads": news, "slug": asking.event_slug}, order=60)]
    if asked:
        parts.append(Part("forum/_today_unanswered.html", {"threads": asked}, order=20, place="side"))
    return parts


async def digest(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """What was brought together and what is new in the threads this person follows, the question that moves others, and
    new ones that nobody has answered; nothing they have read."""
    who, event_id, since = asking.person_id, asking.event_id, asking.since
    news = await reading.news_for(session, event_id=event_id, person_id=who, since=since, limit=SHOWN, mine=True)
    asked = await reading.unanswered(session, event_id=event_id, person_id=who, since=since, limit=3, unread=True)
    woven = await morning.brought_together(session, event_id=event_id, person_id=who, since=since, limit=3)
    moving = await morning.question_that_moves(session, event_id=event_id, person_id=who, since=since)
    parts = [Part("mail/forum/_news", {"threads": news}, order=40)] if news else []
    if woven:
        parts.append(Part("mail/forum/_together", {"found": woven}, order=35))
    if moving is not None:
        thread, title, people = moving
        parts.append(Part("mail/forum/_question", {"thread": thread, "title": title, "people": people}, order=50))
    return [*parts, Part("mail/forum/_unanswered", {"threads": asked}, order=60)] if asked else parts


async def levels(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """The spaces and threads for which this person said something of its own, in whatever event."""
    spaces = await hearing.chosen_spaces(session, asking.person_id, lang=asking.lang)
    threads = await hearing.chosen_threads(session, asking.person_id)
    return [Part("forum/_levels.html", {"spaces": spaces, "threads": threads})] if spaces or threads else []


async def furnish(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    """The spaces every new event begins with, in its language, so that an empty house has somewhere to write."""
    event = await events.event(session, asking.event_id)
    for place, (key, kind, title, purpose) in enumerate(FIRST_SPACES):
        texts = {
            code: {"title": say(code, title), "purpose": say(code, purpose)} for code in CODES if code != event.lang
        }
        await open_space(
            session, event_id=asking.event_id, audience_id=event.audience_id, key=f"event:{asking.event_id}:{key}", kind=kind,
            title=say(event.lang, title), purpose=say(event.lang, purpose), place=place, texts=texts, now=asking.now,
        )  # fmt: skip
    return []


sources = [("today", today), ("digest", digest), ("levels", levels), ("new event", furnish)]
