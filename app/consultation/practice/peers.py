"""What would a simulated peer do next? Pure: the script, the room as it stands, what was played so far, and now.

Peers keep to the rules of the room like everybody else: who has no floor is given it by a simulated lead, or raises a
hand. Nobody moves on before the visitor has had a chance; a visitor who leads is never overtaken.
"""

from dataclasses import replace
from datetime import timedelta

from app.consultation.engine import rules
from app.consultation.engine.contributing import has_contributed
from app.consultation.engine.floor import may_speak
from app.consultation.engine.method import Floor, Kind
from app.consultation.engine.parking import may_park
from app.consultation.engine.polls import open_poll
from app.consultation.engine.room import Room
from app.consultation.engine.sight import may_write
from app.consultation.engine.state import Status
from app.consultation.practice.drill import disturb, is_held
from app.consultation.practice.play import BREATH, PATIENCE, QUIET, REMINDER, Do, Played, Scenario, waited
from app.consultation.practice.scripts import Line, Script
from app.consultation.practice.signs import sign


def next_acts(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played]:
    """What happens now (often nothing yet), and the play after it."""
    if play.room.state.status is Status.LOBBY:
        begins = play.visitor_is_in and play.lead is not None
        return ((Do("begin", play.lead or 0),) if begins else ()), played
    if not play.room.running or play.room.state.clock is None:
        return (), played
    if played.step != play.room.state.step:
        played = Played(
            play.room.state.step, play.now, own_case=played.own_case, drill=played.drill, met=played.met
        )  # fmt: skip
    acts, played = disturb(play, played)
    if acts or play.room.state.clock.paused or play.room.state.still:
        return acts, replace(played, at=play.now) if acts else played
    acts, after = (
        _hand(play, played)
        or _poll(play, played)
        or sign(play, played)
        or _line(play, played)
        or _turn(play, played)
        or _nudge(play, played)
        or _move(play, played)
        or ((), played)
    )
    return acts, replace(after, at=play.now) if acts else after


