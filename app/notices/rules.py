"""What somebody hears about, how, and when. Pure."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.core import times
from app.core.words import N_
from app.events.days import is_working_day

GRACE = timedelta(minutes=10)
"""A letter about a post waits this long: whoever reads it on the page meanwhile gets none."""
MORNING = time(8)
LATEST = timedelta(hours=4)
"""A digest that cannot leave until noon is not sent; the next one says it all."""
AHEAD = timedelta(hours=7)
"""How far ahead digests are planned; longer than PLAN_EVERY, so that no morning falls between two plans."""
PLAN_EVERY = timedelta(hours=6)
LOOK_BACK = timedelta(days=7)
"""A first digest, or one after a long silence, looks back no further."""


class Level(StrEnum):
    """How much somebody wants to hear by mail about an event (or a thread)."""

    EVERY = "every"
    DAILY = "daily"
    NOTHING = "nothing"

    @property
    def words(self) -> str:
        return _LEVELS[self]

    @property
    def of_thread(self) -> str:
        return _OF_THREAD[self]

    @property
    def of_space(self) -> str:
        return _OF_SPACE[self]


_OF_THREAD = {
    Level.EVERY: N_("You hear about every post here."),
    Level.DAILY: N_("You hear about this thread in the letter of the morning."),
    Level.NOTHING: N_("You hear nothing about this thread, unless somebody mentions you."),
}
_OF_SPACE = {
    Level.EVERY: N_("You hear about every thread and every post in this space."),
    Level.DAILY: N_("You hear about this space in the letter of the morning."),
    Level.NOTHING: N_("You hear nothing about this space, unless somebody mentions you."),
}
_LEVELS = {
    Level.EVERY: N_("Every answer to me at once, and the letter of the morning"),
    Level.DAILY: N_("One letter in the morning of each working day"),
    Level.NOTHING: N_("No letters; I look here myself"),
}


class Kind(StrEnum):
    """Why somebody hears about something, the weakest reason first."""

    STEP = "step"
    SILENCE = "silence"
    CONCERN = "concern"
    SETTLED = "settled"
    HIDDEN = "hidden"
    POST = "post"
    THREAD = "thread"
    THANKS = "thanks"
    REPLY = "reply"
    ASKED = "asked"
    HELP = "help"
    MEND = "mend"
    FEW = "few"
    WENT = "went"
    CLOCKS = "clocks"
    SWAP = "swap"
    SWAPPED = "swapped"
    UNSWAPPED = "unswapped"
    NOTE = "note"
    ANNOUNCED = "announced"
    QUOTE = "quote"
    MENTION = "mention"

    @property
    def words(self) -> str:
        return _KINDS[self]


_KINDS = {
    Kind.STEP: N_("A step of your consultation is open, and you have not read it yet"),
    Kind.SILENCE: N_("Few have written in a step of your consultation; it has one day more"),
    Kind.CONCERN: N_("{name} asks the moderators to look at something"),
    Kind.SETTLED: N_("The moderators answer what you told them"),
    Kind.HIDDEN: N_("A moderator has hidden a post of yours"),
    Kind.POST: N_("{name} wrote in a thread you follow"),
    Kind.THREAD: N_("{name} began a thread in a space you follow"),
    Kind.THANKS: N_("{name} thanked you"),
    Kind.REPLY: N_("{name} answered you"),
    Kind.ASKED: N_("{name} asks whether you know an answer"),
    Kind.HELP: N_("A consultation calls for technical help"),
    Kind.MEND: N_("A session of the timetable cannot stay as it was announced"),
    Kind.FEW: N_("A consultation has too few people"),
    Kind.WENT: N_("The people of a small group have gone over into another room"),
    Kind.CLOCKS: N_("A country changes its clocks: sessions that were announced lie at another hour there"),
    Kind.SWAP: N_("{name} asks you to exchange your seats in two sessions"),
    Kind.SWAPPED: N_("{name} has exchanged seats with you"),
    Kind.UNSWAPPED: N_("Your seat stays as it was: nobody exchanges it with you this time"),
    Kind.NOTE: N_("{name} has written you a personal note"),
    Kind.ANNOUNCED: N_("{name} announces something to everybody"),
    Kind.QUOTE: N_("{name} quoted you"),
    Kind.MENTION: N_("{name} mentioned you"),
}


def nearest(thread_level: str, space_level: str) -> str:
    """What somebody said about the thread goes before what they said about its space; "" when they said nothing."""
    return thread_level or space_level


def wants_letter(kind: Kind, event_level: Level, nearer: str, *, now_or_never: bool = False) -> bool:
    """Does a letter leave for a single thing? What is said about thread or space (see `nearest`) goes before the event.

    `now_or_never`: the letter of the morning would come too late.

    Thanks ask for nothing: they wait for the morning. Exchanges of seats have letters of their own. Personal notes and announcements reach everybody who wants letters
    at all.
    """
    if kind in {Kind.NOTE, Kind.ANNOUNCED}:
        return event_level != Level.NOTHING
    if now_or_never:
        return Level(nearer or event_level) != Level.NOTHING
    without = {Kind.THANKS, Kind.SWAP, Kind.SWAPPED, Kind.UNSWAPPED}
    return kind not in without and Level(nearer or event_level) == Level.EVERY


def morning(day: date, zone: str) -> datetime:
    """The instant at which it is eight o'clock on `day` where the reader lives."""
    return times.wall(day, MORNING, zone)


def stamp(moment: datetime | None) -> int:
    """The version of somebody's notices: when one of them came or was read last, in milliseconds."""
    return round(moment.timestamp() * 1000) if moment is not None else 0


def next_morning(zone: str, *, off: Collection[str], now: datetime) -> datetime:
    """When the next letter of the morning comes to somebody there."""
    day = times.local(now, zone).date()
    while not is_working_day(day, off=off) or morning(day, zone) <= now:
        day += timedelta(days=1)
    return morning(day, zone)


def is_too_late(day: date, zone: str, *, now: datetime) -> bool:
    return now - morning(day, zone) > LATEST


def mornings_ahead(days: list[date], zone: str, *, now: datetime) -> list[date]:
    """Those of `days` whose morning in `zone` is near: from a moment ago (somebody was late) to a few hours ahead."""
    return [day for day in days if now - LATEST <= morning(day, zone) <= now + AHEAD]


def since(last_digest: datetime | None, *, now: datetime) -> datetime:
    """From when on things are news for this digest."""
    earliest = now - LOOK_BACK
    return max(last_digest, earliest) if last_digest is not None else earliest
