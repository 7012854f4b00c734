"""Help offered by name at the end: read by two, thanked for, and out of the room only when both sides want it."""

from datetime import timedelta

import pytest
from sqlmodel import select

from app.consultation.actions import afterwards, closing, offering
from app.consultation.models import Contribution
from app.consultation.queries_offers import offers
from app.core import search
from app.core.db import reading, transaction
from app.core.errors import Missing, Refused
from app.notices.models import Notice
from tests.support.clock import Clock
from tests.support.site import Site

from .rooms import NOON
from .stage import Stage, stage

pytestmark = pytest.mark.usefixtures("site")
PLANS, VISIT = "Our plans of the verge zplansz", "A visit in May zvisitz"


@pytest.fixture
async def here(site: Site, clock: Clock) -> Stage:
    clock.go_to(NOON)
    here = await stage()
    await here.begin()
    return here


async def all_offers(here: Stage) -> list[Contribution]:
    async with reading() as session:
        return await offers(session, here.room)


async def close(here: Stage) -> None:
    async with transaction() as session:
        await closing.release(session, here.room, by=here.case_giver, chosen=[], city=False, now=NOON)
        await closing.close_room(session, here.room, by=here.moderator, now=NOON)


async def test_an_offer_is_made_in_the_last_phase_once_and_read_by_the_case_giver_alone(
    site: Site, here: Stage
) -> None:
    url = f"/rooms/{here.room}/offers"
    adviser, giver, scribe = [await site.as_person(p) for p in (here.adviser, here.case_giver, here.scribe)]
    early = await adviser.send_form(url, {"text": PLANS})
    assert early.status_code == 409 and "in the last phase" in early.text
    await here.go_to("closing")
    assert url in (await adviser.get(f"/rooms/{here.room}")).text
    for _ in range(2):
        assert (await adviser.send_form(url, {"text": PLANS})).status_code == 303
    assert [row.text for row in await all_offers(here)] == [PLANS]
    page = (await giver.get(url)).text
    assert PLANS in page and "Amela Hodzic" in page and "They want it to stay in the room." in page
    assert PLANS in (await adviser.get(url)).text
    for door in ("", "/offers", "/changes?after=0", "/desk"):
        answer = await scribe.get(f"/rooms/{here.room}{door}")
        assert answer.status_code == 200 and PLANS not in answer.text
    assert (await (await site.as_person(here.outsider)).get(url)).status_code == 404
    assert (await giver.send_form(url, {"text": "To myself"})).status_code == 403
    (row,) = await all_offers(here)
    assert (await scribe.send_form(f"{url}/{row.id}", {"thanks": "Mine"})).status_code == 403
    await adviser.send_form(url, {"text": " "})
    assert await all_offers(here) == []


async def test_it_stands_on_the_protocol_only_when_both_sides_want_it(site: Site, here: Stage) -> None:
    url = f"/rooms/{here.room}/offers"
    await here.go_to("closing")
    adviser, scribe, giver = [await site.as_person(p) for p in (here.adviser, here.scribe, here.case_giver)]
    await adviser.send_form(url, {"text": PLANS})
    await scribe.send_form(url, {"text": VISIT, "leaves": "yes"})
    await close(here)
    plans, visit = await all_offers(here)
    refused = await giver.send_form(f"{url}/{plans.id}", {"thanks": "Thank you", "release": "yes"})
    assert refused.status_code == 409 and "has not ticked" in refused.text
    outside = await site.as_person(here.outsider)
    assert (await outside.get(f"/rooms/{here.room}/protocol")).status_code == 404
    await giver.send_form(f"{url}/{visit.id}", {"thanks": "Do come!", "release": "yes"})
    await giver.send_form(f"{url}/{plans.id}", {"thanks": "Thank you"})
    await giver.send_form(f"/rooms/{here.room}/thanks", {"thanks": "You have made my spring."})
    for form in ("protocol", "protocol.md"):
        text = (await outside.get(f"/rooms/{here.room}/{form}")).text
        assert VISIT in text and "Jonas Petersen" in text and "You have made my spring." in text
        assert PLANS not in text and "Amela Hodzic" not in text and "Do come!" not in text
    await scribe.send_form(url, {"text": VISIT})
    assert VISIT not in (await outside.get(f"/rooms/{here.room}/protocol")).text, "taken back by whoever offered it"
    async with reading() as session:
        assert (await search.find(session, "zvisitz", person_id=here.outsider))[0] == []


async def test_the_peer_hears_of_the_thanks_once_by_title_and_link(site: Site, here: Stage) -> None:
    url = f"/rooms/{here.room}/offers"
    await here.go_to("closing")
    adviser, giver = await site.as_person(here.adviser), await site.as_person(here.case_giver)
    await adviser.send_form(url, {"text": PLANS})
    (row,) = await all_offers(here)
    for thanks in ("Yes, please", "Yes, please, today"):
        await giver.send_form(f"{url}/{row.id}", {"thanks": thanks})
    async with reading() as session:
        (notice,) = (await session.exec(select(Notice).where(Notice.person_id == here.adviser))).all()
    assert (notice.title, notice.text, notice.url) == ("Two departments, one verge", "", url)
    assert "Yes, please, today" in (await adviser.get(url)).text
    async with reading() as session:
        assert (await session.exec(select(Notice.read_at).where(Notice.person_id == here.adviser))).one() is not None


async def test_after_four_weeks_nothing_is_offered_any_more_and_what_stayed_is_gone(here: Stage) -> None:
    await here.go_to("closing")
    async with transaction() as session:
        await offering.offer_help(session, here.room, by=here.adviser, text=PLANS, leaves=True, now=NOON)
        await offering.thank_everybody(session, here.room, by=here.case_giver, thanks="All of you", now=NOON)
    await close(here)
    soon, late = NOON + timedelta(days=27), NOON + timedelta(days=28)
    async with transaction() as session:
        await offering.offer_help(session, here.room, by=here.scribe, text=VISIT, leaves=True, now=soon)
    with pytest.raises(Refused):
        async with transaction() as session:
            await offering.offer_help(session, here.room, by=here.deputy, text=VISIT, leaves=True, now=late)
    with pytest.raises(Missing):
        async with transaction() as session:
            await offering.offer_help(session, here.room, by=here.outsider, text=VISIT, leaves=True, now=soon)
    assert len(await all_offers(here)) == 2
    async with transaction() as session:
        await afterwards.empty(session, here.room, now=late)
    assert await all_offers(here) == [] and (await here.sitting()).row.thanks == ""
