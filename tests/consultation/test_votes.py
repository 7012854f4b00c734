"""Dots on cards: limited, one on a card, seen by nobody before the phase is over, and never anybody's afterwards."""

import re

import pytest
from playwright.async_api import expect

from app.consultation import queries
from app.consultation.actions import correspondence, moves, planning, voting, writing
from app.consultation.actions.planning import Place
from app.consultation.engine.votes import tally
from app.core.db import reading, transaction
from app.core.errors import Missing, Refused
from tests.support.chromium import Shots
from tests.support.site import Site

from .conftest import Table
from .rooms import NOON, later
from .stage import Stage, stage

TOPICS = ("Who mows", "Who pays", "Who signs", "Who asks")


def test_most_dots_come_first_and_among_equals_the_older_card():
    assert tally([7, 9, 9, 8], cards=[7, 8, 9, 10]) == [(9, 2), (7, 1), (8, 1)]
    assert tally([7, 99], cards=[7]) == [(7, 1)], "a card that was taken back has no dots"


async def coffee(here: Stage) -> list[int]:
    """`here` sits at a lean coffee that votes on four topics; their numbers."""
    people = [
        (here.moderator, "host"),
        *((person, "participant") for person in here.everybody if person != here.moderator),
    ]
    async with transaction() as session:
        here.room = await planning.plan_room(
            session, event_id=here.event, key="slot:coffee", title="Coffee", method="lean_coffee", opens_at=later(15),
            seats=[Place(person, role) for person, role in people], now=NOON,
        )  # fmt: skip
    await here.begin()
    for number, text in enumerate(TOPICS):
        await here.write(here.everybody[number], "topics", text)
    await here.go_to("vote")
    async with reading() as session:
        return [row.id or 0 for row in await queries.open_contributions(session, here.room)]


async def vote(here: Stage, person: int, card: int, *, on: bool = True) -> None:
    async with transaction() as session:
        await voting.vote(session, here.room, by=person, contribution_id=card, on=on, now=NOON)


@pytest.mark.usefixtures("database")
async def test_three_dots_each_and_a_second_press_changes_nothing() -> None:
    here = await stage()
    cards = await coffee(here)
    for card in (*cards[:3], cards[0]):
        await vote(here, here.adviser, card)
    with pytest.raises(Refused) as refused:
        await vote(here, here.adviser, cards[3])
    assert "Take one back" in refused.value.sentence
    await vote(here, here.adviser, cards[0], on=False)
    await vote(here, here.adviser, cards[0], on=False)
    await vote(here, here.adviser, cards[3])
    async with reading() as session:
        seat, room = await here.seat(here.adviser), (await here.sitting()).room
        mine = await queries.written_by(session, seat, deck="order", step=room.state.step)
    assert sorted(int(row.kind) for row in mine) == cards[1:]
    await here.go_to("talk")
    with pytest.raises(Refused):
        await vote(here, here.adviser, cards[0])


@pytest.mark.usefixtures("database")
async def test_what_is_no_open_card_of_this_room_gets_no_dot() -> None:
    here = await stage()
    await here.begin()
    await here.write(here.adviser, "topics", "Elsewhere")
    async with reading() as session:
        (elsewhere,) = await queries.open_contributions(session, here.room)
    cards = await coffee(here)
    with pytest.raises(Missing):
        await vote(here, here.adviser, elsewhere.id or 0)
    async with transaction() as session:
        await writing.say(session, here.room, by=here.moderator, text="A line", key="l", now=NOON)
    async with reading() as session:
        line = (await queries.open_contributions(session, here.room))[-1]
    with pytest.raises(Refused):
        await vote(here, here.adviser, line.id or 0)
    with pytest.raises(Missing):
        await vote(here, here.outsider, cards[0])


