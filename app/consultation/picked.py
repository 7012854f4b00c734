"""Choices and ratings in words: the form of one person, what came out for all, who is missing for whoever leads."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from babel.numbers import format_decimal
from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.engine import picks
from app.consultation.engine.method import Method, Output, Scale, Words, said
from app.consultation.engine.room import Room
from app.consultation.models import Contribution
from app.consultation.queries import Sitting
from app.consultation.queries_picks import picked
from app.core import i18n


def words(method: Method, output: Output, lang: str) -> dict[str, str]:
    """Option → what it says, for those that a method offers by itself."""
    if output.scale is not None:
        return {str(step): str(step) for step in range(output.scale.least, output.scale.most + 1)}
    if output.of == "modules":
        return {module.key: said(module.title, lang) for module in method.modules}
    return {key: in_words(title, lang) for key, title in output.options}


def in_words(title: Words, lang: str) -> str:
    """What the house itself says stands in its catalogue, in every language."""
    return said(title, lang) if lang in title else i18n.say(lang, said(title, lang))


def decks(room: Room) -> set[str]:
    outputs = (out for phase in room.method.phases for out in phase.outputs)
    return {out.key for out in outputs if picks.is_pick(out) and out.of != "modules"}


def choices(here: Sitting, output: Output, cards: Iterable[Contribution], lang: str) -> list[tuple[str, str]]:
    """(option, words) of everything that is offered; `cards`: all that lie open."""
    people, room = here.people, here.room
    lying = {row.id: row for row in cards if row.deck == output.of and row.id is not None}
    found = words(room.method, output, lang)
    found |= {str(seat): who.name for seat, who in people.items()} if output.of == "seats" else {}
    found |= {str(number): f"{row.text} ({people[row.seat_id].name})" for number, row in lying.items()}
    return [(option, found[option]) for option in picks.offered(room, output, cards=list(lying))]


def forms(here: Sitting, seat: int, mine: Sequence[Contribution], cards: Sequence[Contribution], lang: str) -> list[dict[str, Any]]:  # fmt: skip
    """What this person may pick now, and what they have picked so far."""
    room, found = here.room, []
    for output in picks.picks_for(room, seat):
        done = [row.kind for row in mine if row.deck == output.key and row.step == room.place]
        found.append({
            "deck": output.key, "title": in_words(output.title, lang), "options": choices(here, output, cards, lang),
            "mine": done[-1] if done else "", "scale": ends(output.scale, lang), "seen": output.seen,
            "grows": output.of not in (None, "modules", "seats"),
        })  # fmt: skip
    return found


def ends(scale: Scale | None, lang: str) -> dict[str, Any] | None:
    if scale is None:
        return None
    return {"low": in_words(scale.low, lang), "high": in_words(scale.high, lang), "most": scale.most}


async def results_of(session: AsyncSession, here: Sitting, lang: str) -> list[dict[str, Any]]:
    """How many have picked in this phase, and what came out of it and of the one before, as far as everybody may see."""
    room, found = here.room, []
    rows = await picked(session, here.id, decks=decks(room)) if room.running else []
    for step in (room.place, room.place - 1):
        outputs = room.method.phase(room.state.plan[step].phase).outputs if rows and step >= 0 else ()
        for output in (out for out in outputs if picks.is_pick(out) and out.of != "modules"):
            given = [row for row in rows if (row.deck, row.step) == (output.key, step)]
            if given:
                found.append(_result(room, output, given, now=step == room.place, lang=lang))
    return found


def _result(room: Room, output: Output, given: Sequence[Contribution], *, now: bool, lang: str) -> dict[str, Any]:
    people = {*picks.pickers(room, output), *(row.seat_id for row in given)} if now else {row.seat_id for row in given}
    shown = [row for row in given if row.open]
    own = output.scale is not None or output.of is None
    found = words(room.method, output, lang) if own else {row.kind: row.text for row in shown}
    mean = picks.mean(output, [row.kind for row in shown])
    counts = picks.tally(list(found) if shown else [], [row.kind for row in shown])
    return {
        "title": in_words(output.title, lang), "have": len(given), "of": len(people), "now": now,
        "items": [(found.get(option, option), number) for option, number in counts], "all": len(shown),
        "scale": ends(output.scale, lang), "mean": mean and format_decimal(mean, format="0.#", locale=lang),
    }  # fmt: skip


async def still_missing(session: AsyncSession, here: Sitting) -> list[dict[str, Any]]:
    """For whoever leads: who has not picked yet. What the others have picked is not theirs to know before it is time."""
    room = here.room
    several = [
        out for out in (room.phase.outputs if room.phase and room.running else ())
        if picks.is_pick(out) and out.of != "modules" and len(picks.pickers(room, out)) > 1
    ]  # fmt: skip
    rows = await picked(session, here.id, decks={out.key for out in several})
    have = {out.key: {row.seat_id for row in rows if (row.deck, row.step) == (out.key, room.place)} for out in several}
    return [
        {"deck": out.key, "names": [here.people[seat].name for seat in picks.missing(room, out, have=have[out.key])]}
        for out in several
    ]


def summary(method: Method, output: Output, options: Iterable[str], lang: str) -> list[str]:
    """What came out, an item per option that was picked: for the release and the protocol."""
    found: Mapping[str, str] = words(method, output, lang)
    scale = ends(output.scale, lang)
    said_of = (
        {str(output.scale.least): scale["low"], str(output.scale.most): scale["high"]} if output.scale and scale else {}
    )
    counts = picks.tally(list(found), options)
    shown = [
        (f"{found.get(key, key)} ({said_of[key]})" if key in said_of else found.get(key, key), number)
        for key, number in counts
    ]
    return [f"{said}: {number}" for said, number in shown if number]


def counted_apart(
    here: Sitting, rows: Sequence[Contribution], lang: str
) -> tuple[list[Contribution], list[dict[str, Any]]]:
    """What several people picked is one thing to decide about, what came out of it: (the other rows, those things)."""
    method = here.room.method
    found: dict[tuple[str, int], tuple[Output, list[Contribution]]] = {}
    for row in rows:
        output = method.output(row.deck)
        if output is not None and picks.is_counted(output):
            _, given = found.setdefault((row.deck, row.round), (output, []))
            given.append(row)
    things = [
        {
            "id": given[0].id, "text": " · ".join(summary(method, output, [row.kind for row in given], lang)),
            "words": in_words(output.title, lang), "valued": False,
        }
        for output, given in found.values()
    ]  # fmt: skip
    return [row for row in rows if (row.deck, row.round) not in found], things
