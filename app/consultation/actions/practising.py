"""Practice rooms: a visitor starts one at any time; a job plays the simulated peers, one act at a time."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel.ext.asyncio.session import AsyncSession

from app.consultation.actions import planning
from app.consultation.actions.closing import conclude, may_leave, release_as
from app.consultation.actions.keeping import PACE, keep
from app.consultation.actions.parking import park_as
from app.consultation.actions.picking import choose_module_as, pick_as
from app.consultation.actions.planning import Place
from app.consultation.actions.writing import say_as, write_as
from app.consultation.engine import floor, polls, rules, signs
from app.consultation.engine.library import methods
from app.consultation.engine.method import said
from app.consultation.engine.room import Room
from app.consultation.engine.state import Status
from app.consultation.engine.touched import ORDER
from app.consultation.jobs import PlayPractice
from app.consultation.models import Contribution
from app.consultation.practice.peers import next_acts, sample_pieces
from app.consultation.practice.play import Do, Played, Scenario
from app.consultation.practice.scripts import Script, script
from app.consultation.queries import Sitting, contribution_with_key, open_contributions, own_contributions, sitting
from app.core import i18n
from app.core.errors import Missing, Refused
from app.core.jobs import schedule
from app.core.words import N_
from app.people.queries import person

GIVE_UP = timedelta(minutes=15)  # nobody plays for an empty chair


async def start_practice(
    session: AsyncSession, *, event_id: int, by: int, script_key: str, role: str, own_case: bool, key: str, lang: str,
    now: datetime, drill: bool = False,
) -> int:  # fmt: skip
    """A room with simulated peers in every part but mine; its id. Its lobby is open at once.

    `drill`: whoever leads meets what goes wrong in real rooms, too.
    """
    played = script(script_key, lang)
    if played is None:
        raise Missing
    role = "case_giver" if own_case and "case_giver" in played.peers else role  # a case of one's own is told by oneself
    if role not in played.peers:
        raise Refused(N_("This part cannot be practised. Choose one from the list."))
    visitor = await person(session, by)
    own_case = own_case and role == "case_giver"
    room_id = await planning.plan_room(
        session, event_id=event_id, key=f"practice:{by}:{key}", title=_title(played, own_case),
        seats=_seats(played, role, by=by, called=visitor.name if visitor else ""), lang=played.lang,
        opens_at=now, method=played.method, practice=script_key, now=now,
        case_text="" if own_case else "\n\n".join(played.case["narration"]),
    )  # fmt: skip
    here = await sitting(session, room_id, lock=True)
    leads = here.room.leads == here.own_seat(by)
    here.row.played = Played(own_case=own_case, drill=drill and leads).to_json()
    session.add(here.row)
    await planning.open_lobby(session, room_id, now=now)
    return room_id


def _title(played: Script, own_case: bool) -> str:
    """Over a case of one's own the sample's heading would be wrong."""
    own = i18n.say(played.lang, N_("Practice room: a case of your own"))
    return own if own_case else said(played.title, played.lang)


def _seats(played: Script, role: str, *, by: int, called: str) -> list[Place]:
    """In the order of speaking. Whoever only advises takes the last place and hears the others first."""
    parts = {who: part for part, people in played.peers.items() for who in people}
    home = played.peers[role][0]
    names = played.names_beside(called, stays_at_home=home)
    mine = Place(by, role)
    seats = [
        mine if who == home else Place(None, parts[who], name=names[who][0], city=names[who][1], script=who)
        for who in played.order
    ]
    known = methods()[played.method].role(role)
    return seats if known.owner or known.case else [*(seat for seat in seats if seat is not mine), mine]


async def take_sample(
    session: AsyncSession, room_id: int, *, by: int, number: int, leaving: int, now: datetime
) -> None:
    """The visitor who brings the case takes a piece of the sample; the same number again is the same piece."""
    here = await sitting(session, room_id, lock=True)
    me = here.my_seat(by)
    played = script(here.row.practice, here.row.lang)
    if played is None or not here.room.running or me not in here.room.case_givers():
        raise Missing
    if leaving != here.room.state.step:
        return
    pieces = sample_pieces(played, here.room)
    if not 0 <= number < len(pieces):
        raise Missing
    await _do(session, here, replace(pieces[number], who=me), key=sample_key(here, number), now=now)


def sample_key(here: Sitting, number: int) -> str:
    return f"sample-{here.id}-{here.room.state.step}-{number}"


async def play(session: AsyncSession, room_id: int, *, now: datetime) -> None:
    """One beat: what the peers do now, if anything, and when to look again."""
    here = await sitting(session, room_id, lock=True)
    played = script(here.row.practice, here.row.lang)
    if played is None or here.row.status == "closed":
        return
    scenario = await _scenario(session, here, played, now=now)
    acts, after = next_acts(scenario, Played.from_json(here.row.played))
    here.row.played = after.to_json()
    session.add(here.row)
    version = here.row.version
    for number, act in enumerate(acts):
        here = await sitting(session, room_id, lock=True)
        await _do(session, here, act, key=f"{room_id}-{version}-{number}", now=now)
    await session.flush()
    at = max(filter(None, (after.at, scenario.spoke)), default=now)
    if here.row.status != "closed" and now - at < GIVE_UP:
        await schedule(session, PlayPractice(room_id), at=now + PACE, key=f"practice:{room_id}:{now.timestamp():.0f}")


async def _scenario(session: AsyncSession, here: Sitting, played: Script, *, now: datetime) -> Scenario:
    visitor = next(who for who in here.people.values() if not who.simulated)
    mine = await own_contributions(session, visitor.seat_id)
    return Scenario(
        script=played, room=here.room, seats={seat.script: seat.id or 0 for seat in here.seats if seat.script},
        visitor=visitor.seat_id, visitor_is_in=visitor.agreed, now=now,
        spoke=max((row.written_at for row in mine), default=None),
    )  # fmt: skip


async def _do(session: AsyncSession, here: Sitting, act: Do, *, key: str, now: datetime) -> None:
    """The peer acts through the same rules as everybody."""
    if act.what == "say":
        await say_as(session, here, act.who, text=act.text, key=key, now=now)
    elif act.what == "write":
        due = (now + timedelta(days=7)).date()
        named = f"{here.id}-{act.key}" if act.key else key
        await write_as(session, here, act.who, deck=act.deck, text=act.text, key=named, due=due, now=now)
    elif act.what == "park":
        await park_as(session, here, act.who, text=act.text, key=key, now=now)
    elif act.what == "value":
        for row in await _named(session, here, act.keys):
            row.valued = True
            session.add(row)
    elif act.what == "release":
        played = {row.id or 0 for row in await _named(session, here, act.keys)}
        chosen = played | await _own_case(session, here, act.who)  # a protocol says at least what the case was
        await release_as(session, here, act.who, chosen=chosen, city=False, now=now)
    elif act.what == "hint":
        await keep(session, here, here.room, now=now, parts=[ORDER])
    elif act.what == "pick":
        await _pick(session, here, act, key=key, now=now)
    elif act.what == "choose":
        await choose_module_as(session, here, act.who, module=act.deck, now=now)
        await say_as(session, await sitting(session, here.id), act.who, text=act.text, key=key, now=now)
    else:
        await keep(session, here, _moved(here.room, act, now=now), now=now)
        await conclude(session, here, now=now)


async def _pick(session: AsyncSession, here: Sitting, act: Do, *, key: str, now: datetime) -> None:
    """What whoever brings the case has put down; nothing where they have only told it."""
    output = here.room.method.output(act.deck)
    case = here.room.case_givers()
    cards = [row for row in await open_contributions(session, here.id) if output and row.deck == output.of]
    theirs = next((row for row in cards if row.seat_id in case), None)
    if theirs is not None:
        await pick_as(session, here, act.who, deck=act.deck, option=str(theirs.id), key=key, now=now)


async def _own_case(session: AsyncSession, here: Sitting, seat: int) -> set[int]:
    """What whoever brings the case has written about it, as far as a protocol may hold it."""
    rows = await open_contributions(session, here.id)
    return {row.id or 0 for row in rows if row.seat_id == seat and may_leave(here, row, decider=seat)}


def _moved(room: Room, act: Do, *, now: datetime) -> Room:
    """The room after an act that nobody types."""
    turns = room.state.turns
    match act.what:
        case "begin":
            return rules.start(room, by=act.who, now=now) if room.state.status is Status.LOBBY else room
        case "advance":
            return rules.advance(room, by=act.who, leaving=room.state.step, now=now)
        case "close":
            return rules.close(room, by=act.who, now=now)
        case "finish":
            return floor.finish_turn(room, by=act.who, speaker=act.to or act.who, now=now)
        case "sign":
            return signs.give_sign(room, person=act.who, symbol=act.text, on=True)
        case "floor":
            return floor.give_floor(room, by=act.who, to=act.to, instead_of=turns.speaker, now=now)
        case "hand":
            return floor.raise_hand(room, person=act.who, now=now)
        case "ask":
            return polls.ask(room, by=act.who, question=act.text, answers=act.keys, key=act.key)
        case "answer":
            return polls.answer(room, person=act.who, key=act.key, choice=act.to)
        case "count":
            return polls.close(room, by=act.who, key=act.key)
        case "lose":
            return rules.lose_line(room, person=act.who, now=now)
        case "find":
            return rules.find_line(room, person=act.who, now=now)
    raise ValueError(f"nobody knows how to {act.what}")


async def _named(session: AsyncSession, here: Sitting, keys: tuple[str, ...]) -> list[Contribution]:
    """The cards of the script that were really played."""
    found = [await contribution_with_key(session, f"{here.id}-{key}") for key in keys]
    return [row for row in found if row is not None and row.open]
