"""What events offer to the letter of the morning: today's live blocks and the tasks this person has not done yet."""

from collections.abc import Sequence

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.gather import Asking, Part
from app.events import queries, rules
from app.events import queries_programme as programme


async def digest(session: AsyncSession, asking: Asking) -> Sequence[Part]:
    event = await queries.event(session, asking.event_id)
    number = programme.today(event, asking.now)
    done = await programme.done(session, asking.event_id, asking.person_id)
    tasks = [
        (rules.said(task, "title", asking.lang), task.minutes, programme.due(event, task), task.goes_to)
        for task in await programme.tasks_of(session, event)
        if task.day == number and task.id not in done and programme.due(event, task) > asking.now
    ]
    blocks = [
        (rules.said(block, "title", asking.lang), block.minutes, programme.begins(event, block))
        for block in await programme.blocks_of(session, event)
        if block.day == number and programme.begins(event, block) > asking.now
    ]
    if not tasks and not blocks:
        return []
    values = {"tasks": tasks, "blocks": blocks, "zone_of_event": event.zone, "slug": event.slug}
    return [Part("mail/events/_day", values, order=20)]


sources = [("digest", digest)]
