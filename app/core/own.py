"""Everything we hold about one person, as JSON. Each slice says in its `own.py` which columns of which rows are theirs.

Words of other people are left out even where they stand in a row about this person; so is what opens doors.
"""

import json
import tempfile
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.db import Row
from app.core.times import for_json

AT_ONCE = 500


@dataclass(frozen=True)
class Own:
    """Rows of `table` whose column `by` names the person, or (`through`) something of theirs: (table, its column).

    `shows`: the columns that are theirs to see.
    """

    title: str
    table: type[Row]
    by: str
    shows: Sequence[str]
    through: tuple[type[Row], str] | None = None


_owns: list[Own] = []


def register(own: Own) -> None:
    if own not in _owns:
        _owns.append(own)


def known() -> Sequence[Own]:
    return tuple(_owns)


async def written_down(session: AsyncSession, person_id: int, *, now: datetime) -> Path:
    """A file that holds it all; whoever asked for it deletes it."""
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8", delete=False) as file:
        file.write(f'{{\n"made_at": {json.dumps(now.isoformat())}')
        for own in _owns:
            file.write(f",\n{json.dumps(own.title)}: [")
            comma = ""
            async for row in _rows(session, own, person_id):
                file.write(f"{comma}\n{json.dumps(row, ensure_ascii=False, default=for_json)}")
                comma = ","
            file.write("]")
        file.write("\n}\n")
    return Path(file.name)


async def _rows(session: AsyncSession, own: Own, person_id: int) -> AsyncIterator[dict[str, Any]]:
    """A few at a time, so that memory does not grow with what somebody has written."""
    table = _columns(own.table)
    query = select(*(table[name].label(name) for name in own.shows))
    if own.through is None:
        query = query.where(table[own.by] == person_id)
    else:
        between, whose = own.through
        there = _columns(between)
        query = query.where(table[own.by].in_(select(there["id"]).where(there[whose] == person_id)))
    for first in range(0, 10_000_000, AT_ONCE):
        keys = [table[column.name] for column in own.table.__table__.primary_key.columns]  # type: ignore[attr-defined]
        rows = (await (await session.connection()).execute(query.order_by(*keys).offset(first).limit(AT_ONCE))).all()
        for row in rows:
            yield dict(row._mapping)
        if len(rows) < AT_ONCE:
            return


def _columns(table: type[Row]) -> Any:
    return table.__table__.c  # type: ignore[attr-defined]
