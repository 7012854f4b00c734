"""Casting: who plays which part. The lead gives the parts before the first phase and in the phase that is there for it,
where the others may say what they would take, and where the choice of a case makes whoever brings it the case giver.
"""

from dataclasses import replace
from datetime import datetime

from app.consultation.engine import clock, floor, leading
from app.consultation.engine.cast import Cast, Seat, with_role
from app.consultation.engine.method import Kind, Method, Output, Role
from app.consultation.engine.room import Room, check_led_by, check_running, check_seated
from app.consultation.engine.state import Status
from app.core.errors import Refused
from app.core.words import N_


def is_casting(room: Room) -> bool:
    """In a phase that is there for it, the first time it runs; later people have worked in their parts already."""
    if not room.running or room.phase is None or room.state.decided:
        return False
    first = next(number for number, step in enumerate(room.state.plan) if step.phase == room.phase.key)
    return room.state.step == first and any(output.kind is Kind.ASSIGNMENT for output in room.phase.outputs)


def give_part(room: Room, *, by: int | None, to: int, role: str, now: datetime) -> Room:
    """In the lobby the parts may be in disorder until the first phase opens; in a phase two people exchange theirs."""
    check_led_by(room, by)
    if to not in room.cast.persons:
        raise Refused(N_("This person has no seat in the room."))
    lobby = room.state.status is Status.LOBBY
    if not lobby and not is_casting(room):
        raise Refused(N_("Parts are given before the first phase and while the group is casting, not in between."))
    if lobby:
        return replace(room, cast=with_role(room.method, room.cast, person=to, role=role))
    return _recast(room, to, _known(room.method, role), now=now)


def volunteer(room: Room, *, person: int, role: str) -> Room:
    """What the person would take; the lead decides. Without a part they take their word back."""
    check_seated(room, person)
    check_running(room)
    if not is_casting(room):
        raise Refused(N_("The parts are cast. Tell the lead if something should change."))
    wished = dict(room.state.volunteers)
    if role and _known(room.method, role).key == room.cast.seat(person).role:
        raise Refused(N_("This part is yours already."))
    if wished.get(person, "") == role:
        return room
    others = tuple(each for each in room.state.volunteers if each[0] != person)
    return room.but(volunteers=(*others, (person, role)) if role else others)


def case_role(method: Method) -> Role | None:
    """The part of whoever brings the case, where it is one person's from beginning to end."""
    roles = [role for role in method.roles if role.case and not role.rotates]
    return roles[0] if len(roles) == 1 else None


def gives_case(room: Room, output: Output) -> bool:
    """Whether this choice says whose case it is: of people, or of what they put down, while the parts are given."""
    chosen_from_people = output.kind is Kind.CHOICE and output.of not in (None, "modules")
    return chosen_from_people and is_casting(room) and case_role(room.method) is not None


def may_bring_the_case(room: Room, person: int) -> bool:
    """Everybody but whoever leads and whoever was asked to leave."""
    owners = room.persons((room.method.owner.key,)) if room.method.owner else ()
    return person not in (*room.cast.out, *owners, room.leads)


def choose_case(room: Room, *, by: int | None, person: int, now: datetime) -> Room:
    """From now on this person brings the case; whoever was to bring it takes over their part."""
    check_running(room)
    part = case_role(room.method)
    if part is None or not is_casting(room):
        raise Refused(N_("The parts are cast. Tell the lead if something should change."))
    check_seated(room, person)
    if not may_bring_the_case(room, person):
        raise Refused(N_("Whoever leads does not bring the case as well. Choose somebody else’s."))
    if person in room.state.away:
        raise Refused(N_("Whoever put this down has lost the line. Wait for them, or choose another one."))
    return _recast(room, person, part, now=now)


def _recast(room: Room, person: int, role: Role, *, now: datetime) -> Room:
    if room.cast.seat(person).role == role.key:
        return room
    cast = _exchanged(room, room.cast.seat(person), role)
    after = replace(room, cast=cast)
    after = _led(room, after, now=now)
    after = after.but(volunteers=tuple(each for each in after.state.volunteers if each[0] != person))
    return _clock_for_the_case(floor.recast(after, now=now), now=now)


def _exchanged(room: Room, seat: Seat, role: Role) -> Cast:
    """The part changes hands; where it is full, or would leave another one empty, the two people change places."""
    if seat.out:
        raise Refused(N_("This person was asked to leave. Let them in again first."))
    taken = [each.role for each in room.cast.seats]
    had = room.method.role(seat.role)
    holders = [each for each in room.cast.seats if each.role == role.key]
    full = role.most is not None and len(holders) >= role.most
    missed = taken.count(had.key) <= had.least
    if missed and not holders:
        raise Refused(
            N_("Then nobody would have the part “{role}”. Give that one to somebody else first."), role=had.title
        )
    other = holders[0] if holders and (full or missed) else None
    made = {seat.person: replace(seat, role=role.key, deputy=seat.deputy and not role.case)}
    if other is not None:
        stands_in = other.deputy or (seat.deputy and role.case)
        made[other.person] = replace(other, role=had.key, deputy=stands_in and not had.case)
    return Cast(tuple(made.get(each.person, each) for each in room.cast.seats))


def _led(before: Room, after: Room, *, now: datetime) -> Room:
    """Nobody is elected while a time box runs: the part of the lead changes hands when the clock stands still."""
    acting = after.state.acting
    if acting is not None and any(after.method.role(s.role).case for s in after.cast.seats if s.person == acting):
        raise Refused(N_("Whoever brings the case cannot lead it as well. Ask somebody else to take over."))
    owner = after.method.owner
    if owner is None or set(before.persons((owner.key,))) == set(after.persons((owner.key,))):
        return after
    if leading.box_runs(before, now=now):
        raise Refused(N_("The time box is still running. Stop the clock, then somebody else can get the lead."))
    if any(person in after.state.away for person in after.persons((owner.key,))):
        raise Refused(N_("This person has lost the line. Their turn comes again when they are back."))
    return after.but(acting=None, standing_in=False)


def _clock_for_the_case(room: Room, *, now: datetime) -> Room:
    """The clock waits for whoever brings the case now, and for nobody who no longer does."""
    box, case = room.state.clock, room.case_givers()
    if box is None or room.written or not case:
        return room
    here = [person for person in case if person not in room.state.away]
    if here:
        return room if box.waits_for is None else clock.resume(room, by=None, now=now)
    if box.paused is None:
        return clock.pause(room, by=None, now=now, waits_for=case[0])
    return room if box.waits_for is None else room.but(clock=replace(box, waits_for=case[0]))


def _known(method: Method, role: str) -> Role:
    found = next((each for each in method.roles if each.key == role), None)
    if found is None:
        raise Refused(N_("This method has no such part. Choose one from the list."))
    return found
