"""What events put into the archive: the programme and who took part, by name and city."""

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import i18n
from app.core.archive import Box
from app.core.words import N_
from app.events import queries, queries_members, rules
from app.events import queries_programme as programme


async def pack(session: AsyncSession, box: Box) -> None:
    event = await queries.event(session, box.event_id)
    blocks = [
        {
            "day": block.day, "title": rules.said(block, "title", box.lang), "at": programme.begins(event, block),
            "minutes": block.minutes,
        }
        for block in await programme.blocks_of(session, event)
    ]  # fmt: skip
    tasks = [
        {
            "day": task.day,
            "title": rules.said(task, "title", box.lang),
            "purpose": rules.said(task, "purpose", box.lang),
        }
        for task in await programme.tasks_of(session, event)
    ]
    members = await queries_members.members(session, box.event_id)
    people = [{"name": member.name, "city": member.city, "country": member.country} for member in members]
    told = {"title": box.title, "starts_on": event.starts_on, "ends_on": event.ends_on, "zone": event.zone}
    await box.json("event.json", {**told, "blocks": blocks, "tasks": tasks, "people": people})
    await box.page("programme.html", "archive/programme.html", blocks=blocks, tasks=tasks, people=people)
    box.part(i18n.say(box.lang, N_("Programme")), [("programme.html", i18n.say(box.lang, N_("Programme")))])


packs = [pack]
