"""The moderators' cockpit: who waits for an answer, whom to ask, who is silent; nothing leaves by itself."""

import asyncio
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from app.core import mail, signs
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Refused
from app.core.jobs import Job
from app.forum.actions import cockpit
from app.forum.actions.reading import mark_read
from app.forum.models import Note
from app.forum.queries import cockpit as queries
from app.forum.rules import ThreadKind
from app.forum.rules_cockpit import (
    KNOWS,
    NEIGHBOUR,
    SPEAKS,
    WAS_HERE,
    Knowing,
    Presence,
    Question,
    Silence,
    is_late,
    silence,
    suggest,
    topics_in,
)
from app.notices import actions as notices
from app.notices import queries as notices_read
from app.notices.rules import Kind, Level
from app.people.models import Person
from tests.events.events import joined, somebody
from tests.forum.forum import NOON, Forum, a_forum
from tests.support.clock import Clock
from tests.support.site import Site
from tests.support.site import queries as asked

WORDS = {"drainage": ("Drainage and heavy rain", "Entwässerung und Starkregen"), "finance": ("Finance",)}
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def knowing(person_id: int, *topics: str, lang: str = "en", country: str = "", hours: int | None = None) -> Knowing:
    seen = NOON - hours * HOUR if hours is not None else None
    return Knowing(person_id, f"Person {person_id}", frozenset({lang}), topics, country, seen)


def question(text: str = "Who pays for drains?", *, by: int = 0, lang: str = "en", country: str = "") -> Question:
    return Question(by, text, lang, country)


# --- rules ------------------------------------------------------------------------------------------------------------


def test_a_first_post_is_late_after_four_hours() -> None:
    assert not is_late(NOON, 4 * HOUR, now=NOON + 4 * HOUR - timedelta(seconds=1))
    assert is_late(NOON, 4 * HOUR, now=NOON + 4 * HOUR)


def test_topics_are_found_by_their_words_in_any_language_and_not_in_little_ones() -> None:
    assert topics_in("Our drains overflow", WORDS) == {"drainage"}
    assert topics_in("Die Entwasserung der Strasse", WORDS) == {"drainage"}
    assert topics_in("You and I", WORDS) == set()


def test_people_are_suggested_by_topic_language_and_country_with_the_reasons() -> None:
    people = [
        knowing(1, "finance"), knowing(2, "drainage", lang="ar"), knowing(3, lang="ar", country="GE"),
        knowing(4, "drainage", country="GE", hours=1),
    ]  # fmt: skip
    (found,) = suggest([question(country="GE")], people, WORDS, now=NOON)
    assert [suggestion.person_id for suggestion in found] == [4, 2, 1]
    assert [reason.words for reason in found[0].reasons] == [KNOWS, SPEAKS, NEIGHBOUR, WAS_HERE]
    assert [reason.key for reason in found[1].reasons] == ["drainage"]


def test_nobody_answers_themselves_and_being_here_is_no_reason() -> None:
    people = [knowing(1, "drainage", country="GE"), knowing(2, lang="ar", hours=1)]
    assert suggest([question(by=1, country="GE")], people, WORDS, now=NOON) == [[]]


def test_nobody_is_asked_for_everything() -> None:
    found = suggest([question() for _ in range(4)], [knowing(1, "drainage"), knowing(2)], WORDS, now=NOON)
    assert [[suggestion.person_id for suggestion in each] for each in found] == [[1, 2], [1, 2], [], []]


def present(
    *, seen: float | None = 1, wrote: float | None = None, opened: int = 3, profiled: bool = True, understands: bool = True,
    joined: float | None = 100,
) -> Presence:  # fmt: skip
    def ago(hours: float | None) -> datetime | None:
        return NOON - hours * HOUR if hours is not None else None

    return Presence(ago(joined), ago(seen), ago(wrote), opened, profiled, understands)


@pytest.mark.parametrize(
    ("presence", "why"),
    [
        (present(seen=None, opened=0), Silence.ABSENT), (present(seen=None, joined=23), None), (present(joined=None), None),
        (present(seen=48), Silence.AWAY), (present(seen=47), Silence.READING), (present(opened=0), Silence.LOST),
        (present(understands=False), Silence.LANGUAGE), (present(profiled=False), Silence.NEW),
        (present(wrote=2), None), (present(wrote=72), Silence.STOPPED), (present(wrote=71), None),
        (present(seen=None, wrote=50), Silence.AWAY),
    ],
)  # fmt: skip
def test_silence_has_a_reason(presence: Presence, why: Silence | None) -> None:
    assert silence(presence, now=NOON) == why


# --- first words ------------------------------------------------------------------------------------------------------


async def first_words(forum: Forum) -> list[tuple[str, str]]:
    async with reading() as session:
        here = await queries.people(session, forum.event.id or 0)
        found = await queries.first_unanswered(session, here, person_id=forum.marta)
    return [(first.by.name, first.url) for first in found]


