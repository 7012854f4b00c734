"""The demonstration's files hold together: whoever is named exists, limits are kept, nobody real is written to."""

import re
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.demo import material
from app.demo.entries import Challenge, Practice, Space, Thread
from app.events.templates import templates

PEOPLE = {person.key: person for person in material.people().people}
TOPICS = {topic.key for topic in material.event().topics}
PRACTICE_LIMITS = {
    "summary": 80, "context": 100, "objective": 60, "solution": 150, "innovation": 60, "actors": 60, "financing": 40,
    "results": 80, "obstacles": 80, "success_factors": 60, "transfer": 60,
}  # fmt: skip
CHALLENGE_LIMITS = {"situation": 100, "affected": 50, "tried": 60, "obstacle": 60, "own_role": 40}


def words(text: str) -> int:
    return len(text.split())


def test_about_forty_people_with_distinct_names_live_in_known_zones() -> None:
    everybody = material.people().people
    assert 38 <= len(everybody) <= 48
    assert len({person.name for person in everybody}) == len(PEOPLE) == len(everybody)
    for person in everybody:
        assert re.fullmatch(r"[a-z]+@example\.org", person.email), person.email
        assert ZoneInfo(person.zone).key == person.zone
        assert person.languages and person.interface in {"en", "de", "ar"}
        assert set(person.knows + person.wants) <= TOPICS, person.key
        assert words(person.about) <= 40


def test_everybody_works_for_an_organisation_in_the_own_city_or_country() -> None:
    organisations = {each.key: each for each in material.people().organisations}
    for person in PEOPLE.values():
        assert organisations[person.org].country == person.country, person.key
    assert set(organisations) == {person.org for person in PEOPLE.values()}
    assert all(each.name.endswith("(demonstration)") for each in organisations.values())


def test_all_thirteen_countries_take_part_and_each_belongs_to_one_segment() -> None:
    file = material.event()
    assert len(file.event.countries) == len(set(file.event.countries)) == 13
    active = {person.country for person in PEOPLE.values() if "practitioner" in person.roles}
    assert active | {"ME"} >= set(file.event.countries), set(file.event.countries) - active
    listed = [country for segment in file.segments for country in segment.countries]
    assert len(listed) == len(set(listed)) and set(listed) >= set(file.event.countries)
    assert {person.country for person in PEOPLE.values()} <= set(listed)


def test_the_team_is_complete_and_each_group_has_a_facilitator_and_members() -> None:
    roles = [role for person in PEOPLE.values() for role in person.roles]
    for role, least in {"manager": 1, "lead_moderator": 1, "moderator": 6, "coordinator": 3,
                        "technical_host": 1, "documentation": 1, "expert": 3, "observer": 2, "practitioner": 25}.items():  # fmt: skip
        assert roles.count(role) >= least, role
    for group in material.event().groups:
        assert "moderator" in PEOPLE[group.facilitator].roles
        members = [person for person in PEOPLE.values() if person.group == group.key]
        assert 4 <= len(members) <= 9, group.key
    for segment in material.event().segments:
        assert PEOPLE[segment.contact].region in {segment.key, ""}
    doors = sorted(person.door for person in PEOPLE.values() if person.door)
    assert doors == ["coordinator", "manager", "moderator", "observer", "participant"]


def test_every_task_with_a_thread_is_one_of_the_programme() -> None:
    template = templates()[material.event().event.template]
    known = {(task.day, task.en.title) for task in template.tasks}
    assert {(task.day, task.title) for task in material.event().tasks} <= known
    assert material.event().successor.template in templates()


@pytest.mark.parametrize("practice", material.practices(), ids=lambda each: each.key)
def test_a_practice_keeps_the_limits_of_its_form(practice: Practice) -> None:
    assert practice.author in PEOPLE and set(practice.topics) <= TOPICS and practice.theme in TOPICS
    assert 1 <= practice.day <= 4 and 2010 <= practice.since <= 2026 and practice.offer
    lengths = {field: words(getattr(practice, field)) for field in PRACTICE_LIMITS}
    assert {field: n for field, n in lengths.items() if n > PRACTICE_LIMITS[field]} == {}
    assert 220 <= sum(lengths.values()) <= 600
    assert lengths["obstacles"] >= 20, "a practice says what failed"


@pytest.mark.parametrize("challenge", material.challenges(), ids=lambda each: each.key)
def test_a_challenge_asks_one_open_question(challenge: Challenge) -> None:
    assert challenge.author in PEOPLE and set(challenge.topics) <= TOPICS and challenge.theme in TOPICS
    lengths = {field: words(getattr(challenge, field)) for field in CHALLENGE_LIMITS}
    assert {field: n for field, n in lengths.items() if n > CHALLENGE_LIMITS[field]} == {}
    assert sum(lengths.values()) + words(challenge.key_question) <= 350
    assert challenge.key_question.split()[0] in {"How", "What", "Which", "Какие"}
    assert challenge.key_question.count("?") == 1


