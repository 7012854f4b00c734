"""What must hold between the parts of a method, beyond the shape of each."""

from collections.abc import Callable

from app.consultation.engine.method import Kind, Listening, Method, Phase
from app.consultation.engine.mistake import MethodMistake, Place
from app.core.words import N_


def check(method: Method, *, place: Place, total: object, owner: object) -> None:
    """Raises MethodMistake for the first thing that does not fit together."""
    _keys_are_unique(method, place)
    _somebody_leads(method, place, owner)
    _times_add_up(method, place, total)
    _repeated_phases_stand_together(method, place)
    _on_every(method, place, _backstage_is_kept)
    _on_every(method, place, _references_are_known)
    _detours_lead_somewhere(method, place)
    _advice_ends_with_release(method, place)


def _on_every(method: Method, place: Place, rule: Callable[[Method, Phase, Place], None]) -> None:
    for phase in method.phases:
        rule(method, phase, place.within(f"phase “{phase.key}”"))


def _keys_are_unique(method: Method, place: Place) -> None:
    for name, keys in (
        ("roles", [role.key for role in method.roles]),
        ("phases", [phase.key for phase in method.phases]),
        ("palette", [module.key for module in method.modules]),
    ):
        for key in keys:
            if keys.count(key) > 1:
                raise MethodMistake(place.at(name), N_("“{key}” stands there twice."), key=key)


def _somebody_leads(method: Method, place: Place, owner: object) -> None:
    leaders = [role for role in method.roles if role.owner]
    if len(leaders) > 1:
        raise MethodMistake(place.at("roles"), "Only one role can be the process owner.")
    if not leaders and owner != "system":
        raise MethodMistake(place.at("owner"), "Name a role with “owner: true” or write “owner: system”.")
    if leaders and owner is not None:
        raise MethodMistake(place.at("owner"), "A role is the process owner already.")


def _times_add_up(method: Method, place: Place, total: object) -> None:
    once = sum(phase.seconds for phase in method.phases if phase.once)
    each_round = sum(phase.seconds for phase in method.phases if not phase.once)
    unit, name = (24 * 3600, "days") if method.written else (60, "minutes")
    found = (once + method.rounds * each_round) // unit
    if found != total:
        raise MethodMistake(place.at(name), N_("The phases add up to {found}, not {total}."), found=found, total=total)


def _repeated_phases_stand_together(method: Method, place: Place) -> None:
    marks = "".join("1" if phase.once else "r" for phase in method.phases)
    if "r" in marks.strip("1").replace("r", "", 1) and "1" in marks.strip("1"):
        raise MethodMistake(place.at("phases"), N_("The phases of a round must follow each other."))


def _backstage_is_kept(method: Method, phase: Phase, place: Place) -> None:
    both = sorted(set(phase.speaks) & set(phase.listens))
    if both:
        raise MethodMistake(place.at("listens"), N_("“{key}” cannot speak and listen at the same time."), key=both[0])
    if phase.listening is not Listening.BACKSTAGE:
        return
    if not phase.listens:
        raise MethodMistake(place.at("listening"), N_("Nobody listens backstage."))
    for output in phase.outputs:
        for key in phase.listens:
            if key in output.writes:
                raise MethodMistake(
                    place.within(f"output “{output.key}”").at("writes"), N_("“{key}” listens backstage."), key=key
                )


def _references_are_known(method: Method, phase: Phase, place: Place) -> None:
    for output in phase.outputs:
        here = place.within(f"output “{output.key}”")
        if output.kind is Kind.SELECTION and output.of is None:
            raise MethodMistake(here.at("of"), N_("Say what is selected from."))
        if output.of not in (None, "modules", "seats") and method.output(output.of or "") is None:
            raise MethodMistake(here.at("of"), N_("There is no output “{key}”."), key=output.of)
        if output.of == "modules" and not method.modules:
            raise MethodMistake(here.at("of"), N_("This method has no palette."))
        if output.kind is Kind.CHOICE and output.of is None and len(output.options) < 2:
            raise MethodMistake(here.at("options"), N_("A choice needs two options at least."))
        if output.scale and not output.scale.least < output.scale.most <= output.scale.least + 10:
            raise MethodMistake(here.at("scale"), N_("A scale has two to eleven steps, the lowest first."))
        if not output.writes:
            raise MethodMistake(here.at("writes"), N_("Somebody must write it."))


def _detours_lead_somewhere(method: Method, place: Place) -> None:
    phases = {phase.key for phase in method.phases}
    for loop in method.loops:
        for key in (loop.after, loop.runs):
            if key not in phases:
                raise MethodMistake(place.at("loops"), N_("There is no phase “{key}”."), key=key)
        if loop.module is not None and method.module(loop.module) is None:
            raise MethodMistake(place.at("loops"), N_("There is no module “{key}”."), key=loop.module)
    for key in method.capture:
        if method.output(key) is None:
            raise MethodMistake(place.at("capture"), N_("There is no output “{key}”."), key=key)


def _advice_ends_with_release(method: Method, place: Place) -> None:
    releases = [output for output in method.phases[-1].outputs if output.kind is Kind.RELEASE]
    if method.family == "peer_advice" and not releases:
        raise MethodMistake(
            place.within(f"phase “{method.phases[-1].key}”").at("outputs"), N_("Peer advice ends with a release.")
        )
    cases = {role.key for role in method.roles if role.case}
    if releases and cases and not cases & set(releases[0].writes):
        raise MethodMistake(place.at("roles"), "Say with “case: true” whose release it is.")
