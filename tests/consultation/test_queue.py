"""The order in which raised hands are called, and the reason next to each name."""

import html
from dataclasses import replace

import pytest

from app.consultation.engine import floor, queue, rules
from app.consultation.engine.cast import Cast, Seat
from app.consultation.engine.room import Room
from app.core.db import transaction
from app.core.errors import Refused
from app.events import actions as events
from app.people.models import Person
from tests.support.site import Site

from .rooms import NOON, at, later, lead, one
from .stage import stage

COUNTRIES = {1: "GE", 4: "DE", 5: "DE", 6: "NI", 7: "RS", 8: "BA"}
BALKANS = 3
REGIONS = {7: BALKANS, 8: BALKANS}


def asking(*people: int, order: str) -> Room:
    """A phase with a queue in which these have raised their hands, in this order; 1 and 6 are new."""
    room = at("clarify", "cc_peer_consultation")
    seats = (
        replace(
            seat, country=COUNTRIES.get(seat.person, ""), region=REGIONS.get(seat.person, 0), new=seat.person in (1, 6)
        )
        for seat in (*room.cast.seats, *(Seat(extra, "peer") for extra in (7, 8)))
    )
    room = queue.choose_order(replace(room, cast=Cast(tuple(seats))), by=lead(room), order=order)
    for person in people:
        room = floor.raise_hand(room, person=person, now=NOON)
    return room


def called(room: Room) -> list[int]:
    return [waiting.person for waiting in queue.queue(room)]


def reasons(room: Room) -> dict[int, str]:
    return {waiting.person: waiting.why.format(**waiting.values) for waiting in queue.queue(room)}


def speaks(room: Room, person: int) -> Room:
    room = floor.give_floor(room, by=lead(room), to=person, instead_of=room.state.turns.speaker, now=NOON)
    return floor.finish_turn(room, by=person, speaker=person, now=later(1))


def test_first_come_first_called():
    room = asking(5, 4, 6, order="came")
    assert called(room) == [5, 4, 6]
    assert reasons(room)[4] == "hand is up, number 2"


def test_who_has_not_spoken_in_this_phase_is_called_before_who_has():
    room = speaks(asking(5, 4, order="unheard"), 5)
    room = floor.raise_hand(floor.raise_hand(room, person=5, now=NOON), person=6, now=NOON)
    assert called(room) == [4, 6, 5]
    assert "has not spoken in this phase" in reasons(room)[6]
    assert "has spoken in this phase" in reasons(room)[5]
    following = rules.advance(room, by=lead(room), leaving=room.state.step, now=NOON)
    assert following.state.queue == "unheard"
    assert following.state.turns.done == ()


def test_who_is_here_for_the_first_time_is_called_first():
    room = asking(5, 4, 6, order="new")
    assert called(room) == [6, 5, 4]
    assert reasons(room)[6] == "hand is up, here for the first time"


def test_regions_that_were_not_heard_are_called_first():
    room = speaks(asking(7, order="regions"), 7)
    for person in (8, 5):
        room = floor.raise_hand(room, person=person, now=NOON)
    assert called(room) == [5, 8], "Sarajevo waits: somebody from Belgrade has spoken"
    assert reasons(room)[8] == f"hand is up, {BALKANS} has been heard"
    room = floor.raise_hand(asking(8, order="regions"), person=7, now=NOON)
    assert reasons(room)[7] == f"hand is up, nobody from {BALKANS} has spoken yet"


def test_whose_country_is_in_no_region_stands_for_their_country():
    room = speaks(asking(4, order="regions"), 4)
    for person in (5, 6):
        room = floor.raise_hand(room, person=person, now=NOON)
    assert called(room) == [6, 5]
    assert reasons(room) == {6: "hand is up, nobody from NI has spoken yet", 5: "hand is up, DE has been heard"}


def test_only_the_lead_chooses_the_order_and_only_one_there_is():
    room = asking(order="came")
    with pytest.raises(Refused, match="Only whoever leads"):
        queue.choose_order(room, by=one(room, "scribe"), order="new")
    with pytest.raises(Refused, match="no such order"):
        queue.choose_order(room, by=lead(room), order="loudest")


async def test_the_page_calls_the_region_by_its_name_and_somebody_of_none_by_their_country(site: Site) -> None:
    here = await stage()
    await here.begin()
    await here.go_to("method_choice")
    lives = {here.adviser: "BA", here.deputy: "RS", here.scribe: "NI", here.case_giver: "NI"}
    async with transaction() as session:
        await events.set_segment(
            session, event_id=here.event, name="Western Balkans", texts={"de": {"name": "Westbalkan"}}, countries=["BA", "RS"]
        )  # fmt: skip
        for person, code in lives.items():
            row = await session.get(Person, person)
            assert row is not None
            row.country = code
    url, lead = f"/rooms/{here.room}", await site.as_person(here.moderator)
    await lead.get(url)
    await lead.send_form(f"{url}/order", {"order": "regions"})
    for person in (here.adviser, here.deputy, here.scribe):
        visitor = await site.as_person(person)
        await visitor.get(url)
        await visitor.send_form(f"{url}/hand", {"up": "yes"})
    first, last = await here.seat(here.adviser), await here.seat(here.deputy)
    await lead.send_form(f"{url}/floor", {"to": str(first), "instead_of": ""})
    page = html.unescape((await lead.get(url)).text)
    assert "hand is up, Western Balkans has been heard" in page
    assert "hand is up, nobody from Nicaragua has spoken yet" in page
    waiting = [hand.person for hand in queue.queue((await here.sitting()).room)]
    assert waiting == [await here.seat(here.scribe), last]
    lead.cookies.set("lang", "de")
    assert "Hand ist oben, schon gehört: Westbalkan" in html.unescape((await lead.get(url)).text)