def test_there_are_fifteen_practices_and_eight_challenges_by_different_people() -> None:
    authors = [each.author for each in material.practices()] + [each.author for each in material.challenges()]
    assert (len(material.practices()), len(material.challenges())) == (15, 8)
    assert len(set(authors)) == len(authors)


SUMMER, WINTER = datetime(2026, 6, 8), datetime(2026, 11, 16)
THREADS = [(circle.space, thread) for circle in material.forum() for thread in circle.threads]


def instant(by: str, day: int, at: str, monday: datetime) -> datetime:
    """Day 1 is a Monday here, so days 1 to 5 follow each other; day 0 is the Friday before."""
    date = monday + timedelta(days=day - 1 if day else -3)
    wall = datetime.combine(date, time.fromisoformat(at), tzinfo=ZoneInfo(PEOPLE[by].zone))
    return wall.astimezone(UTC)


def test_some_two_hundred_posts_or_more_come_from_nearly_everybody() -> None:
    posts = [post for _, thread in THREADS for post in thread.posts]
    assert 200 <= len(posts) + len(THREADS) <= 360
    writers = {post.by for post in posts} | {thread.by for _, thread in THREADS}
    assert writers == set(PEOPLE), set(PEOPLE) ^ writers
    assert {"de", "fr", "ru", "uk", "ar", "en", "ro"} <= {post.lang for post in posts}
    assert {thread.kind for _, thread in THREADS} == {
        "introduction", "practice", "challenge", "idea", "question", "announcement", "task",
    }  # fmt: skip


@pytest.mark.parametrize("monday", [SUMMER, WINTER], ids=["summer", "winter"])
@pytest.mark.parametrize("thread", [thread for _, thread in THREADS], ids=lambda each: each.key)
def test_a_thread_runs_forward_in_time_and_its_references_resolve(thread: Thread, monday: datetime) -> None:
    written = [instant(thread.by, thread.day, thread.at, monday)]
    seen: set[str] = set()
    for post in thread.posts:
        assert post.by in PEOPLE and 0 <= post.day <= 5, post
        written.append(instant(post.by, post.day, post.at, monday))
        assert written[-1] > written[-2], f"{thread.key}: {post.by} {post.day} {post.at} is before the post above it"
        assert not post.to or post.to in seen, post.to
        assert set(post.quotes) <= seen and (post.weaving or not post.quotes)
        assert all(thanks.by in PEOPLE and thanks.by != post.by for thanks in post.thanks)
        assert 1 <= words(post.text) <= 200
        seen.add(post.key)
    this_morning = (monday + timedelta(days=4, hours=7)).replace(tzinfo=UTC)
    assert written[-1] <= this_morning, "posts of today are from before 7:00 UTC"


@pytest.mark.parametrize(("space", "thread"), THREADS, ids=lambda each: each.key)
def test_only_those_write_in_a_closed_circle_who_may_read_it(space: Space, thread: Thread) -> None:
    team = {"manager", "lead_moderator", "moderator", "coordinator", "technical_host", "documentation", "assistant"}  # fmt: skip
    for writer in {thread.by, *(post.by for post in thread.posts)}:
        if space.audience == "staff":
            assert team & set(PEOPLE[writer].roles), writer
        elif space.audience.startswith("group:"):
            assert PEOPLE[writer].group == space.audience.removeprefix("group:"), writer
        else:
            assert space.audience == "event"


def test_every_sheet_has_its_thread_and_every_task_a_place_to_answer() -> None:
    keys = [thread.key for _, thread in THREADS]
    assert len(keys) == len(set(keys))
    assert {each.key for each in material.practices()} | {each.key for each in material.challenges()} <= set(keys)
    assert {task.thread for task in material.event().tasks} <= set(keys)
    assert {circle.space.audience.removeprefix("group:") for circle in material.forum()} >= {
        g.key for g in material.event().groups
    }


def test_a_few_questions_wait_for_an_answer_and_summaries_link_back() -> None:
    waiting = [thread.key for _, thread in THREADS if thread.kind == "question" and not thread.posts]
    assert 2 <= len(waiting) <= 4
    assert any(post.weaving and len(post.quotes) >= 3 for _, thread in THREADS for post in thread.posts)


def test_nobody_is_written_to_outside_the_demonstration() -> None:
    for path in material.HERE.rglob("*.yaml"):
        addresses = re.findall(r"[\w.+-]+@[\w-]+\.\w+", path.read_text("utf-8"))
        assert all(address.endswith("@example.org") for address in addresses), path
        assert not re.search(r"\+\d[\d ()-]{7,}", path.read_text("utf-8")), (
            f"{path.name} seems to hold a telephone number"
        )
