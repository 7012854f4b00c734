"""Roles, modules and detours of an event's own method, each from one form; and the preview that keeps nothing."""

import pytest

from app.consultation.engine import adapting
from app.consultation.engine.adapting import Document
from app.consultation.engine.adapting_parts import (
    ANY,
    LoopForm,
    ModuleForm,
    RoleForm,
    with_loops,
    with_modules,
    with_roles,
)
from app.consultation.engine.library import methods
from app.core.errors import Invalid, Refused
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

from .stage import Stage
from .test_methods_page import BASE, copy, here, newest, save, told

__all__ = ["here"]
SIX = "kollegiale_beratung_six_phases"
WORDS = {"en": "Walk", "de": "Gang"}
WALK = ModuleForm("", WORDS, {"en": "On the way …", "de": "Unterwegs …"}, {"en": "Walk first.", "de": "Erst gehen."}, 9)


@pytest.fixture
def mine() -> Document:
    return adapting.copied(SIX, key="own_1")


def roles(*, without: str = "", leads: str = "moderator") -> list[RoleForm]:
    return [
        RoleForm(role.key, role.title, role.least, role.most, role.key == leads, role.case, role.scribe, role.rotates)
        for role in methods()[SIX].roles if role.key != without
    ]  # fmt: skip


def test_roles_that_are_filled_in_as_they_were_change_nothing(mine: Document) -> None:
    before, after = adapting.judged(mine), adapting.judged(with_roles(mine, roles()))
    assert (after.roles, after.phases, after.loops) == (before.roles, before.phases, before.loops)


def test_a_new_role_is_there_and_one_that_goes_speaks_and_writes_nowhere(mine: Document) -> None:
    observer = RoleForm("", {"en": "Observer", "de": "Beobachtung"}, 0, 2, False, False, False, False)
    method = adapting.judged(with_roles(mine, [*roles(without="scribe"), observer]))
    assert [role.key for role in method.roles] == ["case_giver", "moderator", "adviser", "own_1"]
    assert (method.role("own_1").least, method.role("own_1").most) == (0, 2)
    for phase in method.phases:
        assert "scribe" not in (*phase.speaks, *phase.listens, *(key for out in phase.outputs for key in out.writes))


def test_the_clock_may_lead_and_a_method_keeps_what_it_needs(mine: Document) -> None:
    with pytest.raises(Refused, match="Somebody must write it"):
        adapting.judged(with_roles(mine, roles(without="moderator", leads="")))
    assert adapting.judged(with_roles(mine, roles(leads=""))).owner is None
    with pytest.raises(Refused, match="at most 8 parts"):
        with_roles(mine, [*roles(), *[RoleForm("", WORDS, 0, None, False, False, False, False)] * 5])


def test_what_is_wrong_in_a_role_is_told_at_its_field(mine: Document) -> None:
    forms = [
        RoleForm("adviser", {"en": "Only English"}, 0, None, False, False, False, False),
        *roles(without="adviser"),
    ]
    with pytest.raises(Invalid) as told_:
        adapting.judged(with_roles(mine, forms), parts={"role “adviser”": "1"})
    assert list(told_.value.fields) == ["title-1"]


def test_the_palette_is_cut_down_and_filled_up(mine: Document) -> None:
    method = adapting.judged(with_modules(mine, offered=["headstand", "find_key_question"], own=[WALK]))
    assert [module.key for module in method.modules] == ["headstand", "find_key_question", "own_1"]
    assert (method.modules[2].title, method.modules[2].seconds) == (WORDS, 9 * 60)
    with pytest.raises(Refused, match="There is no module"):  # a detour needs the one that finds the key question
        adapting.judged(with_modules(mine, offered=["headstand"], own=[]))
    with pytest.raises(Refused, match="has no palette"):
        adapting.judged(with_loops(with_modules(mine, offered=[], own=[]), []))


