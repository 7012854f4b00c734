"""One person's part of the room: what I am now, what I may press and write, what of mine lies face down."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions.closing import decides_about_thread, may_leave
from app.consultation.desk_casting import casting_values
from app.consultation.desk_practice import practice_values
from app.consultation.engine import clock, rules
from app.consultation.engine.door import may_be_asked_to_leave
from app.consultation.engine.floor import may_speak
from app.consultation.engine.groups import may_group
from app.consultation.engine.helping import may_call
from app.consultation.engine.leading import may_ask_to_lead
from app.consultation.engine.method import Floor, Kind, Output, Seen, said
from app.consultation.engine.offers import is_open_for_offers
from app.consultation.engine.parking import may_park
from app.consultation.engine.part import part
from app.consultation.engine.picks import is_pick
from app.consultation.engine.polls import open_poll
from app.consultation.engine.queue import NAMES, queue
from app.consultation.engine.room import Room
from app.consultation.engine.sight import may_release
from app.consultation.engine.signs import NAMES as SIGN_NAMES
from app.consultation.engine.signs import may_sign, signs_of
from app.consultation.engine.votes import ballot, is_vote
from app.consultation.few import arriving_values, few_values
from app.consultation.fragments import asked_card, cards_of
from app.consultation.picked import counted_apart, forms, still_missing
from app.consultation.queries import (
    ASIDE,
    BEFORE,
    DONE,
    GROUP,
    OUT,
    PARK,
    Sitting,
    notes,
    open_contributions,
    own_contributions,
)
from app.consultation.queries_seats import Somebody
from app.consultation.waiting import still_to_write, typed
from app.core import times
from app.forum.queries.practices import Practice, practices_named
from app.forum.queries.spaces import first_open_space


@dataclass(frozen=True)
class Me:
    """Who looks, in this room."""

    here: Sitting
    seat: Somebody
    lang: str
    now: datetime


async def desk_values(session: AsyncSession, me: Me) -> dict[str, Any]:
    """Values of `_desk.html`."""
    room, seat = me.here.room, me.seat.seat_id
    mine = await own_contributions(session, seat)
    lying = await open_contributions(session, me.here.id)
    speaks = may_speak(room, seat)
    leads, may_lead = room.running and room.is_led_by(seat), room.is_led_by(seat)
    return {
        "here": me.here.row,
        "room": room,
        "me": me.seat,
        "step": room.state.step,
        "my_part": part(room, seat),
        **practice_values(me.here, me.seat, lang=me.lang, mine={row.key for row in mine}),
        "speaks": speaks,
        "speaking": room.state.turns.speaker == seat,
        "turns": room.state.still is None and room.phase is not None and room.phase.floor in (Floor.ROUND_ROBIN, Floor.QUEUE),
        "hand_is_up": seat in room.state.turns.hands,
        "may_raise": room.running and not speaks and not room.is_backstage(seat),
        "slow": seat in room.state.slow,
        "typing": seat in room.state.typing,
        "may_take_over": may_ask_to_lead(room, seat),
        "away": seat in room.state.away,
        "composers": composers(me, mine),
        "face_down": _still_down(me, mine),
        "my_signs": signs_of(room, seat) if may_sign(room, seat) else None,
        "sign_names": SIGN_NAMES,
        "ballot": my_ballot(me, mine),
        "picks": forms(me.here, seat, mine, lying, me.lang),
        "missing": await still_missing(session, me.here) if leads else [],
        "to_write": await still_to_write(session, me.here) if leads else [],
        "casting": casting_values(me.here, me.seat, lang=me.lang),
        "groups_for_me": [(row.id, row.text) for row in lying if row.deck == GROUP] if may_group(room, seat) else None,
        "poll_for_me": _poll(room, seat),
        "may_call": may_call(room, practice=bool(me.here.row.practice)),
        "may_park": may_park(room, seat),
        "to_tick": [(row.id, row.text) for row in lying if row.deck == PARK and row.kind != DONE]
        if leads else [],
        "practices": await titles_of(session, me, [*lying, *mine]),
        "keeps": seat in room.case_givers(),
        "reads_case": me.here.reads_case(seat),
        "kept": [row.id for row in lying if row.valued] if seat in room.case_givers() else [],
        "offers": is_open_for_offers(room, now=me.now) and not me.here.row.practice,
        "release": await release_values(session, me),
        "own_words": room.method.everybody_releases,
        "lead": _lead_values(me) if leads else None,
        "few": await few_values(session, me.here, now=me.now) if may_lead else None,
        "arriving": await arriving_values(session, me.here, now=me.now) if may_lead else None,
        "door": door_values(me.here, seat),
        "people": me.here.people,
    }  # fmt: skip


async def titles_of(session: AsyncSession, me: Me, rows: list[Any]) -> dict[int, Practice]:
    """The practices linked on these cards which I may read."""
    linked = {row.practice_id for row in rows if row.practice_id}
    return await practices_named(session, linked, person_id=me.seat.person_id)


def linkable(here: Sitting, mine: list[Any]) -> list[Any]:
    """Of what I have written the cards, the newest first."""
    return [row for row in reversed(mine) if not _is_no_card(here.room, row.deck)]


def composers(me: Me, mine: list[Any]) -> list[dict[str, Any]]:
    """What this person may write now, each with its limits and what stands there already."""
    room = me.here.room
    return [_composer(output, mine, room, me) for output in typed(room, me.seat.seat_id)]


async def release_values(session: AsyncSession, me: Me) -> dict[str, Any] | None:
    """The form in which the case giver decides, card by card; None where it is not (or no longer) to be decided."""
    if not may_release(me.here.room, me.seat.seat_id):
        return None
    rows = [
        row for row in await open_contributions(session, me.here.id)
        if may_leave(me.here, row, decider=me.seat.seat_id)
    ]  # fmt: skip
    asked, rows = [row for row in rows if row.deck == BEFORE], [row for row in rows if row.deck != BEFORE]
    rows, counted = counted_apart(me.here, rows, me.lang)
    shown = cards_of(me.here, rows, me.lang)
    return {
        "asked": [asked_card(me.here, row) for row in asked],
        "cards": [{**card, "valued": row.valued} for card, row in zip(shown, rows, strict=True)] + counted,
        "city": "" if me.here.method.everybody_releases else me.seat.city,
        "thread": await _place_in_forum(session, me),
    }


async def _place_in_forum(session: AsyncSession, me: Me) -> bool:
    """Whether the protocol may also become a thread that all people of the event read."""
    if me.here.row.practice or me.seat.person_id is None or not decides_about_thread(me.here, me.seat.seat_id):
        return False
    return await first_open_space(session, me.here.row.event_id, person_id=me.seat.person_id) is not None


def _poll(room: Room, seat: int) -> dict[str, Any] | None:
    """The open poll with my answer, to give one or change it."""
    poll = open_poll(room) if room.running else None
    if poll is None:
        return None
    mine = dict(poll.given).get(seat)
    return {"key": poll.key, "question": poll.question, "answers": list(enumerate(poll.answers)), "mine": mine}


def door_values(here: Sitting, seat: int) -> dict[str, Any] | None:
    """What whoever leads finds at the door; None for everybody else."""
    room = here.room
    if room.leads != seat:
        return None
    people = here.people.values()
    return {
        "locked": here.row.locked, "sentence": OUT, "removed": [who for who in people if who.removed],
        "leavable": [who for who in people if not who.removed and may_be_asked_to_leave(room, who.seat_id)],
    }  # fmt: skip


async def my_notes(session: AsyncSession, me: Me) -> dict[str, Any]:
    row = await notes(session, me.seat.seat_id)
    return {"notes": row.text if row else "", "notes_saved": row.saved_at if row else None}


def my_ballot(me: Me, mine: list[Any]) -> dict[str, Any] | None:
    """Which cards I may give dots now, which have mine, how many are left."""
    room = me.here.room
    output = ballot(room, me.seat.seat_id)
    if output is None:
        return None
    given = [int(row.kind) for row in mine if row.deck == output.key and row.step == room.state.step]
    return {"deck": output.of, "given": given, "left": None if output.items is None else output.items - len(given)}


def _composer(output: Output, mine: list[Any], room: Room, me: Me) -> dict[str, Any]:
    written = [row for row in mine if row.deck == output.key and row.step == room.place]
    single, today = output.items == 1, times.local(me.now, me.seat.zone or "UTC").date()
    return {
        "deck": output.key, "title": said(output.title, me.lang), "characters": output.characters,
        "long": output.kind is Kind.LONG_TEXT, "dated": output.kind is Kind.ACTION_LIST,
        "default_due": today + timedelta(days=7), "today": today,
        "sorts": [(key, said(words, me.lang)) for key, words in output.sorts],
        "value": written[-1].text if single and written else "", "due": written[-1].due if single and written else None,
        "left": None if output.items is None or single else max(0, output.items - len(written)),
        "single": single, "hidden": output.seen in (Seen.AT_REVEAL, Seen.PHASE_END, Seen.MINE),
        "mine": output.seen is Seen.MINE, "starter": said(room.module.starter, me.lang) if room.module else "",
    }  # fmt: skip


def _is_no_card(room: Room, deck: str) -> bool:
    output = room.method.output(deck)
    return deck in ASIDE or is_vote(output) or is_pick(output)


def _still_down(me: Me, mine: list[Any]) -> list[dict[str, Any]]:
    """My cards that others do not see yet, and those of this phase, which I may take back."""
    step = me.here.room.place
    rows = [row for row in mine if not _is_no_card(me.here.room, row.deck) and (not row.open or row.step == step)]
    shown = cards_of(me.here, rows, me.lang)
    return [
        {**card, "open": row.open, "mine_to_take": row.step == step and me.here.room.running}
        for card, row in zip(shown, rows, strict=True)
    ]


def _lead_values(me: Me) -> dict[str, Any]:
    room, people = me.here.room, me.here.people
    turns, phase = room.state.turns, room.phase
    assert phase is not None
    ready = [hand.person for hand in queue(room) if hand.person not in room.state.away] or [
        person for person in turns.order if person not in room.state.away
    ]
    following = room.phase_of(room.state.plan[room.state.step + 1]) if not room.last_step else None
    return {
        "next": said(following.title, me.lang) if following else "",
        "last": room.last_step,
        "waits_for": [people[person].name for person in rules.undecided(room)] if room.last_step else [],
        "deciding": len(rules.still_deciding(room)) if room.last_step else 0,
        "paused": room.state.clock is not None and room.state.clock.paused is not None,
        "speaker": people[turns.speaker] if turns.speaker else None,
        "slow": turns.speaker in room.state.slow and clock.turn_until(room) is not None,
        "ready": people[ready[0]] if ready else None,
        "hands": [people[hand.person] for hand in queue(room)],
        "floor": phase.floor,
        "orders": list(NAMES.items()) if phase.floor not in (Floor.SILENT, Floor.TEXT) else [],
        "order_now": room.state.queue,
        "others": [people[person] for person in room.cast.persons if person != me.seat.seat_id],
        "allowed": people[turns.allowed] if turns.allowed else None,
        "again": phase.floor is Floor.ROUND_ROBIN and turns.speaker is None,
        "decks": [(out.key, said(out.title, me.lang)) for out in phase.outputs if out.seen is Seen.AT_REVEAL],
        "modules": [(module.key, said(module.title, me.lang)) for module in room.method.modules]
        if any(out.of == "modules" for out in phase.outputs) else [],
        "module": room.state.module,
        "detours": [
            (module.key, said(module.title, me.lang)) for loop in rules.detours(room) for module in room.method.modules
            if loop.module in (None, module.key)
        ],
        "nameable": [
            people[seat.person] for seat in room.cast.seats
            if not seat.deputy and seat.person != room.leads and not room.method.role(seat.role).case
        ],
        "deputies": [people[person] for person in room.cast.deputies if person != me.seat.seat_id],
        "owners": [people[p] for p in room.persons((room.method.owner.key,)) if p != me.seat.seat_id]
        if room.method.owner else [],
        "still": room.state.still is not None,
        "may_be_still": phase.floor not in (Floor.SILENT, Floor.TEXT),
    }  # fmt: skip
