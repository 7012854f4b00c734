"""Why here, and why not at all: sentences for the coordinator, computed after the search from what is true."""

from app.core.words import N_
from app.matching.draft import Draft, Place
from app.matching.plan import Reason, Value
from app.matching.problem import Seat
from app.matching.tables import Tables, bits, mask


def why_here(draft: Draft, case: int) -> tuple[Reason, ...]:
    """Reasons for a placed case, best read in this order: who can, what they bring, what it costs, what else."""
    place = draft.places[case]
    return tuple(
        reason
        for reason in (
            _everybody_can(draft, case, place),
            _moderator(draft.tables, case, place),
            _wished(draft.tables, case, place),
            _inconvenient(draft.tables, case, place),
            _if_need_be(draft.tables, case, place),
            _locked(draft.tables, case, place),
            _otherwise(draft, case, place),
        )
        if reason
    )


def _everybody_can(draft: Draft, case: int, place: Place) -> Reason:
    language = draft.tables.problem.cases[case].language
    return Reason(N_("All {count} people can, and speak {language}."), {"count": _size(place), "language": language})


def _moderator(tables: Tables, case: int, place: Place) -> Reason:
    person = tables.problem.moderators[place.leader].person
    before = tables.before.get(case)
    if before and before.moderator == person:
        return Reason(N_("{person} moderates, as announced."), {"person": person})
    count = len(tables.may_lead[case])
    return Reason(
        N_("{person} moderates, one of {count} who can in this language."), {"person": person, "count": count}
    )


def _wished(tables: Tables, case: int, place: Place) -> Reason | None:
    count = sum(1 for person in place.advisers if tables.wish[case] >> person & 1)
    if not count:
        return None
    values: dict[str, Value] = {"count": count, "all": len(place.advisers), "topic": tables.problem.cases[case].topic}
    return Reason(N_("{count} of {all} advisers asked for this topic: {topic}."), values)


def _inconvenient(tables: Tables, case: int, place: Place) -> Reason | None:
    early = [person for person in _everybody(tables, case, place) if tables.burden[person][place.slot] >= 2]
    return Reason(N_("Early or late for {people}."), {"people": _ids(tables, early)}) if early else None


def _if_need_be(tables: Tables, case: int, place: Place) -> Reason | None:
    asked = [person for person in _everybody(tables, case, place) if tables.if_need_be[place.slot] >> person & 1]
    return Reason(N_("Only if need be for {people}."), {"people": _ids(tables, asked)}) if asked else None


def _locked(tables: Tables, case: int, _place: Place) -> Reason | None:
    return Reason(N_("Locked here by a coordinator.")) if case in tables.locked else None


def _otherwise(draft: Draft, case: int, place: Place) -> Reason | None:
    """The next best slot with everything else as it is; None when there is no other."""
    if case in draft.tables.locked:
        return None
    draft.take(case)
    ways = [way for slot in draft.tables.may_be[case] if slot != place.slot and (way := draft.best(case, slot))]
    draft.put(case, place)
    if not ways:
        return Reason(N_("No other time would do with everything else as it is."))
    second = max(ways, key=lambda way: (way[0], -way[1].slot))[1]
    slot = draft.tables.problem.slots[second.slot].id
    return Reason(N_("Next best: {slot}, with {count} people."), {"slot": slot, "count": _size(second)})


def why_changed(draft: Draft, case: int) -> tuple[Reason, ...]:
    """For a case people know already: what of the announced plan does not hold any more, or that it all holds."""
    tables, seat, place = draft.tables, draft.tables.known.get(case), draft.places.get(case)
    if seat is None:
        return ()
    if place is not None and _as_announced(tables, seat, place):
        return (Reason(N_("As announced: the same time, the same people.")),)
    return broken_seat(tables, case) or (Reason(N_("It makes room for another case; this tells the fewest people.")),)


def _as_announced(tables: Tables, seat: Seat, place: Place) -> bool:
    advisers = {tables.problem.people[person].id for person in place.advisers}
    moderator = tables.problem.moderators[place.leader].person
    slot = tables.problem.slots[place.slot].id
    return (slot, moderator, advisers) == (seat.slot, seat.moderator, set(seat.advisers))


