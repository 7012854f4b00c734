"""What the forum's pages show, as values: no rows, so that a template cannot ask for more."""

from dataclasses import dataclass, field
from datetime import datetime

from app.forum import rules, rules_files
from app.forum.models import PostEdit, Space, Thread
from app.forum.rules import Line, PostKind, Standing, ThreadKind
from app.people.models import Person


@dataclass(frozen=True)
class By:
    """Who wrote something, as everybody may see it; the empty name is somebody whose account is gone."""

    id: int | None = None
    name: str = ""
    city: str = ""
    country: str = ""


def by(person: Person | None) -> By:
    return By() if person is None else By(person.id, person.name, person.city, person.country)


@dataclass(frozen=True)
class SpaceShown:
    """A space in the list: `fresh` threads hold something this person has not read."""

    space: Space
    threads: int
    fresh: int
    last_post_at: datetime | None


@dataclass(frozen=True)
class ThreadShown:
    """A thread in a list. `unread`: posts; `fresh`: the person has never opened it."""

    id: int
    kind: ThreadKind
    title: str
    lang: str
    by: By
    last_by: By
    last_post_at: datetime
    posts: int
    answers: int
    unread: int
    fresh: bool
    pinned: bool
    locked: bool
    wall: bool = False


@dataclass(frozen=True)
class Quoted:
    id: int
    thread_id: int
    name: str
    lang: str


@dataclass(frozen=True)
class Thank:
    """Somebody's thanks for a post, with their reason if they gave one."""

    person_id: int
    name: str
    reason: str


@dataclass(frozen=True)
class FileShown:
    """A picture or a file at a post. `widths`: the narrower sizes a picture is kept in."""

    id: int
    name: str
    type: str
    size: int
    alt: str
    width: int
    height: int
    widths: tuple[int, ...]
    role: str = ""

    @property
    def plays(self) -> bool:
        return self.role in rules_files.PLAYED

    @property
    def is_picture(self) -> bool:
        return self.width > 0

    @property
    def smallest(self) -> tuple[int, int]:
        """Of a picture: how wide and how high it is at its narrowest."""
        width = min([*self.widths, self.width])
        return width, max(1, round(self.height * width / self.width))

    @property
    def words(self) -> str:
        return rules_files.file_words(self.name)


@dataclass(frozen=True)
class TranslationShown:
    """A post in another language. `outdated`: the post says something else since."""

    lang: str
    html: str
    by: str
    at: datetime
    outdated: bool


@dataclass(frozen=True)
class PostShown:
    """A post as everybody sees it: no rights, no reader, no zone in it. `thanks`: the first few of `thanked`.

    What a moderator has hidden comes without its words, except where its author or a moderator looks at it.
    """

    id: int
    thread_id: int
    event_slug: str
    position: int
    version: int
    kind: PostKind
    title: str
    html: str
    lang: str
    by: By
    at: datetime
    edited: bool
    deleted: bool
    hidden: bool
    via: str
    quote: str
    quoted: Quoted | None
    country: str = ""
    thanked: int = 0
    thanks: tuple[Thank, ...] = ()
    files: tuple[FileShown, ...] = ()
    translations: tuple[TranslationShown, ...] = ()


@dataclass(frozen=True)
class ThreadOpen:
    """A thread opened by one person: its row, its space, what they may do, how far they have read."""

    thread: Thread
    space: Space
    by: By
    standing: Standing
    read_up_to: int
    read_at: datetime | None
    line: Line
    level: str | None


@dataclass(frozen=True)
class PostOpen:
    """A post by itself, with what somebody may do with it. `text`: as written, only for who may change it."""

    post: PostShown
    thread_title: str
    text: str
    edits: list[PostEdit]
    mine: bool
    moderates: bool
    writes: bool
    deleted_at: datetime | None
    by_me: bool
    worded: int
    hidden_why: str


@dataclass(frozen=True)
class Weave:
    """A weaving summary, to be jumped to."""

    id: int
    title: str
    position: int


@dataclass(frozen=True)
class Whereabouts:
    """Where a post or a thread is found, and who wrote it."""

    event_slug: str
    thread_id: int
    position: int
    author_id: int | None = None
    wall: bool = False


@dataclass(frozen=True)
class ThreadPage:
    """One page of a thread as one person sees it. `answering`: the post their reply will point to;
    `waiting`: the files they have added to a reply that is not sent yet; `splits`: threads that began with posts of
    this one (id, title).
    """

    opened: ThreadOpen
    posts: list[PostShown]
    weaves: list[Weave]
    number: int
    answering: PostShown | None
    waiting: list[FileShown] = field(default_factory=list)
    splits: list[tuple[int, str]] = field(default_factory=list)

    @property
    def thread(self) -> Thread:
        return self.opened.thread

    @property
    def kind(self) -> ThreadKind:
        return ThreadKind(self.thread.kind)

    def may_undo_split(self, now: datetime) -> bool:
        return self.thread.split_from is not None and now - self.thread.started_at <= rules.UNDO

    @property
    def pages(self) -> int:
        return rules.pages(self.thread.last_position)

    @property
    def first_shown(self) -> int:
        return (self.number - 1) * rules.PAGE + 1

    @property
    def last_shown(self) -> int:
        return min(self.number * rules.PAGE, self.thread.last_position)

    @property
    def first_unread(self) -> int | None:
        """Where reading goes on; None for strangers, who read nothing before, and for who has read everything."""
        if self.opened.standing.person_id is None or self.opened.read_at is None:
            return None
        return rules.first_unread(self.opened.read_up_to, self.thread.last_position)

    def line(self, now: datetime) -> Line:
        opened = self.opened
        return rules.line(read_up_to=opened.read_up_to, read_at=opened.read_at, before=opened.line, now=now)

    def is_mark_due(self, now: datetime, *, told: bool) -> bool:
        return rules.is_mark_due(
            marked=self.opened.read_up_to, marked_at=self.opened.read_at, position=self.last_shown, now=now, told=told
        )
