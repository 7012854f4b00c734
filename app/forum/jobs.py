"""Work for later about the forum; done in workers/forum.py."""

from dataclasses import dataclass

from app.core.jobs import Work


@dataclass(frozen=True)
class CloseThread(Work):
    """Close a thread, if it is still to be closed by now."""

    thread_id: int
