"""The kinds of entries in the demonstration's files. What a field means stands at the top of the file it comes from.

Unknown fields are refused, so that a slip of the pen is found when the file is read and not when somebody looks for the
missing text.
"""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from app.events.rules import Role

Words = dict[str, str]  # one text per language

Kind = Literal["municipality", "municipal_company", "association", "ministry", "university", "donor", "organiser"]
Offer = Literal["call", "documents", "visit", "peer_adviser", "expert_mission"]
Wall = Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)


class Organisation(Entry):
    key: str
    name: str
    kind: Kind
    city: str
    country: str


class Person(Entry):
    key: str
    name: str
    org: str
    job: str
    city: str
    country: str
    zone: str
    languages: list[str]
    interface: str
    roles: list[Role]
    knows: list[str]
    wants: list[str]
    about: str
    lang: str = "en"
    line: Literal["good", "weak", "phone"]
    group: str = ""
    region: str = ""
    door: str = ""

    @property
    def email(self) -> str:
        return f"{self.key}@example.org"


class Practice(Entry):
    key: str
    title: str = Field(max_length=120)
    author: str
    theme: str
    topics: list[str]
    sdgs: list[int]
    day: int
    at: str = Wall
    lang: str = "en"
    summary: str
    context: str
    objective: str
    solution: str
    innovation: str
    actors: str
    since: int
    status: Literal["pilot", "running", "completed", "stopped"]
    cost_order: Literal["<50k", "50-250k", "250k-1m", "1-10m", ">10m", "unknown"]
    financing: str
    results: str
    obstacles: str
    success_factors: str
    transfer: str
    offer: list[Offer]
    licence: Literal["CC-BY-4.0", "CC-BY-SA-4.0", "all_rights_event_only"]
    visibility: Literal["event", "network", "public"]


class Challenge(Entry):
    key: str
    title: str = Field(max_length=120)
    author: str
    theme: str
    topics: list[str]
    lang: str
    day: int
    at: str = Wall
    public: str
    situation: str
    affected: str
    tried: str
    obstacle: str
    own_role: str
    key_question: str = Field(max_length=200)
    wished_peers: list[str]
    confidential: Literal["group_only", "event", "network"]
    mode: list[Literal["live", "written"]]


class Segment(Entry):
    key: str
    en: str
    de: str
    ar: str
    countries: list[str]
    contact: str
    state: Literal["open", "closed"]
    says: Words


class Group(Entry):
    key: str
    name: str
    de: str
    ar: str
    facilitator: str


class Task(Entry):
    """Which thread a task of the programme belongs to."""

    day: int
    title: str
    thread: str


class Event(Entry):
    key: str
    kind: str
    template: str
    mode: str
    zone: str
    working_languages: list[str] = ["en"]
    countries: list[str] = []
    region_set: str = ""
    starts_after_working_days: int = 0
    title: Words
    summary: Words
    description: Words = {}


class Organiser(Entry):
    role: Literal["organiser", "partner", "funder", "host"]
    en: str
    de: str
    ar: str


class Topic(Entry):
    key: str
    en: str
    de: str


class Thanks(Entry):
    by: str
    reason: str


class Translated(Entry):
    """A post in another language, by somebody of the event."""

    by: str
    lang: str
    text: str


class Post(Entry):
    by: str
    day: int
    at: str = Wall
    text: str
    key: str = ""
    to: str = ""
    lang: str = "en"
    via: Literal["", "mail"] = ""
    thanks: list[Thanks] = []
    translations: list[Translated] = []
    weaving: bool = False
    title: str = ""
    quotes: list[str] = []
    card: str = ""
    recording: str = ""
    picture: str = ""
    alt: str = ""


class Thread(Entry):
    """A thread about a sheet takes key, kind, title, author, day and time from the sheet."""

    key: str
    kind: Literal["introduction", "practice", "challenge", "idea", "question", "announcement", "task"]
    title: str
    by: str
    day: int
    at: str = Wall
    lang: str = "en"
    text: str
    pinned: bool = False
    wall: bool = False
    practice: str = ""
    challenge: str = ""
    posts: list[Post] = []


class Space(Entry):
    key: str
    audience: str
    name: Words
    about: Words


class Circle(Entry):
    space: Space
    threads: list[Thread]


class EventFile(Entry):
    event: Event
    organisers: list[Organiser]
    segments: list[Segment]
    groups: list[Group]
    topics: list[Topic]
    tasks: list[Task]
    successor: Event


class PeopleFile(Entry):
    organisations: list[Organisation]
    people: list[Person]


class AddedPhase(Entry):
    """A phase that was put behind the phase `after`, with one card each."""

    after: str
    title: Words
    prompt: Words
    minutes: int
    floor: str
    output: Words


class Announced(Entry):
    key: str
    by: str
    day: int
    at: str
    released_by: str = ""
    lang: str
    title: str
    text: str
    texts: dict[str, dict[str, str]] = {}


class Issue(Entry):
    key: str
    by: str
    day: int
    at: str
    released: bool
    lang: str
    title: str
    text: str
    texts: dict[str, dict[str, str]] = {}


class Asked(Entry):
    """A short survey; `steps`: what each person chose for the two questions on the scale."""

    key: str
    by: str
    day: int
    at: str
    hours: int
    questions: list[str]
    lang: str
    steps: list[list[int]]
    texts: list[str] = []


class OwnMethod(Entry):
    """A copy of the method `original`, adapted by a moderator."""

    key: str
    original: str
    by: str
    title: Words
    least: int
    most: int
    phases: list[AddedPhase]
