"""What a good live programme keeps to, checked in sentences. Warnings: whoever plans may know better. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import time
from typing import Any

from app.core.words import N_

EARLIEST, LATEST = time(7), time(22)
LONGEST_BLOCK = 135
BREAK_AFTER = 60
LISTENING_AT_MOST = 25

FORMS = ("listening", "plenary", "groups", "break")
FORM_WORDS = {
    "listening": N_("Listening"),
    "plenary": N_("Everybody together"),
    "groups": N_("In groups"),
    "break": N_("Break"),
}


@dataclass(frozen=True)
class Warning:
    """A sentence for whoever plans; `values` fill its fields."""

    sentence: str
    values: dict[str, object] = field(default_factory=dict)


def block_warnings(minutes: int, agenda: Sequence[Mapping[str, Any]], *, starts: time) -> list[Warning]:
    """What to look at in one live block; without an agenda only its hours and its length can be judged."""
    found = []
    ends = starts.hour * 60 + starts.minute + minutes
    if starts < EARLIEST or ends > LATEST.hour * 60:
        found.append(
            Warning(N_("It lies at night where the event is planned. Choose an hour between 7 and 22 o’clock."))
        )
    if minutes > LONGEST_BLOCK:
        found.append(
            Warning(
                N_("This block lasts {minutes} minutes. More than {most} at a stretch tires everybody; split it."),
                {"minutes": minutes, "most": LONGEST_BLOCK},
            )
        )
    if not agenda:
        return found
    return [*found, *_sum(minutes, agenda), *_breaks(agenda), *_listening(agenda), *_groups(agenda)]


def _sum(minutes: int, agenda: Sequence[Mapping[str, Any]]) -> list[Warning]:
    total = sum(int(item["minutes"]) for item in agenda)
    sentence = N_("The parts add up to {total} minutes, the block has {minutes}.")
    return [Warning(sentence, {"total": total, "minutes": minutes})] if total != minutes else []


def _breaks(agenda: Sequence[Mapping[str, Any]]) -> list[Warning]:
    """Breaks stand between parts: a part that is itself longer than an hour holds its own pauses."""
    since = 0
    for item in agenda:
        if item["form"] == "break":
            since = 0
            continue
        if since > BREAK_AFTER:
            sentence = N_("Before “{title}” there is no break for {since} minutes. Put five minutes in after an hour.")
            return [Warning(sentence, {"title": item["title"], "since": since})]
        since += int(item["minutes"])
    return []


def _listening(agenda: Sequence[Mapping[str, Any]]) -> list[Warning]:
    longest = run = 0
    for item in agenda:
        run = run + int(item["minutes"]) if item["form"] == "listening" else 0
        longest = max(longest, run)
    sentence = N_("People listen for {longest} minutes in a row. After {most} something should happen with it.")
    return [Warning(sentence, {"longest": longest, "most": LISTENING_AT_MOST})] if longest > LISTENING_AT_MOST else []


def _groups(agenda: Sequence[Mapping[str, Any]]) -> list[Warning]:
    total = sum(int(item["minutes"]) for item in agenda if item["form"] != "break")
    groups = sum(int(item["minutes"]) for item in agenda if item["form"] == "groups")
    sentence = N_("Only {groups} of {total} minutes are in groups. At least half should be.")
    return [Warning(sentence, {"groups": groups, "total": total})] if groups * 2 < total else []
