"""What people send to a room: each parses its form, acts inside a transaction, and leads back to the room."""

from collections.abc import Awaitable, Callable
from inspect import signature
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from app.consultation import forms
from app.consultation.actions import (
    asking,
    closing,
    door,
    grouping,
    helping,
    moves,
    parking,
    polling,
    practising,
    voting,
    writing,
)
from app.consultation.web.arriving import agree
from app.core.db import transaction
from app.core.pages import Visit
from app.core.words import N_

Act = Callable[[Visit], Awaitable[Response]]


def act(action: Callable[..., Awaitable[Any]], form: type[BaseModel] | None = None, *, said: str = "") -> Act:
    """The handler that hands the fields of `form` to `action` under their own names; a card in the address goes along.

    A form that says other words than its action understands stops the house from starting.
    """
    fields = set(form.model_fields) if form else set()
    unknown = fields - signature(action).parameters.keys()
    assert not unknown, f"{action.__name__} does not understand {unknown} of {form}"

    async def handle(visit: Visit) -> Response:
        sent = await visit.form(form) if form else None
        words = {name: getattr(sent, name) for name in fields}
        if "card" in visit.params:
            words["contribution_id"] = visit.params["card"]
        async with transaction() as session:
            await action(session, _room(visit), by=visit.me.id, now=visit.now, **words)
        return visit.go(f"/rooms/{_room(visit)}", said=said)

    handle.__name__ = action.__name__
    return handle


async def set_clock(visit: Visit) -> Response:
    form = await visit.form(forms.ClockTurn)
    room, me, now = _room(visit), visit.me.id, visit.now
    async with transaction() as session:
        if form.do == "pause":
            await moves.pause(session, room, by=me, now=now)
        elif form.do == "resume":
            await moves.resume(session, room, by=me, now=now)
        else:
            await moves.add_time(session, room, by=me, minutes=int(form.do[-1]), leaving=form.leaving, now=now)
    return _back(visit)


async def hand(visit: Visit) -> Response:
    form = await visit.form(forms.Hand)
    async with transaction() as session:
        if form.up:
            await moves.raise_hand(session, _room(visit), by=visit.me.id, now=visit.now)
        else:
            await moves.lower_hand(session, _room(visit), by=visit.me.id, whose=form.whose, now=visit.now)
    return _back(visit)


async def lead(visit: Visit) -> Response:
    form = await visit.form(forms.Lead)
    async with transaction() as session:
        if form.to is None:
            await moves.take_over(session, _room(visit), by=visit.me.id, now=visit.now)
        else:
            await moves.hand_over(session, _room(visit), by=visit.me.id, to=form.to, now=visit.now)
    return _back(visit)


async def line(visit: Visit) -> Response:
    """The lead marks a line as lost or found; without a name it is my own that is back."""
    form = await visit.form(forms.Who)
    async with transaction() as session:
        if form.who is None:
            await moves.line_found(session, _room(visit), person_id=visit.me.id, now=visit.now)
        else:
            await moves.mark_line_lost(session, _room(visit), by=visit.me.id, who=form.who, now=visit.now)
    return _back(visit)


def _room(visit: Visit) -> int:
    room: int = visit.params["id"]
    return room


def _back(visit: Visit) -> Response:
    return visit.go(f"/rooms/{_room(visit)}")


acts: list[tuple[str, Act]] = [
    ("agreement", agree),
    ("promise", act(asking.promise)),
    ("questions", act(asking.ask_before, forms.AskedBefore, said=N_("Your question stands there."))),
    (
        "questions/{card:int}/answer",
        act(asking.answer_before, forms.AnsweredBefore, said=N_("Your answer stands there.")),
    ),
    ("parts", act(moves.give_part, forms.Part)),
    ("beginning", act(moves.begin)),
    ("phase", act(moves.advance_phase, forms.Leaving)),
    ("clock", set_clock),
    ("floor", act(moves.give_floor, forms.Floor)),
    ("turn", act(moves.finish_turn, forms.Turn)),
    ("round", act(moves.go_round_again, forms.Leaving)),
    ("hand", hand),
    ("order", act(moves.choose_order, forms.Order)),
    ("exception", act(moves.let_speak, forms.Who)),
    ("more-time", act(moves.ask_for_time)),
    ("typing", act(moves.show_typing, forms.Typing)),
    ("lead", lead),
    ("deputies", act(moves.name_deputy, forms.Deputy)),
    ("line", line),
    ("module", act(moves.choose_module, forms.Module)),
    ("detour", act(moves.take_detour, forms.Detour)),
    ("reveal", act(moves.turn_up_cards, forms.Reveal)),
    ("lines", act(writing.say, forms.Said)),
    ("contributions", act(writing.write, forms.Written)),
    ("contributions/{card:int}/withdrawal", act(writing.take_back)),
    ("contributions/{card:int}/value", act(writing.value, forms.Value)),
    ("contributions/{card:int}/vote", act(voting.vote, forms.Vote)),
    ("groups", act(grouping.put_into_group, forms.Grouping)),
    ("silence", act(moves.write_first, forms.WriteFirst)),
    ("polls", act(polling.ask_room, forms.Asked)),
    ("polls/answer", act(polling.answer_poll, forms.Answered)),
    ("polls/end", act(polling.close_poll, forms.PollClosed)),
    ("parked", act(parking.park, forms.Parked)),
    ("ticked", act(parking.tick_off, forms.Ticked)),
    ("lock", act(door.lock, forms.Locked)),
    ("removal", act(door.ask_to_leave, forms.AskedToLeave)),
    ("return", act(door.let_in, forms.LetIn)),
    ("call", act(helping.call_help)),
    ("call/end", act(helping.end_help)),
    ("notes", act(writing.save_notes, forms.Notes)),
    ("release", act(closing.release, forms.Release, said=N_("Your decision is kept."))),
    ("closing", act(closing.close_room)),
    ("sample", act(practising.take_sample, forms.Sample)),
]
