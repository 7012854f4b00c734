"""Casting: parts change hands in the phase that is there for it, by the engine's rules, and the chosen case is whose it is."""

from dataclasses import replace

import pytest

from app.consultation.actions import casting as acts
from app.consultation.actions import moves, picking
from app.consultation.engine import casting, clock, floor, leading, rules, steps
from app.consultation.engine.casting import choose_case, give_part, volunteer
from app.consultation.engine.room import Room
from app.consultation.engine.state import Pace
from app.core.db import transaction
from app.core.errors import Refused
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .rooms import NOON, at, began, later, one, room_of
from .stage import stage


def roles(room: Room) -> list[str]:
    return [seat.role for seat in room.cast.seats]


def test_the_chosen_case_is_brought_by_whoever_put_it_down_and_the_two_change_places() -> None:
    room = at("casting")
    before, adviser = one(room, "case_giver"), one(room, "adviser")
    after = choose_case(room, by=room.leads, person=adviser, now=NOON)
    assert after.case_givers() == (adviser,) and after.cast.seat(before).role == "adviser"
    assert sorted(roles(after)) == sorted(roles(room)) and after.deciders() == (adviser,)
    narration = rules.advance(after, by=after.leads, leaving=0, now=NOON)
    assert narration.state.turns.speaker == adviser and floor.may_speak(narration, adviser)
    assert choose_case(after, by=after.leads, person=adviser, now=NOON) == after


def test_whoever_brings_the_case_is_no_deputy_and_whose_place_they_take_is_one() -> None:
    room = at("casting")
    (deputy,) = room.cast.deputies
    after = choose_case(room, by=room.leads, person=deputy, now=NOON)
    assert after.cast.deputies == (one(room, "case_giver"),)
    assert deputy not in after.cast.deputies


def test_the_lead_the_lost_and_the_removed_do_not_bring_the_case() -> None:
    room = at("casting")
    adviser, scribe = one(room, "adviser"), one(room, "scribe")
    with pytest.raises(Refused, match="Whoever leads does not bring"):
        choose_case(room, by=room.leads, person=room.leads or 0, now=NOON)
    lost = rules.lose_line(room, person=adviser, now=NOON)
    with pytest.raises(Refused, match="lost the line"):
        choose_case(lost, by=room.leads, person=adviser, now=NOON)
    seats = tuple(replace(seat, out=seat.person == scribe) for seat in room.cast.seats)
    removed = replace(room, cast=replace(room.cast, seats=seats))
    assert not casting.may_bring_the_case(removed, scribe)


def test_a_clock_that_waited_for_the_old_case_giver_goes_on_with_the_new_one() -> None:
    room = at("casting")
    lost = rules.lose_line(room, person=one(room, "case_giver"), now=NOON)
    assert lost.state.clock and lost.state.clock.waits_for is not None
    after = choose_case(lost, by=room.leads, person=one(room, "adviser"), now=later(3))
    assert after.state.clock and after.state.clock.paused is None and after.state.clock.waits_for is None


def test_parts_are_given_in_the_phase_for_it_and_a_full_part_is_exchanged() -> None:
    room = at("casting")
    adviser, scribe = one(room, "adviser"), one(room, "scribe")
    after = give_part(room, by=room.leads, to=adviser, role="scribe", now=NOON)
    assert (after.cast.seat(adviser).role, after.cast.seat(scribe).role) == ("scribe", "adviser")
    with pytest.raises(Refused, match="Only whoever leads"):
        give_part(room, by=adviser, to=adviser, role="scribe", now=NOON)
    with pytest.raises(Refused, match="no such part"):
        give_part(room, by=room.leads, to=adviser, role="mayor", now=NOON)
    with pytest.raises(Refused, match="not in between"):
        give_part(at("narration"), by=room.leads, to=adviser, role="scribe", now=NOON)


def test_a_part_that_must_be_somebodys_is_not_left_empty() -> None:
    room = at("s1_start", "ten_step_case_consultation")
    giver = one(room, "case_giver")
    after = give_part(room, by=room.leads, to=giver, role="adviser", now=NOON)
    assert len(after.case_givers()) == 1 and giver not in after.case_givers()
    alone = replace(room, cast=replace(room.cast, seats=tuple(s for s in room.cast.seats if s.role != "adviser")))
    with pytest.raises(Refused, match="nobody would have the part"):
        give_part(alone, by=room.leads, to=giver, role="adviser", now=NOON)


def test_nobody_is_elected_while_a_time_box_runs() -> None:
    room = at("casting")
    lead, adviser = room.leads, one(room, "adviser")
    with pytest.raises(Refused, match="time box is still running"):
        give_part(room, by=lead, to=adviser, role="moderator", now=NOON)
    paused = clock.pause(room, by=lead, now=NOON)
    after = give_part(paused, by=lead, to=adviser, role="moderator", now=NOON)
    assert after.leads == adviser and after.cast.seat(lead or 0).role == "adviser"
    gone = rules.lose_line(paused, person=adviser, now=NOON)
    with pytest.raises(Refused, match="lost the line"):
        give_part(gone, by=lead, to=adviser, role="moderator", now=NOON)