def broken_seat(tables: Tables, case: int) -> tuple[Reason, ...]:
    """What people know of this case and what cannot stay as it is, whatever the other cases do."""
    seat = tables.known[case]
    if case not in tables.before:
        return (Reason(N_("The time that was announced is no longer offered: {slot}."), {"slot": seat.slot}),)
    slot = tables.slot[seat.slot]
    giver = tables.giver[case]
    moderators = {tables.leader[at] for at in tables.may_lead[case]}
    advisers = tables.can[slot] & tables.may_advise[case]
    away = [person for person in seat.advisers if not _among(tables.person.get(person), advisers)]
    lead = tables.person.get(seat.moderator)
    least = tables.problem.cases[case].least
    here: dict[str, Value] = {"slot": seat.slot}
    facts: tuple[tuple[bool, str, dict[str, Value]], ...] = (
        (_among(giver, tables.can[slot]), _GIVER_CANNOT, {"person": tables.problem.people[giver].id, **here}),
        (_among(lead, mask(iter(moderators))), _NO_LONGER_LEADS, {"person": seat.moderator}),
        (_among(lead, tables.can[slot]), _LEADER_CANNOT, {"person": seat.moderator, **here}),
        (not away, _AWAY, {"people": away, **here}),
        (bool(away) or len(seat.advisers) >= least, _TOO_FEW, {"count": len(seat.advisers), "needed": least}),
        (slot in tables.may_be[case], _LOCKED_ELSEWHERE, {}),
    )
    return tuple(Reason(sentence, values) for holds, sentence, values in facts if not holds)


_GIVER_CANNOT = N_("{person}, whose case it is, cannot at {slot}.")
_NO_LONGER_LEADS = N_("{person} no longer moderates this case.")
_LEADER_CANNOT = N_("{person}, who moderates, cannot at {slot}.")
_AWAY = N_("No longer there at {slot}: {people}.")
_TOO_FEW = N_("Only {count} advisers are left; it takes {needed}.")
_LOCKED_ELSEWHERE = N_("A coordinator has locked it elsewhere.")


def _among(person: int | None, people: int) -> bool:
    """Whether somebody is among a mask of people; who has left (None) is in none."""
    return person is not None and bool(people >> person & 1)


def why_not(draft: Draft, case: int) -> tuple[Reason, ...]:
    """Reasons for a case that is left out, and what would help most if one person more is all it takes."""
    why = (*_why_left_out(draft, case), *_locked_there(draft.tables, case))
    helped = any(reason.sentence == ONE_OF_THESE for reason in why)
    return why if helped else (*why, *_one_more_moderator(draft, case))


def _locked_there(tables: Tables, case: int) -> tuple[Reason, ...]:
    """A locked case is looked for at one time only; that it could be held at another is for the coordinator to know."""
    lock = next((lock for lock in tables.problem.locks if lock.case == tables.problem.cases[case].id), None)
    return (Reason(LOCKED_THERE, {"slot": lock.slot}),) if lock else ()


def _one_more_moderator(draft: Draft, case: int) -> tuple[Reason, ...]:
    """The time at which nothing but a moderator is missing, with everything else as it is; where most could advise."""
    tables, asked = draft.tables, draft.tables.problem.cases[case]
    if any(lock.case == asked.id and lock.moderator is not None for lock in tables.problem.locks):
        return ()
    waiting = [
        slot
        for slot in tables.may_be[case]
        if draft.rooms[slot] < tables.problem.slots[slot].rooms
        and draft.giver_can(case, slot)
        and draft.advisers(case, slot).bit_count() >= asked.least
        and draft.best(case, slot) is None
    ]
    if not waiting:
        return ()
    slot = max(waiting, key=lambda slot: (draft.advisers(case, slot).bit_count(), -slot))
    values: dict[str, Value] = {"language": asked.language, "slot": tables.problem.slots[slot].id}
    return (Reason(ONE_MORE_MODERATOR, values),)


LOCKED_THERE = N_("A coordinator has locked it at {slot}. Unlock it, and the planner looks at the other times, too.")
ONE_OF_THESE = N_("It would help most if one of these could: {people}.")
ONE_MORE_MODERATOR = N_("It would help most if one more person who moderates in {language} could at {slot}.")


def _why_left_out(draft: Draft, case: int) -> tuple[Reason, ...]:
    """Reasons for a case that is left out: what no plan could mend first, otherwise what stands in the way."""
    tables, asked = draft.tables, draft.tables.problem.cases[case]
    if not tables.may_be[case]:
        return (Reason(N_("There is no time slot yet. Open a window first.")),)
    if not tables.may_lead[case]:
        return (_nobody_leads(tables, case),)
    able = tables.may_advise[case].bit_count()
    if able < asked.least:
        values: dict[str, Value] = {"count": able, "needed": asked.least, "language": asked.language}
        sentence = N_("Only {count} of {needed} advisers speak {language} and come from another city.")
        return (Reason(sentence, values),)
    return _never(tables, case) or _not_now(draft, case)


def _nobody_leads(tables: Tables, case: int) -> Reason:
    asked = tables.problem.cases[case]
    locked = next((lock for lock in tables.problem.locks if lock.case == asked.id and lock.moderator is not None), None)
    if locked and locked.moderator is not None:
        values: dict[str, Value] = {"person": locked.moderator, "language": asked.language}
        return Reason(N_("The case is locked to {person}, who does not moderate it in {language}."), values)
    return Reason(N_("Nobody who moderates here speaks {language}."), {"language": asked.language})


