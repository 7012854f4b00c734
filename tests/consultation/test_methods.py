"""The method files: all of them can be used, and a mistake in one is a sentence with file, part and field."""

import re
from copy import deepcopy

import pytest
import yaml

from app.consultation.engine.library import FOLDER, methods
from app.consultation.engine.method import Kind, Listening
from app.consultation.engine.mistake import MethodMistake
from app.consultation.engine.reading import read_method

from .rooms import LIVE

SIX = yaml.safe_load((FOLDER / "kollegiale_beratung_six_phases.yaml").read_text())
PALETTE = methods()["kollegiale_beratung_six_phases"].modules
DILEMMA = yaml.safe_load((FOLDER / "dilemma_consultancy.yaml").read_text())


def test_all_twenty_five_methods_and_the_palette_are_there():
    assert len(methods()) == 25
    assert len(LIVE) == 18
    assert len(methods()["kollegiale_beratung_six_phases"].modules) == 16


@pytest.mark.parametrize("lang", ["en", "de", "ar"])
@pytest.mark.parametrize("key", sorted(methods()))
def test_a_method_speaks_all_languages_of_the_house_everywhere(key: str, lang: str):
    method = methods()[key]
    texts = [method.title, *(role.title for role in method.roles)]
    texts += [words for phase in method.phases for words in (phase.title, phase.prompt)]
    outputs = [output for phase in method.phases for output in phase.outputs]
    texts += [output.title for output in outputs]
    texts += [words for output in outputs for _, words in output.sorts]
    texts += [words for module in method.modules for words in (module.title, module.starter, module.rule)]
    assert [words["en"] for words in texts if not words.get(lang, "").strip()] == []


# Prompts that name how many each may write, and of which output. Whoever writes such a prompt adds it here.
PER_PERSON = {
    ("async_case_consultation", "clarify", "facts"): 2,
    ("async_case_consultation", "reply", "takeaways"): 1,
    ("cc_peer_consultation", "silent_ideas", "ideas"): 3,
    ("expert_clinic", "question", "questions"): 2,
    ("lean_coffee", "vote", "order"): 3,
    ("lean_coffee", "close", "takeaways"): 1,
    ("peer_assist", "last_round", "top_suggestions"): 1,
    ("action_planning", "thirty", "first_30_days"): 3,
    ("project_idea_studio", "ideate", "ideas"): 5,
    ("project_idea_studio", "cluster", "ranking"): 3,
    ("ten_step_case_consultation", "s3_flash", "first_impressions"): 1,
    ("what_so_what_now_what", "now_what", "actions"): 1,
}
NUMBERS = {1: ("one", "ein", "1"), 2: ("two", "zwei"), 3: ("three", "drei"), 5: ("five", "fünf")}


@pytest.mark.parametrize(("place", "count"), PER_PERSON.items())
def test_a_number_in_a_prompt_is_the_number_that_can_be_written(place: tuple[str, str, str], count: int):
    method, key, deck = place
    phase = next(phase for phase in methods()[method].phases if phase.key == key)
    output = phase.output(deck)
    assert output is not None
    assert output.items == count
    for lang in ("en", "de"):
        assert any(word in phase.prompt[lang].lower() for word in NUMBERS[count]), phase.prompt[lang]


def test_every_prompt_that_says_how_many_each_is_listed():
    says_how_many = re.compile(
        r"\b(one|two|three|four|five|six)\b[^.;:]*\beach\b|\beach\b[^.;:]*\b(one|two|three)\b", re.IGNORECASE
    )
    found = {
        (method.key, phase.key)
        for method in methods().values()
        for phase in method.phases
        if any(out.items is not None for out in phase.outputs) and says_how_many.search(phase.prompt["en"])
    }
    minutes = {("cc_peer_consultation", "advice"), ("impromptu_networking", "pair"), ("premortem", "prevent")}
    assert found - minutes <= {place[:2] for place in PER_PERSON}
    assert len(found) > 5


@pytest.mark.parametrize("key", [key for key, method in methods().items() if method.family == "peer_advice"])
def test_peer_advice_ends_with_a_release_by_whoever_brought_the_case(key: str):
    method = methods()[key]
    release = [output for output in method.phases[-1].outputs if output.kind is Kind.RELEASE]
    assert release
    assert any(method.role(role).case for role in release[0].writes)


def test_nobody_who_listens_backstage_has_anything_to_write():
    for method in methods().values():
        for phase in method.phases:
            if phase.listening is Listening.BACKSTAGE:
                assert not {role for output in phase.outputs for role in output.writes} & set(phase.listens)


def mistake(document: dict, **changes: object) -> str:
    with pytest.raises(MethodMistake) as caught:
        read_method({**document, **changes}, file="mine.yaml", palettes={"consultation_modules": PALETTE})
    return str(caught.value)


def test_a_missing_field_is_named():
    document = {name: value for name, value in DILEMMA.items() if name != "group"}
    assert mistake(document) == "mine.yaml, field “group”: is missing."


def test_an_unknown_field_is_named():
    assert "field “tempo”: is not a field of this schema." in mistake(DILEMMA, tempo="fast")


def test_minutes_that_do_not_add_up_are_refused():
    assert mistake(DILEMMA, minutes=49) == "mine.yaml, field “minutes”: the phases add up to 50, not 49."


def test_a_phase_says_which_role_it_does_not_know():
    document = deepcopy(DILEMMA)
    document["phases"][1]["speaks"] = ["peer", "mayor"]
    assert mistake(document) == "mine.yaml, phase “clarifying”, field “speaks”: there is no role “mayor”."


def test_a_backstage_listener_who_writes_is_refused():
    document = deepcopy(DILEMMA)
    document["phases"][3]["outputs"][0]["writes"] = ["peer", "presenter"]
    assert mistake(document) == (
        "mine.yaml, phase “discussion”, output “insights”, field “writes”: “presenter” listens backstage."
    )


def test_peer_advice_without_release_is_refused():
    document = deepcopy(DILEMMA)
    document["phases"][-1]["outputs"] = []
    assert mistake(document) == "mine.yaml, phase “debrief”, field “outputs”: peer advice ends with a release."


def test_a_method_that_nobody_leads_is_refused():
    document = deepcopy(DILEMMA)
    del document["roles"][1]["owner"]
    assert "name a role with “owner: true” or write “owner: system”." in mistake(document)


def test_a_text_without_german_is_refused():
    document = deepcopy(DILEMMA)
    document["phases"][0]["prompt"] = {"en": "Only English"}
    assert mistake(document) == "mine.yaml, phase “overview”, field “prompt”: has no text in “de”."


def test_a_selection_from_nothing_is_refused():
    document = deepcopy(SIX)
    document["phases"][-1]["outputs"][0]["of"] = "applause"
    assert "output “valuable”, field “of”: there is no output “applause”." in mistake(document)


def test_phases_of_a_round_that_are_torn_apart_are_refused():
    document = deepcopy(DILEMMA)
    for index in (1, 3):
        del document["phases"][index]["once"]
    assert "the phases of a round must follow each other" in mistake(document)


@pytest.mark.parametrize("value", [True, 0, -3, "five", 2.5, None])
def test_minutes_are_whole_numbers_of_at_least_one(value: object):
    document = deepcopy(DILEMMA)
    document["phases"][0]["minutes"] = value
    assert mistake(document) == ("mine.yaml, phase “overview”, field “minutes”: must be a whole number of at least 1.")
