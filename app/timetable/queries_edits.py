"""Reading who changed a draft."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.people.models import Person
from app.timetable.models import Edit, Plan
from app.timetable.rules import EditKind


@dataclass(frozen=True)
class Changed:
    """A change as coordinators read it; `name` is empty for somebody who has left."""

    edition: int
    kind: EditKind
    name: str
    case_id: int | None
    at: datetime
    undone: bool


async def since(session: AsyncSession, plan: Plan, edition: int) -> list[Edit]:
    """The changes after that edition, the newest first."""
    query = select(Edit).where(Edit.plan_id == plan.id, col(Edit.edition) > edition)
    return list((await session.exec(query.order_by(col(Edit.edition).desc()))).all())


async def latest(session: AsyncSession, plan: Plan | None, *, most: int = 5) -> list[Changed]:
    """The last changes of this draft, the newest first."""
    if plan is None:
        return []
    query = (
        select(Edit, Person.name)
        .outerjoin(Person, col(Person.id) == col(Edit.by_id))
        .where(Edit.plan_id == plan.id)
        .order_by(col(Edit.edition).desc())
        .limit(most)
    )
    return [
        Changed(row.edition, EditKind(row.kind), name or "", row.case_id, row.at, row.undone)
        for row, name in (await session.exec(query)).all()
    ]


async def last_of(session: AsyncSession, plan: Plan | None, person_id: int) -> Edit | None:
    """This person's last change that still stands, unless somebody has touched the same since: what they could take back."""
    if plan is None:
        return None
    mine = (
        Edit.plan_id == plan.id, Edit.by_id == person_id, col(Edit.undone).is_(False),
        col(Edit.kind).not_in([EditKind.UNDO, EditKind.SWAP, EditKind.LEFT]),
    )  # fmt: skip
    query = select(Edit).where(*mine).order_by(col(Edit.edition).desc()).limit(1)
    found: Edit | None = (await session.exec(query)).one_or_none()
    if found is None or any(touches(later, found) for later in await since(session, plan, found.edition)):
        return None
    return found


def touches(later: Edit, earlier: Edit) -> bool:
    return later.case_id is None or earlier.case_id is None or later.case_id == earlier.case_id
