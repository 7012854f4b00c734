"""What people send to a room: each parses its form, acts inside a transaction, and leads back to the room."""

from collections.abc import Awaitable, Callable
from inspect import signature
from typing import Any

from pydantic import BaseModel
from starlette.responses import Response

from app.consultation import forms
from app.consultation.actions import (
    asking,
    casting,
    closing,
    door,
    grouping,
    helping,
    moves,
    parking,
    picking,
    polling,
    practising,
    repairing,
    signing,
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


def choice(form: type[BaseModel], name: str, which: Callable[[Any], Callable[..., Awaitable[Any]]]) -> Act:
    """The handler of a form that stands for several acts: `which` says which one; it gets what it understands."""

    async def handle(visit: Visit) -> Response:
        sent = await visit.form(form)
        action = which(sent)
        words = {word: getattr(sent, word) for word in signature(action).parameters if word in dir(sent)}
        async with transaction() as session:
            await action(session, _room(visit), by=visit.me.id, now=visit.now, **words)
        return _back(visit)

    handle.__name__ = name
    return handle


CLOCK = {"pause": moves.pause, "resume": moves.resume}
set_clock = choice(forms.ClockTurn, "set_clock", lambda sent: CLOCK.get(sent.do, moves.add_time))
hand = choice(forms.Hand, "hand", lambda sent: moves.raise_hand if sent.up else moves.lower_hand)
lead = choice(forms.Lead, "lead", lambda sent: moves.take_over if sent.to is None else moves.hand_over)
sign = choice(forms.Signed, "sign", lambda sent: signing.give_sign)
# the lead marks a line as lost or found; without a name it is my own that is back
line = choice(forms.Who, "line", lambda sent: moves.be_back if sent.who is None else moves.mark_line_lost)


def _room(visit: Visit) -> int:
    room: int = visit.params["id"]
    return room


def _back(visit: Visit) -> Response:
    return visit.go(f"/rooms/{_room(visit)}")


acts: list[tuple[str, Act]] = [
    ("agreement", agree),
    ("promise", act(asking.promise)),
    ("questions", act(asking.ask_before, forms.Sentence, said=N_("Your question stands there."))),
    (
        "questions/{card:int}/answer",
        act(asking.answer_before, forms.AnsweredBefore, said=N_("Your answer stands there.")),
    ),
    ("parts", act(casting.give_part, forms.Part)),
    ("volunteers", act(casting.volunteer, forms.Volunteer)),
    ("picks", act(picking.pick, forms.Picked)),
    ("beginning", act(moves.begin)),
    ("phase", act(moves.advance_phase, forms.Leaving)),
    ("clock", set_clock),
    ("floor", act(moves.give_floor, forms.Floor)),
    ("turn", act(moves.finish_turn, forms.Turn)),
    ("round", act(moves.go_round_again, forms.Leaving)),
    ("hand", hand),
    ("signs", sign),
    ("group", act(repairing.move_people, forms.Going)),
    ("arrivals", act(repairing.take_in, forms.TakingIn)),
    ("order", act(moves.choose_order, forms.Order)),
    ("exception", act(moves.let_speak, forms.Who)),
    ("more-time", act(moves.ask_for_time)),
    ("typing", act(moves.show_typing, forms.Typing)),
    ("lead", lead),
    ("deputies", act(moves.name_deputy, forms.Deputy)),
    ("line", line),
    ("module", act(picking.choose_module, forms.Module)),
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
    ("parked", act(parking.park, forms.Sentence)),
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
