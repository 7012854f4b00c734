"""What a page says of a method: its phases with minutes, who speaks and listens, what each leaves. Pure."""

from typing import Any

from app.consultation.engine.method import Floor, Kind, Listening, Loop, Method, Module, Output, Phase, Seen, said
from app.core.words import N_

FAMILIES = {
    "peer_advice": N_("Advice among peers"),
    "dialogue": N_("Dialogue"),
    "ideation": N_("Ideas"),
    "planning": N_("Planning"),
    "opener": N_("To begin with"),
    "closer": N_("To close with"),
}
FLOORS = {
    Floor.SINGLE: N_("one named person speaks"),
    Floor.ROUND_ROBIN: N_("in turn, one after the other"),
    Floor.QUEUE: N_("by raised hands"),
    Floor.OPEN: N_("open talk"),
    Floor.SILENT: N_("in silence, writing only"),
    Floor.TEXT: N_("in writing, over days"),
}
LISTENING = {
    Listening.NORMAL: N_("as everybody"),
    Listening.BACKSTAGE: N_("backstage: hears all, says nothing, keeps notes"),
    Listening.OBSERVE: N_("observes: reacts with symbols only"),
}
SEEN = {
    Seen.AT_ONCE: N_("at once"),
    Seen.OWN_FIRST: N_("when they have written their own"),
    Seen.AT_REVEAL: N_("when it is turned up"),
    Seen.PHASE_END: N_("at the end of the phase"),
    Seen.MINE: N_("never: a private note"),
}
KINDS = {
    Kind.ASSIGNMENT: N_("parts given out"),
    Kind.QUESTION: N_("the key question"),
    Kind.SHORT_TEXT: N_("short text"),
    Kind.LONG_TEXT: N_("long text"),
    Kind.LIST: N_("list"),
    Kind.CARDS: N_("cards"),
    Kind.SELECTION: N_("marks on cards"),
    Kind.CHOICE: N_("choice"),
    Kind.RANKING: N_("ranking"),
    Kind.RATING: N_("rating"),
    Kind.ACTION_LIST: N_("a step with a date"),
    Kind.LINK: N_("links"),
    Kind.RELEASE: N_("the release"),
}


def method_shown(method: Method, lang: str) -> dict[str, Any]:
    """The method in this language, as its preview shows it."""
    return {
        "key": method.key,
        "title": said(method.title, lang),
        "family": FAMILIES[method.family],
        "written": method.written,
        "least": method.least,
        "most": method.most,
        "rounds": method.rounds,
        "length": total(method),
        "roles": [_role(method, key, lang) for key in (role.key for role in method.roles)],
        "phases": [_phase(method, phase, lang) for phase in method.phases],
        "modules": [module_shown(module, lang) for module in method.modules],
        "loops": [_loop(method, loop, lang) for loop in method.loops],
        "missing": [] if lang == "en" else _unspoken(method, lang),
    }


def _loop(method: Method, loop: Loop, lang: str) -> dict[str, Any]:
    module = method.module(loop.module)
    return {
        "after": said(method.phase(loop.after).title, lang), "runs": said(method.phase(loop.runs).title, lang),
        "module": said(module.title, lang) if module else "", "minutes": loop.seconds // 60, "back": loop.back // 60,
    }  # fmt: skip


def module_shown(module: Module, lang: str) -> dict[str, Any]:
    return {
        "title": said(module.title, lang), "starter": said(module.starter, lang), "rule": said(module.rule, lang),
        "minutes": module.seconds // 60,
    }  # fmt: skip


def total(method: Method) -> int:
    """Minutes, or working days of a written method, all rounds included."""
    length = [phase.days if method.written else phase.seconds // 60 for phase in method.phases]
    turns = [1 if phase.once else method.rounds for phase in method.phases]
    return sum(each * times for each, times in zip(length, turns, strict=True))


def _role(method: Method, key: str, lang: str) -> dict[str, Any]:
    role = method.role(key)
    return {
        "key": key, "title": said(role.title, lang), "least": role.least, "most": role.most, "leads": role.owner,
        "case": role.case,
    }  # fmt: skip


def _phase(method: Method, phase: Phase, lang: str) -> dict[str, Any]:
    return {
        "key": phase.key,
        "title": said(phase.title, lang),
        "prompt": said(phase.prompt, lang),
        "length": phase.days if method.written else phase.seconds // 60,
        "turn": phase.turn and phase.turn // 60,
        "each_round": not phase.once and method.rounds > 1,
        "by_itself": phase.by_itself,
        "floor": FLOORS[phase.floor],
        "speaks": [said(method.role(key).title, lang) for key in phase.speaks],
        "everybody": set(phase.speaks) == {role.key for role in method.roles},
        "listens": [said(method.role(key).title, lang) for key in phase.listens],
        "listening": LISTENING[phase.listening] if phase.listening is not Listening.NORMAL else "",
        "outputs": [_output(method, output, lang) for output in phase.outputs],
    }


def _output(method: Method, output: Output, lang: str) -> dict[str, Any]:
    return {
        "title": said(output.title, lang), "kind": KINDS[output.kind], "items": output.items, "anonymous": output.anonymous, "seen": SEEN[output.seen],
        "writes": [said(method.role(key).title, lang) for key in output.writes], "characters": output.characters,
        "kept": output.key in method.capture,
    }  # fmt: skip


def _unspoken(method: Method, lang: str) -> list[str]:
    """Titles of the phases that say something in English only."""
    return [said(phase.title, lang) for phase in method.phases if lang not in phase.title or lang not in phase.prompt]
