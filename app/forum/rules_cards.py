"""A wall of cards: everybody shows their city in one picture, or in words that let others see it. Pure."""

from collections.abc import Sequence

from app.core.errors import Invalid, Refused
from app.core.words import N_

CARDS = 60
"""Cards on a page of the wall."""
ANSWERS = 100
"""So many answers stand under a card; the rest in its thread."""
LONGEST_SENTENCE = 300


def check_card(*, wall: bool, has_one: bool) -> None:
    if not wall:
        raise Refused(N_("This thread is no wall of cards any more. Please answer in it."))
    if has_one:
        raise Refused(N_("You have a card on this wall already. You can change it there."))


def check_one_picture(pictures: Sequence[bool]) -> None:
    """`pictures`: of each file that would go with the card, whether it is one."""
    if len(pictures) > 1 or not all(pictures):
        raise Invalid({"file": N_("A card shows one picture. Please leave the rest out.")})
