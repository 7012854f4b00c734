"""What a practice room shows besides: help, the hint of a dry run, the sample case to take, and the debrief at the end."""

from collections.abc import Collection
from typing import Any

from app.consultation.actions.practising import sample_key
from app.consultation.engine.method import said
from app.consultation.practice import debrief
from app.consultation.practice.drill import lasting
from app.consultation.practice.peers import sample_pieces
from app.consultation.practice.play import Played
from app.consultation.practice.scripts import Script, help_for, script
from app.consultation.queries import Sitting
from app.consultation.queries_seats import Somebody


def practice_values(here: Sitting, me: Somebody, *, lang: str, mine: Collection[str]) -> dict[str, Any]:
    """For the visitor's desk; `mine` are the keys of what they have written. Empty in every other room."""
    played = script(here.row.practice, here.row.lang)
    if played is None:
        return {"help": "", "hint": "", "sample": None}
    phase = here.room.step.phase if here.room.step else ""
    return {
        "help": help_for(here.row.practice, role=me.role, phase=phase, lang=lang),
        "hint": _hint(here, played, lang),
        "sample": _sample(here, played, mine) if me.seat_id in here.room.case_givers() else None,
    }


def debrief_values(here: Sitting, me: Somebody, *, lang: str, written: Collection[str]) -> dict[str, Any] | None:
    """For whoever has practised leading, once the room is closed; `written` are the decks in which something lies."""
    played = script(here.row.practice, here.row.lang)
    if played is None or here.room.state.closed is None or here.room.leads != me.seat_id:
        return None
    names = {seat.script: here.people[seat.id or 0].name for seat in here.seats if seat.script}
    met = debrief.disturbances(
        played, Played.from_json(here.row.played), names=names, closed=here.room.state.closed
    )  # fmt: skip
    return {
        "phases": [
            {"title": said(each.title, lang), "planned": _clock(each.planned), "took": _clock(each.took)}
            for each in debrief.phases(here.room)
        ],
        "empty": [] if here.row.emptied_at else [said(phase.title, lang) for phase in debrief.without_cards(here.room, written)],
        "met": [
            {"what": said(each.what, lang).format(name=each.who), "how": each.how, "took": _clock(each.took),
             "advice": said(each.advice, lang).format(name=each.who)}
            for each in met
        ],
    }  # fmt: skip


def _hint(here: Sitting, played: Script, lang: str) -> str:
    met = lasting(Played.from_json(here.row.played).met)
    if met is None:
        return ""
    each = played.drill[met.number]
    name = next((here.people[seat.id or 0].name for seat in here.seats if seat.script == each.who), "")
    return said(each.hint, lang).format(name=name)


def _sample(here: Sitting, played: Script, mine: Collection[str]) -> dict[str, Any] | None:
    """The next piece of the sample case that has not been taken in this phase."""
    for number, piece in enumerate(sample_pieces(played, here.room)):
        if sample_key(here, number) not in mine:
            return {"number": number, "text": piece.text}
    return None


def _clock(seconds: int) -> str:
    return f"{seconds // 60:02d}:{seconds % 60:02d}"
