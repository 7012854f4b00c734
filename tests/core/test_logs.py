"""Log lines tell what broke, not what people wrote."""

import json

import pytest
import structlog
from sqlalchemy import text

from app import logs
from app.core.db import transaction


@pytest.mark.parametrize("form", ["text", "json"])
async def test_a_traceback_holds_no_text_of_a_person(
    database: object, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    logs.set_up(level="info", form=form)
    confession = "-".join(["what", "Nino", "wrote"])
    try:
        try:
            async with transaction() as session:
                statement = text("INSERT INTO nowhere VALUES (:words)")
                await (await session.connection()).execute(statement, {"words": confession})
        except Exception:
            structlog.get_logger().exception("could not store")
        said = capsys.readouterr().out
    finally:
        structlog.reset_defaults()
    assert "could not store" in said and "nowhere" in said and "test_logs.py" in said
    assert confession not in said
    assert form == "text" or json.loads(said)["level"] == "error"
