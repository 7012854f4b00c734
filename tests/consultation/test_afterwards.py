"""After a consultation: what was kept back goes, what was released stays, and somebody asks what became of it."""

import html
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlmodel import select

from app.consultation import queries
from app.consultation.actions import afterwards, closing, planning, writing
from app.consultation.jobs import AskWhatHappened, EmptyRoom
from app.consultation.models import ConsultationNote
from app.consultation.queries_written import everything_written
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Missing, Refused
from app.core.jobs import Job
from app.core.mail import Letter
from app.people.models import Person
from tests.support.clock import Clock
from tests.support.papers import words_in
from tests.support.site import Site

from .rooms import NOON, later
from .stage import Stage, stage, written_stage

ENDED = later(60)
pytestmark = pytest.mark.usefixtures("database", "news")


async def ended(here: Stage, *, releases: bool = True) -> None:
    """A consultation with a question that is released and a card that is not."""
    await here.begin()
    await here.go_to("key_question")
    await here.write(here.case_giver, "key_question", "How do both sign?")
    await here.go_to("consultation")
    await here.write(here.adviser, "contributions", "A secret between us")
    async with transaction() as session:
        await writing.save_notes(session, here.room, by=here.case_giver, text="My notes", now=NOON)
    await here.go_to("closing")
    async with transaction() as session:
        rows = await queries.open_contributions(session, here.room)
        chosen = [row.id or 0 for row in rows if row.deck == "key_question"] if releases else []
        await closing.release(session, here.room, by=here.case_giver, chosen=chosen, city=False, now=ENDED)
        await closing.close_room(session, here.room, by=here.moderator, now=ENDED)


async def test_after_four_weeks_what_was_kept_back_goes_and_what_was_released_stays() -> None:
    here = await stage()
    await ended(here)
    async with reading() as session:
        due = {job.name: job.run_at for job in (await session.exec(select(Job))).all()}
    assert due[EmptyRoom.name] == ENDED + timedelta(weeks=4)
    assert due[AskWhatHappened.name] == ENDED + timedelta(days=30)
    for now, left in (
        (ENDED + timedelta(days=27), 2),
        (ENDED + timedelta(days=28), 1),
        (ENDED + timedelta(days=29), 1),
    ):
        async with transaction() as session:
            await afterwards.empty(session, here.room, now=now)
        async with reading() as session:
            assert len(await everything_written(session, here.room)) == left
    async with reading() as session:
        assert [row.text for row in await queries.released(session, here.room)] == ["How do both sign?"]
        assert (await session.exec(select(ConsultationNote))).all() == []
    row = (await here.sitting()).row
    assert row.case_text == "" and row.emptied_at == ENDED + timedelta(days=28)


async def test_a_room_that_is_not_over_is_not_emptied() -> None:
    here = await stage()
    await here.begin()
    await here.say(here.moderator, "Still here")
    async with transaction() as session:
        await afterwards.empty(session, here.room, now=ENDED + timedelta(days=99))
    async with reading() as session:
        assert len(await everything_written(session, here.room)) == 1


async def letters() -> list[Letter]:
    async with reading() as session:
        return [each for each in (await session.exec(select(Letter))).all() if (each.key or "").startswith("outcome:")]


async def asked(here: Stage, now: datetime) -> int:
    async with transaction() as session:
        await afterwards.ask_what_happened(session, here.room, now=now)
    return len(await letters())


async def test_the_case_giver_is_asked_once_what_became_of_it_without_a_word_of_the_room() -> None:
    here = await stage()
    await ended(here)
    assert await asked(here, ENDED + timedelta(days=29)) == 0
    assert await asked(here, ENDED + timedelta(days=30)) == 1
    assert await asked(here, ENDED + timedelta(days=31)) == 1
    (letter,) = await letters()
    assert f"/rooms/{here.room}/outcome" in letter.text and "Two departments, one verge" in letter.text
    assert "How do both sign?" not in letter.text and "secret" not in letter.text


