"""What many tests of the timetable begin with: a case that is planned, or published already."""

from tests.support.clock import Clock
from tests.timetable.test_planning import planned, published
from tests.timetable.world import NOW, TUESDAY, World, offer, open_window, settle


async def with_a_plan(clock: Clock, *, until: int = 16, known: bool = False) -> World:
    """The first person's case lies on Tuesday between 14 and `until` in Tbilisi; `known`: its people have been told."""
    clock.go_to(NOW)
    world = await settle()
    await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, until)
    await planned(world)
    if known:
        await published(world)
    return world
