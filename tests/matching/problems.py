"""Small problems for the tests: a friendly one to bend, and random ones, impossible ones among them."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from app.matching.problem import Case, Lock, Moderator, Person, Problem, Slot, Weights

START = datetime(2026, 10, 19, 8, tzinfo=UTC)
ZONES = ("Europe/Berlin", "Asia/Tbilisi", "Asia/Kathmandu", "America/Managua", "Asia/Ulaanbaatar")


def slot(number: int, *, rooms: int = 2, minutes: int = 90) -> Slot:
    start = START + timedelta(days=number // 3, hours=(number % 3) * 2)
    return Slot(id=f"t{number}", start=start, minutes=minutes, rooms=rooms)


def friendly(*, people: int = 8, cases: int = 1, slots: int = 3, **more: object) -> Problem:
    """Everybody can at any time, everybody speaks English, each lives in a city of their own; the last moderates."""
    crowd = [
        Person(id=number, city=f"City {number}", zone="Europe/Berlin", languages=frozenset({"en"}))
        for number in range(1, people + 1)
    ]
    fields: dict[str, object] = {
        "people": tuple(crowd),
        "cases": tuple(
            Case(id=number, giver=number, city=f"City {number}", language="en", topic="rain", least=3, most=5)
            for number in range(1, cases + 1)
        ),
        "moderators": (Moderator(person=people, languages=frozenset({"en"})),),
        "slots": tuple(slot(number) for number in range(slots)),
    }
    return Problem(**{**fields, **more})  # type: ignore[arg-type]


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    slots = [
        slot(number, rooms=draw(st.integers(0, 2)), minutes=draw(st.sampled_from([60, 90, 150])))
        for number in range(draw(st.integers(0, 6)))
    ]
    ids = [each.id for each in slots]
    some = st.frozensets(st.sampled_from(ids), max_size=len(ids)) if ids else st.just(frozenset())
    people = [
        Person(
            id=number,
            city=f"City {draw(st.integers(1, 4))}",
            zone=draw(st.sampled_from(ZONES)),
            languages=draw(st.frozensets(st.sampled_from(["en", "fr"]), min_size=1)),
            wishes=draw(st.frozensets(st.sampled_from(["rain", "heat"]))),
            impossible=draw(some),
            if_need_be=draw(some),
            adviser=draw(st.booleans()) or draw(st.booleans()),
        )
        for number in range(1, draw(st.integers(2, 12)) + 1)
    ]
    skills = st.sampled_from([frozenset[str](), frozenset({"role play"})])
    anyone = st.sampled_from([person.id for person in people])
    cases = []
    for number in range(1, draw(st.integers(0, 5)) + 1):
        giver = people[draw(anyone) - 1]
        least = draw(st.integers(1, 4))
        language = draw(st.sampled_from(["en", "fr"]))
        topic = draw(st.sampled_from(["rain", "heat"]))
        most = least + draw(st.integers(0, 2))
        needs, prefers = draw(skills), draw(st.frozensets(anyone, max_size=1))
        cases.append(Case(number, giver.id, giver.city, language, topic, least, most, needs, prefers))
    moderators = [
        Moderator(person, draw(st.frozensets(st.sampled_from(["en", "fr"]))), draw(st.integers(0, 3)), draw(skills))
        for person in draw(st.sets(anyone, max_size=3))
    ]
    locked = [Lock(case.id, draw(st.sampled_from(ids))) for case in cases if ids and draw(st.integers(0, 4)) == 0]
    pairs = st.lists(anyone, min_size=2, max_size=2, unique=True).map(lambda pair: (pair[0], pair[1]))
    return Problem(
        people=tuple(people),
        cases=tuple(cases),
        moderators=tuple(moderators),
        slots=tuple(slots),
        locks=tuple(locked),
        apart=tuple(draw(st.lists(pairs, max_size=6))),
        met=tuple(draw(st.lists(pairs, max_size=4))),
        weights=Weights(
            per_week=draw(st.integers(1, 3)),
            pause_minutes=draw(st.sampled_from([0, 30])),
            again=draw(st.sampled_from([0, 3])),
        ),
    )