async def test_where_nothing_was_released_the_answer_stays_in_the_room_even_if_something_is_later(
    site: Site, clock: Clock
) -> None:
    clock.go_to(ENDED + timedelta(days=30))
    here = await stage()
    await ended(here, releases=False)
    assert await asked(here, ENDED + timedelta(days=30)) == 1
    (letter,) = await letters()
    assert "only those who were in the room read them" in letter.text and "with the protocol" not in letter.text
    url, giver = f"/rooms/{here.room}", await site.as_person(here.case_giver)
    assert "Only those who were in the room read them" in (await giver.get(f"{url}/outcome")).text
    told = await giver.send_form(f"{url}/outcome", {"text": "They still quarrel."})
    assert told.headers["location"].partition("?")[0].endswith(url)
    assert "They still quarrel." in (await (await site.as_person(here.adviser)).get(url)).text
    outside = await site.as_person(here.outsider)
    assert "quarrel" not in (await outside.get(url)).text
    assert (await outside.get(f"{url}/protocol")).status_code == 404
    async with transaction() as session:
        rows = await queries.open_contributions(session, here.room)
        question = [row.id or 0 for row in rows if row.deck == "key_question"]
        await closing.release(
            session, here.room, by=here.case_giver, chosen=question, city=False, now=ENDED + timedelta(days=31)
        )
    protocol = (await outside.get(f"{url}/protocol")).text
    assert "How do both sign?" in protocol and "quarrel" not in protocol, "it was told to the room"


async def test_nobody_tells_what_became_of_a_consultation_that_goes_on() -> None:
    here = await stage()
    await here.begin()
    with pytest.raises(Refused, match="goes on"):
        async with transaction() as session:
            await afterwards.tell_outcome(session, here.room, by=here.case_giver, text="It rains", now=ENDED)


async def test_of_a_first_step_the_day_is_judged_by_the_clocks_of_whoever_writes(site: Site, clock: Clock) -> None:
    evening = datetime(2026, 6, 9, 22, 30, tzinfo=UTC)  # in Auckland it is Wednesday the 10th, in Managua still the 9th
    clock.go_to(evening)
    here = await stage()
    await here.begin()
    await here.go_to("closing")
    giver, url = await site.as_person(here.case_giver), f"/rooms/{here.room}"

    async def lives_in(zone: str) -> str:
        async with transaction() as session:
            person = await session.get(Person, here.case_giver)
            assert person is not None
            person.zone = zone
        return (await giver.get(url)).text

    async def by(day: str) -> str:
        form = {"deck": "first_step", "text": "Call them", "due": day, "key": f"by {day}"}
        answer = await giver.send_form(f"{url}/contributions", form)
        return "taken" if answer.status_code == 303 else html.unescape(answer.text)

    assert 'name="due" min="2026-06-10" value="2026-06-17"' in await lives_in("Pacific/Auckland")
    assert "This day is over." in await by("2026-06-09")
    assert "Choose a day within the next two years." in await by("2029-01-01")
    assert "taken" not in await by("someday") and "taken" not in await by("2026-02-30")
    assert "Say by when" in await by("")
    assert await by("2026-06-10") == "taken"
    assert 'min="2026-06-09"' in await lives_in("America/Managua")
    assert await by("2026-06-09") == "taken"
    async with reading() as session:
        (row,) = [row for row in await everything_written(session, here.room) if row.deck == "first_step"]
    assert row.due == date(2026, 6, 9)


async def test_only_the_case_giver_tells_and_it_stands_with_the_protocol(site: Site) -> None:
    here = await stage()
    await ended(here)
    for person, refusal in ((here.adviser, Forbidden), (here.outsider, Missing)):
        with pytest.raises(refusal):
            async with transaction() as session:
                await afterwards.tell_outcome(session, here.room, by=person, text="They mow", now=ENDED)
    giver = await site.as_person(here.case_giver)
    page = await giver.get(f"/rooms/{here.room}/outcome")
    assert "Did the first step happen?" in page.text
    empty = await giver.send_form(f"/rooms/{here.room}/outcome", {"text": " "})
    assert "Write something first." in empty.text
    assert (await giver.send_form(f"/rooms/{here.room}/outcome", {"text": "Both signed in May."})).status_code == 303
    outside = await site.as_person(here.outsider)
    for form in ("protocol", "protocol.md", "protocol.pdf"):
        assert "Both signed in May." in words_in(await outside.get(f"/rooms/{here.room}/{form}"))
    assert (await outside.get(f"/rooms/{here.room}/outcome")).status_code == 404
    assert await asked(here, ENDED + timedelta(days=30)) == 0
    assert "will be deleted" in (await giver.get(f"/rooms/{here.room}")).text


async def test_an_old_alarm_of_the_live_hours_closes_no_consultation_in_writing() -> None:
    here = await written_stage()
    opens = (await here.sitting()).row.opens_at
    assert opens is not None
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=opens)
        await planning.close_forgotten(session, here.room, now=opens + timedelta(hours=14))
    assert (await here.sitting()).row.status == "running", "at night everybody is silent"
