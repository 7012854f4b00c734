"""The first start: what it says while packages come, and what it shows when they do not."""

import sys

import pytest

from scripts import bootstrap

COMES = "for n in range(8): print('Collecting package', n); print('noise')\nprint('Installing collected packages: all')"


def test_installing_says_in_a_few_lines_how_far_it_is(capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap.follow(8, sys.executable, "-c", COMES)
    assert capsys.readouterr().err.splitlines() == [
        "  2 of 8 packages fetched", "  4 of 8 packages fetched", "  6 of 8 packages fetched", "  8 of 8 packages fetched",
        "  all fetched; putting them in their places ...",
    ]  # fmt: skip


def test_installing_that_fails_shows_what_was_said_and_ends_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        bootstrap.follow(8, sys.executable, "-c", "print('No matching distribution'); raise SystemExit(3)")
    assert ended.value.code == 1
    assert "No matching distribution\nInstalling did not work" in capsys.readouterr().err