async def test_first_words_wait_until_somebody_else_writes(database: AsyncEngine) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    assert await first_words(forum) == [("Tamta Gelovani", f"/threads/{thread.id}")]
    await forum.reply(thread, "More of mine.", by=forum.tamta)
    assert len(await first_words(forum)) == 1, "one's own words are no answer"
    reply = await forum.reply(thread, by=forum.carlos)
    assert await first_words(forum) == [("Carlos Zeledón", f"/posts/{reply.id}")]
    await forum.reply(thread, by=forum.marta)
    await forum.thread("A second one", by=forum.tamta)
    assert await first_words(forum) == [], "a second thread is not the first"


async def test_moderators_do_not_wait_for_themselves_nor_see_closed_groups(database: AsyncEngine) -> None:
    forum = await a_forum()
    await forum.thread(by=forum.marta)
    await forum.thread(by=forum.tamta, space=await forum.group_space(forum.tamta))
    assert await first_words(forum) == []


# --- asking -----------------------------------------------------------------------------------------------------------


async def profile(person_id: int, **values: object) -> None:
    async with transaction() as session:
        person = (await session.exec(select(Person).where(Person.id == person_id))).one()
        for name, value in values.items():
            setattr(person, name, value)
        session.add(person)


async def test_a_question_after_a_day_names_people_and_one_click_asks_them_once(site: Site, clock: Clock) -> None:
    forum = await a_forum()
    clock.go_to(NOON)
    thread = await forum.thread("Who cleans the drains?", by=forum.tamta, kind=ThreadKind.QUESTION)
    await profile(forum.carlos, topics=["drainage"], country="NI")
    marta, carlos = await site.as_person(forum.marta), await site.as_person(forum.carlos)
    assert "Who cleans" not in (await marta.get(f"{forum.url}/cockpit/questions")).text
    clock.go_to(NOON + timedelta(hours=25))
    for page in ("cockpit", "cockpit/questions"):
        text = (await marta.get(f"{forum.url}/{page}")).text
        assert "knows about: Drainage and heavy rain" in text, page
    sent = {"thread": str(thread.id), "person": str(forum.carlos)}
    for _ in range(2):
        assert (await marta.send_form(f"{forum.url}/cockpit/ask", sent)).status_code == 303
    async with reading() as session:
        found, _ = await notices_read.notices_of(session, forum.carlos)
    assert [(notice.kind, notice.url) for notice in found] == [(Kind.ASKED, f"/threads/{thread.id}")]
    assert "Asked" in (await marta.get(f"{forum.url}/cockpit/questions")).text
    await carlos.get(f"/threads/{thread.id}", follow_redirects=True)
    async with reading() as session:
        assert await notices_read.unread_count(session, forum.carlos) == 0
    await forum.reply(thread, "We do.", by=forum.carlos)
    assert "Who cleans" not in (await marta.get(f"{forum.url}/cockpit/questions")).text


async def test_nobody_is_asked_about_what_they_may_not_read(site: Site) -> None:
    forum = await a_forum()
    closed = await forum.thread(space=await forum.group_space(forum.tamta, forum.marta), kind=ThreadKind.QUESTION)
    marta = await site.as_person(forum.marta)
    sent = {"thread": str(closed.id), "person": str(forum.carlos)}
    assert (await marta.send_form(f"{forum.url}/cockpit/ask", sent)).status_code == 404


# --- notes ------------------------------------------------------------------------------------------------------------


async def note(forum: Forum, *, now: datetime = NOON, key: str = "", by: int = 0, text: str = "Hello.") -> Note:
    async with transaction() as session:
        return await cockpit.write_note(
            session, event_id=forum.event.id or 0, moderator_id=by or forum.marta, person_id=forum.carlos,
            key=key or uuid4().hex, reason=Silence.READING, text=text, now=now,
        )  # fmt: skip


async def test_at_most_one_note_in_two_days_and_a_retry_is_the_same_note(database: AsyncEngine) -> None:
    forum = await a_forum()
    first = await note(forum, key="a-note-key-1")
    assert (await note(forum, key="a-note-key-1", now=NOON + HOUR)).id == first.id
    with pytest.raises(Refused, match="last two days"):
        await note(forum, now=NOON + timedelta(hours=47, minutes=59))
    assert (await note(forum, now=NOON + timedelta(hours=48))).id != first.id
    with pytest.raises(Forbidden):
        await note(forum, by=forum.tamta)


async def test_two_moderators_at_the_same_moment_send_one_note(database: AsyncEngine) -> None:
    forum = await a_forum()
    await joined(forum.event, forum.tamta, "moderator")
    answers = await asyncio.gather(*(note(forum, by=who) for who in (forum.marta, forum.tamta)), return_exceptions=True)
    assert sorted(type(answer).__name__ for answer in answers) == ["Note", "Refused"]


