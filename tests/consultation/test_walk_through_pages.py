"""Every method that happens in one room is walked through its pages, without scripts: from the lobby to the protocol."""

from dataclasses import dataclass, field
from datetime import date
from html.parser import HTMLParser

import pytest

from app.consultation.actions import moves, planning
from app.consultation.actions.correspondence import Plan, plan_written
from app.consultation.actions.planning import Place
from app.consultation.engine import rules
from app.consultation.engine.library import methods
from app.consultation.engine.method import NOT_TYPED, Method, Output
from app.consultation.engine.picks import is_pick
from app.consultation.engine.room import Room
from app.consultation.engine.votes import is_vote
from app.consultation.queries import Sitting, sitting
from app.core.db import reading, transaction
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, Visitor

from .rooms import LIVE, NOON, cast_for
from .stage import OPENS, TBILISI, Stage, stage

pytestmark = ONE_DATABASE


@dataclass
class Form:
    action: str
    fields: dict[str, str] = field(default_factory=dict)
    boxes: list[tuple[str, str]] = field(default_factory=list)
    radios: list[tuple[str, str]] = field(default_factory=list)
    buttons: int = 0


class Forms(HTMLParser):
    """The forms of a page with what stands in them, as a browser would send it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._text = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "form":
            self.found.append(Form(given["action"]))
        elif self.found and tag == "input" and name:
            if given.get("type") == "checkbox":
                self.found[-1].boxes.append((name, given["value"]))
            elif given.get("type") == "radio":
                self.found[-1].radios.append((name, given["value"]))
            else:
                self.found[-1].fields[name] = given.get("value", "")
        elif self.found and tag in ("textarea", "select") and name:
            self.found[-1].fields.setdefault(name, "")
            self._select = name if tag == "select" else ""
        elif tag == "option" and self._select and not self.found[-1].fields[self._select]:
            self.found[-1].fields[self._select] = given.get("value", "")
        elif tag == "button" and self.found and given.get("type") == "submit" and "disabled" not in given:
            self.found[-1].buttons += 1

    def one(self, end: str, **fields: str) -> Form | None:
        ways = (form for form in self.found if form.action.endswith(end) and form.buttons)
        return next((form for form in ways if fields.items() <= form.fields.items()), None)


@dataclass
class Walk:
    """A room of one method and everybody in it at their browsers."""

    site: Site
    room: int
    people: dict[int, Visitor]  # seat → browser
    written: set[str] = field(default_factory=set)

    async def sees(self) -> Sitting:
        async with reading() as session:
            return await sitting(session, self.room)

    async def page(self, seat: int) -> Forms:
        return Forms((await self.people[seat].get(f"/rooms/{self.room}")).text)

    async def press(self, seat: int, form: Form | None, **filled: str | list[str]) -> None:
        assert form is not None, "the page offers no such button"
        answer = await self.people[seat].send_form(form.action, {**form.fields, **filled})
        assert answer.status_code == 303, answer.text

    async def put_down(self, room: Room, output: Output) -> None:
        """Whoever may write it first finds the form on their page and fills it in."""
        seats = [seat for seat in room.cast.persons if output in room.outputs_for(seat)]
        if not seats or output.kind in NOT_TYPED or is_vote(output):
            return
        page = await self.page(seats[0])
        if output.of == "modules":
            await self.press(seats[0], page.one("/module"))
            return
        if is_pick(output):
            form = page.one("/picks", deck=output.key)
            assert form is not None and form.radios, "there is something to choose from"
            await self.press(seats[0], form, option=form.radios[-1][1])
            self.written.add(output.key)
            return
        text = f"Put down as {output.key} in step {room.state.step}"[: output.characters or 200]
        await self.press(seats[0], page.one("/contributions", deck=output.key), text=text)
        self.written.add(output.key)

    async def ends(self, lead: int) -> None:
        room = (await self.sees()).room
        forms = {seat: (await self.page(seat)).one("/release") for seat in rules.undecided(room) or room.deciders()}
        assert any(form and form.boxes for form in forms.values()), "there is something to decide about"
        for seat, form in forms.items():
            assert form is not None and (form.boxes or room.method.everybody_releases)
            await self.press(seat, form, chosen=[value for name, value in form.boxes if name == "chosen"])
        await self.press(lead, (await self.page(lead)).one("/closing"))


async def seated(site: Site, here: Stage, method: Method) -> Walk:
    roles = [(person, seat.role) for person, seat in zip(range(1, 7), cast_for(method).seats, strict=False)]
    ids = [*here.everybody, here.outsider]
    chosen = [(ids[number - 1], role) for number, role in roles]
    async with transaction() as session:
        if method.written:
            plan = Plan("Walked in writing", method.key, chosen, first_day=date(2026, 6, 10), zone=TBILISI)
            room = await plan_written(session, plan, event_id=here.event, by=ids[1], key="walk", now=NOON)
        else:
            room = await planning.plan_room(
                session, event_id=here.event, key="walk", title="Walked", method=method.key, opens_at=NOON, now=NOON,
                seats=[Place(person, role) for person, role in chosen],
            )  # fmt: skip
        await planning.open_lobby(session, room, now=OPENS if method.written else NOON)
    walk = Walk(site, room, {})
    async with reading() as session:
        people = {who.person_id: seat for seat, who in (await sitting(session, room)).people.items()}
    for person, _ in chosen:
        walk.people[people[person]] = await site.as_person(person)
    return walk


@pytest.mark.parametrize("key", LIVE)
async def test_a_method_is_walked_from_its_lobby_to_its_protocol_through_the_pages(
    site: Site, clock: Clock, key: str
) -> None:
    method = methods()[key]
    clock.go_to(OPENS if method.written else NOON)
    walk = await seated(site, await stage(), method)
    lead = (await walk.sees()).room.leads or next(iter(walk.people))
    await walk.press(lead, (await walk.page(lead)).one("/agreement"))
    async with transaction() as session:  # the others by the same door, without looking at it again
        for who in (await walk.sees()).people.values():
            await moves.agree(session, walk.room, by=who.person_id or 0, now=OPENS if method.written else NOON)
    if not method.written:
        await walk.press(lead, (await walk.page(lead)).one("/beginning"))
    while True:
        room = (await walk.sees()).room
        assert room.running and room.phase is not None
        for output in room.phase.outputs:
            await walk.put_down(room, output)
        if room.last_step:
            break
        await walk.press(lead, (await walk.page(lead)).one("/phase"))
        assert (await walk.sees()).room.state.step == room.state.step + 1
    await walk.ends(lead)
    here = await walk.sees()
    assert here.row.status == "closed" and walk.written
    typed = {
        out.key for phase in method.phases for out in phase.outputs if out.kind not in NOT_TYPED and not is_vote(out)
    }
    assert typed - walk.written <= {out.key for phase in method.phases for out in phase.outputs if out.of == "modules"}
    released = walk.written & set(method.capture)
    page = (await walk.people[lead].get(f"/rooms/{walk.room}/protocol")).text
    assert released and all(f"Put down as {deck}"[:40] in page for deck in typed_of(method, released)), released


def typed_of(method: Method, decks: set[str]) -> set[str]:
    """Those of the decks whose text somebody has typed."""
    return {deck for deck in decks if not is_pick(method.output(deck))}
