"""Words and refusals of the forum. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.errors import Forbidden, Invalid, Refused
from app.core.text import MAX_LENGTH, folded
from app.core.words import N_

PAGE = 20
"""Posts on a page. Positions never change, so a post stays on its page for ever."""
THREADS = 20
"""Threads on a page of a space."""
UNDO = timedelta(hours=24)
"""How long what was deleted can be taken back."""
MARK_EVERY = timedelta(seconds=30)
"""A reader's mark moves at most this often while the page stays the same."""
VISIT = timedelta(minutes=30)
"""Who has not read for this long has left; the unread line stays where it is until then."""
THANKS_NAMED = 5
"""So many who thanked are named at the post; the rest stand on a page of its own."""
LONGEST_REASON = 200
MOST_LINKED = 50
"""So many posts of one summary are followed back to their authors."""


MOST_FILES = 10
"""So many pictures and files of one post."""
LONGEST_ALT = 500
WAITS_FOR_POST = timedelta(days=2)
"""So long a file waits for the post it was added to."""


class SpaceKind(StrEnum):
    EVENT = "event"
    THEME = "theme"
    GROUP = "group"


class ThreadKind(StrEnum):
    INTRODUCTION = "introduction"
    PRACTICE = "practice"
    CHALLENGE = "challenge"
    IDEA = "idea"
    QUESTION = "question"
    ANNOUNCEMENT = "announcement"
    TASK = "task"

    @property
    def words(self) -> str:
        return _KINDS[self][0]

    @property
    def icon(self) -> str:
        return _KINDS[self][1]


def usual_kind(key: str) -> ThreadKind:
    """What a thread most often is in the space with this key."""
    usual = {"introductions": ThreadKind.INTRODUCTION, "practices": ThreadKind.PRACTICE}
    return usual.get(key.rpartition(":")[2], ThreadKind.QUESTION)


_KINDS = {
    ThreadKind.INTRODUCTION: (N_("Introduction"), "me"),
    ThreadKind.PRACTICE: (N_("Good practice"), "city"),
    ThreadKind.CHALLENGE: (N_("Challenge"), "warn"),
    ThreadKind.IDEA: (N_("Idea"), "bulb"),
    ThreadKind.QUESTION: (N_("Question"), "help"),
    ThreadKind.ANNOUNCEMENT: (N_("Announcement"), "flag"),
    ThreadKind.TASK: (N_("Task"), "task"),
}
FOR_MODERATORS = frozenset({ThreadKind.ANNOUNCEMENT, ThreadKind.TASK})
ASKING = frozenset({ThreadKind.QUESTION, ThreadKind.CHALLENGE})


class PostKind(StrEnum):
    REPLY = "reply"
    WEAVING = "weaving"
    CARD = "card"
    RECORDING = "recording"


@dataclass(frozen=True)
class Standing:
    """What somebody may do where a thread lives: read it, write in it, look after it."""

    person_id: int | None
    reads: bool = False
    writes: bool = False
    moderates: bool = False


def check_start(kind: ThreadKind, standing: Standing) -> None:
    _check_writes(standing)
    if kind in FOR_MODERATORS and not standing.moderates:
        raise Forbidden(N_("Announcements and tasks come from the moderators. Start a question or an idea instead."))


def check_reply(kind: PostKind, standing: Standing, *, locked: bool) -> None:
    _check_writes(standing)
    if kind == PostKind.WEAVING:
        check_moderates(standing)
    if locked and not standing.moderates:
        raise Refused(N_("This thread is closed. You can go on in a new thread and link to this one."))


def check_edit(author_id: int | None, standing: Standing) -> None:
    _check_writes(standing)
    if author_id != standing.person_id:
        raise Forbidden(N_("Only the person who wrote this can change it. You can answer it instead."))


def check_look_after(author_id: int | None, standing: Standing) -> None:
    """To delete or to bring back: one's own things, or as a moderator anything."""
    _check_writes(standing)
    if author_id != standing.person_id and not standing.moderates:
        raise Forbidden(N_("Only the person who wrote this or a moderator can take it away."))


def check_undo(deleted_at: datetime, deleted_by: int | None, standing: Standing, *, now: datetime) -> None:
    if deleted_by != standing.person_id and not standing.moderates:
        raise Forbidden(N_("Only the person who took this away or a moderator can bring it back."))
    if now - deleted_at > UNDO:
        raise Refused(N_("This was taken away more than a day ago and cannot be brought back here. Ask a moderator."))


def check_translate(standing: Standing, *, stands: bool, same: bool, seen: int, there: int) -> None:
    """`seen`: the version that was before the translator's eyes; `there`: the one that stands now (0 for none)."""
    _check_writes(standing)
    if not stands:
        raise Refused(N_("This post was taken away meanwhile."))
    if same:
        raise Invalid({"lang": N_("The post itself is in this language. Please choose the one you translate into.")})
    if seen != there:
        raise Refused(
            N_("Somebody else has just translated this. Your text is still here: compare, then send it again.")
        )


def check_thanks(author_id: int | None, standing: Standing, *, stands: bool) -> None:
    """Whoever may read may thank; nobody thanks for what is gone, and nobody themselves."""
    if not stands:
        raise Refused(N_("This post was taken away meanwhile."))
    if author_id == standing.person_id:
        raise Refused(N_("These are your own words. Thanks come from the others."))


