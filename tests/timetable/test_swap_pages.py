"""Exchanging seats with forms alone: what a page offers, what it says of the others, and what it keeps to itself."""

import re

import pytest
from sqlmodel import select

from app.consultation.models import Consultation
from app.core.db import reading, transaction
from app.people.models import Person
from app.timetable.models import Case
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.test_swaps import Town, a_town
from tests.timetable.world import NOW

pytestmark = ONE_DATABASE
BASE = "/events/rain-in-the-street/timetable"
TODAY = "/events/rain-in-the-street/today"


@pytest.fixture
async def town(site: Site, clock: Clock) -> Town:
    clock.go_to(NOW)
    town = await a_town()
    async with transaction() as session:
        (await session.exec(select(Person).where(Person.id == town.world.people[6]))).one().city = "Kiel"
    return town


async def test_one_asks_the_other_agrees_and_those_who_plan_read_it(site: Site, town: Town) -> None:
    mine, other = await site.as_person(town.mine), await site.as_person(town.other)
    third, elene = await site.as_person(town.world.people[6]), await site.as_person(town.world.elene)
    choose = f"{BASE}/mine/{town.rain}/swap"
    assert choose in (await mine.get(f"{BASE}/mine")).text
    page = (await mine.get(choose)).text
    offered, others = page.split("Why not the others?")
    assert "Person 5" in offered and "Person 6" not in offered
    assert "Person 6" in others and "It does not fit the hours of the other person" in others
    assert "Kiel" not in page and "city" not in re.sub(r"<[^>]*>", "", page).lower()
    assert (await mine.send_form(choose, {"key": "asked with a form", "seat": "nonsense"})).status_code == 422
    for _ in range(2):
        sent = await mine.send_form(choose, {"key": "asked with a form", "seat": f"{town.other}-{town.roots}"})
        assert sent.status_code == 303
    request = sent.headers["location"]
    assert "Waiting for the answer." in (await mine.get(request)).text
    assert "A request about this seat is waiting." in (await mine.get(choose)).text
    for stranger in (third, elene):
        assert (await stranger.get(request)).status_code == 404
        assert (await stranger.send_form(f"{request}/answer", {"says": "yes"})).status_code == 404
    assert (await mine.send_form(f"{request}/answer", {"says": "yes"})).status_code == 404
    assert f'href="{request}"' in (await other.get(TODAY)).text
    assert f'href="{request}"' in (await other.get(f"{BASE}/mine")).text
    assert f'href="{request}"' not in (await mine.get(TODAY)).text
    asked = (await other.get(request)).text
    assert "Person 2 asks for your seat" in asked and "Agree and exchange" in asked
    for _ in range(2):
        assert (await other.send_form(f"{request}/answer", {"says": "yes"})).status_code == 303
    assert (await other.send_form(f"{request}/answer", {"says": "no"})).status_code == 409
    assert "You have exchanged your seats." in (await mine.get(request)).text
    mine_now = (await mine.get(f"{BASE}/mine")).text
    assert "Roots" in mine_now and "Rain" not in re.sub(r"Rain in the Street", "", mine_now)
    board = re.sub(r"</?bdi>", "", (await elene.get(BASE)).text)
    assert "Person 2 and Person 5, “Rain” and “Roots”" in board


async def test_whoever_brings_the_case_or_has_no_seat_there_is_offered_nothing(site: Site, town: Town) -> None:
    giver, watcher = await site.as_person(town.world.people[0]), await site.as_person(town.world.watcher)
    assert f"{town.rain}/swap" not in (await giver.get(f"{BASE}/mine")).text
    assert f"{town.roots}/swap" in (await giver.get(f"{BASE}/mine")).text
    for visitor, case in ((giver, town.rain), (watcher, town.rain), (await site.as_person(town.mine), town.roots)):
        form = {"key": "asked with a form", "seat": f"{town.other}-{town.roots}"}
        assert (await visitor.get(f"{BASE}/mine/{case}/swap")).status_code == 404
        assert (await visitor.send_form(f"{BASE}/mine/{case}/swap", form)).status_code in {404, 409}


async def test_a_request_that_cannot_be_fulfilled_any_more_says_why_and_can_still_be_declined_or_taken_back(
    site: Site, town: Town
) -> None:
    swap = await town.ask()
    mine, other = await site.as_person(town.mine), await site.as_person(town.other)
    async with transaction() as session:
        person = (await session.exec(select(Person).where(Person.id == town.other))).one()
        person.zone = "America/Managua"
    page = (await other.get(f"{BASE}/swaps/{swap.id}")).text
    assert "it is night where you are" in page and "Decline" in page and "Agree and exchange" not in page
    refused = await other.send_form(f"{BASE}/swaps/{swap.id}/answer", {"says": "yes"})
    assert refused.status_code == 409 and "it is night where you are" in refused.text
    sent = await mine.send_form(f"{BASE}/swaps/{swap.id}/end", {})
    assert sent.status_code == 303
    assert "The request was taken back." in (await other.get(f"{BASE}/swaps/{swap.id}")).text


async def test_the_case_of_a_room_whose_people_went_over_is_put_on_the_list_again_with_one_click(
    site: Site, town: Town
) -> None:
    async with transaction() as session:
        cases = {each.id: each for each in (await session.exec(select(Case))).all()}
        room = await session.get_one(Consultation, cases[town.rain].room_id)
        room.case_text, room.status = "The mayor does not know", "closed"
        room.moved_to_id, stays = cases[town.roots].room_id, cases[town.roots].room_id
        moved = room.id
    elene, giver = await site.as_person(town.world.elene), await site.as_person(town.world.people[0])
    url, stays_url = (f"{BASE}/rooms/{each}/again" for each in (moved, stays))
    assert (await giver.send_form(url)).status_code == 403
    assert (await elene.send_form(stays_url)).status_code == 404, "this one takes place"
    page = (await elene.get(f"/rooms/{moved}/group")).text
    assert f'action="{url}"' in page and "The mayor" not in page
    for _ in range(2):
        assert (await elene.send_form(url)).status_code == 303
    board = (await elene.get(BASE)).text.split('id="unplaced"')[1]
    assert "1 case has no place yet" in board and "Rain" in board and "The mayor" not in board
    async with reading() as session:
        fresh = [each for each in (await session.exec(select(Case))).all() if each.id not in cases]
    assert [(each.giver_id, each.title, each.text) for each in fresh] == [
        (town.world.people[0], "Rain", "The mayor does not know")
    ]