async def test_who_wants_no_notes_gets_none_for_ever(database: AsyncEngine) -> None:
    forum = await a_forum()
    async with transaction() as session:
        await notices.choose_notes(session, forum.carlos, event_id=forum.event.id or 0, wanted=False)
        await notices.choose_level(session, forum.carlos, event_id=forum.event.id or 0, level=Level.EVERY)
    with pytest.raises(Refused, match="wants no personal notes"):
        await note(forum)
    with pytest.raises(Refused, match="wants no personal notes"):
        await note(forum, now=NOON + 30 * DAY)


@pytest.mark.parametrize(("level", "letters"), [(Level.DAILY, 1), (Level.NOTHING, 0)])
async def test_a_note_travels_by_mail_unless_no_letters_are_wanted(
    database: AsyncEngine, level: Level, letters: int
) -> None:
    signs.use_secret("for tests")
    mail.set_house(name="Fortnight", url="https://fortnight.example.org", domain="example.org")
    forum = await a_forum()
    async with transaction() as session:
        await notices.choose_level(session, forum.carlos, event_id=forum.event.id or 0, level=level)
    await note(forum, text="Does signing in work?")
    async with reading() as session:
        jobs = (await session.exec(select(Job).where(Job.name == "TellByLetter"))).all()
    assert len(jobs) == letters
    for job in jobs:
        async with transaction() as session:
            letter = await notices.tell_by_letter(session, job.args["notice_id"], now=NOON + HOUR)
        assert letter is not None
        assert "Does signing in work?" in letter.text
        assert "Marta Lindqvist has written you a personal note" in letter.subject


async def test_a_silent_person_is_found_written_to_and_can_refuse(site: Site, clock: Clock) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    clock.go_to(NOON + 2 * DAY)
    async with transaction() as session:
        await mark_read(session, person_id=forum.carlos, thread_id=thread.id or 0, position=0, now=clock.now())
    marta, carlos = await site.as_person(forum.marta), await site.as_person(forum.carlos)
    page = (await marta.get(f"{forum.url}/cockpit")).text
    assert ("Reads, and the profile is empty" in page, page.count("Carlos Zeledón")) == (True, 2)
    there = f"{forum.url}/cockpit/notes/{forum.carlos}"
    assert "Hello Carlos, thank you for reading along" in (await marta.get(there)).text
    sent = {"key": "a-note-from-the-web", "reason": "new", "text": "Hello Carlos, what about **Estelí**?"}
    empty = await marta.send_form(there, {**sent, "text": ""})
    assert empty.status_code == 422
    for _ in range(2):
        assert (await marta.send_form(there, sent)).status_code == 303
    assert "Give them two days." in (await marta.get(f"{forum.url}/cockpit/silent")).text
    async with reading() as session:
        (told, *_), _ = await notices_read.notices_of(session, forum.carlos)
    assert "<strong>Estelí</strong>" in (await carlos.get(told.url)).text
    assert (await marta.get(told.url)).status_code == 404
    refusal = {"event": str(forum.event.id), "notes": "no"}
    assert (await carlos.send_form("/notices/notes", refusal)).status_code == 303
    clock.go_to(NOON + 9 * DAY)
    assert "Wants no personal notes." in (await marta.get(f"{forum.url}/cockpit/silent")).text
    refused = await marta.send_form(there, {**sent, "key": "another-note-key"})
    assert refused.status_code == 409


async def test_the_cockpit_costs_the_same_for_three_people_as_for_forty(site: Site, clock: Clock) -> None:
    forum = await a_forum()
    clock.go_to(NOON + 3 * DAY)
    marta = await site.as_person(forum.marta)
    pages = ("cockpit", "cockpit/first", "cockpit/questions", "cockpit/silent")
    await forum.thread("The first question", by=forum.tamta, kind=ThreadKind.QUESTION)

    async def costs() -> list[int]:
        counts = []
        for page in pages:
            with asked() as said:
                assert (await marta.get(f"{forum.url}/{page}")).status_code == 200
            counts.append(len(said))
        return counts

    await costs()
    few = await costs()
    for n in range(24):
        person = await somebody(f"Reader{n} Of-Many")
        await joined(forum.event, person)
        await forum.thread(f"Question {n}?", by=person, kind=ThreadKind.QUESTION)
        await joined(forum.event, await somebody(f"Silent{n} Of-Many"))
    assert await costs() == few
    assert (await marta.get(f"{forum.url}/cockpit/questions")).text.count("/cockpit/ask") <= 60
    assert "Question 23?" in (await marta.get(f"{forum.url}/cockpit/questions?page=2")).text
    assert "Question 23?" in (await marta.get(f"{forum.url}/cockpit/first?page=2")).text