def _never(tables: Tables, case: int) -> tuple[Reason, ...]:
    """Why no slot would do even if this were the only case."""
    asked = tables.problem.cases[case]
    giver = [slot for slot in tables.may_be[case] if tables.can[slot] >> tables.giver[case] & 1]
    values: dict[str, Value] = {"person": asked.giver, "count": len(tables.may_be[case])}
    if not giver and len(tables.may_be[case]) == 1:
        return (Reason(_GIVER_CANNOT, {"person": asked.giver, "slot": _slot(tables, tables.may_be[case][0])}),)
    if not giver:
        return (Reason(N_("{person}, whose case it is, can at none of the {count} times."), values),)
    led = [slot for slot in giver if _led(tables, case, slot)]
    if not led:
        times: dict[str, Value] = {"person": asked.giver, "language": asked.language}
        if len(giver) == 1:
            only = N_("Nobody who moderates in {language} can at {slot}, the only time when {person} can.")
            return (Reason(only, {**times, "slot": _slot(tables, giver[0])}),)
        times["count"] = len(giver)
        sentence = N_("Nobody who moderates in {language} can at any of the {count} times when {person} can.")
        return (Reason(sentence, times),)
    slot = max(led, key=lambda slot: (_free_beside(tables, case, slot), -slot))
    able = _free_beside(tables, case, slot)
    if able >= asked.least:
        return ()
    best: dict[str, Value] = {"slot": tables.problem.slots[slot].id, "count": able, "needed": asked.least}
    return (
        Reason(N_("Only {count} of {needed} advisers can at the best time, {slot}."), best),
        *_missing(tables, case, slot),
    )


def _missing(tables: Tables, case: int, slot: int) -> tuple[Reason, ...]:
    """Who of those who asked for the topic would have to say yes."""
    cannot = tables.may_advise[case] & tables.wish[case] & ~tables.can[slot]
    if not cannot:
        return ()
    people = _ids(tables, list(bits(cannot))[:5])
    return (Reason(ONE_OF_THESE, {"people": people}),)


def _not_now(draft: Draft, case: int) -> tuple[Reason, ...]:
    """It could be held alone; say what the other cases take from it, at the slot that comes nearest."""
    tables, asked = draft.tables, draft.tables.problem.cases[case]
    possible = [
        slot
        for slot in tables.may_be[case]
        if tables.can[slot] >> tables.giver[case] & 1
        and _led(tables, case, slot)
        and _free_beside(tables, case, slot) >= asked.least
    ]
    slot = max(possible, key=lambda slot: (draft.advisers(case, slot).bit_count(), -slot))
    here = tables.problem.slots[slot].id
    alone = Reason(N_("It could be held alone at {slot}, but other cases are in the way there:"), {"slot": here})
    return (alone, _in_the_way(draft, case, slot))


def _in_the_way(draft: Draft, case: int, slot: int) -> Reason:
    tables, asked = draft.tables, draft.tables.problem.cases[case]
    if draft.rooms[slot] >= tables.problem.slots[slot].rooms:
        return Reason(N_("all {count} rooms are taken."), {"count": tables.problem.slots[slot].rooms})
    if not draft.giver_can(case, slot):
        return Reason(N_("{person} is already in another room, or has enough in this week."), {"person": asked.giver})
    leaders, free = draft.leaders(case, slot), draft.advisers(case, slot)
    if not leaders:
        return Reason(N_("nobody is left to moderate in {language}."), {"language": asked.language})
    beside = max((free & ~(1 << tables.leader[leader])).bit_count() for leader in leaders)
    return Reason(N_("only {count} of {needed} advisers are still free."), {"count": beside, "needed": asked.least})


def _led(tables: Tables, case: int, slot: int) -> bool:
    return any(
        tables.can[slot] >> tables.leader[leader] & 1 and tables.problem.moderators[leader].most > 0
        for leader in tables.may_lead[case]
    )


def _free_beside(tables: Tables, case: int, slot: int) -> int:
    """How many could advise at this slot when the most harmless moderator is taken out of their number."""
    able = tables.can[slot] & tables.may_advise[case]
    return max(
        (
            (able & ~(1 << tables.leader[leader])).bit_count()
            for leader in tables.may_lead[case]
            if tables.can[slot] >> tables.leader[leader] & 1
        ),
        default=0,
    )


def _everybody(tables: Tables, case: int, place: Place) -> list[int]:
    return [tables.giver[case], tables.leader[place.leader], *place.advisers]


def _slot(tables: Tables, slot: int) -> str:
    return tables.problem.slots[slot].id


def _ids(tables: Tables, people: list[int]) -> list[int]:
    return [tables.problem.people[person].id for person in people]


def _size(place: Place) -> int:
    return len(place.advisers) + 2