def test_detours_are_exchanged_as_a_whole(mine: Document) -> None:
    made = with_loops(mine, [LoopForm("consultation", "consultation", "headstand", 8, 0), LoopForm("narration", "consultation", ANY, 5, 3)])  # fmt: skip
    first, second = adapting.judged(made).loops
    assert (first.module, first.seconds, first.back) == ("headstand", 480, 0)
    assert (second.module, second.after, second.back) == (None, "narration", 180)
    assert adapting.judged(with_loops(mine, [LoopForm("nowhere", "consultation", ANY, 5, 0)])).loops == ()


@ONE_DATABASE
async def test_saving_each_form_as_it_stands_changes_nothing(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    key = await copy(visitor, SIX)
    before = adapting.method_in((await newest(key)).text)
    for part in ("roles", "modules", "loops"):
        status, text = await save(visitor, f"{BASE}/{key}/{part}")
        assert status == 303, told(text)
    after = adapting.method_in((await newest(key)).text)
    assert (after.roles, after.modules, after.loops, after.capture) == (
        before.roles, before.modules, before.loops, before.capture,
    )  # fmt: skip


@ONE_DATABASE
async def test_roles_modules_and_detours_are_changed_without_scripts(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    key = await copy(visitor, SIX)
    words = {"title-5-en": "Observer", "title-5-de": "Beobachtung", "least-5": "0", "most-5": "2"}
    assert (await save(visitor, f"{BASE}/{key}/roles", **words))[0] == 303
    status, text = await save(visitor, f"{BASE}/{key}/roles", **{"least-1": "3", "most-1": "2"})
    assert status == 422 and "This is fewer than the least." in text and 'id="f-most-1-error"' in text
    status, text = await save(visitor, f"{BASE}/{key}/roles", **{"title-2-de": ""})
    assert status == 422 and "Has no text in “de”." in text and 'id="f-title-2-error"' in text
    own = {"title-1-en": "Walk", "title-1-de": "Gang", "rule-1-en": "Go.", "rule-1-de": "Geh."}
    status, text = await save(visitor, f"{BASE}/{key}/modules", offered=["find_key_question"], **own)
    assert status == 422 and 'id="f-starter-1-error"' in text
    more = {"starter-1-en": "On the way", "starter-1-de": "Unterwegs"}
    status, text = await save(visitor, f"{BASE}/{key}/modules", offered=["find_key_question"], **own, **more)
    assert status == 303, told(text)
    loop = {"after-3": "narration", "runs-3": "consultation", "module-3": "own_1", "minutes-3": "6"}
    status, text = await save(visitor, f"{BASE}/{key}/loops", **{**loop, "runs-3": ""})
    assert status == 422 and 'id="f-runs-3-error"' in text
    status, text = await save(visitor, f"{BASE}/{key}/loops", **loop)
    assert status == 303, told(text)
    page = (await visitor.get(f"{BASE}/{key}")).text
    assert "Observer" in page and "Walk" in page and "after “Spontaneous narration” once more “Consultation”" in page


@ONE_DATABASE
async def test_a_preview_shows_what_is_typed_and_keeps_nothing(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    key = await copy(visitor, "dilemma_consultancy")
    before = (await newest(key)).text
    typed = {
        "phases/clarifying/edit": {"title-en": "Questions of fact", "length": "9"}, "edit": {"title-en": "Questions of fact"},
        "roles": {"title-1-en": "Questions of fact"},
    }  # fmt: skip
    for path, words in typed.items():
        status, text = await save(visitor, f"{BASE}/{key}/{path}", preview="yes", **words)
        assert status == 200 and "Preview: not saved yet" in text, told(text)
        form = text[text.rindex("<form method") :]
        assert 'value="Questions of fact"' in form and (await newest(key)).text == before
    assert "Questions of fact" in text[text.index('id="preview"') : text.rindex("<form method")]
    status, text = await save(visitor, f"{BASE}/{key}/phases/clarifying/edit", preview="yes", **{"title-de": ""})
    assert status == 422 and "Has no text in “de”." in text and "Preview: not saved" not in text
    new = {"title-en": "A breath", "title-de": "Durchatmen", "prompt-en": "Be silent.", "prompt-de": "Sei still."}
    status, text = await save(visitor, f"{BASE}/{key}/phases/new", preview="yes", after="overview", **new)
    assert status == 200 and "Be silent." in text[text.index('id="preview"') : text.rindex("<form method")]
