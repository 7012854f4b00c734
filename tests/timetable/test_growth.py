"""The board with 500 people and 150 cases, as bench/board.py makes them: still one short page. The seconds are the bench's."""

from pathlib import Path
from time import process_time

import pytest

from app.core import db, times
from app.main import Setup, close_stores
from bench import board
from tests.support.site import Site, queries


@pytest.mark.anyio
async def test_the_board_of_500_people_and_150_broken_cases_is_at_most_200_kb_and_a_second_of_one_core(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(times, "_shift_file", None)  # the bench moves the clock; it goes back afterwards
    path = tmp_path / "board.db"
    board.fill(path, "L", planned=False)
    site = Site(Setup(f"sqlite+aiosqlite:///{path}", "redis://127.0.0.1:1", tmp_path / "files", "for tests " * 4))
    site.open()
    try:
        coordinator = await site.as_person(1)
        await coordinator.get(board.BASE)
        began = process_time()
        with queries() as said:
            page = await coordinator.get(board.BASE, headers={"accept-encoding": "identity"})
        took = process_time() - began
        assert "published sessions cannot stay as they are" in page.text
        assert len(page.content) <= 200_000
        assert len(said) <= 25
        assert took < 1
    finally:
        await site.close()
        await close_stores()
        await db.disconnect()
