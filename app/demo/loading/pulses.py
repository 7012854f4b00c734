"""The short surveys of the demonstration, answered by some of its people."""

from datetime import timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.demo import material
from app.demo.loading.people import World
from app.insight.actions import answer, ask


async def ask_briefly(session: AsyncSession, world: World) -> None:
    people = [
        world.people[person.key]
        for person in material.people().people
        if person.roles == ["practitioner"] and not person.door
    ]
    for told in material.pulses():
        at = world.when.instant(told.day, told.at, world.event.zone)
        row = await ask(
            session, event_id=world.event_id, by_id=world.people[told.by], key=world.key("pulse", told.key),
            questions=told.questions, lang=told.lang, closes_at=at + timedelta(hours=told.hours), now=at,
        )  # fmt: skip
        for person_id, steps, text in zip(people, told.steps, [*told.texts, *[""] * len(told.steps)], strict=False):
            await answer(
                session, row.id or 0, event_id=world.event_id, person_id=person_id, steps=steps, text=text, now=at
            )
