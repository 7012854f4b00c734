"""Anonymous until read: where a method says so, nobody learns whose a card is before the group has read it."""

import re
from dataclasses import replace

import pytest
from sqlmodel import col, select

from app.consultation import queries
from app.consultation.actions import correspondence, moves
from app.consultation.engine.library import methods
from app.consultation.engine.sight import Card, is_named
from app.consultation.engine.state import Status
from app.consultation.models import Consultation, ConsultationSeat, Contribution
from app.core.db import transaction
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .rooms import NOON, at
from .stage import Stage, stage
from .test_confidential import addresses

pytestmark = pytest.mark.usefixtures("site")


def test_the_name_shows_after_the_phase_in_which_it_is_read_and_only_where_the_method_waits() -> None:
    assert methods()["premortem"].phase("imagine").outputs[0].anonymous
    for phase, named in (("imagine", False), ("read", False), ("rank", True), ("prevent", True)):
        assert is_named(at(phase, "premortem"), Card("causes", 3, 0)) is named, phase
    assert is_named(at("read", "premortem"), Card("causes", 3, 1)), "what is written while reading is said aloud"
    assert is_named(at("consultation"), Card("contributions", 3, 4)), "other methods name at once"
    early = at("imagine", "premortem")
    closed = replace(early, state=replace(early.state, status=Status.CLOSED))
    assert is_named(closed, Card("causes", 3, 0))


async def premortem() -> Stage:
    here = await stage()
    async with transaction() as session:
        row = (await session.exec(select(Consultation).where(Consultation.id == here.room))).one()
        row.method, row.method_version = "premortem", methods()["premortem"].version
        session.add(row)
        for seat in (await session.exec(select(ConsultationSeat))).all():
            seat.role = "city_team" if seat.person_id == here.case_giver else "peer"
            session.add(seat)
    return here


async def advance(here: Stage) -> None:
    async with transaction() as session:
        made = await queries.sitting(session, here.room, lock=True)
        lead = made.room.leads
        by = made.people[lead].person_id if lead is not None else here.moderator
        await moves.advance_phase(session, here.room, by=by or 0, leaving=made.room.state.step, now=NOON)


async def test_a_card_lies_open_without_its_city_until_the_reading_is_over_and_then_travels_with_it(
    site: Site,
) -> None:
    here = await premortem()
    await here.begin()
    await here.write(here.adviser, "causes", "Nobody asked the depot")
    await advance(here)
    lead = (await here.sitting()).room.leads
    async with transaction() as session:
        made = await queries.sitting(session, here.room)
        by = made.people[lead].person_id if lead is not None else here.moderator
        step = made.room.state.step
        await moves.turn_up_cards(session, here.room, by=by or 0, deck="causes", leaving=step, now=NOON)
    reader, room = await site.as_person(here.scribe), f"/rooms/{here.room}"
    for door in ("", "/changes?after=0"):
        page = (await reader.get(room + door)).text
        assert "Nobody asked the depot" in page and "named once it is read" in page
        assert "Amelastadt" not in page
    version = (await here.sitting()).row.version
    await advance(here)
    for door in ("", f"/changes?after={version}"):
        page = (await reader.get(room + door)).text
        assert "Nobody asked the depot" in page and "Amelastadt" in page, "it travels anew, with its city"


async def test_in_writing_the_name_is_hidden_too_until_the_step_of_reading_is_over(site: Site) -> None:
    here = await premortem()
    await here.begin()
    async with transaction() as session:
        step = (await queries.sitting(session, here.room)).room.state.step
        await correspondence.go_on_in_writing(session, here.room, by=here.moderator, leaving=step, now=NOON)
    await here.write(here.adviser, "causes", "Nobody asked the depot")
    await here.write(here.scribe, "causes", "The budget ends in May")  # whoever has written reads the others
    reader = await site.as_person(here.scribe)
    doors = [f"/rooms/{here.room}{path}" for path in ("", f"/written?step={step}", "?draft=1")]
    for door in doors:
        page = cards((await reader.get(door)).text)
        assert "Amela" not in page and "Amelastadt" not in page
    await advance(here)
    doors[1] = doors[1].replace(f"step={step}", f"step={step + 1}")
    for door in doors:
        page = cards((await reader.get(door)).text)
        assert "Nobody asked the depot" in page and "named once it is read" in page, "it lies open now"
        assert "Amela" not in page
    await advance(here)
    page = cards((await reader.get(doors[0])).text)
    assert "Nobody asked the depot" in page and "Amela Hodzic" in page


async def swap_authors(*texts: str) -> None:
    """As if each of the two had written what the other wrote."""
    async with transaction() as session:
        query = select(Contribution).where(col(Contribution.text).in_(texts))
        one, two = (await session.exec(query)).all()
        one.seat_id, two.seat_id = two.seat_id, one.seat_id
        session.add_all([one, two])


def masked(page: str) -> str:
    """Without what differs each time: tokens, keys, seconds."""
    return re.sub(r'(value|nonce|data-left|data-ends|data-words)="[^"]*"', "", page)


@pytest.mark.long
@ONE_DATABASE
async def test_no_route_at_all_gives_away_who_wrote_what_before_it_is_read(site: Site) -> None:
    """Two people write a card each. If the house tells them apart, some page differs when the authors are exchanged."""
    texts = ("Nobody asked the depot", "The budget ends in May")
    here = await premortem()
    await here.begin()
    async with transaction() as session:
        step = (await queries.sitting(session, here.room)).room.state.step
        await correspondence.go_on_in_writing(session, here.room, by=here.moderator, leaving=step, now=NOON)
    for person, text in zip((here.adviser, here.deputy), texts, strict=True):
        await here.write(person, "causes", text)
    await here.write(here.scribe, "causes", "Mine is another one")
    await advance(here)
    doors = [f"/rooms/{here.room}/changes?after=0", *addresses("GET", {here.room})]  # a card has the same number
    lead = (await here.sitting()).room.leads
    readers = {here.scribe, here.case_giver, (await here.sitting()).people[lead].person_id if lead else here.scribe}
    shown: dict[tuple[int, str], str] = {}
    for reader in readers - {None}:
        visitor = await site.as_person(reader or 0)
        mine = doors if reader == here.scribe else [url for url in doors if url.startswith("/rooms/")]
        pages = {url: (await visitor.get(url)).text for url in mine}
        shown |= {(reader or 0, url): page for url, page in pages.items() if all(text in page for text in texts)}
    assert len({url for _, url in shown}) >= 3, "hardly a page shows the cards: there is nothing to give away"

    async def looks_again() -> list[str]:
        differs = []
        for (reader, url), before in shown.items():
            after = (await (await site.as_person(reader)).get(url)).text
            if masked(after) != masked(before):
                differs.append(url)
            shown[reader, url] = after
        return differs

    await looks_again()  # what a first visit marks as read is marked now
    await swap_authors(*texts)
    assert await looks_again() == []
    await advance(here)
    await looks_again()
    await swap_authors(*texts)
    assert f"/rooms/{here.room}" in await looks_again(), "now it is read, and the names stand there"


def cards(page: str) -> str:
    """The cards of a page and the draft of a summary, without the list of people beside them."""
    return " ".join(re.findall(r'<li class="idea.*?</li>|<textarea.*?</textarea>', page, re.DOTALL))
