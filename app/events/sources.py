"""What events offer to the letter of the morning: today's live blocks and the tasks this person has not done yet."""

from collections.abc import Mapping, Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part, for_many
from app.events import queries, rules
from app.events import queries_programme as programme


@for_many
async def digest(session: AsyncSession, readers: Sequence[Asking]) -> Mapping[int, Sequence[Part]]:
    event, now = await queries.event(session, readers[0].event_id), readers[0].now
    number = programme.today(event, now)
    tasks = [
        task
        for task in await programme.tasks_of(session, event)
        if task.day == number and programme.due(event, task) > now
    ]
    blocks = [
        block
        for block in await programme.blocks_of(session, event)
        if block.day == number and programme.begins(event, block) > now
    ]
    if not tasks and not blocks:
        return {}
    done = await programme.done_by(session, [task.id or 0 for task in tasks], [each.person_id for each in readers])
    parts: dict[int, Sequence[Part]] = {}
    for reader in readers:
        values = {
            "tasks": [
                (rules.said(task, "title", reader.lang), task.minutes, programme.due(event, task), task.goes_to)
                for task in tasks
                if (task.id, reader.person_id) not in done
            ],
            "blocks": [
                (rules.said(block, "title", reader.lang), block.minutes, programme.begins(event, block))
                for block in blocks
            ],
        }
        if values["tasks"] or values["blocks"]:
            about = {"zone_of_event": event.zone, "slug": event.slug}
            parts[reader.person_id] = [Part("mail/events/_day", {**values, **about}, order=20)]
    return parts


sources = [("digest", digest)]
