"""The practice rooms that come with the house: within the rules of their methods, and complete in each language."""

from typing import Any

import pytest
import yaml

from app.consultation.engine.library import methods
from app.consultation.engine.method import Listening
from app.consultation.practice.scripts import FIRST, ROOMS, Script, offered, script
from app.core.i18n import CODES

SCRIPTS = offered(FIRST)
LANGUAGES = ("de", "fr", "es", "pt", "ru", "uk", "ar")
SPOKEN = ("case", "any_case", "phases", "nudges", "drill")  # where in a file stands what peers say and write


def parts(read: Script) -> dict[str, str]:
    return {person: role for role, people in read.peers.items() for person in people}


@pytest.mark.parametrize("read", SCRIPTS, ids=lambda each: each.key)
def test_a_script_knows_all_phases_and_writes_only_where_its_peers_may(read: Script) -> None:
    way, part = methods()[read.method], parts(read)
    assert set(read.peers) == {role.key for role in way.roles} and set(read.order) == set(part) == set(read.names)
    assert list(read.scenes) == [phase.key for phase in way.phases]
    cards = dict(turn for scene in read.scenes.values() for turns in (scene.turns or {}).values() for turn in turns)
    assert len(cards) == 10 and set(read.case["valuable"]) <= set(cards)
    assert all(len(text) <= 280 for text in cards.values())
    for phase in way.phases:
        scene = read.scenes[phase.key]
        assert set(scene.turns or {}) <= set(part)
        for line in scene.lines:
            assert {line.unless, line.only} <= {*read.peers, ""}, line
            assert line.does == "ask" or set(line.keys) <= set(cards), line
            if line.does == "choose":
                assert way.module(line.deck), line
            if line.does == "write":
                output = phase.output(line.deck)
                assert output is not None and part[line.by] in output.writes and line.text, line
                assert output.characters is None or len(line.text) <= output.characters, line
            if line.does == "ask":
                assert way.role(part[line.by]).owner and 2 <= len(line.keys) <= 5 and len(line.text) <= 160, line
            if line.does == "park":
                assert part[line.by] not in phase.listens or phase.listening is not Listening.BACKSTAGE, line
            if line.does == "say" and not line.only:
                assert part[line.by] in phase.speaks or way.role(part[line.by]).owner, (phase.key, line)


@pytest.mark.parametrize("visitor", ["moderator", "adviser", "case_giver"])
@pytest.mark.parametrize("read", SCRIPTS, ids=lambda each: each.key)
def test_whatever_part_the_visitor_takes_the_others_have_something_to_say_and_help_is_there(
    read: Script, visitor: str
) -> None:
    for key, scene in read.scenes.items():
        playing = [line for line in scene.lines if line.unless != visitor and line.only in {"", visitor}]
        assert playing or scene.turns or (key, visitor) == ("closing", "case_giver"), (key, visitor)
        assert visitor == "adviser" or all(line.by != read.peers[visitor][0] for line in playing), (key, visitor)
        assert set(read.help[visitor][key]) == {FIRST, *LANGUAGES}
    assert visitor in read.nudges


@pytest.mark.parametrize("read", SCRIPTS, ids=lambda each: each.key)
def test_an_own_case_of_the_visitor_gets_questions_and_contributions_from_every_adviser(read: Script) -> None:
    advisers = {*read.peers["adviser"], *read.peers["scribe"]}
    assert set(read.any_case["turns"]) == advisers and all(len(said) == 2 for said in read.any_case["turns"].values())
    assert set(read.any_case["questions"]) <= advisers
    assert len(read.any_case["suggested_question"]) <= 200
    assert all(len(text) <= 280 for said in read.any_case["turns"].values() for text in said)


@pytest.mark.parametrize("read", SCRIPTS, ids=lambda each: each.key)
def test_in_a_dry_run_peers_drop_fall_silent_and_talk_where_they_have_a_part(read: Script) -> None:
    way, part = methods()[read.method], parts(read)
    assert {each.does for each in read.drill} == {"drops", "silent", "talks"}
    for each in read.drill:
        assert each.phase in read.scenes and not way.role(part[each.who]).owner
        assert all(set(words) == set(CODES) for words in (each.what, each.hint, each.advice))
        assert each.hint_after > 0 and (each.does != "drops" or each.hint_after < each.back)
        if each.does != "drops":
            assert part[each.who] in way.phase(each.phase).speaks, "only in a turn of theirs"
        assert (each.does == "talks") == bool(each.lines and each.every)


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("read", SCRIPTS, ids=lambda each: each.key)
def test_everything_said_is_there_in_the_language_and_nothing_that_is_no_longer_said(read: Script, lang: str) -> None:
    document = yaml.safe_load((ROOMS / f"{read.key}.yaml").read_text("utf-8"))
    words = yaml.safe_load((ROOMS / f"{read.key}.{lang}.yaml").read_text("utf-8"))
    english = {text for name in SPOKEN for text in sentences(document[name])}
    assert english == set(words) and len(english) > 60
    assert all(text.strip() and text != known for known, text in words.items())
    there = script(read.key, lang)
    assert there is not None and there.lang == lang and there.case["narration"][0] in words.values()
    test_a_script_knows_all_phases_and_writes_only_where_its_peers_may(there)


def test_in_a_language_in_which_nobody_has_written_it_a_script_is_played_in_english() -> None:
    there = script("rain", "nl")
    assert there is not None and there.lang == "en" and there.case == SCRIPTS[0].case


def sentences(found: Any) -> list[str]:
    """What is said: every text of more than one word that is not there in several languages already."""
    if isinstance(found, dict):
        return [
            text
            for value in found.values()
            if not (isinstance(value, dict) and "en" in value)
            for text in sentences(value)
        ]
    if isinstance(found, list):
        return [text for value in found for text in sentences(value)]
    return [found] if isinstance(found, str) and " " in found else []