def test_whoever_stands_in_for_the_lead_does_not_get_the_case() -> None:
    room = at("casting")
    (deputy,) = room.cast.deputies
    room = leading.take_over(rules.lose_line(room, person=room.leads or 0, now=NOON), person=deputy, now=NOON)
    with pytest.raises(Refused, match="cannot lead it as well"):
        give_part(room, by=deputy, to=deputy, role="case_giver", now=NOON)


def test_a_round_that_is_under_way_forgets_nobody_after_a_recast() -> None:
    room = at("casting")
    before = {*room.state.turns.order, room.state.turns.speaker}
    after = give_part(room, by=room.leads, to=one(room, "adviser"), role="case_giver", now=NOON)
    assert {*after.state.turns.order, after.state.turns.speaker} == before


def test_people_say_what_they_would_take_and_the_lead_decides() -> None:
    room = at("casting")
    adviser = one(room, "adviser")
    wished = volunteer(room, person=adviser, role="scribe")
    assert dict(wished.state.volunteers) == {adviser: "scribe"} and wished.cast == room.cast
    assert volunteer(wished, person=adviser, role="scribe") == wished
    assert dict(volunteer(wished, person=adviser, role="case_giver").state.volunteers) == {adviser: "case_giver"}
    assert volunteer(wished, person=adviser, role="").state.volunteers == ()
    given = give_part(wished, by=room.leads, to=adviser, role="scribe", now=NOON)
    assert given.state.volunteers == () and given.cast.seat(adviser).role == "scribe"
    assert rules.advance(wished, by=room.leads, leaving=0, now=NOON).state.volunteers == ()
    with pytest.raises(Refused, match="yours already"):
        volunteer(room, person=adviser, role="adviser")
    for other in (at("narration"), room_of()):
        with pytest.raises(Refused):
            volunteer(other, person=adviser, role="scribe")


def test_a_casting_phase_that_is_opened_again_casts_nothing() -> None:
    room = began().but(pace=Pace("Asia/Tbilisi"))
    room = steps.reopen(
        rules.advance(room, by=room.leads, leaving=0, now=NOON), by=room.leads, step=0, leaving=1, now=NOON
    )
    assert room.phase and room.phase.key == "casting" and not casting.is_casting(room)


@pytest.mark.usefixtures("database")
async def test_the_case_that_was_chosen_changes_the_seats_and_keeps_the_old_case_private() -> None:
    here = await stage()
    await here.begin()
    await here.write(here.adviser, "topics", "A drain nobody cleans")
    async with transaction() as session:
        card = (await acts.sitting(session, here.room)).own_seat(here.adviser)
        (row,) = await picking.written_by(session, card, deck="topics", step=0)
        await picking.pick(
            session, here.room, by=here.moderator, deck="case", option=str(row.id), key="p", now=NOON,
        )  # fmt: skip
    now = await here.sitting()
    assert now.room.case_givers() == (now.own_seat(here.adviser),)
    assert now.reads_case(now.own_seat(here.case_giver)) and not now.reads_case(now.own_seat(here.adviser))
    async with transaction() as session:  # and back again: only whose it was reads it
        await acts.give_part(
            session, here.room, by=here.moderator, to=now.own_seat(here.scribe), role="case_giver", now=NOON
        )
    now = await here.sitting()
    assert now.room.case_givers() == (now.own_seat(here.scribe),)
    assert now.reads_case(now.own_seat(here.case_giver)) and not now.reads_case(now.own_seat(here.scribe))


@ONE_DATABASE
async def test_the_phase_has_its_forms_for_the_lead_and_for_everybody_else(site: Site) -> None:
    here = await stage()
    await here.begin()
    url, lead, peer = f"/rooms/{here.room}", await site.as_person(here.moderator), await site.as_person(here.adviser)
    page = (await peer.get(url)).text
    assert 'id="volunteer-form"' in page and 'id="cast-form"' not in page and "Give the parts" not in page
    assert (await peer.send_form(f"{url}/volunteers", {"role": "scribe"})).status_code == 303
    assert (await peer.send_form(f"{url}/parts", {"to": str(await here.seat(here.adviser)), "role": "scribe"})).status_code == 409  # fmt: skip
    page = (await lead.get(url)).text
    assert 'id="cast-form"' in page and "would take “Scribe (also adviser)”" in page
    form = {"to": str(await here.seat(here.adviser)), "role": "scribe"}
    assert (await lead.send_form(f"{url}/parts", form)).status_code == 303
    now = await here.sitting()
    assert now.room.persons(("scribe",)) == (now.own_seat(here.adviser),)
    assert "would take" not in (await lead.get(url)).text
    async with transaction() as session:
        await moves.advance_phase(session, here.room, by=here.moderator, leaving=0, now=NOON)
    for visitor in (lead, peer):
        page = (await visitor.get(url)).text
        assert "cast-form" not in page and "volunteer-form" not in page
    assert (await lead.send_form(f"{url}/parts", form)).status_code == 409
    secret = "The secret of the bakery"
    assert secret in (await (await site.as_person(here.case_giver)).get(url)).text
