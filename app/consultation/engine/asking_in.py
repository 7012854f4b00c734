"""A small group asks whoever leads another room whether it takes them in. Pure.

Who schedules decides without asking, and where nobody is there to answer nobody is asked.
"""

from datetime import datetime, timedelta

from app.consultation.engine.repair import here as people_in
from app.consultation.engine.room import Room, check_led_by
from app.consultation.engine.state import Asking, Status
from app.core.errors import Refused
from app.core.words import N_

ANSWER = timedelta(minutes=2)


def can_answer(there: Room) -> bool:
    """Is somebody there who leads?"""
    return there.leads is not None and there.leads not in there.state.away and there.state.status is not Status.CLOSED


def ask(here: Room, there: Room, *, ids: tuple[int, int], now: datetime) -> tuple[Room, Room]:
    """Both rooms (`ids`: of the one that asks, of the other) after the question is put; one question at a time."""
    if is_open(there.state.asked, now=now) and there.state.asked and there.state.asked.room != ids[0]:
        raise Refused(N_("Another group is asking there. Wait for the answer, or choose another room."))
    if is_open(here.state.asks, now=now) and here.state.asks:
        if here.state.asks.room == ids[1]:
            return here, there
        raise Refused(N_("You have asked another room. Wait for its answer."))
    until, count = now + ANSWER, people_in(here)
    return here.but(asks=Asking(ids[1], until, count)), there.but(asked=Asking(ids[0], until, count))


def is_open(asking: Asking | None, *, now: datetime) -> bool:
    return asking is not None and now < asking.until


def check_answers(there: Room, person: int | None, *, of: int) -> bool:
    """Whoever leads answers; False where there is nothing to answer any more."""
    check_led_by(there, person)
    return there.state.asked is not None and there.state.asked.room == of


def settled(here: Room, there: Room, *, ids: tuple[int, int], declined: bool) -> tuple[Room, Room]:
    """Both rooms once the question is answered, or nobody has answered it."""
    if here.state.asks is not None and here.state.asks.room == ids[1]:
        declines = (*here.state.declined, ids[1]) if declined else here.state.declined
        here = here.but(asks=None, declined=declines)
    if there.state.asked is not None and there.state.asked.room == ids[0]:
        there = there.but(asked=None)
    return here, there
