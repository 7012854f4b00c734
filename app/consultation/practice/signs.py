"""Simulated peers who listen show that they do: one after the other, while the visitor tells. Pure."""

from app.consultation.engine.signs import Sign, may_sign
from app.consultation.practice.play import Do, Played, Scenario, waited

SIGNS = (Sign.FOLLOW, Sign.STRIKES)
PAUSE = 3  # seconds after what was said or done last


def sign(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """Only to words of the visitor in this phase."""
    box, given = play.room.state.clock, play.room.state.signs
    if box is None or play.spoke is None or play.spoke < box.started or len(given) >= len(SIGNS):
        return None
    shown = {who for who, _ in given}
    free = [seat for seat in play.seats.values() if seat not in shown and may_sign(play.room, seat)]
    if not free or play.room.state.turns.speaker != play.visitor or not waited(play, played, PAUSE):
        return None
    return (Do("sign", free[0], SIGNS[len(given)]),), played
