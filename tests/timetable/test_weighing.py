"""What the planner weighs: usual until coordinators say otherwise for their event, and a plan says what it was made with."""

import re
from dataclasses import asdict

import pytest

from app.core.db import reading, transaction
from app.core.errors import Refused
from app.matching.problem import Weights
from app.matching.solve import solve
from app.timetable import asked, planning, queries
from app.timetable.actions_weighing import set_weights
from app.timetable.edits import undo
from app.timetable.weighing import LEVELS, WISHES, Level, Wish, cleaned, points, weights
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.arranged import with_a_plan
from tests.timetable.test_planning import draft
from tests.timetable.world import NOW, settle

URL = "/events/rain-in-the-street/timetable/weights"


def test_nothing_said_is_the_usual_and_every_wish_is_one_of_the_planners_with_words() -> None:
    assert weights({}) == Weights() == weights({"wish": "normal", "no such wish": "much"})
    assert set(WISHES) == set(Wish) and set(LEVELS) == set(Level)
    assert {wish.value for wish in Wish} < set(asdict(Weights()))
    assert cleaned({"wish": "more", "again": "normal", "burden": "off", "left_out": "off"}) == {
        "wish": "more", "burden": "off",
    }  # fmt: skip


def shown(wish: str, level: str) -> str:
    return points({wish: level}, Wish(wish)).strip("\u2066\u2069")


def test_each_level_counts_half_twice_or_four_times_and_half_a_point_is_everything_else_twice() -> None:
    assert [weights({"wish": level}).wish for level in Level] == [0, 5, 10, 20, 40]
    assert weights({"turns": "less"}).turns == (6, 4, 2, 1) and shown("turns", "less") == "+6, 4, 2, 1"
    light, usually = weights({"burden": "less"}), Weights()
    assert (light.burden, light.wish, light.left_out, light.again) == (1, 20, 600, 4)
    assert light.turns == tuple(2 * each for each in usually.turns)
    assert (light.per_week, light.pause_minutes) == (usually.per_week, usually.pause_minutes)
    assert [shown("burden", level) for level in Level] == ["0", "−½", "−1", "−2", "−4"]


async def test_the_next_plan_is_made_with_what_was_set_and_says_so(site: Site, clock: Clock) -> None:
    world = await with_a_plan(clock)
    assert (await draft(world))[0].weights == {}
    for _ in range(2):  # the same again is the same
        async with transaction() as session:
            await set_weights(session, event_id=world.event, said={"again": "off", "wish": "much"}, seen=0)
    with pytest.raises(Refused):
        async with transaction() as session:
            await set_weights(session, event_id=world.event, said={}, seen=0)
    async with transaction() as session:
        run = await planning.propose(session, event_id=world.event, by=world.elene, key="with other weights", now=NOW)
    async with reading() as session:
        problem = await asked.problem_of(session, world.event, now=NOW)
        by_hand = await asked.problem_by_hand(session, world.event, [], now=NOW)
    assert (problem.weights.again, problem.weights.wish, by_hand.weights) == (0, 40, problem.weights)
    async with transaction() as session:
        await set_weights(session, event_id=world.event, said={}, seen=1)  # while the planner is at work
    async with transaction() as session:
        await planning.take_proposal(session, proposal_id=run.id or 0, plan=solve(problem, steps=40), now=NOW)
    made, _ = await draft(world)
    assert made.weights == {"wish": "much", "again": "off"}
    page = (await (await site.as_person(world.elene)).get(URL.replace("weights", "publication"))).text
    assert (
        "Topics people wish for: counts much more" in page and "Meeting the same people again: does not count" in page
    )
    async with transaction() as session:
        await undo(session, event_id=world.event, by=world.elene, edition=made.edition, now=NOW)
    assert (await draft(world))[0].weights == {}, "what it was before"


@ONE_DATABASE
async def test_coordinators_read_what_counts_how_much_and_set_it(site: Site, clock: Clock) -> None:
    clock.go_to(NOW)
    world = await settle()
    visitor = await site.as_person(world.elene)
    page = (await visitor.get(URL)).text
    assert "+10\u2069 for everybody who advises on one" in page and "−25\u2069 for each person" in page
    await visitor.send_form(URL, {"seen": "0", "burden": "less", "wish": "more"})
    page = (await visitor.get(URL)).text
    assert "+20\u2069 for everybody" in page and "−½\u2069 × 1, 2 or 4 early or late" in page
    assert len(re.findall(r'value="(?:less|more)" selected', page)) == 2
    assert "Somebody else has set this" in (await visitor.send_form(URL, {"seen": "0", "burden": "off"})).text
    assert (await visitor.send_form(URL, {"seen": "1", "burden": "enormous"})).status_code != 303
    async with reading() as session:
        timetable = await queries.timetable(session, world.event)
    assert timetable is not None and timetable.weights == {"wish": "more", "burden": "less"}
    assert (await (await site.as_person(world.people[0])).get(URL)).status_code == 403
