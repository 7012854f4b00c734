"""Methods on the web: looked at, copied, changed in forms, used for a consultation, which keeps the version it began with."""

import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape

import pytest
from sqlmodel import select

from app.consultation import queries
from app.consultation.engine.adapting import method_in
from app.consultation.engine.method import Method, Phase
from app.consultation.models import EventMethod
from app.core.db import reading, transaction
from app.events.models import Event, Participation
from app.timetable.models import Case
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, Visitor

from .rooms import NOON
from .stage import Stage, stage

pytestmark = ONE_DATABASE


BASE = "/events/rain/methods"


@pytest.fixture
async def here(site: Site, clock: Clock) -> Stage:
    clock.go_to(NOON)
    made = await stage()
    async with transaction() as session:
        row = (await session.exec(select(Participation).where(Participation.person_id == made.moderator))).one()
        row.roles = ["practitioner", "moderator"]
        session.add(row)
    return made


async def copy(visitor: Visitor, original: str, key: str = "copy-1") -> str:
    await visitor.get(BASE)
    answer = await visitor.send_form(BASE, {"original": original, "key": key})
    found = re.search(r"/methods/(own_\w+)/edit", answer.headers["location"])
    assert found
    return found[1]


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of the last form on the page, as it stands there."""
    form = page[page.rindex('<form method="post" action="/events/rain/methods') :]
    form = unescape(form[: form.index("</form>")])
    sent: dict[str, list[str]] = {}

    def add(name: str, value: str) -> None:
        sent.setdefault(name, []).append(value)

    for tag in re.findall(r"<input [^>]*>", form):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or " checked" in tag) and name[1] != "csrf":
            add(name[1], value[1] if value else "")
    for name, text in re.findall(r'<textarea [^>]*name="([^"]*)"[^>]*>\n([^<]*)</textarea>', form):
        add(name, text)
    for name, options in re.findall(r'<select [^>]*name="([^"]*)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
        add(name, chosen[1] if chosen else "")
    return sent


def told(page: str) -> list[str]:
    """The sentences about what is to be mended."""
    return re.findall(r'class="(?:error|banner[^"]*)"[^>]*>(?:<p>)?([^<]*)', page)


def in_one_order(method: Method) -> Method:
    """A form names roles in the order of the method; a file as it likes."""

    def each(phase: Phase) -> Phase:
        outputs = tuple(replace(out, writes=tuple(sorted(out.writes))) for out in phase.outputs)
        speaks, listens = tuple(sorted(phase.speaks)), tuple(sorted(phase.listens))
        return replace(phase, speaks=speaks, listens=listens, outputs=outputs)

    return replace(method, phases=tuple(each(phase) for phase in method.phases))


async def save(visitor: Visitor, url: str, **changes: object) -> tuple[int, str]:
    page = await visitor.get(url)
    assert page.status_code == 200
    answer = await visitor.send_form(url, {**fields(page.text), **changes})
    return answer.status_code, answer.text


async def newest(key: str) -> EventMethod:
    async with reading() as session:
        rows = (await session.exec(select(EventMethod).where(EventMethod.key == key))).all()
    return max(rows, key=lambda row: row.version)


async def test_the_library_shows_all_methods_and_each_says_how_it_goes(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    listed = (await visitor.get(BASE)).text
    assert listed.count("Copy and adapt") == 25 and "Ways of advising" in listed
    page = (await visitor.get(f"{BASE}/dilemma_consultancy")).text
    assert "in turn, one after the other" in page and "backstage: hears all" in page and "50 minutes" in page
    german = (await visitor.get(f"{BASE}/dilemma_consultancy?in=de")).text
    assert 'lang="de"' in german and "Fokusfrage" in german
    assert (await visitor.get(f"{BASE}/nothing")).status_code == 404
    assert (await (await site.as_person(here.outsider)).get(BASE)).status_code == 403


async def test_a_copy_is_made_once_and_belongs_to_its_event(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    assert await copy(visitor, "dilemma_consultancy") == await copy(visitor, "dilemma_consultancy")
    other = await copy(visitor, "dilemma_consultancy", key="copy-2")
    assert other != await copy(visitor, "dilemma_consultancy")
    assert (await visitor.get(f"{BASE}/{other}/edit")).status_code == 200
    assert (await visitor.get(f"{BASE}/dilemma_consultancy/edit")).status_code == 404
    assert (await visitor.send_form(BASE, {"original": "own_x", "key": "k"})).status_code == 404


async def test_saving_every_phase_as_it_stands_changes_nothing(site: Site, here: Stage) -> None:
    """The form says everything there is: what it does not ask for, it keeps."""
    visitor = await site.as_person(here.moderator)
    key = await copy(visitor, "kollegiale_beratung_six_phases")
    before = method_in((await newest(key)).text)
    for phase in before.phases:
        status, text = await save(visitor, f"{BASE}/{key}/phases/{phase.key}/edit")
        assert status == 303, told(text)
    after = method_in((await newest(key)).text)
    assert in_one_order(after) == in_one_order(before)


async def test_a_phase_is_changed_and_what_is_wrong_is_said_at_its_field(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    key = await copy(visitor, "dilemma_consultancy")
    url = f"{BASE}/{key}/phases/clarifying/edit"
    status, text = await save(visitor, url, length="0", **{"title-en": "My very own title"})
    assert status == 422 and "Must be a whole number of at least 1." in text and "My very own title" in text
    assert 'id="f-length" name="length" type="number" value="0" aria-describedby="f-length-error"' in text
    status, text = await save(visitor, url, **{"title-de": ""})
    assert status == 422 and "Has no text in “de”." in text
    status, text = await save(visitor, url, listens=["peer"], speaks=["peer"])
    assert status == 422 and "cannot speak and listen at the same time." in text and "“peer”" not in text
    status, text = await save(visitor, url, length="9", **{"title-en": "Questions of fact", "turn": "2"})
    assert status == 303
    page = (await visitor.get(f"{BASE}/{key}")).text
    assert "Questions of fact" in page and "2 minutes each" in page


async def test_phases_are_added_moved_and_removed(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    key = await copy(visitor, "dilemma_consultancy")
    words = {"title-en": "A breath", "title-de": "Durchatmen", "prompt-en": "Be silent.", "prompt-de": "Sei still."}
    status, text = await save(
        visitor, f"{BASE}/{key}/phases/new", after="overview", floor="silent", length="2", **words
    )
    assert status == 303, told(text)
    listed = (await visitor.get(f"{BASE}/{key}/edit")).text
    assert listed.index("Be silent.") < listed.index('id="phase-clarifying"') and "52 minutes" in listed
    seen = {"revision": str((await newest(key)).revision)}
    url = f"{BASE}/{key}/phases/own_1"
    assert (await visitor.send_form(f"{url}/place", {**seen, "key": "m1"})).status_code == 303
    assert (await visitor.send_form(f"{url}/place", {**seen, "key": "m1"})).status_code == 303, "a double click is one"
    listed = (await visitor.get(f"{BASE}/{key}/edit")).text
    assert listed.index("Be silent.") < listed.index('id="phase-overview"')
    stale = await visitor.send_form(f"{url}/removal", {**seen, "key": "r1"})
    assert stale.status_code == 409 and "Somebody has changed this method" in stale.text
    seen = {"revision": str((await newest(key)).revision)}
    assert (await visitor.send_form(f"{url}/removal", {**seen, "key": "r2"})).status_code == 303
    assert "Be silent." not in (await visitor.get(f"{BASE}/{key}/edit")).text
    seen = {"revision": str((await newest(key)).revision)}
    refused = await visitor.send_form(f"{BASE}/{key}/phases/debrief/removal", {**seen, "key": "r3"})
    assert refused.status_code == 409 and "Peer advice ends with a release." in refused.text


async def plan(visitor: Visitor, here: Stage, method: str, key: str) -> int:
    people = [f"case_giver:{here.case_giver}", f"moderator:{here.moderator}"]
    people += [f"adviser:{person}" for person in (here.scribe, here.adviser, here.deputy)]
    form = {
        "title": "Who clears the drains?", "method": method, "first_day": "2026-06-11", "zone": "Asia/Tbilisi",
        "lang": "en", "key": key, "seats": people,
    }  # fmt: skip
    await visitor.get("/events/rain/rooms/written")
    answer = await visitor.send_form("/events/rain/rooms/written", form)
    assert answer.status_code == 303, answer.text
    return int(answer.headers["location"].rpartition("-")[2])


async def test_a_consultation_keeps_the_version_it_was_planned_with(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    key = await copy(visitor, "async_case_consultation")
    url = f"{BASE}/{key}/phases/clarify/edit"
    assert (await save(visitor, url, **{"title-en": "First wording"}))[0] == 303
    assert (await newest(key)).version == 1, "nobody uses it yet: it changes in place"
    first = await plan(visitor, here, key, "p1")
    assert (await save(visitor, url, **{"title-en": "Second wording", "length": "2"}))[0] == 303
    assert (await newest(key)).version == 2
    second = await plan(visitor, here, key, "p2")
    titles = {}
    for room in (first, second):
        async with reading() as session:
            titles[room] = (await queries.sitting(session, room)).room.method.phase("clarify").title["en"]
    assert titles == {first: "First wording", second: "Second wording"}


async def test_a_retired_method_is_no_longer_offered_but_what_was_planned_goes_on(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    key = await copy(visitor, "async_case_consultation")
    offered: Callable[[str], bool] = lambda page: f'value="{key}"' in page  # noqa: E731
    room = await plan(visitor, here, key, "p1")
    assert offered((await visitor.get("/events/rain/rooms/written")).text)
    assert (await visitor.send_form(f"{BASE}/{key}/retirement", {"retired": "yes"})).status_code == 303
    assert not offered((await visitor.get("/events/rain/rooms/written")).text)
    assert (await visitor.get(f"/rooms/{room}")).status_code == 200
    assert (await visitor.send_form(f"{BASE}/{key}/retirement", {"retired": "no"})).status_code == 303
    assert offered((await visitor.get("/events/rain/rooms/written")).text)


async def test_a_case_of_the_timetable_chooses_its_method(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    key = await copy(visitor, "dilemma_consultancy")
    page = (await visitor.get("/events/rain/timetable/cases")).text
    assert f'value="{key}"' in page and 'value="open_space"' not in page
    form = {"title": "Who owns the rain?", "lang": "en", "key": "case-key-1", "method": "open_space"}
    assert (await visitor.send_form("/events/rain/timetable/cases", form)).status_code == 422
    assert (await visitor.send_form("/events/rain/timetable/cases", {**form, "method": key})).status_code == 303
    async with reading() as session:
        case = (await session.exec(select(Case))).one()
    assert (case.method, case.least, case.most) == (key, 4, 10)


async def test_another_event_neither_sees_nor_uses_it(site: Site, here: Stage) -> None:
    visitor = await site.as_person(here.moderator)
    key = await copy(visitor, "dilemma_consultancy")
    async with transaction() as session:
        row = (await session.exec(select(EventMethod).where(EventMethod.key == key))).one()
        event = (await session.exec(select(Event))).one()
        other = Event(**{**event.model_dump(exclude={"id"}), "slug": "snow"})
        session.add(other)
        await session.flush()
        row.event_id = other.id or 0
        session.add(row)
    assert (await visitor.get(f"{BASE}/{key}")).status_code == 404
    assert key not in (await visitor.get(BASE)).text
    form = {"title": "Who owns the rain?", "lang": "en", "key": "case-key-1", "method": key}
    assert (await visitor.send_form("/events/rain/timetable/cases", form)).status_code == 422
