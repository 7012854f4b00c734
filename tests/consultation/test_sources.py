"""What consultations say on Today and in the letter of the morning: titles and links, no content."""

import pytest

from app.consultation import queries, sources
from app.consultation.actions import closing, moves, planning
from app.core.db import reading, transaction
from app.core.gather import Asking
from app.core.render import render

from .rooms import NOON, later
from .stage import OPENS, Stage, stage, written_stage

pytestmark = pytest.mark.usefixtures("database")


def asking(here: Stage, person: int) -> Asking:
    return Asking(
        person_id=person, event_id=here.event, event_slug="rain", zone="UTC", lang="en", now=later(90), since=NOON
    )


async def test_my_open_room_is_on_today_and_nobody_elses() -> None:
    here = await stage()
    await here.begin()
    async with reading() as session:
        (mine,) = await sources.today(session, asking(here, here.adviser))
        assert "Join" in render(mine.template, lang="en", **mine.values)
        assert await sources.today(session, asking(here, here.outsider)) == []


async def test_a_protocol_is_told_of_once_with_its_title_and_without_its_content() -> None:
    here = await stage()
    await here.begin()
    await here.go_to("key_question")
    await here.write(here.case_giver, "key_question", "How do both sign?")
    await here.go_to("closing")
    async with transaction() as session:
        (question,) = await queries.open_contributions(session, here.room)
        await closing.release(
            session, here.room, by=here.case_giver, chosen=[question.id or 0], city=False, now=later(40)
        )
        await closing.close_room(session, here.room, by=here.moderator, now=later(45))
    async with reading() as session:
        (part,) = await sources.digest(session, asking(here, here.outsider))
        for form in ("txt", "html"):
            letter = render(f"{part.template}.{form}", lang="en", house={"url": "http://here"}, **part.values)
            assert f"http://here/rooms/{here.room}/protocol" in letter
            assert "Two departments, one verge" in letter
            assert "How do both sign?" not in letter
        late = Asking(
            person_id=here.outsider, event_id=here.event, event_slug="rain", zone="UTC", lang="en", now=later(200),
            since=later(100),
        )  # fmt: skip
        assert await sources.digest(session, late) == []


async def test_my_step_in_writing_is_on_today_and_in_the_letter_until_i_have_written() -> None:
    here = await written_stage()
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=OPENS)
        for person in here.everybody:
            await moves.agree(session, here.room, by=person, now=OPENS)
    await here.write(here.adviser, "hello", "Between us: the mayor")
    told = {}
    async with reading() as session:
        for person in (here.adviser, here.deputy):
            for topic, source in (("today", sources.today), ("digest", sources.digest)):
                (part,) = await source(session, asking(here, person))
                forms = ("",) if part.template.endswith(".html") else (".txt", ".html")
                for form in forms:
                    told[person, topic, form] = render(
                        part.template + form, lang="en", house={"url": "http://here"}, **part.values
                    )
        assert await sources.today(session, asking(here, here.outsider)) == []
    for (person, _, _), words in told.items():
        assert "Step 1 of 7" in words and "Arrival and agreement" in words and "The verge nobody mows" in words
        assert "mayor" not in words
        assert ("It waits for what you write." in words) == (person == here.deputy)
