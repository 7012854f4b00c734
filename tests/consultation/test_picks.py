"""Choices and ratings: picked from what the phase offers, counted, shown when the phase says so, and never with a name."""

import re
from dataclasses import replace
from typing import Any

import pytest
from sqlmodel import select

from app.consultation.actions import closing, moves, picking, planning
from app.consultation.actions.planning import Place
from app.consultation.engine import adapting, leading, rules
from app.consultation.engine.method import Method
from app.consultation.engine.mistake import MethodMistake
from app.consultation.engine.picks import check_picks, mean, missing, offered, picks_for, tally
from app.consultation.engine.reading import read_method
from app.consultation.engine.room import Room
from app.consultation.engine.state import State
from app.consultation.models import Contribution, EventMethod
from app.consultation.picked import summary
from app.core.db import reading, transaction
from app.core.errors import Refused
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .rooms import NOON, at, cast_for, lead, one
from .stage import Stage, stage

RATED = "own_rated"
EVERYBODY = ["challenge_owner", "facilitator", "scribe", "peer", "expert"]
READY = {
    "key": "ready", "title": {"en": "Ready?", "de": "Bereit?"}, "type": "rating", "writes": EVERYBODY, "seen": "phase_end",
    "scale": {"from": 1, "to": 5, "low": {"en": "an idea", "de": "eine Idee"}, "high": {"en": "on site", "de": "vor Ort"}},
}  # fmt: skip


def document(**other: Any) -> dict[str, Any]:
    """A method whose first phase asks for an agreement, seen at once, and for a rating, seen when the phase is over."""
    made = adapting.copied("cc_peer_consultation", key=RATED)
    made["phases"][0]["outputs"].append({**READY, **other})
    made["capture"] = ["ready", *made["capture"]]
    return made


def method(**other: Any) -> Method:
    return read_method(document(**other), file="own", palettes={})


def rated() -> Room:
    made = method()
    room = Room(made, cast_for(made), State())
    return rules.start(room, by=room.leads, now=NOON)


def test_what_is_offered_comes_from_the_method_the_people_or_what_they_put_down() -> None:
    room = rated()
    agreement, ready = room.phase.outputs if room.phase else ()
    assert offered(room, agreement) == ("yes", "no") and offered(room, ready) == ("1", "2", "3", "4", "5")
    six = at("casting")
    case = six.phase.output("case") if six.phase else None
    assert case and offered(six, case) == () and offered(six, case, cards=[7, 9]) == ("7", "9")
    ten = at("s1_start", "ten_step_case_consultation")
    case = ten.phase.output("case") if ten.phase else None
    assert case and str(ten.leads) not in offered(ten, case) and len(offered(ten, case)) == len(ten.cast.persons) - 1


def test_a_pick_is_one_of_what_is_offered_by_whoever_may_and_is_here() -> None:
    room = rated()
    peer = one(room, "peer")
    assert check_picks(room, peer, deck="ready", option="4").key == "ready"
    for option in ("6", "0", "", "4 of 5"):
        with pytest.raises(Refused, match="no such answer"):
            check_picks(room, peer, deck="ready", option=option)
    with pytest.raises(Refused, match="not yours to write"):
        check_picks(rules.lose_line(room, person=peer, now=NOON), peer, deck="ready", option="4")
    with pytest.raises(Refused, match="not yours to write"):
        check_picks(at("casting"), one(at("casting"), "adviser"), deck="case", option="1", cards=[1])
    with pytest.raises(Refused, match="no seat"):
        check_picks(room, 999, deck="ready", option="4")


def test_whoever_stands_in_for_the_lead_decides_what_the_lead_decides() -> None:
    room = at("casting")
    (deputy,) = room.cast.deputies
    assert not picks_for(room, deputy)
    room = leading.take_over(rules.lose_line(room, person=lead(room), now=NOON), person=deputy, now=NOON)
    assert [output.key for output in picks_for(room, deputy)] == ["case"]


