"""The words of the demonstration event."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.demo import material
from app.demo.loading.people import World
from app.events.actions_glossary import add_term, put_words


async def explain(session: AsyncSession, world: World) -> None:
    now = world.when.planned(0, "09:00", world.event.zone)
    by = world.people["marta"]
    for number, words in enumerate(material.glossary()):
        key = world.key("term", str(number))
        row = await add_term(session, event_id=world.event_id, by_id=by, key=key, lang="en", **words["en"], now=now)
        for lang, said in words.items():
            if lang != "en":
                await put_words(session, row.id or 0, event_id=world.event_id, by_id=by, lang=lang, **said, now=now)
