"""Why here, and why not as announced: sentences for the coordinator, computed after the search from what is true."""

from itertools import combinations

from app.core.words import N_
from app.matching.draft import Draft, Place
from app.matching.masks import mask
from app.matching.plan import Reason, Value
from app.matching.problem import Seat
from app.matching.tables import Tables


def why_here(draft: Draft, case: int) -> tuple[Reason, ...]:
    """Reasons for a placed case, best read in this order: who can, what they bring, what it costs, what else."""
    place = draft.places[case]
    return tuple(
        reason
        for reason in (
            _everybody_can(draft, case, place),
            _moderator(draft.tables, case, place),
            _preferred(draft.tables, case, place),
            _wished(draft.tables, case, place),
            _new_to_each_other(draft, case, place),
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


def _preferred(tables: Tables, case: int, place: Place) -> Reason | None:
    if place.leader not in tables.preferred[case]:
        return None
    return Reason(N_("{person} wished for this moderator."), {"person": tables.problem.cases[case].giver})


def _new_to_each_other(draft: Draft, case: int, place: Place) -> Reason | None:
    """How many pairs meet here and nowhere else, where that counts and some meet elsewhere, too."""
    if not draft.tables.weights.again:
        return None
    everybody = _everybody(draft.tables, case, place)
    pairs = len(everybody) * (len(everybody) - 1) // 2
    again = sum(1 for pair in combinations(sorted(everybody), 2) if draft.meetings.times[pair] > 1)
    return (
        Reason(N_("{count} of {all} pairs meet here only."), {"count": pairs - again, "all": pairs}) if again else None
    )


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
        (_may_sit_together(tables, case, seat), _KEPT_APART_SINCE, {}),
        (bool(away) or len(seat.advisers) >= least, _TOO_FEW, {"count": len(seat.advisers), "needed": least}),
        (slot in tables.may_be[case], _LOCKED_ELSEWHERE, {}),
    )
    return tuple(Reason(sentence, values) for holds, sentence, values in facts if not holds)


def _may_sit_together(tables: Tables, case: int, seat: Seat) -> bool:
    known = (tables.person.get(person) for person in (seat.moderator, *seat.advisers))
    return tables.company.suits((tables.giver[case], *(person for person in known if person is not None)))


_GIVER_CANNOT = N_("{person}, whose case it is, cannot at {slot}.")
_NO_LONGER_LEADS = N_("{person} no longer moderates this case.")
_LEADER_CANNOT = N_("{person}, who moderates, cannot at {slot}.")
_KEPT_APART_SINCE = N_("Some who are announced for it are kept apart now.")
_AWAY = N_("No longer there at {slot}: {people}.")
_TOO_FEW = N_("Only {count} advisers are left; it takes {needed}.")
_LOCKED_ELSEWHERE = N_("A coordinator has locked it elsewhere.")


def _among(person: int | None, people: int) -> bool:
    """Whether somebody is among a mask of people; who has left (None) is in none."""
    return person is not None and bool(people >> person & 1)


def _everybody(tables: Tables, case: int, place: Place) -> list[int]:
    return [tables.giver[case], tables.leader[place.leader], *place.advisers]


def _ids(tables: Tables, people: list[int]) -> list[int]:
    return [tables.problem.people[person].id for person in people]


def _size(place: Place) -> int:
    return len(place.advisers) + 2
