"""Order at the door: a locked room, somebody asked to leave, blocked, let in again; and what they can still reach."""

import pytest

from app.consultation import queries
from app.consultation.actions import door, moves, planning
from app.core.db import reading, transaction
from app.core.errors import Invalid, Refused
from tests.support.site import Site

from .rooms import NOON
from .stage import Stage, stage

pytestmark = pytest.mark.usefixtures("site")
SECRETS = ("quarrel", "mayor", "Jonas")


@pytest.fixture
async def here(site: Site) -> Stage:
    """A running room with something to leak: a card, a line, people."""
    here = await stage()
    await here.begin()
    await here.write(here.adviser, "topics", "A quarrel between two")
    await here.say(here.moderator, "Between us: the mayor")
    return here


async def leave(here: Stage, person: int, *, by: int = 0, blocked: bool = False, sure: bool = True) -> None:
    async with transaction() as session:
        await door.ask_to_leave(
            session, here.room, by=by or here.moderator, who=await here.seat(person), blocked=blocked, sure=sure, now=NOON
        )  # fmt: skip


async def version(here: Stage, person: int) -> tuple[int | None, int | None]:
    async with reading() as session:
        room = await queries.room_version(session, here.room, person_id=person)
        return room, await queries.desk_version(session, here.room, person_id=person)


@pytest.mark.parametrize("blocked", [False, True])
async def test_whoever_was_asked_to_leave_reads_and_does_nothing_more(site: Site, here: Stage, blocked: bool) -> None:
    visitor, room = await site.as_person(here.adviser), f"/rooms/{here.room}"
    page = (await visitor.get(room)).text
    assert all(word in page for word in SECRETS), "there is something to leak"
    assert None not in await version(here, here.adviser)
    await leave(here, here.adviser, blocked=blocked)
    assert await version(here, here.adviser) == (None, None)
    for path in ("", "/changes?after=0", "/desk", "/written"):
        answer = await visitor.get(f"{room}{path}")
        assert answer.status_code == (200 if path == "" else 404)
        assert not any(word in answer.text for word in SECRETS), path
    assert "has asked you to leave" in (await visitor.get(room)).text
    before = (await here.sitting()).row.version
    for act, form in {
        "lines": {"text": "Hello", "key": "k1"},
        "contributions": {"deck": "topics", "text": "Hello", "key": "k2"},
        "hand": {"up": "yes"},
        "notes": {"text": "mine"},
        "parked": {"text": "Hello", "key": "k3"},
        "lead": {"to": ""},
    }.items():
        answer = await visitor.send_form(f"{room}/{act}", form, quiet=True)
        assert answer.status_code == 409, act
        assert "asked you to leave" in answer.json()["refused"]
    async with transaction() as session:
        await moves.line_found(session, here.room, person_id=here.adviser, now=NOON)
    assert (await here.sitting()).row.version == before
    back = await visitor.send_form(f"{room}/agreement")
    assert back.status_code == (409 if blocked else 303)
    assert ("You lead" in (await visitor.get(room)).text or "quarrel" in (await visitor.get(room)).text) is not blocked


async def test_the_lead_takes_it_back(site: Site, here: Stage) -> None:
    await leave(here, here.adviser, blocked=True)
    lead, room = await site.as_person(here.moderator), f"/rooms/{here.room}"
    gone = (await here.sitting()).seat(here.adviser)
    assert gone is not None
    page = (await lead.get(room)).text
    assert "Let Amela Hodzic in again" in page
    assert "was asked to leave" in page
    for _ in range(2):
        await lead.send_form(f"{room}/return", {"who": str(gone.seat_id)})
    assert None not in await version(here, here.adviser)
    visitor = await site.as_person(here.adviser)
    assert "quarrel" in (await visitor.get(room)).text


async def test_nobody_leaves_by_a_slip_and_never_whoever_leads(here: Stage) -> None:
    with pytest.raises(Invalid):
        await leave(here, here.adviser, sure=False)
    for person, by in ((here.moderator, here.moderator), (here.adviser, here.scribe), (here.adviser, here.case_giver)):
        with pytest.raises(Refused):
            await leave(here, person, by=by)
    async with transaction() as session:
        await moves.line_lost(session, here.room, person_id=here.moderator, now=NOON)
        await moves.take_over(session, here.room, by=here.deputy, now=NOON)
    with pytest.raises(Refused, match="cannot be asked"):
        await leave(here, here.moderator, by=here.deputy)


async def test_a_turn_is_given_to_nobody_who_has_left(here: Stage) -> None:
    await here.go_to("consultation")
    turns = (await here.sitting()).room.state.turns
    people = {await here.seat(person): person for person in (here.adviser, here.scribe, here.deputy)}
    await leave(here, people[turns.speaker or 0])
    state = (await here.sitting()).room.state
    assert state.turns.speaker not in (None, turns.speaker)
    async with transaction() as session:
        with pytest.raises(Refused, match="Let them in again"):
            await moves.mark_line_lost(session, here.room, by=here.moderator, who=turns.speaker or 0, now=NOON)


async def test_a_locked_room_lets_nobody_new_in_and_everybody_back_who_lost_the_line(site: Site) -> None:
    here = await stage()
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=NOON)
        for person in (here.moderator, here.adviser):
            await moves.agree(session, here.room, by=person, now=NOON)
    lead, room = await site.as_person(here.moderator), f"/rooms/{here.room}"
    assert "Lock the room" in (await lead.get(room)).text
    await lead.send_form(f"{room}/lock", {"on": "yes"})
    assert "Unlock the room" in (await lead.get(room)).text
    late = await site.as_person(here.scribe)
    await late.get(room)
    refused = await late.send_form(f"{room}/agreement")
    assert refused.status_code == 409
    assert "locked this room" in refused.text
    async with transaction() as session:
        await moves.line_lost(session, here.room, person_id=here.adviser, now=NOON)
        await moves.line_found(session, here.room, person_id=here.adviser, now=NOON)
        await moves.agree(session, here.room, by=here.adviser, now=NOON)
    assert await here.seat(here.adviser) not in (await here.sitting()).room.state.away
    adviser = await site.as_person(here.adviser)
    await adviser.get(room)
    assert (await adviser.send_form(f"{room}/lock", {"on": "no"}, quiet=True)).status_code == 409
    await lead.send_form(f"{room}/lock", {"on": "no"})
    assert (await late.send_form(f"{room}/agreement")).status_code == 303
