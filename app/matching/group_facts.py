"""What a group is like, whoever put it together: why it is good, and what could not be had. Pure."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from app.matching.groups import Somebody, working


@dataclass(frozen=True, slots=True)
class Facts:
    """Why a group is good, and what could not be had. `doubled`: countries several come from, and whether more people come
    from there than there are groups; `without`: who does not speak `language`; `hours`: at which all can; `shared`: topics
    of at least half."""

    size: int
    countries: int
    doubled: tuple[tuple[str, bool], ...]
    language: str
    without: tuple[int, ...]
    hours: int
    shared: tuple[str, ...]


def facts(
    groups: Sequence[Sequence[int]], people: Mapping[int, Somebody], *, languages: Collection[str] = ()
) -> list[Facts]:
    """One for each group, whether it was built or put together by hand."""
    everywhere = Counter(people[person].country for group in groups for person in group)
    known = working(people.values(), languages)
    return [_facts([people[person] for person in group], everywhere, len(groups), known) for group in groups]


def _facts(group: Sequence[Somebody], everywhere: Counter[str], groups: int, languages: Sequence[str]) -> Facts:
    here = Counter(each.country for each in group if each.country)
    doubled = tuple((country, everywhere[country] > groups) for country, many in sorted(here.items()) if many > 1)
    spoken = Counter({tongue: sum(tongue in each.languages for each in group) for tongue in languages})
    language = max(languages, key=lambda tongue: (spoken[tongue], tongue == "en"), default="")
    topics = Counter(topic for each in group for topic in each.topics)
    common = -1
    for each in group:
        common &= each.hours
    return Facts(
        size=len(group),
        countries=len(here),
        doubled=doubled,
        language=language,
        without=tuple(each.id for each in group if language not in each.languages),
        hours=common.bit_count() if group else 0,
        shared=tuple(sorted(topic for topic, many in topics.items() if many * 2 >= len(group) > 1)),
    )


def evenly(groups: Sequence[Sequence[int]], said: Mapping[int, str]) -> bool:
    """Whether what was said (person → word) lies as evenly over the groups as their number allows."""
    return all(
        max(counts) - min(counts) <= 1
        for word in {each for each in said.values() if each}
        for counts in [[sum(said.get(person) == word for person in group) for group in groups]]
        if counts
    )