def test_whoever_was_asked_to_leave_is_not_missing() -> None:
    room = rated()
    ready = room.phase.output("ready") if room.phase else None
    assert ready is not None
    gone, *others = room.cast.persons
    seats = tuple(replace(seat, out=seat.person == gone) for seat in room.cast.seats)
    room = replace(room, cast=replace(room.cast, seats=seats))
    assert set(missing(room, ready, have=others[:2])) == set(others[2:])
    assert tally(offered(room, ready), ["4", "2", "4"]) == [("1", 0), ("2", 1), ("3", 0), ("4", 2), ("5", 0)]
    assert mean(ready, ["4", "2", "4"]) == pytest.approx(10 / 3) and mean(ready, []) is None
    assert summary(room.method, ready, ["5", "1", "5"], "de") == ["1 (eine Idee): 1", "5 (vor Ort): 2"]


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"scale": {**READY["scale"], "to": 1}}, "two to eleven steps"),  # type: ignore[dict-item]
        ({"scale": {**READY["scale"], "to": 40}}, "two to eleven steps"),  # type: ignore[dict-item]
        ({"type": "choice", "options": [{"key": "a", "title": {"en": "A", "de": "A"}}]}, "two options at least"),
    ],
)
def test_a_scale_and_a_choice_that_offer_nothing_are_told_at_their_place(wrong: dict[str, Any], sentence: str) -> None:
    with pytest.raises(MethodMistake, match=sentence):
        method(**wrong)


def test_a_method_from_before_offers_what_the_house_says() -> None:
    made = document()
    del made["phases"][0]["outputs"][1]["scale"]
    ready = read_method(made, file="own", palettes={}).phases[0].output("ready")
    assert ready and ready.scale and (ready.scale.least, ready.scale.most) == (1, 5)


async def seated() -> Stage:
    """Everybody in a running room whose first phase asks for an agreement and a rating."""
    here = await stage()
    parts = ["challenge_owner", "facilitator", "scribe", "peer", "peer"]
    async with transaction() as session:
        session.add(EventMethod(event_id=here.event, key=RATED, text=adapting.as_text(document()), saved_at=NOON))
        await session.flush()
        room = await planning.plan_room(
            session, event_id=here.event, key="rated", title="Rated", method=RATED, opens_at=NOON, now=NOON,
            seats=[Place(person, part) for person, part in zip(here.everybody, parts, strict=True)],
        )  # fmt: skip
    here = replace(here, room=room)
    await here.begin()
    return here


async def picks(here: Stage, person: int, deck: str, option: str, key: str = "") -> None:
    async with transaction() as session:
        key = key or f"{deck}-{person}-{option}"
        await picking.pick(session, here.room, by=person, deck=deck, option=option, key=key, now=NOON)


async def rows(here: Stage, deck: str) -> list[Contribution]:
    async with reading() as session:
        query = select(Contribution).where(Contribution.consultation_id == here.room, Contribution.deck == deck)
        return list((await session.exec(query)).all())


@pytest.mark.usefixtures("database")
async def test_one_pick_each_the_last_one_counts_and_typing_is_none() -> None:
    here = await seated()
    for option in ("2", "5", "5"):
        await picks(here, here.scribe, "ready", option)
    version = (await here.sitting()).row.version
    await picks(here, here.scribe, "ready", "1", key=f"ready-{here.scribe}-5")
    assert (await here.sitting()).row.version == version, "the same key again is the same pick"
    (row,) = await rows(here, "ready")
    assert (row.kind, row.text, row.open) == ("5", "5", False)
    with pytest.raises(Refused, match="chosen, not typed"):
        await here.write(here.scribe, "agreement", "Agreed")


@pytest.mark.usefixtures("database")
async def test_what_came_out_leaves_the_room_as_numbers_or_not_at_all() -> None:
    here = await seated()
    for person, option in zip(here.everybody, "55123", strict=True):
        await picks(here, person, "ready", option)
    await here.go_to("transfer")
    async with transaction() as session:
        first = min(row.id or 0 for row in await rows(here, "ready"))
        await closing.release(session, here.room, by=here.case_giver, chosen=[first], city=False, now=NOON)
        await closing.close_room(session, here.room, by=here.moderator, now=NOON)
    assert all(row.released for row in await rows(here, "ready"))


@pytest.mark.usefixtures("database")
async def test_the_module_that_was_chosen_may_stand_in_the_protocol() -> None:
    here = await stage()
    await here.begin()
    await here.go_to("method_choice")
    async with transaction() as session:
        for module in ("headstand", "own_practice"):
            await picking.choose_module(session, here.room, by=here.moderator, module=module, now=NOON)
    (row,) = await rows(here, "module")
    assert (row.kind, row.text, row.open) == ("own_practice", "From our own practice", True)
    assert closing.may_leave(await here.sitting(), row, decider=await here.seat(here.case_giver))


