"""What people send to a room: each parses its form, acts inside a transaction, and leads back to the room."""

from collections.abc import Awaitable, Callable

from starlette.responses import Response

from app.consultation import forms
from app.consultation.actions import closing, moves, voting, writing
from app.core.db import transaction
from app.core.pages import Visit
from app.core.words import N_

Act = Callable[[Visit], Awaitable[Response]]


async def agree(visit: Visit) -> Response:
    async with transaction() as session:
        await moves.agree(session, _room(visit), by=visit.me.id, now=visit.now)
    return _back(visit)


async def give_part(visit: Visit) -> Response:
    form = await visit.form(forms.Part)
    async with transaction() as session:
        await moves.give_part(session, _room(visit), by=visit.me.id, to=form.to, role=form.role, now=visit.now)
    return _back(visit)


async def begin(visit: Visit) -> Response:
    async with transaction() as session:
        await moves.begin(session, _room(visit), by=visit.me.id, now=visit.now)
    return _back(visit)


async def move_on(visit: Visit) -> Response:
    form = await visit.form(forms.Leaving)
    async with transaction() as session:
        await moves.advance_phase(session, _room(visit), by=visit.me.id, leaving=form.leaving, now=visit.now)
    return _back(visit)


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


async def give_floor(visit: Visit) -> Response:
    form = await visit.form(forms.Floor)
    async with transaction() as session:
        await moves.give_floor(
            session, _room(visit), by=visit.me.id, to=form.to, instead_of=form.instead_of, now=visit.now
        )
    return _back(visit)


async def finish_turn(visit: Visit) -> Response:
    form = await visit.form(forms.Turn)
    async with transaction() as session:
        await moves.finish_turn(session, _room(visit), by=visit.me.id, speaker=form.speaker, now=visit.now)
    return _back(visit)


async def go_round(visit: Visit) -> Response:
    form = await visit.form(forms.Leaving)
    async with transaction() as session:
        await moves.go_round_again(session, _room(visit), by=visit.me.id, leaving=form.leaving, now=visit.now)
    return _back(visit)


async def hand(visit: Visit) -> Response:
    form = await visit.form(forms.Hand)
    async with transaction() as session:
        if form.up:
            await moves.raise_hand(session, _room(visit), by=visit.me.id, now=visit.now)
        else:
            await moves.lower_hand(session, _room(visit), by=visit.me.id, whose=form.whose, now=visit.now)
    return _back(visit)


async def order(visit: Visit) -> Response:
    form = await visit.form(forms.Order)
    async with transaction() as session:
        await moves.choose_order(session, _room(visit), by=visit.me.id, order=form.order, now=visit.now)
    return _back(visit)


async def exception(visit: Visit) -> Response:
    form = await visit.form(forms.Who)
    async with transaction() as session:
        await moves.let_speak(session, _room(visit), by=visit.me.id, who=form.who, now=visit.now)
    return _back(visit)


async def more_time(visit: Visit) -> Response:
    async with transaction() as session:
        await moves.ask_for_time(session, _room(visit), by=visit.me.id, now=visit.now)
    return _back(visit)


async def show_typing(visit: Visit) -> Response:
    form = await visit.form(forms.Typing)
    async with transaction() as session:
        await moves.show_typing(session, _room(visit), by=visit.me.id, on=form.on, now=visit.now)
    return _back(visit)


async def lead(visit: Visit) -> Response:
    form = await visit.form(forms.Lead)
    async with transaction() as session:
        if form.to is None:
            await moves.take_over(session, _room(visit), by=visit.me.id, now=visit.now)
        else:
            await moves.hand_over(session, _room(visit), by=visit.me.id, to=form.to, now=visit.now)
    return _back(visit)


async def deputy(visit: Visit) -> Response:
    form = await visit.form(forms.Deputy)
    async with transaction() as session:
        await moves.name_deputy(session, _room(visit), by=visit.me.id, who=form.who, now=visit.now)
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


