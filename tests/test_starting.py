"""Starting and stopping: one command, everything in one process, nothing left behind."""

import contextlib
import json
import os
import signal
import sqlite3
import urllib.request
from pathlib import Path

import pytest

from tests.support.chromium import Browser, Shots, visitor
from tests.support.forking import said
from tests.support.programs import ROOT, DidNotStart, Program, Programs


def health(program: Program) -> dict[str, object]:
    with urllib.request.urlopen(f"{program.url}/healthz", timeout=10) as answer:
        told: dict[str, object] = json.load(answer)
        return told


def test_one_command_serves_pages_from_an_empty_folder_and_again_with_its_data(bare: Programs) -> None:
    """Each a new Python, as on somebody's machine."""
    bare.as_in_production = True
    first = bare.start("run")
    assert health(first)["database"] is True
    assert health(first)["news"] is True
    data = Path(bare.env["DATA"])
    with contextlib.closing(sqlite3.connect(data / "fortnight.db")) as line:
        line.execute("INSERT INTO organisation (name, kind, city, country) VALUES ('Kept', 'other', '', '')")
        line.commit()
    secret = (data / "secret").read_text()
    assert first.stop(signal.SIGINT) == 0
    assert "Everything is stored" in first.said
    assert "Traceback" not in first.said

    bare.start("run")
    assert (data / "secret").read_text() == secret
    with contextlib.closing(sqlite3.connect(data / "fortnight.db")) as line:
        assert line.execute("SELECT name FROM organisation WHERE name = 'Kept'").fetchall() == [("Kept",)]


def test_a_stop_takes_the_private_valkey_along(alone: Programs) -> None:
    program = alone.start("run")
    note = Path(alone.env["DATA"]) / "valkey.json"
    valkey = json.loads(note.read_text())
    assert runs(valkey["pid"])
    program.stop()
    assert not runs(valkey["pid"])
    assert not Path(valkey["socket"]).parent.exists()
    assert not note.exists()


def test_after_a_kill_the_next_start_works_and_only_one_valkey_runs(alone: Programs) -> None:
    killed = alone.start("run")
    note = Path(alone.env["DATA"]) / "valkey.json"
    orphan = json.loads(note.read_text())["pid"]
    killed.kill()
    again = alone.start("run")
    assert health(again)["news"] is True
    assert not runs(orphan)
    assert json.loads(note.read_text())["pid"] != orphan


def test_a_second_one_in_the_same_folder_is_refused_with_a_sentence(alone: Programs) -> None:
    first = alone.start("run")
    assert first.process is not None
    with pytest.raises(DidNotStart, match=rf"process {first.process.pid}.*is using the folder"):
        alone.start("run")
    assert health(first)["database"] is True


def test_a_port_in_use_is_refused_with_a_sentence(alone: Programs, tmp_path: Path) -> None:
    first = alone.start("run")
    second = alone.start("run", wait=False, PORT=str(first.port), DATA=str(tmp_path / "elsewhere"))
    assert second.process is not None
    assert second.process.wait(30) == 1
    assert f"Another program uses port {first.port}" in second.said
    assert "Traceback" not in second.said


def test_unreadable_news_are_set_aside(alone: Programs) -> None:
    """The database is the memory: a damaged Valkey file must not prevent the start."""
    alone.start("run").stop()
    kept = Path(alone.env["DATA"]) / "valkey" / "appendonlydir"
    (kept / "appendonly.aof.manifest").write_text("file nonsense seq x\n")
    assert health(alone.start("run"))["news"] is True


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        ({"PORT": "99999"}, "The setting PORT cannot be used"),
        ({"DATABASE_URL": "mysql://x"}, "The setting DATABASE_URL cannot be used: it must begin with postgresql://"),
        ({"DATABASE_URL": "postgresql://x/y", "SECRET": ""}, "SECRET is missing"),
        ({"SECRET": "short"}, "SECRET is too short"),
        ({"BASE_URL": "example.org"}, "The setting BASE_URL cannot be used: it must be a whole address"),
        ({"REPLY_ADDRESS": "reply"}, "The setting REPLY_ADDRESS cannot be used: it must be an address"),
        ({"REPLY_ADDRESS": "reply@example.org", "INBOX_TRUSTS": "mx"}, "set INBOX_LMTP or INBOX_IMAP_HOST"),
        ({"REPLY_ADDRESS": "reply@example.org", "INBOX_LMTP": "127.0.0.1:1"}, "set INBOX_TRUSTS"),
        ({"INBOX_LMTP": "here"}, "The setting INBOX_LMTP cannot be used"),
        ({"DEMO": "1", "HOST": "0.0.0.0"}, "DEMO lets anybody enter as anybody"),
    ],
)
def test_a_wrong_setting_stops_the_start_with_a_sentence(env: dict[str, str], sentence: str, tmp_path: Path) -> None:
    needed = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "DATA": str(tmp_path)}
    done = said("app", "run", env={**needed, **env}, timeout=60)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.browser
async def test_the_first_page_opens_in_a_browser(alone: Programs, browser: Browser, shots: Shots) -> None:
    troubles: list[str] = []
    program = alone.start("run")
    page = await visitor(browser, alone.line().url, troubles=troubles)
    answer = await page.goto("/sign-in")
    assert answer is not None
    assert answer.status == 200
    await shots.take(page, "first")
    assert troubles == []
    assert program.stop() == 0


@pytest.mark.browser
async def test_the_demonstration_can_be_entered(alone: Programs, browser: Browser, shots: Shots) -> None:
    troubles: list[str] = []
    alone.start("run", DEMO="1")
    page = await visitor(browser, alone.line().url, troubles=troubles)
    await page.goto("/")
    await shots.take(page, "front")
    await page.get_by_role("button", name="Enter as coordinator").click()
    await page.wait_for_url("**/events/**")
    await shots.take(page, "inside")
    assert troubles == []


def runs(pid: int) -> bool:
    """Is there such a process, and is it more than a zombie?"""
    with contextlib.suppress(OSError):
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    return False
