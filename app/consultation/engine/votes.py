"""Dots on cards: so many per person, one on a card, anonymous, and seen by nobody before the phase is over. Pure."""

from collections import Counter
from collections.abc import Collection, Iterable

from app.consultation.engine.method import Kind, Output
from app.consultation.engine.room import Room, check_running, check_seated
from app.core.errors import Refused
from app.core.words import N_

DOT = "●"  # what a vote says; it is nobody's sentence


def ballot(room: Room, person: int) -> Output | None:
    """What the person may vote on now: the ranking of a deck of cards."""
    if person in room.state.away:
        return None
    return next((out for out in room.outputs_for(person) if is_vote(out)), None)


def is_vote(output: Output | None) -> bool:
    """Whether it is given as dots on cards, not typed."""
    return output is not None and output.kind is Kind.RANKING and output.of is not None


def check_vote(room: Room, person: int, *, deck: str, already: Collection[int], card: int) -> Output:
    """The ranking in which `person` may give `card`, an open one of `deck`, a dot; `already`: cards with theirs."""
    check_seated(room, person)
    check_running(room)
    output = ballot(room, person)
    if output is None or output.of != deck:
        raise Refused(N_("Nobody votes on these cards now. Wait until the lead opens the vote."))
    if output.items is not None and card not in already and len(already) >= output.items:
        raise Refused(
            N_("Your {items} dots are on cards. Take one back to give it to another card."), items=output.items
        )
    return output


def tally(votes: Iterable[int], *, cards: Iterable[int]) -> list[tuple[int, int]]:
    """(card, dots), most dots first; among equals the card that was written first. Cards without a dot are left out."""
    dots = Counter(votes)
    return sorted(((card, dots[card]) for card in cards if dots[card]), key=lambda each: -each[1])