async def module(visit: Visit) -> Response:
    form = await visit.form(forms.Module)
    async with transaction() as session:
        await moves.choose_module(session, _room(visit), by=visit.me.id, module=form.module, now=visit.now)
    return _back(visit)


async def detour(visit: Visit) -> Response:
    form = await visit.form(forms.Detour)
    async with transaction() as session:
        await moves.take_detour(
            session, _room(visit), by=visit.me.id, leaving=form.leaving, module=form.module, now=visit.now
        )
    return _back(visit)


async def reveal(visit: Visit) -> Response:
    form = await visit.form(forms.Reveal)
    async with transaction() as session:
        await moves.turn_up_cards(
            session, _room(visit), by=visit.me.id, deck=form.deck, leaving=form.leaving, now=visit.now
        )
    return _back(visit)


async def say(visit: Visit) -> Response:
    form = await visit.form(forms.Said)
    async with transaction() as session:
        await writing.say(session, _room(visit), by=visit.me.id, text=form.text, key=form.key, now=visit.now)
    return _back(visit)


async def write(visit: Visit) -> Response:
    form = await visit.form(forms.Written)
    async with transaction() as session:
        await writing.write(
            session, _room(visit), by=visit.me.id, deck=form.deck, text=form.text, kind=form.kind, due=form.due,
            key=form.key, now=visit.now,
        )  # fmt: skip
    return _back(visit)


async def take_back(visit: Visit) -> Response:
    async with transaction() as session:
        await writing.take_back(
            session, _room(visit), by=visit.me.id, contribution_id=visit.params["card"], now=visit.now
        )
    return _back(visit)


async def value(visit: Visit) -> Response:
    form = await visit.form(forms.Value)
    async with transaction() as session:
        await writing.value(
            session, _room(visit), by=visit.me.id, contribution_id=visit.params["card"], keeps=form.keeps, now=visit.now
        )
    return _back(visit)


async def vote(visit: Visit) -> Response:
    form = await visit.form(forms.Vote)
    async with transaction() as session:
        await voting.vote(
            session, _room(visit), by=visit.me.id, contribution_id=visit.params["card"], on=form.on, now=visit.now
        )
    return _back(visit)


async def save_notes(visit: Visit) -> Response:
    form = await visit.form(forms.Notes)
    async with transaction() as session:
        await writing.save_notes(session, _room(visit), by=visit.me.id, text=form.text, now=visit.now)
    return _back(visit)


async def release(visit: Visit) -> Response:
    form = await visit.form(forms.Release)
    async with transaction() as session:
        await closing.release(session, _room(visit), by=visit.me.id, chosen=form.chosen, city=form.city, now=visit.now)
    return visit.go(f"/rooms/{_room(visit)}", said=N_("Your decision is kept."))


async def close(visit: Visit) -> Response:
    async with transaction() as session:
        await closing.close_room(session, _room(visit), by=visit.me.id, now=visit.now)
    return _back(visit)


def _room(visit: Visit) -> int:
    room: int = visit.params["id"]
    return room


def _back(visit: Visit) -> Response:
    return visit.go(f"/rooms/{_room(visit)}")


acts: list[tuple[str, Act]] = [
    ("agreement", agree),
    ("parts", give_part),
    ("beginning", begin),
    ("phase", move_on),
    ("clock", set_clock),
    ("floor", give_floor),
    ("turn", finish_turn),
    ("round", go_round),
    ("hand", hand),
    ("order", order),
    ("exception", exception),
    ("more-time", more_time),
    ("typing", show_typing),
    ("lead", lead),
    ("deputies", deputy),
    ("line", line),
    ("module", module),
    ("detour", detour),
    ("reveal", reveal),
    ("lines", say),
    ("contributions", write),
    ("contributions/{card:int}/withdrawal", take_back),
    ("contributions/{card:int}/value", value),
    ("contributions/{card:int}/vote", vote),
    ("notes", save_notes),
    ("release", release),
    ("closing", close),
]
