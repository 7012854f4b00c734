"""Templates kept as code: read again by the next start, made anew when the template or our way of making them changes."""

from pathlib import Path

import pytest
from jinja2 import DictLoader, Environment

from app.core.compiled import Compiled


@pytest.fixture
def way(tmp_path: Path) -> Path:
    way = tmp_path / "render.py"
    way.write_text("trim_blocks = True")
    return way


def said(folder: Path, way: Path, source: str, **kwargs: bool) -> str:
    """What a process that has just started says with this template."""
    compiled = Compiled()
    compiled.keep_in(folder, made_by=way)
    env = Environment(loader=DictLoader({"hello.html": source}), bytecode_cache=compiled, autoescape=True, **kwargs)
    return env.get_template("hello.html").render(name="Ana")


def test_the_next_start_reads_what_this_one_compiled(
    tmp_path: Path, way: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert said(tmp_path / "kept", way, "Hello {{ name }}") == "Hello Ana"
    monkeypatch.setattr(Environment, "compile", lambda *_, **__: pytest.fail("compiled again"))
    assert said(tmp_path / "kept", way, "Hello {{ name }}") == "Hello Ana"


def test_a_template_that_was_changed_is_made_anew(tmp_path: Path, way: Path) -> None:
    said(tmp_path / "kept", way, "Hello {{ name }}")
    assert said(tmp_path / "kept", way, "Goodbye {{ name }}") == "Goodbye Ana"


def test_another_way_of_making_them_makes_them_anew(tmp_path: Path, way: Path) -> None:
    said(tmp_path / "kept", way, "{% if name %}\nHello{% endif %}")
    way.write_text("trim_blocks = False")
    assert said(tmp_path / "kept", way, "{% if name %}\nHello{% endif %}", trim_blocks=False) == "\nHello"


def test_a_place_where_nothing_can_be_kept_stops_no_start(tmp_path: Path, way: Path) -> None:
    (tmp_path / "kept").write_text("a file, not a folder")
    assert said(tmp_path / "kept" / "templates", way, "Hello {{ name }}") == "Hello Ana"
