"""The park list: anybody puts a thought there, everybody sees it, the lead ticks it off, and it never leaves."""

import pytest

from app.consultation import queries
from app.consultation.actions import closing, parking
from app.consultation.models import Contribution
from app.core.db import reading, transaction
from app.core.errors import Forbidden, Invalid, Missing, Refused
from tests.support.site import Site

from .rooms import NOON
from .stage import Stage, stage

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
async def here(site: Site) -> Stage:
    here = await stage()
    await here.begin()
    return here


async def park(here: Stage, person: int, text: str, key: str = "") -> None:
    async with transaction() as session:
        await parking.park(session, here.room, by=person, text=text, key=key or f"park-{text}"[:64], now=NOON)


async def parked(here: Stage) -> list[Contribution]:
    async with reading() as session:
        return [row for row in await queries.open_contributions(session, here.room) if row.deck == "park"]


async def test_a_thought_sent_twice_stands_there_once_for_everybody(site: Site, here: Stage) -> None:
    visitor, other, room = await site.as_person(here.adviser), await site.as_person(here.scribe), f"/rooms/{here.room}"
    await visitor.get(room)
    version = (await here.sitting()).row.version
    for _ in range(2):
        await visitor.send_form(f"{room}/parked", {"text": "Who pays for the pump?", "key": "one"})
    assert len(await parked(here)) == 1
    pushed = (await other.get(f"{room}/changes?after={version}")).text
    assert "Who pays for the pump?" in pushed
    assert "Parked: 1" in pushed
    assert "csrf" not in pushed
    page = (await other.get(room)).text
    assert "Who pays for the pump?" in page
    assert "Tick off" not in page


async def test_the_lead_ticks_off_and_it_stays_to_be_read(site: Site, here: Stage) -> None:
    await park(here, here.adviser, "Who pays?")
    (row,) = await parked(here)
    lead, room = await site.as_person(here.moderator), f"/rooms/{here.room}"
    assert "Tick off" in (await lead.get(room)).text
    await lead.send_form(f"{room}/ticked", {"contribution_id": str(row.id), "done": "yes"})
    page = (await lead.get(room)).text
    assert "Tick off" not in page
    assert "Who pays?" in page
    assert "Park list" in page
    version = (await here.sitting()).row.version
    await lead.send_form(f"{room}/ticked", {"contribution_id": str(row.id), "done": "yes"})
    assert (await here.sitting()).row.version == version
    adviser = await site.as_person(here.adviser)
    await adviser.get(room)
    refused = await adviser.send_form(f"{room}/ticked", {"contribution_id": str(row.id), "done": "no"}, quiet=True)
    assert refused.status_code == 409


async def test_a_listener_backstage_parks_nothing_and_nobody_outside_does(here: Stage) -> None:
    await here.go_to("consultation")
    with pytest.raises(Refused, match="protects your listening"):
        await park(here, here.case_giver, "I must say this")
    with pytest.raises(Missing):
        await park(here, here.outsider, "Me too")
    for text in (" ", "x" * 201):
        with pytest.raises(Invalid):
            await park(here, here.adviser, text, key="k")
    for number in range(30):
        await park(here, here.adviser, f"Thought {number}")
    with pytest.raises(Refused, match="full"):
        await park(here, here.adviser, "One more")


async def test_what_is_parked_is_no_card_and_cannot_be_released(here: Stage) -> None:
    await park(here, here.adviser, "The mayor's brother")
    (row,) = await parked(here)
    await here.go_to("closing")
    async with transaction() as session:
        with pytest.raises(Forbidden):
            await closing.release(session, here.room, by=here.case_giver, chosen=[row.id or 0], city=False, now=NOON)
