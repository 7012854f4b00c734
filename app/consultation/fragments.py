"""What pages and pushes of a room show. `room_values` is the same for every reader; `desk_values` is one person's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine import clock
from app.consultation.engine.contributing import LINE
from app.consultation.engine.method import Kind, said
from app.consultation.engine.picks import is_pick
from app.consultation.engine.polls import shown_poll
from app.consultation.engine.room import Room
from app.consultation.engine.sight import Card, is_named
from app.consultation.engine.signs import NAMES, counted
from app.consultation.engine.state import Status, Still
from app.consultation.engine.still import ends_at
from app.consultation.engine.touched import (
    ASKED,
    CLOCK,
    DOWN,
    GROUPS,
    HELP,
    MESSAGE,
    ORDER,
    PARKED,
    PHASES,
    PICKS,
    POLL,
    QUESTION,
    SIGNS,
    STATUS,
)
from app.consultation.engine.votes import is_vote, tally
from app.consultation.models import Contribution
from app.consultation.picked import results_of
from app.consultation.queries import (
    ASIDE,
    BEFORE,
    DONE,
    GROUP,
    PARK,
    Sitting,
    count_parked,
    face_down,
    key_question,
    name_of,
    open_contributions,
    sitting,
)
from app.consultation.queries_before import asked_before
from app.consultation.queries_messages import standing_message
from app.consultation.seats import order_of_speaking
from app.core.render import render

PARTS = (STATUS, PHASES, CLOCK, QUESTION, ORDER, DOWN, GROUPS, PARKED, POLL, PICKS, SIGNS, HELP, MESSAGE, ASKED)
ICONS = {"experience": "city", "idea": "bulb", "warning": "warn"}


async def room_news(session: AsyncSession, room_id: int, *, after: int, lang: str, now: datetime) -> tuple[int, str]:
    """(version, HTML of everything that changed in the room after version `after`): equal for all who may follow it."""
    here = await sitting(session, room_id)
    values = await room_values(session, here, lang=lang, now=now, after=after)
    return here.row.version, render("consultation/_changes.html", lang=lang, **values)


async def room_values(
    session: AsyncSession, here: Sitting, *, lang: str, now: datetime, after: int = 0
) -> dict[str, Any]:
    """Values of the shared parts; `changed` names those that differ since version `after`."""
    written = await open_contributions(session, here.id, after=after)
    question = await key_question(session, here)
    lying = [row for row in written if row.deck == BEFORE]
    changed = {part for part in PARTS if after == 0 or here.row.marks.get(part, 0) > after}
    return {
        "here": here.row,
        "changed": changed,
        "status": "written" if here.room.running and here.room.written else here.row.status,
        "phases": _phases(here.room, lang),
        "clock": _clock(here.room, now=now),
        "question": question and question.text,
        "prompt": said(here.room.phase.prompt, lang) if here.room.phase else "",
        "module": _module(here.room, lang),
        "poll": _poll(here.room),
        "message": await standing_message(session, here.row.event_id, now=now) if MESSAGE in changed else None,
        "signs": [(sign, NAMES[sign], count) for sign, count in counted(here.room)],
        "order": order_of_speaking(here),
        "support": {"called": here.row.help_at, "helper": await name_of(session, here.row.helper_id)}
        if HELP in changed and here.row.help_at
        else None,
        "ranking": await ranking_of(session, here) if changed & {PHASES, GROUPS} else [],
        "picked": await results_of(session, here, lang) if changed & {PHASES, PICKS, DOWN} else [],
        "lines": [_line(here, row) for row in written if row.deck == LINE],
        "parked": [_parked(here, row) for row in written if row.deck == PARK],
        "parked_open": await count_parked(session, here.id) if PARKED in changed else 0,
        "asked": [
            asked_card(here, row)
            for row in (lying if after == 0 else await asked_before(session, here.id) if ASKED in changed else [])
        ],
        "groups": [_group(row) for row in written if row.deck == GROUP],
        "cards": [_card(here, row, lang) for row in written if _is_card(here.room, row)],
        "down": len([row for row in await face_down(session, here.id) if _counts(here.room, row)]),
    }


def _phases(room: Room, lang: str) -> list[dict[str, Any]]:
    """The plan as a line of steps; before the first phase the method's own phases."""
    now = room.state.step if room.running else len(room.state.plan) if room.state.plan else -1
    steps = [(room.phase_of(step), step.seconds) for step in room.state.plan]
    steps = steps or [(phase, phase.seconds) for phase in room.method.phases]
    return [
        {
            "number": number + 1, "title": said(phase.title, lang), "minutes": seconds // 60, "days": phase.days,
            "state": "done" if number < now else "current" if number == now else "",
        }
        for number, (phase, seconds) in enumerate(steps)
    ]  # fmt: skip


