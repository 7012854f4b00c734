"""Where nobody brings a case, everybody releases their own words: nobody lets out what somebody else has said."""

from datetime import date, timedelta

import pytest
from sqlmodel import select

from app.consultation.actions import afterwards, closing, planning, voting
from app.consultation.actions.planning import Place
from app.consultation.engine import rules
from app.consultation.queries import open_contributions, released
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Refused
from app.core.mail import Letter
from tests.support.databases import ONE_DATABASE
from tests.support.papers import words_in
from tests.support.site import Site

from .rooms import NOON, at, later, one
from .stage import Stage, stage

pytestmark = pytest.mark.usefixtures("database", "news")
SECRET = "Our mayor sleeps in meetings"


async def round_of(method: str) -> Stage:
    """The moderator is the host, the others are participants."""
    here = await stage()
    seats = [Place(person, "host" if person == here.moderator else "participant") for person in here.everybody]
    async with transaction() as session:
        here.room = await planning.plan_room(
            session, event_id=here.event, key=method, title="What we take home", method=method, seats=seats,
            opens_at=NOON, now=NOON,
        )  # fmt: skip
    await here.begin()
    return here


async def releases(here: Stage, person: int, *texts: str, thread: bool = False) -> None:
    async with transaction() as session:
        chosen = [row.id or 0 for row in await open_contributions(session, here.room) if row.text in texts]
        await closing.release(
            session, here.room, by=person, chosen=chosen, city=True, thread=thread, now=later(60)
        )  # fmt: skip


async def coffee() -> Stage:
    """Two topics with dots, two takeaways; one of each is released by whoever wrote it."""
    here = await round_of("lean_coffee")
    await here.write(here.adviser, "topics", "Drains in autumn")
    await here.write(here.scribe, "topics", SECRET)
    await here.go_to("vote")
    async with transaction() as session:
        for row in await open_contributions(session, here.room):
            for person in (here.scribe, here.deputy):
                await voting.vote(session, here.room, by=person, contribution_id=row.id or 0, on=True, now=NOON)
    await here.go_to("close")
    await here.write(here.adviser, "takeaways", "I call the depot")
    await here.write(here.scribe, "takeaways", "I keep this to myself")
    await releases(here, here.adviser, "Drains in autumn", "I call the depot")
    return here


async def test_everybody_releases_what_they_wrote_and_nothing_else() -> None:
    here = await coffee()
    with pytest.raises(Forbidden, match="You release what is yours"):
        await releases(here, here.moderator, "I keep this to myself")
    async with transaction() as session:
        await closing.close_room(session, here.room, by=here.moderator, now=later(60))
    async with reading() as session:
        assert {row.text for row in await released(session, here.room)} == {"Drains in autumn", "I call the depot", "●"}
    await releases(here, here.scribe, "I keep this to myself")  # after the end, too
    async with reading() as session:
        assert "I keep this to myself" in {row.text for row in await released(session, here.room)}
    assert (await here.sitting()).row.city == "", "the city of one is not the city of all"


def test_nobody_decides_before_the_phase_for_it() -> None:
    room = at("talk", "lean_coffee")
    with pytest.raises(Refused, match="Everybody decides about their own words"):
        rules.decide_release(room, person=one(room, "participant"))


@ONE_DATABASE
async def test_the_protocol_holds_topics_with_their_dots_and_takeaways_and_says_whose_word_it_is(site: Site) -> None:
    here = await coffee()
    visitor, scribe = await site.as_person(here.outsider), await site.as_person(here.scribe)
    page = (await scribe.get(f"/rooms/{here.room}")).text
    form = page[page.index('id="desk-release"') :].split("</details>")[0]
    assert (
        "I keep this to myself" in form and "I call the depot" not in form and "You decide about your own words" in form
    )
    lead_ = await site.as_person(here.moderator)
    assert "people have not decided yet" in (await lead_.get(f"/rooms/{here.room}")).text
    async with transaction() as session:
        await closing.release(session, here.room, by=here.moderator, chosen=[], city=False, now=later(60))
        await closing.close_room(session, here.room, by=here.moderator, now=later(60))
    assert "Decide what may leave" in (await scribe.get(f"/rooms/{here.room}")).text
    for path in ("protocol", "protocol.md", "protocol.pdf"):
        answer = await visitor.get(f"/rooms/{here.room}/{path}")
        text = " ".join(words_in(answer).split())
        assert "Drains in autumn: 2" in text and "I call the depot" in text, path
        assert "those who wrote it released" in text and SECRET not in text and "to myself" not in text


async def test_whoever_leads_decides_about_the_thread_of_what_everybody_has_released() -> None:
    here = await coffee()
    async with transaction() as session:
        await closing.release(session, here.room, by=here.deputy, chosen=[], city=False, thread=True, now=later(60))
    assert (await here.sitting()).row.thread_by_id is None
    async with transaction() as session:
        await closing.release(session, here.room, by=here.moderator, chosen=[], city=False, thread=True, now=later(60))
    assert (await here.sitting()).row.thread_by_id == here.moderator


async def test_a_month_later_those_whose_step_stands_in_the_protocol_are_reminded_of_it() -> None:
    here = await round_of("what_so_what_now_what")
    await here.go_to("now_what")
    await here.write(here.adviser, "actions", "I call the depot", due=date(2026, 7, 1))
    await here.write(here.scribe, "actions", "I ask the treasurer", due=date(2026, 7, 1))
    await releases(here, here.adviser, "I call the depot")
    async with transaction() as session:
        await closing.close_room(session, here.room, by=here.moderator, now=later(60))
        await session.flush()
        for _ in range(2):
            await afterwards.ask_what_happened(session, here.room, now=later(60) + timedelta(days=31))
    async with reading() as session:
        letters = (await session.exec(select(Letter).where(Letter.kind == "consultation/step"))).all()
    assert [letter.person_id for letter in letters] == [here.adviser] and "depot" not in letters[0].text
