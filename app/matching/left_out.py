"""Why a case is left out, and what would help most: as few reasons as are true, for the coordinator.

Each names what stands in the way, so that the case can be held when it is taken away. Nobody is named as kept apart.
"""

from app.core.words import N_
from app.matching.draft import Draft
from app.matching.hours import ASLEEP
from app.matching.masks import bits
from app.matching.plan import Reason, Value
from app.matching.tables import Tables

NAMED = 5  # people who are named because they could help, at most

ONE_OF_THESE = N_("It would help most if one of these could: {people}.")
SOME_OF_THESE = N_("It would help most if {count} of these could: {people}.")
ONE_MORE_MODERATOR = N_("It would help most if one more person who moderates in {language} could at {slot}.")
ONE_MORE_SKILLED = N_("It would help most if one more person who leads {skills} in {language} could at {slot}.")
UNLESS_APART = N_("It could be held at {slot} if nobody were kept apart.")
APART_NOT_COUNTED = N_("Whoever is kept apart from somebody in it does not count.")
LOCKED_THERE = N_("A coordinator has locked it at {slot}. Unlock it, and the planner looks at the other times, too.")
ALONE = N_("It could be held alone at {slot}, but other cases are in the way there:")
ROOMS_TAKEN = N_("all {count} rooms are taken.")
GIVER_TAKEN = N_("{person} is already in another room, or has enough in this week.")
NOBODY_LEFT_TO_LEAD = N_("nobody is left to moderate in {language}.")
TOO_FEW_FREE = N_("only {count} of {needed} advisers are still free.")


def why_not(draft: Draft, case: int) -> tuple[Reason, ...]:
    """What no plan could mend first, otherwise what the other cases take from it; then what would help most."""
    tables = draft.tables
    why = _never(tables, case) if not tables.ways[case] else _not_now(draft, case)
    helped = any(reason.sentence in (ONE_OF_THESE, SOME_OF_THESE) for reason in why)
    return (*why, *_locked_there(tables, case), *(() if helped else _one_more_moderator(draft, case)))


def _locked_there(tables: Tables, case: int) -> tuple[Reason, ...]:
    """A locked case is looked for at one time only; that it could be held at another is for the coordinator to know."""
    lock = next((lock for lock in tables.problem.locks if lock.case == tables.problem.cases[case].id), None)
    return (Reason(LOCKED_THERE, {"slot": lock.slot}),) if lock else ()


# Never


def _never(tables: Tables, case: int) -> tuple[Reason, ...]:
    """Why no slot would do even if this were the only case."""
    if unkept := tables.unkept.ways[case]:
        slot = max(unkept, key=lambda slot: (_free_beside(tables.unkept, case, slot), -slot))
        return (Reason(UNLESS_APART, {"slot": tables.problem.slots[slot].id}),)
    why = _whatever_the_others_do(tables, case)
    apart = tables.unkept is not tables and why != _whatever_the_others_do(tables.unkept, case)
    return (*why, Reason(APART_NOT_COUNTED)) if apart else why


def _whatever_the_others_do(tables: Tables, case: int) -> tuple[Reason, ...]:
    asked, slots = tables.problem.cases[case], [at for at in tables.may_be[case] if tables.problem.slots[at].rooms > 0]
    if not tables.may_be[case]:
        return (Reason(N_("There is no time slot yet. Open a window first.")),)
    if not slots:
        return (Reason(N_("No room is free at any time at which it may be.")),)
    if not tables.may_lead[case]:
        return (_nobody_leads(tables, case),)
    able = tables.company.largest(tables.may_advise[case], at_most=asked.least)
    if able < asked.least:
        values: dict[str, Value] = {"count": able, "needed": asked.least, "language": asked.language}
        return (Reason(N_("Only {count} of {needed} advisers speak {language} and come from another city."), values),)
    giver = [slot for slot in slots if tables.can[slot] >> tables.giver[case] & 1]
    if not giver:
        return (_giver_never(tables, case, slots),)
    led = [slot for slot in giver if _leaders(tables, case, slot)]
    if not led:
        return (_never_led(tables, case, giver), *_skills(tables, case))
    return _too_few(tables, case, max(led, key=lambda slot: (_free_beside(tables, case, slot), -slot)))


def _nobody_leads(tables: Tables, case: int) -> Reason:
    asked = tables.problem.cases[case]
    locked = next((lock.moderator for lock in tables.problem.locks if lock.case == asked.id and lock.moderator), None)
    speaking = {each.person for each in tables.problem.moderators if asked.language in each.languages}
    values: dict[str, Value] = {"language": asked.language, "skills": sorted(asked.needs)}
    if locked is not None:
        values["person"] = locked
        if locked in speaking and asked.needs:
            return Reason(N_("The case is locked to {person}, who does not lead {skills} in {language}."), values)
        return Reason(N_("The case is locked to {person}, who does not moderate it in {language}."), values)
    if speaking - {asked.giver} and asked.needs:
        return Reason(N_("Nobody who moderates here leads {skills} in {language}."), values)
    return Reason(N_("Nobody who moderates here speaks {language}."), values)


def _skills(tables: Tables, case: int) -> tuple[Reason, ...]:
    """Where others moderate in the language, but not this."""
    asked = tables.problem.cases[case]
    others = any(
        asked.language in each.languages and not asked.needs <= each.skills for each in tables.problem.moderators
    )
    return (Reason(N_("It takes somebody who leads {skills}."), {"skills": sorted(asked.needs)}),) if others else ()


