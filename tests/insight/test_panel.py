"""The participation panel counts the event as a whole, shows nobody's score, and asks the same however much there is."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core.db import transaction
from app.forum.rules import ThreadKind
from app.insight import rules
from app.insight.rules import Counts, State, Taking
from app.people.models import Person
from tests.events.events import joined, somebody
from tests.forum.forum import NOON, Forum, a_forum
from tests.support.site import Site, queries

MORNING = datetime(2026, 6, 12, tzinfo=UTC)
NOTHING = Counts((), 0, (0, 0), (0, 0), (0, 0), (0, 0))


def test_where_nothing_is_to_be_counted_nothing_is_claimed() -> None:
    found = rules.figures([], NOTHING, day_began=MORNING)
    assert {figure.key: figure.value for figure in found if figure.value is not None} == {"unanswered_24h": 0}
    assert {figure.state for figure in found} == {State.OPEN, State.REACHED}


def test_the_figures_are_those_of_the_list() -> None:
    people = [Taking(n, country, n < 20, MORNING + timedelta(hours=n - 12), given) for n, country, given in (
        (1, "GE", 0), (2, "GE", 1), (3, "DE", 2), (14, "DE", 8), (15, "NI", 9), (21, "RS", 0),
    )]  # fmt: skip
    counts = Counts([1.0, 3.0, 20.0], 2, (6, 10), (9, 10), (29, 40), (1, 2))
    found = {figure.key: figure for figure in rules.figures(people, counts, day_began=MORNING)}
    assert (found["activated"].part, found["activated"].whole, found["activated"].state) == (5, 6, State.BELOW)
    assert (found["contributors"].value, found["contributors"].state) == (0.8, State.REACHED)
    assert (found["daily_presence"].part, found["daily_presence"].whole) == (2, 5)
    assert (found["first_reply_hours"].value, found["first_reply_hours"].state) == (3.0, State.REACHED)
    assert found["unanswered_24h"].state == State.BELOW
    assert (found["top10_share"].value, found["top10_share"].state) == (0.45, State.WATCH)
    assert (found["country_coverage"].part, found["country_coverage"].whole) == (3, 4)
    assert found["cross_country_replies"].state == State.REACHED
    assert found["live_attendance"].state == State.BELOW


@pytest.mark.parametrize(("given", "expected"), [([3, 3, 3], 0.0), ([0, 0, 0, 12], 0.75), ([1, 2, 3], 2 / 9)])
def test_the_spread_is_nought_when_all_give_the_same(given: list[int], expected: float) -> None:
    assert rules.gini(given) == pytest.approx(expected)


def test_answers_within_a_country_cross_no_border_and_unknown_countries_count_nowhere() -> None:
    assert rules.crossing({("GE", "DE"): 3, ("DE", "DE"): 2, ("", "DE"): 9}) == (3, 5)


async def lives_in(country: str, *people: int) -> None:
    async with transaction() as session:
        for person_id in people:
            person = await session.get(Person, person_id)
            assert person is not None
            person.country = country
            session.add(person)


async def a_lively_forum() -> Forum:
    forum = await a_forum()
    silent = await somebody("Silvio Stumm")
    await joined(forum.event, silent)
    await lives_in("GE", forum.tamta, silent)
    await lives_in("NI", forum.carlos)
    thread = await forum.thread("Sponge verges", by=forum.tamta, now=NOON)
    await forum.reply(thread, "Who mows?", by=forum.carlos, now=NOON + timedelta(hours=2))
    await forum.reply(thread, "We do.", by=forum.marta, now=NOON + timedelta(hours=3))
    await forum.thread("Who has a ladder?", by=forum.carlos, kind=ThreadKind.QUESTION, now=NOON)
    return forum


def figure(page: str, key: str) -> str:
    return page.split(f'id="{key}"')[1].split("</li>")[0]


async def test_the_panel_shows_the_whole_and_no_name(site: Site) -> None:
    forum = await a_lively_forum()
    marta, tamta = await site.as_person(forum.marta), await site.as_person(forum.tamta)
    address = f"{forum.url}/cockpit/panel"
    page = (await marta.get(address)).text
    assert "2 of 3" in figure(page, "activated"), "whoever moderates is not counted"
    assert "<b>2.0</b>" in figure(page, "first_reply_hours")
    assert "<b>1</b>" in figure(page, "unanswered_24h")
    assert "2 of 2" in figure(page, "country_coverage")
    assert "1 of 1" in figure(page, "cross_country_replies"), "of whom nobody knows the country is left out"
    for name in ("Tamta", "Carlos", "Silvio"):
        assert name not in page
    assert (await tamta.get(address)).status_code == 403


async def test_the_panel_asks_no_more_when_there_is_more(site: Site) -> None:
    forum = await a_lively_forum()
    marta = await site.as_person(forum.marta)
    counted = []
    for more in (0, 20):
        await forum.replies(await forum.thread(), more)
        with queries() as said:
            assert (await marta.get(f"{forum.url}/cockpit/panel")).status_code == 200
        counted.append(len(said))
    assert counted[0] == counted[1] < 25
