"""What one person sees of a consultation in writing: the steps with their days, what is theirs to write, who has."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.desk import Me, composers, my_ballot, release_values, titles_of
from app.consultation.desk_casting import casting_values
from app.consultation.engine import clock, pace, rules, steps
from app.consultation.engine.contributing import LINE
from app.consultation.engine.floor import may_speak
from app.consultation.engine.method import said
from app.consultation.engine.offers import is_open_for_offers
from app.consultation.engine.part import Part, Stance, part
from app.consultation.engine.picks import is_pick
from app.consultation.engine.room import Room
from app.consultation.engine.sight import Card, is_named, may_see
from app.consultation.engine.votes import is_vote
from app.consultation.fragments import asked_card, cards_of, ranking_of
from app.consultation.models import Contribution
from app.consultation.picked import forms, results_of, still_missing
from app.consultation.queries import ASIDE, Sitting
from app.consultation.queries_before import asked_before
from app.consultation.queries_messages import standing_message
from app.consultation.queries_written import everything_written
from app.core.words import N_


async def written_values(session: AsyncSession, me: Me) -> dict[str, Any]:
    """Values of `written.html`. Nobody sees a card here that the engine does not let them see."""
    room, seat = me.here.room, me.seat.seat_id
    rows = await everything_written(session, me.here.id)
    cards = [row for row in rows if not _is_secret(room, row)]
    lying = [row for row in rows if row.open]
    seen = [row for row in cards if _sees(room, seat, row, rows)]
    mine = [row for row in rows if row.seat_id == seat]
    keeps = seat in room.case_givers()
    return {
        "here": me.here.row,
        "me": me.seat,
        "message": await standing_message(session, me.here.row.event_id, now=me.now),
        "step": room.state.step,
        "titles": {"phase": said(room.phase.title, me.lang), "prompt": said(room.phase.prompt, me.lang)} if room.phase else {},
        "my_part": _my_part(room, seat, mine),
        "calendar": calendar(room, me.lang, now=me.now),
        "ends": room.state.clock and clock.ends_at(room.state.clock, now=me.now),
        "late": steps.is_late(room, now=me.now),
        "meets": said(room.phase_of(room.state.plan[room.state.step + 1]).title, me.lang) if room.state.meets_next else "",
        "count": _count(room, rows),
        "unseen": sum(1 for row in cards if row.step == room.place and row not in seen),
        "backstage": room.is_backstage(seat),
        "composers": composers(me, mine),
        "ballot": my_ballot(me, mine),
        "picks": forms(me.here, seat, mine, lying, me.lang),
        "picked": await results_of(session, me.here, me.lang),
        "missing": await still_missing(session, me.here) if room.is_led_by(seat) else [],
        "casting": casting_values(me.here, me.seat, lang=me.lang),
        "ranking": await ranking_of(session, me.here),
        "practices": await titles_of(session, me, seen),
        "speaks": may_speak(room, seat),
        "asked": [asked_card(me.here, row) for row in await asked_before(session, me.here.id)],
        "offers": is_open_for_offers(room, now=me.now),
        "sections": _sections(me, seen),
        "question": _question(room, seen),
        "keeps": keeps,
        "reads_case": me.here.reads_case(seat),
        "release": await release_values(session, me),
        "own_words": room.method.everybody_releases,
        "lead": _board(me, rows) if room.is_led_by(seat) else None,
    }  # fmt: skip


def _my_part(room: Room, seat: int, mine: Sequence[Contribution]) -> Part:
    """Whoever has written in this step reads that, not once more that they should."""
    mine_now = part(room, seat)
    wrote = any(row.step == room.place and row.deck not in ASIDE for row in mine)
    if mine_now.stance is not Stance.WRITE or not wrote:
        return mine_now
    return replace(mine_now, now=N_("You have written in this step."), hint=N_("Read the others now."))


def calendar(room: Room, lang: str, *, now: datetime) -> list[dict[str, Any]]:
    """The plan as a list: what is done, what is open until when, what opens when if all goes to plan."""
    ends = clock.ends_at(room.state.clock, now=now) if room.state.clock else None
    coming = room.state.plan[room.state.step + 1 :]
    opens: Sequence[datetime | None] = [None] * len(coming)
    if ends is not None and room.state.pace is not None:
        days = tuple(room.phase_of(step).days for step in coming)
        opens = pace.openings(room.state.pace, first=ends, days=days)
    found = []
    for number, step in enumerate(room.state.plan):
        ahead = number - room.state.step
        state = "done" if ahead < 0 or not room.running else "current" if ahead == 0 else ""
        at = opens[ahead - 1] if ahead > 0 else None
        title = said(room.method.phase(step.phase).title, lang)
        found.append({"number": number + 1, "title": title, "state": state, "at": at, "again": step.of is not None})
    return found


def my_step(here: Sitting, *, person_id: int, wrote: bool, lang: str, now: datetime) -> dict[str, Any]:
    """The present step for the outside of the room: its name, its end, and whether it waits for this person."""
    room, seat = here.room, here.own_seat(person_id)
    ends = clock.ends_at(room.state.clock, now=now) if room.state.clock else None
    return {
        "room_id": here.id, "title": here.row.title, "lang": here.row.lang, "number": room.state.step + 1,
        "all": len(room.state.plan), "name": said(room.phase.title, lang) if room.phase else "", "ends": ends,
        "waits": seat in steps.expected(room) and not wrote, "wrote": wrote, "leads": room.leads == seat,
        "fresh": here.people[seat].read_step < room.state.step,
    }  # fmt: skip


def summary(me: Me, rows: Sequence[Contribution]) -> str:
    """A draft of the lead's summary: what was written last, card by card, grouped by what it answers."""
    room = me.here.room
    cards = [row for row in rows if row.deck != LINE and row.step <= room.place]
    if not cards:
        return ""
    newest = max(row.step for row in cards)
    lines = [said(room.method.phase(room.state.plan[newest].phase).title, me.lang)]
    for deck, group in groupby((row for row in cards if row.step == newest), key=lambda row: row.deck):
        output = room.method.output(deck)
        lines += ["", said(output.title, me.lang) + ":" if output else deck]
        lines += [f"- {' '.join(row.text.split())} {_by(me, row)}".rstrip() for row in group]
    return "\n".join(lines)


