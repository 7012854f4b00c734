"""Presence is a report that fades, not a row."""

from app.core import live
from realtime.presence import FADE, Presence


class Hands:
    """A watch that the test moves."""

    at = 1000.0

    def __call__(self) -> float:
        return self.at


async def test_persons_of_all_processes_are_seen_once_each(news: None) -> None:
    one, two = Presence(live.redis), Presence(live.redis)
    assert await one.report("room:1", {3, 4})
    assert await two.report("room:1", {4, 5})
    assert await one.here("room:1") == {3, 4, 5}
    assert await one.report("room:1", {3})
    assert await two.here("room:1") == {3, 4, 5}, "4 still sits at the other process"
    assert await two.report("room:1", set())
    assert await one.here("room:1") == {3}
    assert not await one.report("room:1", {3}), "the same again is no news"


async def test_a_process_that_falls_silent_fades(news: None) -> None:
    watch = Hands()
    silent, alive = Presence(live.redis, clock=watch), Presence(live.redis, clock=watch)
    await silent.report("room:1", {3})
    watch.at += FADE - 1
    await alive.report("room:1", {4})
    assert await alive.here("room:1") == {3, 4}
    watch.at += 2
    assert await alive.here("room:1") == {4}


async def test_nothing_stays_in_redis(news: None) -> None:
    await Presence(live.redis).report("room:1", {3})
    assert 0 < await live.redis().ttl("here:room:1") <= FADE + 1