def check_move(*, public: bool, stays_public: bool) -> None:
    """Strangers may be reading a public thread at this moment, and search engines have it."""
    if public and not stays_public:
        raise Refused(N_("What was public stays public. Start a new thread in the closed space and link to this one."))


def check_merge(*, same: bool, over: bool, public: bool, stays_public: bool) -> None:
    """`over`: one of the two has been merged into another before."""
    if same:
        raise Invalid({"into": N_("This is the thread itself. Please choose another one.")})
    if over:
        raise Refused(N_("One of these threads is part of another one already. Please choose that one."))
    check_move(public=public, stays_public=stays_public)


def thread_named(address: str) -> int | None:
    """The thread that somebody means who writes its number or pastes its address."""
    found = re.fullmatch(r"(?:.*/threads/)?(\d{1,9})(?:[/?#].*)?", address.strip())
    return int(found[1]) if found else None


def check_closing(at: datetime | None, *, locked: bool, now: datetime) -> None:
    if at is not None and locked:
        raise Refused(N_("This thread is closed already. Open it again first."))
    if at is not None and at <= now:
        raise Invalid({"day": N_("This moment is over. Please choose a later one.")})


def check_moderates(standing: Standing) -> None:
    if not standing.moderates:
        raise Forbidden(N_("Only the moderators of this event can do this."))


def check_text(text: str, *, field: str = "text") -> None:
    if not text.strip():
        raise Invalid({field: N_("Please write a few words.")})
    if len(text) > MAX_LENGTH:
        raise Invalid({field: N_("This is longer than 20,000 characters. Please split it into two.")})


def check_adding(standing: Standing, *, locked: bool, there: int) -> None:
    check_reply(PostKind.REPLY, standing, locked=locked)
    if there >= MOST_FILES:
        raise Refused(N_("A post takes ten files at most. Send this one, then go on in the next."))


def check_described(alts: Mapping[str, str]) -> None:
    """`alts`: field → what is said there about a picture."""
    wanting = [field for field, alt in alts.items() if not alt.strip()]
    if wanting:
        sentence = N_("Please say in a sentence what the picture shows, for everybody who does not see it.")
        raise Invalid(dict.fromkeys(wanting, sentence))


def _check_writes(standing: Standing) -> None:
    if not standing.writes:
        raise Forbidden(N_("You can read here, but not write. If you should, ask a moderator of this event."))


def page_of(position: int) -> int:
    """The page on which the post at this position stands (1 is the first post)."""
    return max(0, position - 1) // PAGE + 1


def pages(last_position: int) -> int:
    return page_of(last_position)


def first_unread(read_up_to: int, last_position: int) -> int | None:
    """The position of the first post not read yet; None when everything is."""
    return read_up_to + 1 if read_up_to < last_position else None


@dataclass(frozen=True)
class Line:
    """The unread line: before the post after `position`; `since` is when the visit before ended."""

    position: int
    since: datetime | None

    @property
    def stands_before(self) -> int | None:
        """The position of the post below the line; None on a first visit, when nothing is new because all is."""
        return self.position + 1 if self.since is not None else None


def line(*, read_up_to: int, read_at: datetime | None, before: Line, now: datetime) -> Line:
    """The line for a look at `now`: a new one when the reader had left, otherwise the one of this visit."""
    if read_at is None:
        return Line(0, None)
    return Line(read_up_to, read_at) if now - read_at > VISIT else before


def is_mark_due(
    *, marked: int, marked_at: datetime | None, position: int, now: datetime, told: bool = False
) -> bool:  # fmt: skip
    """Is it time to write down that somebody has read up to `position`? A page turned is always written, and at once
    for who has been `told` of something that may stand there."""
    if position <= marked and marked_at is not None:
        return False
    return told or marked_at is None or page_of(position) != page_of(marked) or now - marked_at >= MARK_EVERY


def posts_linked(text: str) -> set[int]:
    """The posts whose permalinks stand in `text`, fifty at most."""
    found = dict.fromkeys(int(number) for number in re.findall(r"/posts/(\d{1,9})\b", text))
    return set(list(found)[:MOST_LINKED])


def mentioned(text: str, names: Mapping[int, str]) -> set[int]:
    """The people whose full name stands after an @ in `text`; the longest name wins where one begins like another."""
    found: set[int] = set()
    by_length = sorted(names.items(), key=lambda pair: -len(pair[1]))
    for place in re.finditer("@", text):
        rest = text[place.end() :].casefold()
        person = next((who for who, name in by_length if rest.startswith(name.casefold())), None)
        if person is not None:
            found.add(person)
    return found


NAMES_OFFERED = 8
LONGEST_BEGINNING = 40


def names_beginning(beginning: str, names: Mapping[int, tuple[str, str]]) -> list[tuple[str, str]]:
    """(name, where from) of the people one may mean who types `beginning` after an @: any part of the name begins so.

    Whose whole name begins so stands first; accents do not matter. Eight at most.
    """
    asked = folded(beginning.strip())
    if not asked:
        return []
    fits = [
        (not whole.startswith(asked), whole, person)
        for person in names.values()
        if (whole := folded(person[0])).startswith(asked) or f" {asked}" in whole
    ]
    return [person for _, _, person in sorted(fits)[:NAMES_OFFERED]]
