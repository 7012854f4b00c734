"""What the team of the demonstration has told everybody, and what waits in its outbox."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.demo import material
from app.demo.loading.people import World
from app.events.standing import flowing
from app.notices.actions_announcing import change_version, release, write_announcement
from app.notices.rules_announcing import Version, Whom


async def announce(session: AsyncSession, world: World) -> None:
    for told in material.announcements():
        at = world.when.instant(told.day, told.at, world.event.zone)
        row = await write_announcement(
            session, event_id=world.event_id, by_id=world.people[told.by], key=world.key("announcement", told.key),
            whom=Whom.ALL, title=told.title, text=flowing(told.text), lang=told.lang, now=at,
        )  # fmt: skip
        for lang, words in told.texts.items():
            version = Version(lang, words["title"], flowing(words["text"]))
            await change_version(session, row.id or 0, event_id=world.event_id, version=version)
        if told.released_by:
            await release(
                session, row.id or 0, event_id=world.event_id, by_id=world.people[told.released_by], roles={"manager"}, now=at
            )  # fmt: skip