async def test_nobody_sees_dots_before_the_end_and_nobody_whose_they_are_after_it(site: Site) -> None:
    here = await stage()
    cards = await coffee(here)
    room = f"/rooms/{here.room}"
    mine, others = await site.as_person(here.adviser), await site.as_person(here.moderator)
    await mine.get(room)
    for card in (cards[2], cards[1]):
        await mine.send_form(f"{room}/contributions/{card}/vote", {"on": "yes"})
    await vote(here, here.scribe, cards[2])
    page = (await mine.get(room)).text
    assert "You can give one more dot." in page
    assert page.count('aria-pressed="true"') == 2
    for door in ("", "/desk", "/changes?after=0"):
        seen = (await others.get(f"{room}{door}")).text
        assert "Most dots" not in seen and "●" not in seen and "2 dots" not in seen
    version = (await here.sitting()).row.version
    await here.go_to("talk")
    pushed = (await others.get(f"{room}/changes?after={version}")).text
    assert re.search(r"Who signs.*2 dots.*Who pays.*1 dot<", pushed, re.DOTALL)
    whole = (await others.get(room)).text
    assert "2 dots" in whole and "●" not in whole and "My dot" not in whole
    after = (await here.sitting()).row.version
    await here.say(here.moderator, "Well then")
    assert "2 dots" not in (await others.get(f"{room}/changes?after={after}")).text, "only what changed travels"


@pytest.mark.usefixtures("database")
async def test_in_writing_too_nobody_learns_whose_dots_they_are(site: Site) -> None:
    here = await stage()
    cards = await coffee(here)
    step, room = (await here.sitting()).room.state.step, f"/rooms/{here.room}"
    async with transaction() as session:
        await correspondence.go_on_in_writing(session, here.room, by=here.moderator, leaving=step, now=NOON)
    mine, lead = await site.as_person(here.adviser), await site.as_person(here.moderator)
    await mine.get(room)
    for card in (cards[2], cards[1]):
        await mine.send_form(f"{room}/contributions/{card}/vote", {"on": "yes"})
    page = (await mine.get(room)).text
    assert "You can give one more dot." in page and page.count('aria-pressed="true"') == 2
    seen = (await lead.get(f"{room}?draft=1")).text
    assert "●" not in seen and "Most dots" not in seen and "wrote 2 entries" in seen
    async with transaction() as session:
        await moves.advance_phase(session, here.room, by=here.moderator, leaving=step, now=NOON)
    over = (await lead.get(f"{room}?draft=1")).text
    assert re.search(r"Most dots.*Who pays.*1 dot<.*Who signs.*1 dot<", over, re.DOTALL) and "●" not in over


@pytest.mark.browser
async def test_dots_by_keyboard_on_a_desk_and_by_thumb_on_a_phone(table: Table, shots: Shots) -> None:
    here = table.stage
    await coffee(here)
    lead, phone = await table.comes(here.moderator), await table.comes(here.scribe, width=360, height=740)
    card = lead.locator(".idea", has_text="Who signs")
    await card.get_by_role("button", name="My dot").focus()
    await lead.keyboard.press("Enter")
    await expect(card.get_by_role("button", name="My dot")).to_have_attribute("aria-pressed", "true")
    await expect(lead.get_by_text("You can give 2 more dots.")).to_be_visible()
    await phone.locator(".idea", has_text="Who signs").get_by_role("button", name="My dot").click()
    await expect(phone.get_by_text("You can give 2 more dots.")).to_be_attached()
    await shots.take(lead, "vote-1280", whole=False)
    await shots.take(phone, "vote-360", whole=False)
    await lead.get_by_role("button", name="Next: Talk").click()
    await expect(phone.locator("#room-ranking")).to_contain_text("2 dots")
    await expect(phone.get_by_role("button", name="My dot")).to_have_count(0)
    await shots.take(lead, "ranking-1280", whole=False)
    async with transaction() as session:
        await moves.pause(session, here.room, by=here.moderator, now=NOON)
    await expect(phone.locator("#room-ranking")).to_contain_text("2 dots")
