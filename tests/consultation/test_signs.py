"""Those who listen react with signs: counted for everybody, whose they are for nobody, and no text."""

import pytest

from app.consultation.actions import moves, signing
from app.consultation.engine import floor, rules, signs
from app.consultation.engine.room import Room
from app.consultation.engine.signs import Sign, counted, may_sign
from app.consultation.engine.state import State
from app.core.db import transaction
from app.core.errors import Forbidden, Missing, Refused
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .rooms import NOON, at, began, lead, one
from .stage import stage


def gives(room: Room, person: int, symbol: str = "follow", on: bool = True) -> Room:
    return signs.give_sign(room, person=person, symbol=symbol, on=on)


def test_a_sign_is_there_once_for_each_person_and_kind_however_often_it_is_pressed() -> None:
    room = at("narration")
    adviser, scribe = one(room, "adviser"), one(room, "scribe")
    for person, symbol in ((adviser, "follow"), (adviser, "follow"), (scribe, "follow"), (adviser, "question")):
        room = gives(room, person, symbol)
    assert counted(room) == ((Sign.FOLLOW, 2), (Sign.QUESTION, 1))
    assert gives(room, adviser) == room
    assert State.from_json(room.state.to_json()) == room.state
    taken = gives(gives(room, adviser, on=False), adviser, on=False)
    assert counted(taken) == ((Sign.FOLLOW, 1), (Sign.QUESTION, 1))


def test_signs_are_for_those_who_listen_and_end_with_the_phase() -> None:
    room = at("narration")
    adviser = one(room, "adviser")
    for person in (one(room, "case_giver"), lead(room)):
        with pytest.raises(Refused, match="for those who listen"):
            gives(room, person)
    asked = floor.let_speak(room, by=lead(room), person=adviser, now=NOON)
    assert not may_sign(asked, adviser), "who has the floor has words"
    with pytest.raises(Refused, match="no such sign"):
        gives(room, adviser, "applause")
    after = rules.advance(gives(room, adviser), by=lead(room), leaving=room.state.step, now=NOON)
    assert after.state.signs == ()
    backstage = at("consultation")
    with pytest.raises(Refused, match="for those who listen"):
        gives(backstage, one(backstage, "case_giver"))
    with pytest.raises(Refused):
        gives(began(), adviser)


def test_an_observer_says_nothing_else() -> None:
    room = gives(at("narration"), one(at("narration"), "adviser"))
    with pytest.raises(Refused, match="Somebody else has the floor"):
        floor.check_speaks(room, one(room, "adviser"))


@pytest.mark.usefixtures("database")
async def test_two_presses_are_one_and_nobody_outside_gives_a_sign() -> None:
    here = await stage()
    await here.begin()
    await here.go_to("narration")
    for _ in range(2):
        async with transaction() as session:
            await signing.give_sign(session, here.room, by=here.adviser, symbol="strikes", on=True, now=NOON)
    assert (await here.sitting()).room.state.signs == ((await here.seat(here.adviser), "strikes"),)
    with pytest.raises((Missing, Forbidden)):
        async with transaction() as session:
            await signing.give_sign(session, here.room, by=here.outsider, symbol="strikes", on=True, now=NOON)


@ONE_DATABASE
async def test_the_room_reads_how_many_and_never_whose(site: Site) -> None:
    here = await stage()
    await here.begin()
    await here.go_to("narration")
    observer, teller = await site.as_person(here.adviser), await site.as_person(here.case_giver)
    url = f"/rooms/{here.room}"
    pages = [(await each.get(url)).text for each in (observer, teller)]
    assert ['data-signs=""' in page for page in pages] == [True, False]
    assert ['id="sign-desk" hidden' in page for page in pages] == [False, True]
    version = (await here.sitting()).row.version
    await observer.get(url)
    assert (await observer.send_form(f"{url}/signs", {"sign": "slower-on"})).status_code == 303
    desk = (await here.sitting()).row
    assert desk.desk_version <= version < desk.version, "a sign changes nobody's buttons but mine"
    news = (await teller.get(f"{url}/changes?after={version}")).text
    assert "More slowly, please <strong>1</strong>" in news
    assert "Amela" not in news and "room-order" not in news
    page = (await observer.get(url)).text
    assert 'value="slower-off" data-sign="slower" aria-pressed="true"' in page
    refused = await teller.send_form(f"{url}/signs", {"sign": "follow-on"})
    assert refused.status_code == 409 and "for those who listen" in refused.text
    async with transaction() as session:
        await moves.advance_phase(session, here.room, by=here.moderator, leaving=1, now=NOON)
    assert "<strong>1</strong>" not in (await teller.get(url)).text
