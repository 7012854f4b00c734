"""A consultation in writing in a browser without scripts: planned in a form, read and written step by step."""

import re
from datetime import timedelta

import pytest
from sqlmodel import select

from app.consultation import queries
from app.consultation.actions import correspondence, moves, planning
from app.core.db import reading, transaction
from app.events.models import Participation
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .stage import OPENS, Stage, written_stage

pytestmark = [pytest.mark.usefixtures("site"), ONE_DATABASE]


@pytest.fixture
async def here(site: Site, clock: Clock) -> Stage:
    clock.go_to(OPENS + timedelta(hours=1))
    return await written_stage()


async def begun(here: Stage, phase: str = "open") -> None:
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=OPENS)
        for person in here.everybody:
            await moves.agree(session, here.room, by=person, now=OPENS)
    await here.go_to(phase)


async def put_down(site: Site, here: Stage, person: int, deck: str, text: str) -> int:
    visitor = await site.as_person(person)
    await visitor.get(f"/rooms/{here.room}")
    answer = await visitor.send_form(
        f"/rooms/{here.room}/contributions", {"deck": deck, "text": text, "key": f"k-{text}"}
    )
    return answer.status_code


async def page_of(site: Site, here: Stage, person: int) -> str:
    return (await (await site.as_person(person)).get(f"/rooms/{here.room}")).text


async def test_a_moderator_plans_one_in_a_form_and_nothing_typed_is_lost(site: Site, here: Stage) -> None:
    async with transaction() as session:
        row = (await session.exec(select(Participation).where(Participation.person_id == here.moderator))).one()
        row.roles = ["practitioner", "moderator"]
        session.add(row)
    visitor = await site.as_person(here.moderator)
    page = (await visitor.get("/events/rain/rooms/written")).text
    assert "Case giver" in page and "Plan it" in page
    seats = [f"case_giver:{here.case_giver}", f"moderator:{here.moderator}"]
    form = {
        "title": "Who clears the drains?", "method": "async_case_consultation", "first_day": "2026-06-11",
        "zone": "Asia/Tbilisi", "lang": "en", "key": "abc", "seats": seats,
    }  # fmt: skip
    refused = await visitor.send_form("/events/rain/rooms/written", form)
    assert "Who clears the drains?" in refused.text and f'value="{seats[0]}" selected' in refused.text
    assert re.search("Nobody has the part|This method is for", refused.text)
    advisers = [f"adviser:{person}" for person in (here.scribe, here.adviser, here.deputy)]
    answer = await visitor.send_form("/events/rain/rooms/written", {**form, "seats": [*seats, *advisers]})
    assert answer.status_code == 303
    listed = (await visitor.get("/events/rain/rooms")).text
    assert "Who clears the drains?" in listed
    outsider = await site.as_person(here.outsider)
    assert (await outsider.get("/events/rain/rooms/written")).status_code == 403


async def test_the_composer_is_there_for_the_step_and_for_whom_it_is(site: Site, here: Stage) -> None:
    await begun(here, "case")
    giver, adviser = await page_of(site, here, here.case_giver), await page_of(site, here, here.adviser)
    assert 'id="compose-case_summary"' in giver and "You write in this step." in giver
    assert "compose-" not in adviser and "You read in this step." in adviser
    assert "Step 2 of 7" in adviser and "Thu 11 June" in adviser
    assert await put_down(site, here, here.adviser, "case_summary", "Not mine to tell") == 409
    assert await put_down(site, here, here.adviser, "hypotheses", "Too early") == 409
    assert await put_down(site, here, here.case_giver, "case_summary", "The verge belongs to nobody") == 303
    assert "You have written in this step." in await page_of(site, here, here.case_giver)
    assert "The verge belongs to nobody" in await page_of(site, here, here.adviser)


async def test_cards_of_others_appear_when_i_have_put_down_mine(site: Site, here: Stage) -> None:
    await begun(here, "perspectives")
    await put_down(site, here, here.adviser, "hypotheses", "It is about money")
    for door in ("", "/written?step=4", "/changes?after=0", "/desk"):
        other = await (await site.as_person(here.deputy)).get(f"/rooms/{here.room}{door}")
        assert other.status_code == 200 and "It is about money" not in other.text
    before = await page_of(site, here, here.deputy)
    assert "One card of others appears when you have written yours." in before
    assert "It is about money" in await page_of(site, here, here.moderator), "whoever leads needs to see"
    listening = await page_of(site, here, here.case_giver)
    assert "It is about money" in listening and "Backstage: your notebook" in listening and "compose-" not in listening
    await put_down(site, here, here.deputy, "hypotheses", "It is about pride")
    assert "It is about money" in await page_of(site, here, here.deputy)


