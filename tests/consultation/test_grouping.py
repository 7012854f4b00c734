"""Cards under a common heading: who may, what everybody sees at once, what becomes of dots and protocol."""

import re

import pytest

from app.consultation import queries, queries_outside
from app.consultation.actions import afterwards, closing, grouping, moves, writing
from app.consultation.engine.groups import may_group
from app.consultation.engine.library import methods
from app.consultation.engine.state import Status
from app.consultation.fragments import ranking_of
from app.consultation.models import Contribution
from app.consultation.protocol import protocol_of
from app.core.db import reading, transaction
from app.core.errors import Invalid, Missing, Refused
from tests.support.site import Site

from .rooms import NOON, at, later, one
from .stage import Stage, stage

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
async def here(site: Site) -> Stage:
    """Three cards lie open."""
    here = await stage()
    await here.begin()
    await here.go_to("consultation")
    for number in range(3):
        await here.write(here.adviser, "contributions", f"Card {number}")
    async with transaction() as session:
        step = (await here.sitting()).room.state.step
        await moves.turn_up_cards(session, here.room, by=here.moderator, deck="contributions", leaving=step, now=NOON)
    return here


async def rows(here: Stage, deck: str = "contributions") -> list[Contribution]:
    async with reading() as session:
        return [row for row in await queries.open_contributions(session, here.room) if row.deck == deck]


async def put(here: Stage, *numbers: int, by: int = 0, group: str = "new", heading: str = "", key: str = "") -> None:
    cards = [(await rows(here))[number].id or 0 for number in numbers]
    async with transaction() as session:
        await grouping.put_into_group(
            session, here.room, by=by or here.moderator, cards=cards, group=group, heading=heading,
            key=key or f"group-{heading}-{numbers}", now=NOON,
        )  # fmt: skip


async def test_the_lead_and_the_scribe_group_cards_and_nobody_else(here: Stage) -> None:
    await put(here, 0, 1, heading="One depot")
    await put(here, 2, by=here.scribe, heading="Walks")
    assert [row.text for row in await rows(here, "group")] == ["One depot", "Walks"]
    for person in (here.adviser, here.case_giver):
        with pytest.raises(Refused, match="grouped by whoever leads"):
            await put(here, 0, by=person, heading="Mine")
    with pytest.raises(Missing):
        await put(here, 0, by=here.outsider, heading="Mine")


def test_in_writing_before_and_after_nobody_groups() -> None:
    room = at("consultation")
    lead, scribe, giver = one(room, "moderator"), one(room, "scribe"), one(room, "case_giver")
    assert [may_group(room, person) for person in (lead, scribe, giver)] == [True, True, False]
    for other in (room.but(status=Status.LOBBY), room.but(status=Status.CLOSED)):
        assert not may_group(other, lead)
    assert not may_group(room.but(away=(scribe,)), scribe)


async def test_a_press_that_comes_twice_makes_one_group(here: Stage) -> None:
    for _ in range(2):
        await put(here, 0, 1, heading="One depot", key="same")
    (group,) = await rows(here, "group")
    version = (await here.sitting()).row.version
    await put(here, 0, group=str(group.id))
    assert (await here.sitting()).row.version == version, "it stands there already"


async def test_cards_move_between_groups_and_an_empty_heading_is_gone(here: Stage) -> None:
    await put(here, 0, 1, heading="One depot")
    await put(here, 2, heading="Walks")
    depot, walks = await rows(here, "group")
    await put(here, 2, group=str(depot.id))
    assert [row.text for row in await rows(here, "group")] == ["One depot"]
    await put(here, group=str(depot.id), heading="Joint depot")
    assert [row.text for row in await rows(here, "group")] == ["Joint depot"]
    await put(here, 0, 1, 2, group="")
    assert await rows(here, "group") == []
    assert {row.group_id for row in await rows(here)} == {None}
    with pytest.raises(Missing):
        await put(here, 0, group=str(walks.id))


async def test_the_last_card_taken_back_takes_its_heading_along(here: Stage) -> None:
    await put(here, 0, heading="Alone")
    card = (await rows(here))[0]
    async with transaction() as session:
        await writing.take_back(session, here.room, by=here.adviser, contribution_id=card.id or 0, now=NOON)
    assert await rows(here, "group") == []


async def test_only_open_cards_of_this_room_are_grouped_under_a_heading_that_says_something(here: Stage) -> None:
    await here.say(here.moderator, "A line")
    down = (await rows(here))[0]
    async with transaction() as session:
        down.open = False
        session.add(await session.merge(down))
    line = (await rows(here, "line"))[0]
    for hidden in (down.id, line.id, 999_999):
        async with transaction() as session:
            with pytest.raises(Missing):
                await grouping.put_into_group(
                    session, here.room, by=here.moderator, cards=[hidden or 0], group="new", heading="H", key="k", now=NOON
                )  # fmt: skip
    for heading in ("", "  ", "x" * 61):
        with pytest.raises(Invalid):
            await put(here, 0, heading=heading, key="k2")
    with pytest.raises(Invalid):
        await put(here, heading="Nothing in it")


