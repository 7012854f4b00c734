"""The newsletter of the demonstration: it belongs to the house, so that it stays when an event begins anew."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.demo import material
from app.demo.loading.people import World
from app.events.standing import flowing
from app.notices.actions_newsletter import change_issue, release_issue, write_issue
from app.notices.queries_newsletter import issue_with_key
from app.notices.rules_announcing import Version


async def publish(session: AsyncSession, world: World) -> None:
    for told in material.newsletters():
        key = f"demo-newsletter-{told.key}"
        if await issue_with_key(session, key) is not None:
            continue
        at = world.when.instant(told.day, told.at, world.event.zone)
        row = await write_issue(
            session,
            by_id=world.people[told.by],
            key=key,
            title=told.title,
            text=flowing(told.text),
            lang=told.lang,
            now=at,
        )
        for lang, words in told.texts.items():
            await change_issue(session, row.id or 0, version=Version(lang, words["title"], flowing(words["text"])))
        if told.released:
            await release_issue(session, row.id or 0, now=at)
