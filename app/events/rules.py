"""Words of the field: kinds of events, roles of people in them, and what is refused."""

import re
from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from app.core.errors import Invalid, Refused
from app.core.latin import in_latin
from app.core.words import N_
from app.events.days import is_working_day


class Kind(StrEnum):
    DIALOGUE_EVENT = "dialogue_event"
    PLANNING_WORKSHOP = "planning_workshop"
    ROUND_TABLE = "round_table"
    REGIONAL_CONFERENCE = "regional_conference"
    PRACTITIONER_WORKSHOP = "practitioner_workshop"
    WEBINAR = "webinar"


KIND_WORDS = {
    Kind.DIALOGUE_EVENT: N_("Dialogue event"),
    Kind.PLANNING_WORKSHOP: N_("Planning workshop"),
    Kind.ROUND_TABLE: N_("Round table"),
    Kind.REGIONAL_CONFERENCE: N_("Regional conference"),
    Kind.PRACTITIONER_WORKSHOP: N_("Practitioner workshop"),
    Kind.WEBINAR: N_("Webinar"),
}


class Mode(StrEnum):
    VIRTUAL = "virtual"
    ON_SITE = "on_site"
    BOTH = "both"


MODE_WORDS = {
    Mode.VIRTUAL: N_("Online; a phone is enough"),
    Mode.ON_SITE: N_("On site"),
    Mode.BOTH: N_("On site and online"),
}


class State(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    ARCHIVED = "archived"


STATE_WORDS = {State.DRAFT: N_("Draft"), State.PUBLISHED: N_("Published"), State.ARCHIVED: N_("Archived")}


class Role(StrEnum):
    """What somebody is in one event; one person may be several things."""

    MANAGER = "manager"
    COORDINATOR = "coordinator"
    LEAD_MODERATOR = "lead_moderator"
    MODERATOR = "moderator"
    HOST = "host"
    TECHNICAL_HOST = "technical_host"
    DOCUMENTATION = "documentation"
    INTERPRETER = "interpreter"
    KEYNOTE = "keynote"
    EXPERT = "expert"
    FUNDER = "funder"
    PRACTITIONER = "practitioner"
    OBSERVER = "observer"
    ASSISTANT = "assistant"


ROLE_WORDS = {
    Role.MANAGER: N_("Event manager"),
    Role.COORDINATOR: N_("Regional coordinator"),
    Role.LEAD_MODERATOR: N_("Lead moderator"),
    Role.MODERATOR: N_("Moderator"),
    Role.HOST: N_("Host"),
    Role.TECHNICAL_HOST: N_("Technical host"),
    Role.DOCUMENTATION: N_("Documentation"),
    Role.INTERPRETER: N_("Interpreter"),
    Role.KEYNOTE: N_("Speaker"),
    Role.EXPERT: N_("Expert"),
    Role.FUNDER: N_("Funder"),
    Role.PRACTITIONER: N_("Participant"),
    Role.OBSERVER: N_("Observer"),
    Role.ASSISTANT: N_("Assistant"),
}

ORGANISER_WORDS = {
    "host": N_("Host"),
    "organiser": N_("Organised by"),
    "partner": N_("Together with"),
    "funder": N_("Funded by"),
}

STAFF = frozenset(
    {Role.MANAGER, Role.COORDINATOR, Role.LEAD_MODERATOR, Role.MODERATOR, Role.TECHNICAL_HOST, Role.ASSISTANT}
)
PLANNERS = frozenset({Role.MANAGER, Role.COORDINATOR})
MODERATORS = frozenset({Role.MANAGER, Role.LEAD_MODERATOR, Role.MODERATOR})
HELPERS = MODERATORS | {Role.TECHNICAL_HOST}  # who comes when something technical does not work
ADVISING = MODERATORS | {Role.COORDINATOR, Role.EXPERT}  # who may open office hours
LETTERS_OF_PLANNERS = ("timetable/changes", "timetable/reminder", "timetable/swap")
"""The kinds of letters that follow from a plan: working title, hours and parts. Whoever publishes it sees them."""
CONSULTING = frozenset({Role.PRACTITIONER, Role.EXPERT, Role.MODERATOR, Role.LEAD_MODERATOR})


def letters_seen(roles: frozenset[str]) -> tuple[str, ...]:
    """The kinds of an event's letters that somebody with these roles sees in its outbox; empty: every kind."""
    return () if Role.MANAGER in roles else LETTERS_OF_PLANNERS


def said(row: Any, field: str, lang: str) -> str:
    """`row`'s words in `field` in this language, else as they were written."""
    if isinstance(row, dict):
        return str(row.get("texts", {}).get(lang, {}).get(field, "") or row[field])
    return str(row.texts.get(lang, {}).get(field, "") or getattr(row, field))


def as_roles(names: Iterable[str]) -> frozenset[Role]:
    """The roles with these names; raises Invalid(roles=…) when there is none or an unknown one."""
    known = {role.value for role in Role}
    wanted = [name for name in names if name]
    if not wanted or any(name not in known for name in wanted):
        raise Invalid({"roles": N_("Please choose at least one role from the list.")})
    return frozenset(Role(name) for name in wanted)


def check_dates(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Invalid({"ends_on": N_("The last day is before the first one.")})
    if (ends_on - starts_on).days > 60:
        raise Invalid({"ends_on": N_("An event may last up to 60 days. Please choose an earlier last day.")})


def check_fits(days: int, *, last: int) -> None:
    """An event is never shorter than its programme: what stands on a later day would be lost from sight."""
    if days < last:
        sentence = N_(
            "These dates have {days} working days, and the programme goes on until day {last}. Move what is later first."
        )
        raise Invalid({"ends_on": sentence}, days=days, last=last)


def check_holds(days: int, *, template: int) -> None:
    """A new event has room for all its template brings."""
    if days < template:
        sentence = N_(
            "These dates have {days} working days, and the template has {last}. Choose a later last day, or leave it empty."
        )
        raise Invalid({"ends_on": sentence}, days=days, last=template)


def check_throws_away(state: str, *, others: bool) -> None:
    if state != State.DRAFT or others:
        raise Refused(N_("This stays: it is no draft any more, or somebody else takes part or was asked."))


def check_not_past(starts_on: date, *, today: date) -> None:
    """For an event that is planned: its first day is a working day ahead. `today` is the day in the event's zone."""
    if not is_working_day(starts_on):
        sentence = N_(
            "This is a Saturday or Sunday, and the programme has working days. Please choose one from Monday to Friday."
        )
        raise Invalid({"starts_on": sentence})
    if starts_on < today:
        raise Invalid({"starts_on": N_("This day is over. Please choose a first day from today on.")})


def check_keeps_manager(managers: Collection[int], *, person_id: int, roles: Collection[str]) -> None:
    """An event is never left without somebody who runs it."""
    if set(managers) == {person_id} and Role.MANAGER not in roles:
        raise Refused(
            N_("This is the only event manager. Make somebody else event manager first, then take the role away.")
        )


def check_publishable(*, state: str, blocks: int, tasks: int) -> None:
    if state == State.ARCHIVED:
        raise Refused(N_("This event is archived. Take it back from the archive first."))
    if not blocks + tasks:
        raise Refused(N_("The programme is still empty. Add a live block or a task, then publish."))


def slug_for(title: str) -> str:
    """What stands in the address: `Rain in the Street` → `rain-in-the-street`; `event` when no letter is left."""
    return re.sub(r"[^a-z0-9]+", "-", in_latin(title)).strip("-")[:60].rstrip("-") or "event"