def _by(me: Me, row: Contribution) -> str:
    named = is_named(me.here.room, Card(row.deck, row.seat_id, row.step))
    return f"({me.here.people[row.seat_id].name})" if named else ""


async def draft(session: AsyncSession, me: Me) -> str:
    """The summary's draft for whoever leads; nothing for everybody else."""
    if not me.here.room.is_led_by(me.seat.seat_id):
        return ""
    rows = await everything_written(session, me.here.id)
    cards = [row for row in rows if not _is_secret(me.here.room, row)]
    return summary(me, [row for row in cards if _sees(me.here.room, me.seat.seat_id, row, rows)])


def _is_secret(room: Room, row: Contribution) -> bool:
    """Whose dots and whose picks they are nobody learns."""
    output = room.method.output(row.deck)
    return is_vote(output) or is_pick(output)


def _sees(room: Room, seat: int, row: Contribution, rows: Sequence[Contribution]) -> bool:
    if row.open or row.seat_id == seat:
        return True
    own = any(each.seat_id == seat and (each.deck, each.step) == (row.deck, row.step) for each in rows)
    return row.deck != LINE and may_see(room, seat, Card(row.deck, row.seat_id, row.step), has_own=own)


def _count(room: Room, rows: Sequence[Contribution]) -> dict[str, int]:
    wrote = _wrote(room, rows)
    who = steps.expected(room)
    return {"have": len(set(who) & wrote.keys()), "of": len(who), "need": steps.needed(room)}


def _wrote(room: Room, rows: Sequence[Contribution]) -> dict[int, int]:
    """Seat → how much it has written in this step."""
    found: dict[int, int] = {}
    for row in rows:
        if row.deck != LINE and row.step == room.place:
            found[row.seat_id] = found.get(row.seat_id, 0) + 1
    return found


def _question(room: Room, rows: Sequence[Contribution]) -> str:
    asked = [row.text for row in rows if row.deck in _questions(room)]
    return asked[-1] if asked else ""


def _questions(room: Room) -> set[str]:
    return {out.key for phase in room.method.phases for out in phase.outputs if out.kind == "question"}


def _sections(me: Me, rows: Sequence[Contribution]) -> list[dict[str, Any]]:
    """What was written, step by step, the present one first."""
    room = me.here.room
    found = []
    for number in sorted({row.step for row in rows if row.step >= 0} | {room.place}, reverse=True):
        phase = room.method.phase(room.state.plan[number].phase)
        here = [row for row in rows if row.step == number]
        cards = [row for row in here if row.deck != LINE]
        found.append({
            "number": number + 1, "title": said(phase.title, me.lang), "now": number == room.place,
            "cards": [
                {**card, "deck": row.deck, "name": me.here.people[row.seat_id].name if card["from"] else "", "at": row.written_at, "late": row.late,
                 "mine": row.seat_id == me.seat.seat_id, "kept": row.valued, "closed": not row.open}
                for card, row in zip(cards_of(me.here, cards, me.lang), cards, strict=True)
            ],
            "lines": [
                {"name": me.here.people[row.seat_id].name, "at": row.written_at, "text": row.text, "id": row.id}
                for row in here if row.deck == LINE
            ],
        })  # fmt: skip
    return found


def _board(me: Me, rows: Sequence[Contribution]) -> dict[str, Any]:
    """Who has read and written, what comes next, what may be opened again."""
    room, wrote = me.here.room, _wrote(me.here.room, rows)
    expected = steps.expected(room)
    following = room.phase_of(room.state.plan[room.state.step + 1]) if not room.last_step else None
    return {
        "people": [
            {
                "name": who.name, "role": said(room.method.role(who.role).title, me.lang), "agreed": who.agreed,
                "read": who.read_step >= room.state.step or who.seat_id == me.seat.seat_id, "wrote": wrote.get(who.seat_id, 0),
                "expected": who.seat_id in expected, "leads": who.seat_id == room.leads,
            }
            for who in me.here.people.values() if not who.removed
        ],
        "next": said(following.title, me.lang) if following else "",
        "last": room.last_step,
        "waits_for": [me.here.people[person].name for person in rules.undecided(room)] if room.last_step else [],
        "deciding": len(rules.still_deciding(room)) if room.last_step else 0,
        "earlier": [(number, said(room.method.phase(step.phase).title, me.lang)) for number, step in steps.earlier(room)],
        "grace": room.state.grace,
    }  # fmt: skip