def _hand(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """A simulated lead calls a visitor who has raised a hand before anything else happens."""
    phase, turns = play.room.phase, play.room.state.turns
    if play.lead is None or phase is None or phase.floor is not Floor.QUEUE or play.visitor not in turns.hands:
        return None
    here = play.visitor not in play.room.state.away and play.room.speaks_now(play.visitor)
    if turns.speaker == play.visitor or not here:
        return None
    if not waited(play, played, BREATH):
        return (), played
    return (Do("floor", play.lead, to=play.visitor),), played


def _poll(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """While a poll is open the peers answer it, one after the other; a simulated lead closes it after the last."""
    poll = open_poll(play.room)
    if poll is None:
        return None
    peers = [seat for seat in play.seats.values() if seat != play.lead and seat not in play.room.state.away]
    waiting = [seat for seat in peers if seat not in dict(poll.given)]
    if waiting:
        choice = (sum(poll.key.encode()) + waiting[0]) % 3 % len(poll.answers)
        return (Do("answer", waiting[0], key=poll.key, to=choice),), played
    if play.lead is None or (play.visitor not in dict(poll.given) and not waited(play, played, REMINDER)):
        return None
    return (Do("count", play.lead, key=poll.key),), played


def _line(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """The next line whose peer is here and may act; a peer without the floor gets it, or asks for it."""
    waiting = _pending(play, played)
    if not waiting:
        return None
    if not waited(play, played, waiting[0][1].after):
        return (), played
    for number, line in waiting:
        act = _as_act(play, line)
        if _may(play, act):
            return (act,), replace(played, lines=(*played.lines, number))
    number, line = waiting[0]
    who = play.seats[line.by]
    floor = play.room.phase.floor if play.room.phase else None
    speaker = play.room.state.turns.speaker
    if floor in (Floor.SILENT, Floor.OPEN, Floor.TEXT, None) or not play.room.speaks_now(who):
        return (), replace(played, lines=(*played.lines, number))  # the method does not let them: the line is dropped
    if speaker == play.visitor and not waited(play, played, PATIENCE):
        return None
    if play.lead is not None and floor is Floor.ROUND_ROBIN and speaker is not None:
        passed = Do("finish", play.lead, to=speaker)  # the circle goes on; nobody is called before their turn
        if play.room.next_in_turn != who:
            return (passed,), played
        return (passed, _as_act(play, line)), replace(played, lines=(*played.lines, number))
    if play.lead is not None:
        return (Do("floor", play.lead, to=who),), played
    if floor is Floor.QUEUE and who not in play.room.state.turns.hands:
        return (Do("hand", who),), played
    return None


def _pending(play: Scenario, played: Played) -> list[tuple[int, Line]]:
    return [
        (number, line)
        for number, line in enumerate(play.scene.lines)
        if number not in played.lines and line.by in play.seats and play.seats[line.by] not in play.room.state.away
        and line.unless != play.part
        and line.only in ("", play.part) and not (line.sample_only and played.own_case)
    ]  # fmt: skip


def sample_pieces(script: Script, room: Room) -> list[Do]:
    """What whoever brings the sample case says and writes in this phase, in order, for a visitor to take instead."""
    scene = script.scenes.get(room.step.phase) if room.step else None
    giver = script.peers.get("case_giver", ())[:1]
    told = [line for line in scene.lines if (line.by,) == giver and not line.only] if scene else []
    return [_told(script, line, 0) for line in told if line.does in ("say", "write", "narrate", "answer")]


def _as_act(play: Scenario, line: Line) -> Do:
    return _question(play, line, play.seats[line.by]) if line.does == "question" else _told(
        play.script, line, play.seats[line.by]
    )  # fmt: skip


def _told(script: Script, line: Line, who: int) -> Do:
    case = script.case
    match line.does:
        case "narrate":
            return Do("say", who, case["narration"][line.number])
        case "answer":
            return Do("say", who, case["answers"][line.number])
        case "write":
            return Do("write", who, line.text, line.deck)
        case "choose":
            return Do("choose", who, line.text, line.deck)
        case "park":
            return Do("park", who, line.text)
        case "ask":
            return Do("ask", who, line.text, keys=line.keys, key=f"ask-{line.by}")
        case "values":
            return Do("value", who, keys=tuple(case["valuable"]))
        case "pick":
            return Do("pick", who, deck=line.deck)
        case "release":
            return Do("release", who, keys=line.keys)
        case _:
            return Do("say", who, line.text)


def _question(play: Scenario, line: Line, who: int) -> Do:
    """A question to the visitor: onto the list where the phase has one, else said."""
    words = play.script.any_case["questions"][line.by]
    lists = (out.key for out in play.room.outputs_for(who) if out.kind is Kind.LIST)
    deck = next(lists, None)
    return Do("write", who, words, deck) if deck else Do("say", who, words)


def _may(play: Scenario, act: Do) -> bool:
    match act.what:
        case "write":
            done = has_contributed(play.room, act.who, deck=act.deck)
            return may_write(play.room, act.who, act.deck) and not done
        case "say":
            return may_speak(play.room, act.who)
        case "choose" | "pick" | "ask":
            return play.lead == act.who
        case "park":
            return may_park(play.room, act.who)
        case _:
            return True


def _turn(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """In a circle: a peer whose turn it is puts down one card and passes on. A silent visitor is passed in the end."""
    speaker, phase = play.room.state.turns.speaker, play.room.phase
    if phase is None or phase.floor not in (Floor.ROUND_ROBIN, Floor.QUEUE) or speaker is None:
        return None
    if speaker == play.visitor or is_held(play, played, speaker):
        return None
    if not waited(play, played, 6):
        return (), played
    who = next((name for name, seat in play.seats.items() if seat == speaker), "")
    card = _card(play, played, who)
    deck = next((out.key for out in play.room.outputs_for(speaker) if out.kind is Kind.CARDS), None)
    if card is None or deck is None or has_contributed(play.room, speaker, deck=deck):
        return (Do("finish", speaker),), played
    cards = {**played.cards, who: played.cards.get(who, 0) + 1}
    return (Do("write", speaker, card[1], deck, key=card[0]), Do("finish", speaker)), replace(played, cards=cards)


def _card(play: Scenario, played: Played, who: str) -> tuple[str, str] | None:
    """The person's next contribution: to the sample case, or to any."""
    number = played.cards.get(who, 0)
    if played.own_case:
        texts = play.script.any_case["turns"].get(who, ())
        return (f"{who}-{number + 1}", texts[number]) if number < len(texts) and play.scene.turns else None
    turns = (play.scene.turns or {}).get(who, ())
    return turns[number] if number < len(turns) else None


def _nudge(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """A friendly word to a visitor who is expected to do something and is silent."""
    nudges = play.script.nudges.get(play.part, ())
    expected = play.room.state.turns.speaker == play.visitor or play.room.leads == play.visitor
    if not expected or played.nudged >= len(nudges):
        return None
    nudge = nudges[played.nudged]
    if nudge.by not in play.seats or not may_speak(play.room, play.seats[nudge.by]):
        return None
    if not waited(play, played, nudge.after):
        return None
    return (Do("say", play.seats[nudge.by], nudge.text),), replace(played, nudged=played.nudged + 1)


def _move(play: Scenario, played: Played) -> tuple[tuple[Do, ...], Played] | None:
    """The simulated lead: a last word, then on to the next phase, or the door closes."""
    lead = play.lead
    if lead is None or not waited(play, played, play.scene.moves_on):
        return None
    if _visitor_is_due(play):
        if not waited(play, played, PATIENCE):
            return None
        if (
            play.room.state.turns.speaker == play.visitor
            and play.room.phase
            and play.room.phase.floor is not Floor.SINGLE
        ):
            return (Do("finish", lead, to=play.visitor),), played
    if play.room.last_step and rules.undecided(play.room):
        return _reminder(play, played, lead)
    if play.scene.reveal and not played.revealed:
        return (Do("say", lead, play.scene.reveal),), replace(played, revealed=True)
    if not play.room.last_step:
        return (Do("advance", lead),), played
    return (Do("close", lead),), played


def _reminder(play: Scenario, played: Played, lead: int) -> tuple[tuple[Do, ...], Played] | None:
    """Nothing is closed before the release is decided; after a while the lead says once that they wait for it."""
    if not play.scene.remind or played.nudged or not may_speak(play.room, lead) or not waited(play, played, REMINDER):
        return None
    return (Do("say", lead, play.scene.remind),), replace(played, nudged=played.nudged + 1)


def _visitor_is_due(play: Scenario) -> bool:
    """The visitor has the floor, or the phase is theirs and they have not finished."""
    phase, me = play.room.phase, play.visitor
    if phase is None:
        return False
    if play.room.state.turns.speaker == me and phase.floor is not Floor.SINGLE:
        return True
    if play.room.state.module and any(out.of == "modules" for out in phase.outputs):
        return False  # it is chosen: nothing is waited for
    if play.room.last_step and me in play.room.state.decided:
        return False
    mine = play.room.speaks_now(me) and me in play.room.case_givers()
    if phase.floor in (Floor.SINGLE, Floor.QUEUE) and mine:
        started = play.room.state.clock.started if play.room.state.clock else play.now
        return play.spoke is None or play.spoke < started or play.now - play.spoke < timedelta(seconds=QUIET)
    return False
