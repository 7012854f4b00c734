"""The command line: each command does what it says, and refuses in a sentence."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.matching.check import broken_rules
from app.matching.plan import plan_from_json
from app.matching.problem import to_json
from tests.matching.problems import friendly
from tests.support.forking import said
from tests.support.mailbox import Mailbox
from tests.support.programs import ROOT, Programs


def refused(programs: Programs, *command: str, **env: str) -> str:
    """The sentence with which a command refuses."""
    done = said("app", *command, env={**programs.env, **env}, timeout=60)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_migrate_makes_a_database_and_check_finds_it(bare: Programs) -> None:
    assert "is at version" in bare.say("migrate")
    found = bare.say("check")
    assert "ok  the database is at version" in found
    assert "ok  letters leave by 127.0.0.1" in found
    assert "!!" not in found


def test_check_says_what_is_missing(bare: Programs) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "app", "check"], cwd=ROOT, env={**bare.env, "SMTP_HOST": ""},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert "run `fortnight migrate`" in done.stdout
    assert "letters wait in the outbox" in done.stdout


@pytest.mark.postgres
def test_check_finds_postgres_and_redis(programs: Programs) -> None:
    found = programs.say("check")
    assert "ok  the database is at version" in found
    assert "ok  Redis answers" in found
    assert "Redis does not answer" in refused_output(programs, REDIS_URL="redis://127.0.0.1:1/0")


def refused_output(programs: Programs, **env: str) -> str:
    return said("app", "check", env={**programs.env, **env}, timeout=60).stdout


def test_a_folder_that_cannot_be_used_and_a_database_that_is_away_are_said_in_a_sentence(
    bare: Programs, tmp_path: Path
) -> None:
    (taken := tmp_path / "taken").write_text("a file")
    assert f"The folder {taken} cannot be used" in refused(bare, "run", DATA=str(taken))
    assert "There can be no database in the folder" in refused(bare, "migrate", DATA=str(taken))
    away = {"DATABASE_URL": "postgresql://who:word@127.0.0.1:1/x", "REDIS_URL": "redis://127.0.0.1:1"}
    for command in ("run", "web", "worker"):
        said = refused(bare, command, SECRET="a" * 32, **away)
        assert "cannot be reached" in said
        assert "word" not in said


def test_an_administrator_needs_an_address(alone: Programs) -> None:
    assert "nonsense is no e-mail address" in refused(alone, "create-admin", "nonsense")


def test_a_new_administrator_and_a_known_one(alone: Programs) -> None:
    assert "runs this installation now" in alone.say(
        "create-admin", "Nino@example.org", "--password", "sieben lange Worte"
    )
    assert "runs this installation now" in alone.say("create-admin", "nino@example.org", "--name", "Nino")
    program = alone.start("run")
    assert "Sign in: " in program.said
    assert "sets it up" not in program.said


def test_an_empty_house_says_where_to_begin(alone: Programs) -> None:
    assert "/setup" in alone.start("run").said


def test_the_demonstration_is_loaded_once_and_only_where_it_is_wanted(alone: Programs) -> None:
    assert "set DEMO=1" in refused(alone, "demo")
    assert "is loaded" in alone.say("demo", DEMO="1")
    assert "stands where it should already" in alone.say("demo", DEMO="1")


def test_mail_test_sends_one_letter(alone: Programs, mailbox: Mailbox) -> None:
    assert "took a letter to somebody@example.org" in alone.say("mail-test", "somebody@example.org")
    (letter,) = mailbox.wait(1)
    assert "somebody@example.org" in str(letter["To"])
    assert letter["Subject"] == "Letters leave"


def test_mail_test_says_why_a_letter_did_not_leave(alone: Programs, mailbox: Mailbox) -> None:
    mailbox.refuse_next = ["550 no such person here"]
    assert "no such person here" in refused(alone, "mail-test", "nobody@example.org")
    assert "SMTP_HOST is not set" in refused(alone, "mail-test", "nobody@example.org", SMTP_HOST="")


@pytest.mark.parametrize("command", ["web", "realtime", "worker"])
def test_several_processes_need_servers_to_meet_in(command: str, alone: Programs) -> None:
    assert "set DATABASE_URL and REDIS_URL" in refused(alone, command)


def test_a_timetable_is_solved_from_a_file(alone: Programs, tmp_path: Path) -> None:
    problem = tmp_path / "problem.json"
    problem.write_text("{")
    assert "not readable as JSON" in refused(alone, "timetable", "solve", str(problem))
    problem.write_text(json.dumps({"people": [], "cases": [], "moderators": [], "slots": []}))
    assert json.loads(alone.say("timetable", "solve", str(problem)))["placements"] == []
    asked = friendly(people=6, cases=1)
    problem.write_text(to_json(asked))
    alone.say("timetable", "solve", str(problem), "--out", str(tmp_path / "plan.json"))
    plan = plan_from_json((tmp_path / "plan.json").read_text())
    assert [placement.case for placement in plan.placements] == [1] and plan.placements[0].why
    assert broken_rules(asked, plan) == []


def test_rounds_that_mix_people_are_written_as_json(alone: Programs) -> None:
    mixed = json.loads(alone.say("timetable", "mix", "16", "--size", "4", "--rounds", "5"))
    assert mixed["repeated"] == 0 and len(mixed["rounds"]) == 5
    assert all(sorted(person for table in each for person in table) == list(range(1, 17)) for each in mixed["rounds"])
    assert "two people" in refused(alone, "timetable", "mix", "1")