def _clock(room: Room, *, now: datetime) -> dict[str, Any] | None:
    state, still = room.state.clock, room.state.still
    if state is None or not room.running:
        return None
    turn = None if still else clock.turn_left(room, now=now)
    return {
        "total": state.seconds,
        "turn": turn if turn is None else max(0, round(turn)),
        "left": max(0, round(clock.remaining(state, now=now))),
        "ends": clock.ends_at(state, now=now),
        "waits": state.waits_for is not None,
        "over": clock.meeting_over_at(room, now=now) if state.waits_for is not None else None,
        "still": still and _still(still, now=now),
    }


def _still(still: Still, *, now: datetime) -> dict[str, Any]:
    ends = ends_at(still)
    return {"total": still.seconds, "left": max(0, round((ends - now).total_seconds())), "ends": ends}


def _module(room: Room, lang: str) -> dict[str, str] | None:
    module = room.module or (room.method.module(room.state.module) if room.running else None)
    if module is None:
        return None
    return {name: said(words, lang) for name, words in
            (("title", module.title), ("rule", module.rule), ("starter", module.starter))}  # fmt: skip


def _is_card(room: Room, row: Contribution) -> bool:
    """Everything written but lines, and the questions, which have their own place."""
    output = room.method.output(row.deck)
    if is_vote(output) or is_pick(output):
        return False
    return row.deck not in ASIDE and (output is None or output.kind is not Kind.QUESTION)


def _counts(room: Room, row: Contribution) -> bool:
    output = room.method.output(row.deck)
    return output is not None and output.kind is Kind.CARDS


async def ranking_of(session: AsyncSession, here: Sitting) -> list[dict[str, Any]]:
    """The cards with their dots, once the vote is over; of several the last. Whose dots they are nobody learns.

    Cards that stand under one heading are counted together, as that heading.
    """
    room = here.room
    rows = (
        await open_contributions(session, here.id)
        if any(is_vote(out) for phase in room.method.phases for out in phase.outputs)
        else []
    )
    votes = [row for row in rows if is_vote(room.method.output(row.deck))]
    texts = {row.id: row.text for row in rows if row.id is not None}
    group = {row.id: row.group_id for row in rows if row.group_id is not None}
    last = (int(row.kind) for row in votes if row.step == max(vote.step for vote in votes))
    dots = tally((group.get(card, card) for card in last), cards=texts)
    return [{"text": texts[card], "dots": given} for card, given in dots]


def _poll(room: Room) -> dict[str, Any] | None:
    """The question, how many have answered, and once it is closed what: never who."""
    poll = shown_poll(room)
    if poll is None:
        return None
    counts = poll.counts or ()
    return {
        "key": poll.key, "question": poll.question, "open": poll.counts is None, "have": len(poll.given),
        "of": len({*dict(poll.given), *set(room.cast.persons) - set(room.state.away)}),
        "results": list(zip(poll.answers, counts, strict=False)), "all": sum(counts),
    }  # fmt: skip


def _group(row: Contribution) -> dict[str, Any]:
    return {"id": row.id, "heading": row.text, "gone": row.gone, "version": row.version}


def _parked(here: Sitting, row: Contribution) -> dict[str, Any]:
    return {"id": row.id, "text": row.text, "name": here.people[row.seat_id].name, "done": row.kind == DONE,
            "version": row.version}  # fmt: skip


def asked_card(here: Sitting, row: Contribution) -> dict[str, Any]:
    return {"id": row.id, "text": row.text, "answer": row.answer, "name": here.people[row.seat_id].name}


def _line(here: Sitting, row: Contribution) -> dict[str, Any]:
    return {"id": row.id, "name": here.people[row.seat_id].name, "at": row.written_at, "text": row.text,
            "gone": row.gone, "version": row.version}  # fmt: skip


def _card(here: Sitting, row: Contribution, lang: str) -> dict[str, Any]:
    """A card says its kind and its city; an answer says what it answers and whose it is."""
    output = here.room.method.output(row.deck)
    author, named = here.people[row.seat_id], is_named(here.room, Card(row.deck, row.seat_id, row.step))
    sorts = dict(output.sorts) if output else {}
    words = sorts.get(row.kind) or (output.title if output else {"en": row.deck})
    return {
        "id": row.id, "text": row.text, "kind": row.kind or row.deck, "words": said(words, lang),
        "from": (author.city or author.name) if named else "", "due": row.due, "icon": ICONS.get(row.kind, "note"),
        "gone": row.gone, "version": row.version, "keep": bool(output and output.kind is Kind.CARDS), "deck": row.deck,
        "group": row.group_id, "practice": row.practice_id,
    }  # fmt: skip


def cards_of(here: Sitting, rows: Sequence[Contribution], lang: str) -> list[dict[str, Any]]:
    return [_card(here, row, lang) for row in rows]


def is_over(here: Sitting) -> bool:
    return here.room.state.status is Status.CLOSED
