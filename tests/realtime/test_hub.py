"""Who follows what: versions only grow, nobody hears what they do not follow, nothing is kept for nobody."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from realtime.hub import Hub


def followed(hub: Hub[str], reader: str, topic: str, *, version: int, person: int = 1, lang: str = "en") -> int:
    if hub.person(reader) is None:
        hub.arrive(reader, person=person, lang=lang)
    hub.ask(topic)
    return hub.admit(reader, topic, version=version)


def test_news_is_news_once() -> None:
    hub: Hub[str] = Hub()
    followed(hub, "tab", "room:7", version=12)
    assert hub.hear("room:7", 13)
    assert not hub.hear("room:7", 13)
    assert not hub.hear("room:7", 11)
    assert not hub.hear("room:8", 99)
    assert hub.untold("room:7") == (12, 13)


def test_news_heard_while_standing_at_the_gate_is_not_lost() -> None:
    hub: Hub[str] = Hub()
    hub.arrive("tab", person=1, lang="en")
    hub.ask("room:7")
    hub.hear("room:7", 13)
    assert hub.admit("tab", "room:7", version=12) == 13
    assert hub.untold("room:7") is None


def test_a_version_read_at_the_gate_is_news_for_those_who_follow_already() -> None:
    hub: Hub[str] = Hub()
    followed(hub, "first", "room:7", version=12)
    followed(hub, "second", "room:7", version=15)
    assert hub.untold("room:7") == (12, 15)


def test_who_is_turned_away_hears_nothing_and_leaves_nothing() -> None:
    hub: Hub[str] = Hub()
    hub.arrive("tab", person=1, lang="en")
    hub.ask("room:7")
    hub.turn_away("room:7")
    assert not hub.hear("room:7", 13)
    assert hub.topics() == {}


def test_a_line_that_closed_at_the_gate_is_not_admitted() -> None:
    hub: Hub[str] = Hub()
    hub.arrive("tab", person=1, lang="en")
    hub.ask("room:7")
    hub.gone("tab")
    hub.admit("tab", "room:7", version=3)
    assert list(hub.followers("room:7")) == []
    assert hub.topics() == {}


def test_a_slow_reader_gets_one_bare_signal_with_the_newest_version() -> None:
    hub: Hub[str] = Hub()
    followed(hub, "slow", "room:7", version=1)
    followed(hub, "slow", "thread:5", version=1)
    for version in (2, 3, 4):
        hub.hear("room:7", version)
        hub.miss("slow", "room:7")
    assert hub.catch_up("slow") == {"room:7": 4}
    assert hub.catch_up("slow") == {}


def test_languages_are_separate_groups_of_one_topic() -> None:
    hub: Hub[str] = Hub()
    followed(hub, "a", "thread:5", version=1, lang="en")
    followed(hub, "b", "thread:5", version=1, lang="ar")
    assert hub.languages("thread:5") == {"en", "ar"}
    assert set(hub.readers(("thread:5", "ar"))) == {"b"}
    assert set(hub.followers("thread:5")) == {"a", "b"}


def test_every_line_of_a_person_is_known_until_it_is_gone() -> None:
    hub: Hub[str] = Hub()
    followed(hub, "tab", "room:7", version=1, person=3)
    followed(hub, "phone", "room:7", version=1, person=3)
    followed(hub, "other", "room:7", version=1, person=4)
    assert hub.lines_of(3) == {"tab", "phone"}
    hub.gone("tab")
    hub.gone("tab")
    hub.gone("phone")
    assert hub.lines_of(3) == frozenset()
    assert set(hub.followers("room:7")) == {"other"}


class Crowd(RuleBasedStateMachine):
    """Readers come, follow, leave and vanish in any order; a plain dictionary says what must be true."""

    readers = st.sampled_from("abcd")
    topics = st.sampled_from(["room:1", "room:2", "thread:1"])

    def __init__(self) -> None:
        super().__init__()
        self.hub: Hub[str] = Hub()
        self.model: dict[str, set[str]] = {}

    @rule(reader=readers, person=st.integers(1, 2), lang=st.sampled_from(["en", "de"]))
    def arrives(self, reader: str, person: int, lang: str) -> None:
        if reader not in self.model:
            self.hub.arrive(reader, person=person, lang=lang)
            self.model[reader] = set()

    @rule(reader=readers, topic=topics, version=st.integers(0, 9), inside=st.booleans())
    def asks(self, reader: str, topic: str, version: int, inside: bool) -> None:
        self.hub.ask(topic)
        if not inside:
            self.hub.turn_away(topic)
            return
        assert self.hub.admit(reader, topic, version=version) >= version
        if reader in self.model:
            self.model[reader].add(topic)

    @rule(reader=readers, topic=topics)
    def leaves(self, reader: str, topic: str) -> None:
        self.hub.leave(reader, topic)
        self.model.get(reader, set()).discard(topic)

    @rule(reader=readers)
    def vanishes(self, reader: str) -> None:
        self.hub.gone(reader)
        self.model.pop(reader, None)

    @rule(topic=topics, version=st.integers(0, 20))
    def news(self, topic: str, version: int) -> None:
        before = self.hub.version(topic)
        fresh = self.hub.hear(topic, version)
        assert fresh == (before is not None and version > before)

    @rule(topic=topics)
    def tells(self, topic: str) -> None:
        rest = self.hub.untold(topic)
        if rest:
            self.hub.told(topic, rest[1])
            assert self.hub.untold(topic) is None

    @rule(reader=readers, topic=topics)
    @precondition(lambda self: self.model)
    def is_slow(self, reader: str, topic: str) -> None:
        self.hub.miss(reader, topic)
        assert set(self.hub.catch_up(reader)) <= self.model.get(reader, set())

    @invariant()
    def everybody_hears_exactly_what_they_follow(self) -> None:
        for topic in ("room:1", "room:2", "thread:1"):
            expected = {reader for reader, topics in self.model.items() if topic in topics}
            assert set(self.hub.followers(topic)) == expected
            assert (topic in self.hub.topics()) == bool(expected)


TestCrowd = Crowd.TestCase
TestCrowd.settings = settings(max_examples=60, deadline=None)
