"""Short surveys: three questions, once a person, a result for all that points at nobody. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.core.errors import Invalid, Refused
from app.core.words import N_

QUESTIONS = (
    N_("How useful is the event for your work so far?"),
    N_("How well can you take part, with your time and your line?"),
    N_("What should we do differently tomorrow?"),
)
"""Two on a scale, one in one's own words."""
SCALES = 2
STEPS = (N_("not at all"), N_("a little"), N_("partly"), N_("well"), N_("very much"))
ENOUGH = 5
"""A result of fewer people would point at some of them."""
LONGEST_QUESTION, LONGEST_ANSWER = 200, 300
SHORTEST, LONGEST = timedelta(hours=1), timedelta(days=14)


@dataclass(frozen=True)
class Sums:
    tallies: list[list[int]]
    texts: list[str]
    answers: int


def blank() -> list[list[int]]:
    return [[0] * len(STEPS) for _ in range(SCALES)]


def own_words(asked: Sequence[str], standard: Sequence[str]) -> list[str]:
    """The questions as they are kept: "" where somebody left the house's own words."""
    return ["" if words.strip() in {"", usual} else words.strip() for words, usual in zip(asked, standard, strict=True)]


def check_closing(opens: datetime, closes: datetime) -> None:
    if not SHORTEST <= closes - opens <= LONGEST:
        raise Invalid({"hours": N_("Between one hour and two weeks, please.")})


def check_open(closes_at: datetime, *, now: datetime) -> None:
    if now >= closes_at:
        raise Refused(N_("These questions are closed. You can read what came of them."))


def added(sums: Sums, steps: Sequence[int], text: str, *, place: int) -> Sums:
    """One answer more. `place`: a random one among the texts, so that their order tells nothing about people."""
    if len(steps) != SCALES or any(not 1 <= step <= len(STEPS) for step in steps):
        raise Invalid({"first": N_("Please choose a step for both questions.")})
    tallies = [[n + (at == step) for at, n in enumerate(row, 1)] for row, step in zip(sums.tallies, steps, strict=True)]
    texts = [*sums.texts[:place], text.strip(), *sums.texts[place:]] if text.strip() else sums.texts
    return Sums(tallies, texts, sums.answers + 1)


def is_shown(answers: int, closes_at: datetime, *, now: datetime) -> bool:
    """Only when nobody answers any more, and only of enough people: nothing can be told from how it grows."""
    return now >= closes_at and answers >= ENOUGH
