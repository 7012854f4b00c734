"""The demonstration's consultation in writing stands where the days have brought it, on every weekday."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.consultation.engine.library import methods
from app.consultation.models import Consultation
from app.consultation.queries import Sitting, sitting
from app.consultation.queries_written import everything_written
from app.core import db
from app.core.db import reading
from app.demo import material
from tests.support.demonstration import Demonstrations

TOLD = material.consultations().written


async def written_room() -> Sitting:
    async with reading() as session:
        room_id = (await session.exec(select(Consultation.id).where(Consultation.title == TOLD[0].working_title))).one()
        return await sitting(session, room_id or 0)


@pytest.mark.parametrize(
    ("now", "phase"),
    [
        (datetime(2026, 11, 25, 9, 20, tzinfo=UTC), "clarify"),  # Wednesday at noon where the lead lives
        (datetime(2026, 11, 24, 23, 40, tzinfo=UTC), "case"),  # before nine there
        (datetime(2026, 11, 21, 10, 0, tzinfo=UTC), "clarify"),  # Saturday
    ],
)
async def test_on_day_five_the_third_step_is_open(
    now: datetime, phase: str, demonstrations: Demonstrations, tmp_path: Path, anyio_backend: str
) -> None:
    db.connect(demonstrations.copy_to(tmp_path, now))
    here = await written_room()
    assert here.room.running and here.room.written and here.room.phase is not None
    assert here.room.phase.key == phase and here.room.state.grace == 0
    async with reading() as session:
        rows = await everything_written(session, here.id)
    assert (
        rows and not any(row.late for row in rows) and max(row.written_at for row in rows) <= now + timedelta(minutes=1)
    )
    await db.disconnect()


@pytest.mark.parametrize("told", TOLD, ids=lambda each: each.key)
def test_everything_is_written_by_whose_step_it_is(told: object) -> None:
    assert isinstance(told, type(TOLD[0]))
    method = methods()[told.method]
    part = {person: role for role, people in told.cast.items() for person in people}
    assert method.least <= len(part) <= method.most
    for key, written in told.writes.items():
        for each in written:
            output = method.phase(key).output(each.deck)
            assert not each.deck or (output is not None and part[each.by] in output.writes), each
            assert output is None or output.characters is None or len(each.text) <= output.characters, each
