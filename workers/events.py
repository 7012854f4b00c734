"""Work about events: packing an archive, which takes its time."""

from app.core.db import transaction
from app.events.actions_archive import give_up, keep_archive, packed
from app.events.jobs import MakeArchive
from workers.registry import Turn, handles_outside


@handles_outside(MakeArchive)
async def make_archive(work: MakeArchive, *, turn: Turn) -> None:
    """Who asked sees on their page when it is ready, and when it will never be."""
    try:
        path = await packed(work)
    except Exception:
        if turn.last:
            async with transaction() as session:
                await give_up(session, work)
        raise
    if path is not None:
        async with transaction() as session:
            await keep_archive(session, work, path, now=turn.now)
