"""Where everybody comes together: the sittings of a live part, and groups of six to nine that are proposed, not applied."""

from datetime import time

from sqlmodel.ext.asyncio.session import AsyncSession

from app.demo import material
from app.demo.loading.people import World
from app.events import actions_programme
from app.events import queries_programme as programme
from app.matching.groups import build
from app.timetable import actions_groups, actions_plenary, views_groups

BOSS = "henrike"  # who manages the event
SEED = 5
STEPS = 2_000  # of the search; it is no better with more for so few


async def seat_plenary(session: AsyncSession, world: World) -> None:
    """The live part that has several sittings, and everybody in theirs."""
    told = material.timetable().plenary
    blocks = await programme.blocks_of(session, world.event)
    (first,) = [block for block in blocks if (block.day, block.title) == (told.day, told.title)]
    own = {"id", "event_id", "key", "starts", "sitting"}
    for name, starts in told.sittings.items():
        at, block = time.fromisoformat(starts), first
        if block.sitting:
            block = await actions_programme.add_block(
                session, event_id=world.event_id, key=world.key("sitting", name), starts=at, sitting=name,
                **first.model_dump(exclude=own),
            )  # fmt: skip
        else:
            block.starts, block.sitting = at, name
            session.add(block)
        people = [world.people[key] for key in told.by_hand[name]]
        await actions_plenary.seat_by_hand(session, event_id=world.event_id, block_id=block.id or 0, people=people)
    await actions_plenary.seat_everybody(session, event_id=world.event_id)


async def propose_groups(session: AsyncSession, world: World) -> None:
    """Built as on the page: around who stays, without the two who are kept apart in one group."""
    told, now = material.timetable().groups, world.when.instant(4, "16:20", world.event.zone)
    one, other = (f"p{world.people[key]}" for key in told.apart)
    await actions_groups.keep_apart(
        session, event_id=world.event_id, one=one, other=other, by=world.people[BOSS], now=now
    )
    found = await views_groups.ground(session, world.event_id)
    stay = {world.people[key]: number for number, key in enumerate(told.stay)}
    built = build(found.people, apart=found.apart, held=stay, languages=found.event.languages, seed=SEED, steps=STEPS)
    await actions_groups.keep_built(
        session, event_id=world.event_id, groups=built.groups, alike=False, seed=SEED, key=world.key("groups", "built"),
        seen=0, now=now,
    )  # fmt: skip
    await actions_groups.hold_people(
        session, event_id=world.event_id, people=stay, hold=True, key=world.key("groups", "held"), seen=1, now=now
    )
