"""Letters of the morning are composed for many at once: each says what it would say alone, and one keeps nobody from theirs."""

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from app.core import mail, signs, times
from app.core.db import reading, transaction
from app.core.jobs import Job
from app.core.mail import Letter
from app.forum.actions.reading import mark_read
from app.forum.rules import ThreadKind
from app.main import register_sources
from app.notices import actions_digest, rules
from app.notices.jobs import SendDigest
from app.people.models import Person
from tests.events.events import joined, somebody
from tests.forum.forum import Forum, a_forum
from tests.notices.digests import send_digests
from workers import notices as workers
from workers.registry import Turn

MONDAY = date(2026, 10, 26)
EIGHT = rules.morning(MONDAY, "America/Managua")
"""All of them live there, unless a test says otherwise."""


@pytest.fixture(autouse=True)
def house() -> None:
    signs.use_secret("for tests")
    mail.set_house(name="Fortnight", url="https://fortnight.example.org", domain="example.org")
    register_sources(demo=False)


async def composed(forum: Forum, *people: int) -> dict[int | None, tuple[str, str, str]]:
    """What these people would be told if their letters were written together; nothing of it is stored."""
    works = [SendDigest(person_id, forum.event.id or 0, MONDAY.isoformat()) for person_id in people]
    async with reading() as session:
        morning = await actions_digest.composed(session, works, now=EIGHT)
    letters = [letter for theirs in morning.letters.values() for letter in theirs]
    return {letter["person_id"]: (letter["subject"], letter["text"], letter["html"]) for letter in letters}


async def a_busy_evening() -> tuple[Forum, list[int]]:
    """Three readers who differ: in what they follow, have read, may see, and in their languages."""
    forum, before = await a_forum(), EIGHT - timedelta(hours=3)
    nino, oyuna = await somebody("Nino Beridze"), await somebody("Oyuna Bat")
    async with transaction() as session:
        people = (await session.exec(select(Person).where(col(Person.id) != 0))).all()
        for place, person in enumerate(people):
            person.zone, person.lang, person.zone_confirmed = "America/Managua", ("en", "de", "ar")[place % 3], True
            session.add(person)
    for person_id in (nino, oyuna):
        await joined(forum.event, person_id)
    closed = await forum.group_space(forum.carlos, forum.marta)
    secret = await forum.thread("The secret of the cellar?", by=forum.carlos, kind=ThreadKind.QUESTION, space=closed)
    await forum.reply(secret, "@Carlos Mejía Under the stairs.", by=forum.marta, now=before)
    verges = await forum.thread("Verges", by=forum.tamta)
    for person_id in (forum.carlos, nino):
        await forum.reply(verges, "Who mows?", by=person_id, now=before)
    asked = await forum.thread("Who pays for the trees?", by=oyuna, kind=ThreadKind.QUESTION)
    for person_id in (nino, forum.carlos):
        await forum.reply(asked, "We do.", by=person_id, now=before)
    await forum.thread("Who has a ladder?", by=nino, kind=ThreadKind.QUESTION)
    async with transaction() as session:
        await mark_read(session, person_id=forum.tamta, thread_id=verges.id or 0, position=2, now=before)
    return forum, [forum.carlos, forum.marta, forum.tamta, nino, oyuna]


async def test_together_everybody_is_told_what_they_would_be_told_alone(database: AsyncEngine) -> None:
    forum, people = await a_busy_evening()
    together = await composed(forum, *people)
    alone = {}
    for person_id in people:
        alone |= await composed(forum, person_id)
    assert together == alone
    assert set(together) == set(people)
    assert len(set(together.values())) == len(people)  # nobody got another one's


async def test_what_one_of_them_may_see_stands_in_no_letter_beside_it(database: AsyncEngine) -> None:
    forum, people = await a_busy_evening()
    together = await composed(forum, *people)
    told = {person_id for person_id, words in together.items() if "cellar" in "".join(words)}
    assert told == {forum.carlos}  # who asked there and was answered
    read = "".join(together[forum.tamta])
    assert "Verges" not in read
    assert any("Verges" in "".join(words) for words in together.values())