@ONE_DATABASE
async def test_a_rating_is_hidden_until_the_phase_is_over_and_the_lead_sees_who_is_missing(site: Site) -> None:
    here = await seated()
    url, lead_, peer = f"/rooms/{here.room}", await site.as_person(here.moderator), await site.as_person(here.adviser)
    page = (await lead_.get(url)).text
    form = page[page.index('id="pick-ready-0"') :].split("</quiet-form>")[0]
    assert form.count('type="radio"') == 5 and "from “an idea” to “on site”" in form and "<legend>Ready?" in form
    before = [(await visitor.get(url)).text for visitor in (lead_, peer)]
    for person, option in zip(here.everybody[:3], ("4", "4", "1"), strict=True):
        await picks(here, person, "ready", option)
        await picks(here, person, "agreement", "yes")
    for visitor, earlier in zip((lead_, peer), before, strict=True):
        for path in ("", "/changes?after=0", "/desk"):
            text = (await visitor.get(url + path)).text
            result = text[text.index('id="room-picks"') :].split("</section>")[0] if 'id="room-picks"' in text else ""
            assert "on site" not in result and "On average" not in result
            assert 'data-deck="ready"' not in text and 'data-deck="agreement"' not in text
        assert "Ready?" in earlier
    mine = (await lead_.get(f"{url}/desk")).text
    missing_line = mine[mine.index('id="missing-ready"') :].split("</p>")[0]
    assert "<bdi>Amela Hodzic</bdi>, <bdi>Elena Ristova</bdi>" in missing_line and "Tamta" not in missing_line
    assert re.search(r'name="option" value="4" required checked', mine), "my own pick is shown to me"
    assert "missing-ready" not in (await peer.get(f"{url}/desk")).text
    shared = (await peer.get(f"{url}/changes?after=0")).text
    assert "3 of 5 have chosen." in shared and "I agree" in shared, "the agreement is seen at once"
    async with transaction() as session:
        await moves.advance_phase(session, here.room, by=here.moderator, leaving=0, now=NOON)
    for visitor in (lead_, peer):
        text = (await visitor.get(url)).text
        assert "On average 3 of 5" in text and "on site" in text and "missing-ready" not in text
        assert not re.search(r"Tamta[^<]*4", text), "whose rating it was nobody learns"


@ONE_DATABASE
async def test_a_choice_is_sent_without_scripts_and_a_wrong_one_is_told(site: Site) -> None:
    here = await seated()
    url, peer = f"/rooms/{here.room}", await site.as_person(here.adviser)
    await peer.get(url)
    good = {"deck": "agreement", "option": "no", "key": "k1"}
    assert (await peer.send_form(f"{url}/picks", good)).status_code == 303
    assert "Not yet: let us talk about it" in (await peer.get(url)).text
    wrong = await peer.send_form(f"{url}/picks", {**good, "option": "perhaps", "key": "k2"})
    assert wrong.status_code == 409 and "There is no such answer" in wrong.text
    outsider = await site.as_person(here.outsider)
    await outsider.get(url)
    assert (await outsider.send_form(f"{url}/picks", {**good, "key": "k3"})).status_code == 404


@ONE_DATABASE
async def test_a_protocol_counts_what_was_picked(site: Site) -> None:
    here = await seated()
    for person, option in zip(here.everybody, "55123", strict=True):
        await picks(here, person, "ready", option)
    await here.go_to("transfer")
    visitor = await site.as_person(here.case_giver)
    page = (await visitor.get(f"/rooms/{here.room}")).text
    listed = page[page.index('id="desk-release"') :]
    assert "1 (an idea): 1 · 2: 1 · 3: 1 · 5 (on site): 2" in listed and listed.count("Ready?") == 1
    first = min(row.id or 0 for row in await rows(here, "ready"))
    assert (await visitor.send_form(f"/rooms/{here.room}/release", {"chosen": [str(first)]})).status_code == 303
    async with transaction() as session:
        await closing.close_room(session, here.room, by=here.moderator, now=NOON)
    for path in ("protocol", "protocol.md"):
        text = (await visitor.get(f"/rooms/{here.room}/{path}")).text
        assert "5 (on site): 2" in text and "Ready?" in text