def _giver_never(tables: Tables, case: int, slots: list[int]) -> Reason:
    giver = tables.problem.cases[case].giver
    if len(slots) == 1:
        only: dict[str, Value] = {"person": giver, "slot": tables.problem.slots[slots[0]].id}
        return Reason(N_("{person}, whose case it is, cannot at {slot}."), only)
    values: dict[str, Value] = {"person": giver, "count": len(slots)}
    return Reason(N_("{person}, whose case it is, can at none of the {count} times."), values)


def _never_led(tables: Tables, case: int, giver: list[int]) -> Reason:
    asked = tables.problem.cases[case]
    values: dict[str, Value] = {"person": asked.giver, "language": asked.language}
    if len(giver) == 1:
        only = N_("Nobody who moderates in {language} can at {slot}, the only time when {person} can.")
        return Reason(only, {**values, "slot": tables.problem.slots[giver[0]].id})
    sentence = N_("Nobody who moderates in {language} can at any of the {count} times when {person} can.")
    return Reason(sentence, {**values, "count": len(giver)})


def _too_few(tables: Tables, case: int, slot: int) -> tuple[Reason, ...]:
    """Too few at the best time, and whose yes would be enough."""
    able, least = _free_beside(tables, case, slot), tables.problem.cases[case].least
    best: dict[str, Value] = {"slot": tables.problem.slots[slot].id, "count": able, "needed": least}
    leader = max(_leaders(tables, case, slot), key=lambda at: _largest_beside(tables, case, tables.can[slot], at))
    cannot = tables.beside(tables.may_advise[case] & ~tables.can[slot], leader)
    return (
        Reason(N_("Only {count} of {needed} advisers can at the best time, {slot}."), best),
        *_if_they_could(tables, case, slot, cannot, missing=least - able),
    )


def _if_they_could(tables: Tables, case: int, slot: int, people: int, *, missing: int) -> tuple[Reason, ...]:
    """Those who are awake then and stand apart from nobody, whoever wished for the topic first; enough of them or none."""
    awake = [person for person in bits(people & ~tables.company.concerned) if tables.burden[person][slot] < ASLEEP]
    awake.sort(key=lambda person: (not tables.wish[case] >> person & 1, person))
    if len(awake) < missing:
        return ()
    named = [tables.problem.people[person].id for person in awake[: max(NAMED, missing)]]
    if missing == 1:
        return (Reason(ONE_OF_THESE, {"people": named}),)
    return (Reason(SOME_OF_THESE, {"count": missing, "people": named}),)


# Not beside the others


def _not_now(draft: Draft, case: int) -> tuple[Reason, ...]:
    """It could be held alone; what the other cases take from it, at the slot where they take least."""
    found = {slot: _in_the_way(draft, case, slot) for slot in draft.tables.ways[case]}
    slot = min(found, key=lambda slot: (len(found[slot]), -draft.advisers(case, slot).bit_count(), slot))
    return (Reason(ALONE, {"slot": draft.tables.problem.slots[slot].id}), *found[slot])


def _in_the_way(draft: Draft, case: int, slot: int) -> list[Reason]:
    """Everything that would have to be otherwise, for this case to be held at the slot beside the others."""
    tables, asked = draft.tables, draft.tables.problem.cases[case]
    found = []
    if draft.rooms[slot] >= tables.problem.slots[slot].rooms:
        found.append(Reason(ROOMS_TAKEN, {"count": tables.problem.slots[slot].rooms}))
    if not draft.giver_can(case, slot):
        found.append(Reason(GIVER_TAKEN, {"person": asked.giver}))
    leaders, free = draft.leaders(case, slot), draft.advisers(case, slot)
    if not leaders:
        found += [Reason(NOBODY_LEFT_TO_LEAD, {"language": asked.language}), *_skills(tables, case)]
    beside = max(
        (_largest_beside(tables, case, free, leader) for leader in leaders or tables.may_lead[case]), default=0
    )
    if beside < asked.least:
        found.append(Reason(TOO_FEW_FREE, {"count": beside, "needed": asked.least}))
        if max((tables.unkept.beside(free, leader).bit_count() for leader in leaders), default=0) > beside:
            found.append(Reason(APART_NOT_COUNTED))
    return found


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
        and tables.company.enough(draft.advisers(case, slot), asked.least)
        and draft.best(case, slot) is None
    ]
    if not waiting:
        return ()
    slot = max(waiting, key=lambda slot: (draft.advisers(case, slot).bit_count(), -slot))
    values: dict[str, Value] = {"language": asked.language, "slot": tables.problem.slots[slot].id}
    if any(not asked.needs <= each.skills for each in tables.problem.moderators):
        return (Reason(ONE_MORE_SKILLED, {**values, "skills": sorted(asked.needs)}),)
    return (Reason(ONE_MORE_MODERATOR, values),)


def _leaders(tables: Tables, case: int, slot: int) -> list[int]:
    """Who could moderate it at the slot if it were the only case."""
    moderators = tables.problem.moderators
    return [at for at in tables.may_lead[case] if tables.can[slot] >> tables.leader[at] & 1 and moderators[at].most > 0]


def _free_beside(tables: Tables, case: int, slot: int) -> int:
    """How many could advise together at this slot, if it were the only case, beside the most harmless moderator."""
    able = (_largest_beside(tables, case, tables.can[slot], leader) for leader in _leaders(tables, case, slot))
    return max(able, default=0)


def _largest_beside(tables: Tables, case: int, people: int, leader: int) -> int:
    able = tables.beside(people & tables.may_advise[case], leader)
    return tables.company.largest(able, at_most=tables.problem.cases[case].most)
