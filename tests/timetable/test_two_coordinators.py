"""Two coordinators change one draft: nobody's change is lost, each sees whose it was, each can take back their own."""

import re

import pytest
from sqlmodel import select

from app.core.db import reading, transaction
from app.events.models import Participation
from app.timetable import queries
from app.timetable.models import Placement
from tests.support.clock import Clock
from tests.support.site import Site, Visitor
from tests.timetable.test_web import BASE, KEY, plan
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle

TUESDAY_AT, WEDNESDAY_AT = "20261020T1000Z", "20261021T1000Z"


class Two:
    """A draft with two cases, and two browsers that have both opened it."""

    def __init__(self, world: World, elene: Visitor, mara: Visitor, cases: list[int]) -> None:
        self.world, self.elene, self.mara, self.cases = world, elene, mara, cases

    async def seen(self, visitor: Visitor, case: int) -> str:
        found = re.search(r'name="seen" value="(\d+)"', (await visitor.get(f"{BASE}?case={case}")).text)
        assert found
        return found[1]

    async def placed(self) -> dict[int, Placement]:
        async with reading() as session:
            rows = await queries.placements(session, await queries.latest_plan(session, self.world.event))
        return {row.case_id: row for row in rows}

    async def undo(self, visitor: Visitor) -> int:
        page = (await visitor.get(BASE)).text
        found = re.search(r'action="[^"]+/undo".*?name="seen" value="(\d+)"', page, flags=re.DOTALL)
        assert found, "nothing to take back is offered"
        return (await visitor.send_form(f"{BASE}/undo", {"seen": found[1]})).status_code


@pytest.fixture
async def two(site: Site, clock: Clock) -> Two:
    clock.go_to(NOW)
    world = await settle()
    cases = [await offer(world, world.people[at], title=title) for at, title in ((0, "Rain"), (1, "Roots"))]
    for day in (TUESDAY, WEDNESDAY):
        await open_window(world, day, 14, 17)
    async with transaction() as session:
        other = Participation.person_id == world.watcher
        (await session.exec(select(Participation).where(other))).one().roles = ["coordinator"]
    elene, mara = await site.as_person(world.elene), await site.as_person(world.watcher)
    await elene.get(BASE)
    await elene.send_form(f"{BASE}/proposal", {"key": KEY})
    await plan(world)
    return Two(world, elene, mara, cases)


async def test_the_second_to_move_a_case_reads_who_moved_it_and_sees_it_where_it_is_now(two: Two) -> None:
    rain = two.cases[0]
    seen = await two.seen(two.elene, rain)
    assert await two.seen(two.mara, rain) == seen
    moved = await two.elene.send_form(f"{BASE}/placements/{rain}", {"seen": seen, "slot": WEDNESDAY_AT})
    assert moved.status_code == 303
    second = await two.mara.send_form(f"{BASE}/placements/{rain}?case={rain}", {"seen": seen, "slot": TUESDAY_AT})
    assert second.status_code == 409
    assert "Elene has changed this case since you opened the page." in second.text
    assert "Elene has put “Rain” at another time." in second.text
    assert (await two.placed())[rain].starts_at.day == 21
    again = {"seen": await two.seen(two.mara, rain), "slot": TUESDAY_AT}
    assert (await two.mara.send_form(f"{BASE}/placements/{rain}", again)).status_code == 303


async def test_changes_of_different_cases_from_old_pages_are_both_kept_and_told_live(two: Two) -> None:
    rain, roots = two.cases
    seen = await two.seen(two.mara, roots)
    await two.elene.send_form(f"{BASE}/placements/{rain}/lock", {"seen": seen, "lock": "yes"})
    live = (await two.mara.get(f"{BASE}/progress?edition={seen}")).text
    assert "The draft has changed since you opened this page." in live and "Elene has locked “Rain”." in live
    assert (await two.mara.send_form(f"{BASE}/placements/{roots}/end", {"seen": seen})).status_code == 303
    placed = await two.placed()
    assert placed[rain].locked and roots not in placed


async def test_each_takes_back_their_own_last_change_and_never_what_somebody_else_did(two: Two) -> None:
    rain, roots = two.cases
    before = await two.placed()
    await two.elene.send_form(f"{BASE}/placements/{rain}/end", {"seen": await two.seen(two.elene, rain)})
    await two.mara.send_form(f"{BASE}/placements/{roots}/end", {"seen": await two.seen(two.mara, roots)})
    assert await two.undo(two.elene) == 303
    placed = await two.placed()
    assert set(placed) == {rain}
    back, was = placed[rain], before[rain]
    assert (back.starts_at, back.moderator_id, back.advisers, back.why) == (
        was.starts_at, was.moderator_id, was.advisers, was.why
    )  # fmt: skip
    assert "(taken back)" in (await two.mara.get(BASE)).text
    assert await two.undo(two.mara) == 303
    assert set(await two.placed()) == {rain, roots}
    board = (await two.mara.get(BASE)).text
    assert "Take back my last change" not in board and "no place yet" not in board


async def test_a_proposal_of_the_planner_is_taken_back_as_a_whole_and_nothing_below_a_later_change(two: Two) -> None:
    assert await two.undo(two.elene) == 303
    assert await two.placed() == {}
    page = (await two.mara.get(BASE)).text
    assert "2 cases have no place yet" in page
    sent = await two.mara.send_form(f"{BASE}/undo", {"seen": "2"})
    assert sent.status_code == 409 and "There is nothing of yours to take back" in sent.text


async def test_what_cannot_go_back_because_its_people_are_taken_says_so(two: Two) -> None:
    rain, roots = two.cases
    await two.elene.send_form(
        f"{BASE}/placements/{rain}", {"seen": await two.seen(two.elene, rain), "slot": TUESDAY_AT}
    )
    await two.elene.send_form(f"{BASE}/placements/{rain}/end", {"seen": await two.seen(two.elene, rain)})
    taken = {"seen": await two.seen(two.mara, roots), "slot": TUESDAY_AT}
    assert (await two.mara.send_form(f"{BASE}/placements/{roots}", taken)).status_code == 303
    assert await two.undo(two.elene) == 409
    assert set(await two.placed()) == {roots}
