"""What moderators do from the cockpit: ask somebody for an answer, write a personal note. Never by themselves."""

from datetime import datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.errors import Forbidden, Missing, Refused
from app.core.words import N_
from app.forum.models import Note
from app.forum.queries import cockpit, concerns, lookups
from app.forum.rules import check_moderates, check_text
from app.forum.rules_cockpit import Silence, check_note
from app.notices import actions as notices
from app.notices.rules import Kind

LONGEST_NOTE = 1500


async def ask_for_answer(
    session: AsyncSession, *, thread_id: int, event_id: int, moderator_id: int, person_id: int, now: datetime
) -> None:
    """Tell somebody that a moderator thinks of them for this question; a second time is the same wish."""
    thread = await lookups.thread(session, thread_id)
    if thread is None or thread.event_id != event_id:
        raise Missing
    standing = await lookups.standing(session, moderator_id, audience_id=thread.audience_id, event_id=event_id)
    check_moderates(standing)
    if not await lookups.members_among(session, thread.audience_id, {person_id}):
        raise Missing
    await notices.tell(
        session,
        notices.Telling(
            event_id=event_id, audience_id=thread.audience_id, topic=f"asked:{thread_id}", ref=thread_id, place=0,
            by_id=moderator_id, title=thread.title, text=thread.context, lang=thread.lang, url=f"/threads/{thread_id}",
            who={person_id: Kind.ASKED},
        ),
        now=now,
    )  # fmt: skip


async def write_note(
    session: AsyncSession, *, event_id: int, moderator_id: int, person_id: int, key: str, reason: Silence | None, text: str,
    now: datetime,
) -> Note:  # fmt: skip
    """A personal note, at most one in two days to the same person, whoever writes; the same key twice is one note."""
    if not await lookups.moderates(session, moderator_id, event_id):
        raise Forbidden(N_("Only the moderators of this event can do this."))
    if await cockpit.participation_held(session, event_id, person_id) is None:
        raise Missing
    known = await cockpit.note_with_key(session, key)
    if known is not None:
        if (known.event_id, known.person_id, known.by_id) != (event_id, person_id, moderator_id):
            raise Refused(N_("This form was used before. Reload the page and send your text again."))
        return known
    check_text(text)
    check_note(
        wants_notes=await cockpit.wants_notes(session, event_id, person_id),
        last=await cockpit.last_note_at(session, event_id, person_id), now=now,
    )  # fmt: skip
    note = Note(
        event_id=event_id, key=key, person_id=person_id, by_id=moderator_id, reason=reason or "", text=text, sent_at=now
    )
    session.add(note)
    await session.flush()
    await _tell(session, note, now=now)
    return note


async def seen_note(session: AsyncSession, note_id: int, *, person_id: int, now: datetime) -> None:
    await notices.seen(session, person_id, f"note:{note_id}", place=0, now=now)


async def _tell(session: AsyncSession, note: Note, *, now: datetime) -> None:
    assert note.id is not None
    event = await concerns.event_of(session, note.event_id)
    await notices.tell(
        session,
        notices.Telling(
            event_id=note.event_id, audience_id=event.audience_id, topic=f"note:{note.id}", ref=note.id, place=0,
            by_id=note.by_id, title=event.title, text=note.text, lang="", url=f"/notes/{note.id}",
            who={note.person_id: Kind.NOTE},
        ),
        now=now,
    )  # fmt: skip