async def test_the_board_says_who_has_read_and_written_and_drafts_a_summary(site: Site, here: Stage) -> None:
    await begun(here, "perspectives")
    await put_down(site, here, here.adviser, "hypotheses", "It is about money")
    await page_of(site, here, here.scribe)
    board = await page_of(site, here, here.moderator)
    assert "wrote one entry" in board and "has read, not written" in board and "has not read yet" in board
    assert "1 of 3 have written; with 2 the step closes in time." in board
    lead = await site.as_person(here.moderator)
    draft = (await lead.get(f"/rooms/{here.room}?draft=1")).text
    assert "- It is about money (Amela Hodzic)" in draft
    other = await (await site.as_person(here.case_giver)).get(f"/rooms/{here.room}?draft=1")
    assert "- It is about money" not in other.text and "Board of the lead" not in other.text


async def test_the_lead_lengthens_reopens_meets_and_goes_on_in_writing(site: Site, here: Stage) -> None:
    await begun(here, "perspectives")
    lead = await site.as_person(here.moderator)
    await lead.get(f"/rooms/{here.room}")
    for path, form in (("extension", {}), ("reopening", {"step": "2"})):
        answer = await lead.send_form(f"/rooms/{here.room}/{path}", {"leaving": "4", **form})
        assert answer.status_code == 303
    assert "Clarifying questions" in (await lead.get(f"/rooms/{here.room}")).text
    assert (await here.sitting()).room.state.step == 5
    await lead.send_form(f"/rooms/{here.room}/meeting", {"leaving": "5"})
    live = (await lead.get(f"/rooms/{here.room}")).text
    assert "Order of speaking" in live and "Go on in writing" in live
    moved = await (await site.as_person(here.adviser)).get(f"/rooms/{here.room}/written?step=5")
    assert "This consultation has moved on." in moved.text
    await lead.send_form(f"/rooms/{here.room}/writing", {"leaving": "5"})
    assert "Board of the lead" in (await lead.get(f"/rooms/{here.room}")).text


async def test_opening_the_page_marks_the_step_as_read(site: Site, here: Stage) -> None:
    await begun(here)
    await page_of(site, here, here.adviser)
    async with transaction() as session:
        await correspondence.remind(session, here.room, step=0, now=OPENS + timedelta(hours=20))
    async with reading() as session:
        sitting = await queries.sitting(session, here.room)
    assert {who.read_step for who in sitting.people.values()} == {0, -1}
    digest = await (await site.as_person(here.deputy)).get("/notices")
    assert "A step of your consultation is open" in digest.text
    assert (
        "A step of your consultation is open" not in (await (await site.as_person(here.adviser)).get("/notices")).text
    )


async def test_what_comes_after_the_time_of_a_step_is_marked_as_late_for_everybody(
    site: Site, here: Stage, clock: Clock
) -> None:
    await begun(here)
    await put_down(site, here, here.adviser, "hello", "In time")
    due = (await here.sitting()).room.state.due
    assert due is not None and "over time" not in await page_of(site, here, here.scribe)
    clock.go_to(due + timedelta(minutes=5))
    await put_down(site, here, here.deputy, "hello", "A little later")
    for reader in (here.deputy, here.moderator, here.adviser):
        page = await page_of(site, here, reader)
        assert "over time" in page and "What you write now is marked as late." in page
        cards = {text: card for card in re.findall(r'<li class="idea.*?</li>', page, re.DOTALL)
                 for text in ("In time", "A little later") if text in card}  # fmt: skip
        assert len(cards) == 2
        assert ">late<" in re.sub(r"\s+|<svg.*?</svg>", "", cards["A little later"]) and ">late<" not in re.sub(
            r"\s+|<svg.*?</svg>", "", cards["In time"]
        )


async def test_what_was_typed_too_long_comes_back_at_its_field(site: Site, here: Stage) -> None:
    await begun(here)
    visitor = await site.as_person(here.adviser)
    await visitor.get(f"/rooms/{here.room}")
    answer = await visitor.send_form(
        f"/rooms/{here.room}/contributions", {"deck": "hello", "text": "long " * 60, "key": "too-long"}
    )
    assert "This is too long for one card." in answer.text and "long long long" in answer.text


async def test_nobody_outside_reads_it_by_any_door(site: Site, here: Stage) -> None:
    await begun(here)
    await put_down(site, here, here.adviser, "hello", "Between us: the mayor")
    assert "the mayor" in await page_of(site, here, here.scribe), "there is something to leak"
    outside = await site.as_person(here.outsider)
    for door in ("", "/written?step=0", "/desk", "?draft=1"):
        answer = await outside.get(f"/rooms/{here.room}{door}")
        assert "the mayor" not in answer.text
    for path in ("extension", "reopening", "meeting", "writing"):
        answer = await outside.send_form(f"/rooms/{here.room}/{path}", {"leaving": "0", "step": "0"})
        assert answer.status_code == 404
