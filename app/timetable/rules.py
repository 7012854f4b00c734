"""Words of the timetable and its refusals."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.consultation.engine.method import Method
from app.core.errors import Invalid, Refused
from app.core.times import wall
from app.core.words import N_
from app.events.days import is_working_day
from app.timetable.problem import Can, Marks, hour_key

MINUTES = 90
METHOD = "kollegiale_beratung_six_phases"
REMIND = timedelta(minutes=15)
REMIND_EARLY = timedelta(days=1)
FIRST_HOUR, LAST_HOUR = 6, 22  # by day; nobody is asked about the night, it counts as impossible for all


def fits_a_session(method: Method) -> bool:
    """Whether a case can be brought to one session of this method: live, in one room, within the usual length."""
    minutes = sum(phase.seconds for phase in method.phases) // 60
    brings = any(role.case for role in method.roles)
    return not method.written and method.single_room and brings and method.rounds == 1 and minutes <= MINUTES


def advisers_of(method: Method) -> tuple[int, int]:
    """How many people it takes beside whoever brings the case and whoever leads: least, most."""
    return max(1, method.least - 2), max(1, method.most - 2)


class PlanState(StrEnum):
    """WHAT_IF: tried beside the draft; its number is below zero, and nobody is ever told of it."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WHAT_IF = "what_if"


class ProposalState(StrEnum):
    """What the planner is doing: `done` is taken into the draft, `late` is not because the draft had changed."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    LATE = "late"
    FAILED = "failed"

    @property
    def over(self) -> bool:
        return self in {ProposalState.DONE, ProposalState.LATE, ProposalState.FAILED}


class Answer(StrEnum):
    """What somebody says of a session they were told of. Silence is an empty string."""

    YES = "yes"
    NO = "no"
    OTHER = "other"


def check_window(
    *, day: date, begins: time, ends: time, zone: str, minutes: int, first: date, last: date, now: datetime
) -> None:
    """Refuses a window outside the event, one into which no session fits, and one that is over."""
    if not first <= day <= last:
        raise Invalid({"day": N_("This day is outside the event. Choose one of its days.")})
    length = (ends.hour - begins.hour) * 60 + ends.minute - begins.minute
    if ends <= begins:
        length += 24 * 60
    if length < minutes:
        raise Invalid({"ends": N_("No session fits into this window. Let it end later, or make the sessions shorter.")})
    if length > 16 * 60:
        raise Invalid({"ends": N_("A window is at most 16 hours long. Please check its end.")})
    if wall(day, begins, zone) + timedelta(minutes=length - minutes) <= now:
        raise Invalid(
            {"day": N_("This window is in the past: no session could begin in it any more. Choose a later one.")}
        )


class EditKind(StrEnum):
    """What somebody did to the draft; PLAN: the planner's proposal was taken, for whoever had asked for it; SWAP: two
    people exchanged their seats in the published plan, so the draft goes on from there; LEFT: somebody has left."""

    MOVE = "move"
    LOCK = "lock"
    UNLOCK = "unlock"
    OUT = "out"
    PLAN = "plan"
    UNDO = "undo"
    SWAP = "swap"
    LEFT = "left"


WHAT_IFS = 6  # plans tried beside the draft at a time
EDITS_KEPT = 40  # changes of one draft that can be read and, the latest first, taken back


def check_edition(edition: int, *, seen: int) -> None:
    if edition != seen:
        raise Refused(
            N_("Somebody else has changed the draft since you opened this page. Look at it again, then decide."),
        )


def check_not_begun(starts_at: datetime, *, now: datetime) -> None:
    if starts_at <= now:
        raise Refused(N_("This session has already begun, so its time stays. Plan a second one if it is needed."))


def marks_from(impossible: list[str], if_need_be: list[str], *, days: list[date]) -> dict[str, str]:
    """What the form says, kept to hours that were asked; an hour marked twice is impossible."""
    asked = {hour_key(day, hour) for day in days for hour in range(FIRST_HOUR, LAST_HOUR)}
    marks = dict.fromkeys(sorted(set(if_need_be) & asked), Can.IF_NEED_BE.value)
    return marks | dict.fromkeys(sorted(set(impossible) & asked), Can.IMPOSSIBLE.value)


def whole_days(days: Iterable[date]) -> dict[str, str]:
    """Nothing is possible on these days."""
    return {hour_key(day, hour): Can.IMPOSSIBLE.value for day in days for hour in range(FIRST_HOUR, LAST_HOUR)}


def copied_to_later_weeks(marks: Marks, *, days: list[date]) -> dict[str, str]:
    """The first week's marks for the same weekdays of every later week; what later weeks said of them is replaced.

    A week of which only some days are left goes for those weekdays alone."""
    if not days:
        return {}
    monday = days[0] - timedelta(days=days[0].weekday())
    first = [day for day in days if day - monday < timedelta(days=7)]
    pattern = {
        (day.weekday(), hour): marks[hour_key(day, hour)]
        for day in first
        for hour in range(24)
        if hour_key(day, hour) in marks
    }
    goes_for = {day.weekday() for day in first}
    return {
        hour_key(day, hour): str(said)
        for day in days
        for hour in range(24)
        if (said := pattern.get((day.weekday(), hour)) if day.weekday() in goes_for else marks.get(hour_key(day, hour)))
    }


def asked_days(first: date, last: date, *, also: Collection[date], off: Collection[str] = ()) -> list[date]:
    """Working days of the event, and any other day on which somebody has opened a window."""
    days = [first + timedelta(days=passed) for passed in range((last - first).days + 1)]
    return [day for day in days if is_working_day(day, off=off) or day in also]


def days_ahead(days: Iterable[date], *, today: date) -> list[date]:
    """The days about which it still makes sense to ask."""
    return [day for day in days if day >= today]


def of_days_over(marks: Mapping[str, str], *, today: date) -> dict[str, str]:
    """What was said of days that are not asked about any more."""
    return {key: said for key, said in marks.items() if key < hour_key(today, 0)}