async def test_everybody_sees_the_group_at_once_by_plain_forms(site: Site, here: Stage) -> None:
    lead, scribe, room = await site.as_person(here.moderator), await site.as_person(here.scribe), f"/rooms/{here.room}"
    page = (await lead.get(room)).text
    numbers = re.findall(r'name="cards" value="(\d+)" form="group-form"', page)
    assert len(set(numbers)) >= 3
    assert "Group cards" not in (await (await site.as_person(here.adviser)).get(room)).text
    version = (await here.sitting()).row.version
    chosen = [str(row.id) for row in (await rows(here))[:2]]
    answer = await lead.send_form(
        f"{room}/groups", {"cards": chosen, "group": "new", "heading": "One depot", "key": "g"}
    )
    assert answer.status_code == 303
    pushed = (await scribe.get(f"{room}/changes?after={version}")).text
    (group,) = await rows(here, "group")
    assert pushed.index(f'id="group-{group.id}"') < pushed.index(f'id="card-{chosen[0]}"'), "first the heading"
    assert pushed.count(f'data-home="group-{group.id}-cards"') == 2
    assert "csrf" not in pushed and "group-form" not in pushed
    page = (await scribe.get(room)).text
    assert page.index("One depot</h3>") < page.index("Card 0") < page.index("Card 2")
    assert "under “One depot”" in page
    await lead.get(room)
    await lead.send_form(f"{room}/groups", {"cards": chosen, "group": "", "heading": "", "key": "h"})
    pushed = (await scribe.get(f"{room}/changes?after={version}")).text
    gone = re.search(rf'id="group-{group.id}"[^>]*data-gone', pushed)
    assert gone is not None
    assert pushed.index(f'id="card-{chosen[1]}"') < gone.start(), "the cards have left before it goes"


async def test_dots_of_one_heading_are_counted_together() -> None:
    here = await stage()
    room = (await here.sitting()).room
    assert room.method.owner is not None
    async with transaction() as session:
        made = await queries.sitting(session, here.room)
        made.row.method = "lean_coffee"
        session.add(made.row)
        seat = made.own_seat(here.adviser)
        group = Contribution(
            consultation_id=here.room, seat_id=seat, key="g", deck="group", step=0, text="Depots", version=1, open=True,
            written_at=NOON,
        )  # fmt: skip
        session.add(group)
        await session.flush()
        deck = next(out for phase in methods()["lean_coffee"].phases for out in phase.outputs if out.kind == "ranking")
        for number in range(3):
            card = Contribution(
                consultation_id=here.room, seat_id=seat, key=f"c{number}", deck=deck.of or "", step=0, version=1,
                text=f"Card {number}", open=True, written_at=NOON, group_id=group.id if number else None,
            )  # fmt: skip
            session.add(card)
            await session.flush()
            session.add(
                Contribution(
                    consultation_id=here.room,
                    seat_id=seat,
                    key=f"v{number}",
                    deck=deck.key,
                    step=1,
                    version=1,
                    kind=str(card.id),
                    text="●",
                    open=True,
                    written_at=NOON,
                )
            )
    async with reading() as session:
        ranked = await ranking_of(session, await queries.sitting(session, here.room))
    assert [(each["text"], each["dots"]) for each in ranked] == [("Depots", 2), ("Card 0", 1)]


async def test_a_heading_leaves_the_room_only_with_a_card_under_it(site: Site, here: Stage) -> None:
    await put(here, 0, 1, heading="One depot")
    await put(here, 2, heading="Secret quarrel")
    await here.go_to("closing")
    cards = await rows(here)
    async with transaction() as session:
        await closing.release(session, here.room, by=here.case_giver, chosen=[cards[0].id or 0], city=False, now=NOON)
        await closing.close_room(session, here.room, by=here.moderator, now=NOON)
    for emptied in (False, True):
        if emptied:
            async with transaction() as session:
                await afterwards.empty(session, here.room, now=later(60 * 24 * 40))
        async with reading() as session:
            shown = await queries_outside.from_outside(session, here.room, person_id=here.outsider)
            (part,) = await protocol_of(session, shown, lang="en")
        assert [(item["heading"], item["text"]) for item in part["items"]] == [("One depot", "Card 0")]
        visitor = await site.as_person(here.outsider)
        for page in ("protocol", "protocol.md"):
            text = (await visitor.get(f"/rooms/{here.room}/{page}")).text
            assert "One depot" in text
            assert "quarrel" not in text
    assert [row.text for row in await rows(here, "group")] == ["One depot"]