async def test_one_broken_letter_keeps_nobody_from_theirs(
    database: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum, people = await a_busy_evening()
    async with transaction() as session:
        broken = (await session.exec(select(Person).where(Person.id == forum.marta))).one()
        broken.zone = "Nowhere/At_all"
        session.add(broken)
    monkeypatch.setattr(times, "now", lambda: EIGHT)
    turn = Turn(now=EIGHT, attempt=1, last=False)
    wanted = [(SendDigest(each, forum.event.id or 0, MONDAY.isoformat()), turn) for each in people]
    reasons = await workers.send_digests(wanted)
    assert [bool(reason) for reason in reasons] == [person_id == forum.marta for person_id in people]
    assert reasons[people.index(forum.marta)].startswith("Invalid")
    assert await addressees() == sorted(set(people) - {forum.marta})


async def test_the_same_morning_twice_is_one_letter_and_one_way_to_the_mail_server(database: AsyncEngine) -> None:
    forum, people = await a_busy_evening()
    works = [SendDigest(each, forum.event.id or 0, MONDAY.isoformat()) for each in people]
    for now in (EIGHT, EIGHT + timedelta(minutes=5)):  # a worker was killed before it could say that it was done
        async with transaction() as session:
            await send_digests(session, works, now=now)
    assert await addressees() == sorted(people)
    async with reading() as session:
        jobs = (await session.exec(select(Job).where(Job.name == "SendLetter"))).all()
        letters = (await session.exec(select(Letter))).all()
    assert sorted(job.args["letter_id"] for job in jobs) == sorted(letter.id or 0 for letter in letters)


async def test_two_workers_that_compose_the_same_morning_at_once_write_one_letter_each_reader(
    database: AsyncEngine,
) -> None:
    forum, people = await a_busy_evening()
    works = [SendDigest(each, forum.event.id or 0, MONDAY.isoformat()) for each in people]
    async with reading() as one, reading() as other:
        mornings = [await actions_digest.composed(session, works, now=EIGHT) for session in (one, other)]
    for morning in mornings:
        assert sum(len(letters) for letters in morning.letters.values()) == len(people)
        async with transaction() as session:
            await actions_digest.store(session, morning, now=EIGHT)
    assert await addressees() == sorted(people)
    async with reading() as session:
        assert len((await session.exec(select(Job).where(Job.name == "SendLetter"))).all()) == len(people)


async def test_what_readers_are_called_is_words_and_no_markup_in_the_letter_they_share(database: AsyncEngine) -> None:
    forum, people = await a_busy_evening()
    async with transaction() as session:
        for person in (await session.exec(select(Person).where(col(Person.id).in_(people)))).all():
            person.name, person.lang = f"<b>{person.id}</b> & Co", "en"
            session.add(person)
    for person_id, (_, text, html) in (await composed(forum, *people)).items():
        assert f"Hello <b>{person_id}</b> & Co," in text
        assert f"Hello &lt;b&gt;{person_id}&lt;/b&gt; &amp; Co," in html


async def test_who_lives_further_west_waits_for_their_own_morning(database: AsyncEngine) -> None:
    forum, people = await a_busy_evening()
    async with transaction() as session:
        mover = (await session.exec(select(Person).where(Person.id == forum.tamta))).one()
        mover.zone = "America/Los_Angeles"
        session.add(mover)
    assert set(await composed(forum, *people)) == set(people) - {forum.tamta}
    eight_there: datetime = rules.morning(MONDAY, "America/Los_Angeles")
    async with transaction() as session:
        work = SendDigest(forum.tamta, forum.event.id or 0, MONDAY.isoformat())
        await send_digests(session, [work], now=EIGHT)
        job = (await session.exec(select(Job).where(Job.name == "SendDigest"))).one()
    assert job.run_at == eight_there


async def addressees() -> list[int | None]:
    async with reading() as session:
        return list((await session.exec(select(Letter.person_id).order_by(col(Letter.person_id)))).all())
