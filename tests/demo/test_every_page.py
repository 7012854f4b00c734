"""Every page of the house, in a real Chromium: it fits, nothing is too small to hit, no script errs, axe finds nothing.

The demonstration is loaded once, a room of it is in the middle of its consultation, and each kind of visitor has a tab
per language. Every page is measured 1280 and 360 pixels wide; widths, lights and languages go round over the pages where
axe looks, because it takes long. The seven main pages are looked at in all languages. `make test-all` lets axe look
at every page in both widths and lights. A new route without a visitor here fails.
"""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path

import pytest
from playwright.async_api import Browser, FilePayload, Page
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.requests import Request
from starlette.routing import Route

from app.consultation import queries
from app.consultation.actions import moves, planning, writing
from app.consultation.models import Consultation, EventMethod
from app.core import signs, times
from app.core.db import transaction
from app.core.i18n import direction
from app.core.mail import Letter
from app.demo import material
from app.embedded import Valkey
from app.events.actions_members import invite, make_join_link
from app.events.lists import Guest
from app.events.models import Block, Event, Task, Term
from app.events.rules import Role
from app.forum.actions.cockpit import write_note
from app.forum.actions.concerns import ask_for_help
from app.forum.models import Post, Thread
from app.insight.models import Pulse
from app.main import Setup, _own_routes, close_stores, create_app, slice_routes
from app.notices.actions import UNSUBSCRIBE
from app.notices.actions_newsletter import CONFIRM, LEAVE
from app.notices.models import Announcement, Newsletter
from app.people.actions import create_admin, known_or_new, mail_link, sign_in
from app.people.actions_address import ADDRESS
from app.people.models import Person
from app.timetable.models import Swap
from app.timetable.queries_what_if import what_ifs
from realtime.server import LiveLine
from tests.browser.look import AXE, Weight, same_named, too_small, too_wide, violations
from tests.demo.pages import MAIN, NO_PAGE, WHO
from tests.realtime.serving import serving
from tests.support.chromium import Shots, visitor
from tests.support.clock import Clock
from tests.support.demonstration import Demonstrations
from tests.support.postgres import free_port

pytestmark = pytest.mark.browser

NOW = datetime(2026, 11, 25, 9, 20, tzinfo=UTC)  # a Wednesday
HELD = NOW + timedelta(minutes=45)  # the next consultation began five minutes ago
LANGUAGES = ("en", "de", "ar")
PHONE, DESK = {"width": 360, "height": 740}, {"width": 1280, "height": 720}
AGAIN, ORGANISING = 14_000, 25_000  # bytes of HTML; who organises chooses among all countries and all members
"""Bytes of a page on a second visit, with its headers below 15 kB."""
LOOKS = [(DESK, "light"), (PHONE, "dark"), (PHONE, "light"), (DESK, "dark")]
QUESTION = "How do we get road, park and water to share one plan for the verges?"
CARDS = (
    "One depot for mowing and drains since 2022. Quarrels ended in the second autumn.",
    "Let the three heads walk one street together after each storm.",
)

VISITS = [(path, who) for path, visitors in WHO.items() for who in visitors.split()]
LETTER = re.compile(r"/(outbox|letters)/\{id:int\}/html$")


OWN = {
    "/rooms/{id:int}/protocol",
    "/rooms/{id:int}/outcome",
    "/rooms/{id:int}/offers",
    "/notes/{note:int}",
}  # not of the room that runs
OF_A_PAGE = ("landmark-one-main", "page-has-heading-one", "region")  # a letter stands within a mail program's page


@dataclass
class House:
    """The house while it runs, with everybody who comes and something of every kind to open."""

    browser: Browser
    address: str = ""
    people: dict[str, int] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    tabs: dict[tuple[str, str], tuple[Page, list[str]]] = field(default_factory=dict)

    def url(self, path: str) -> str:
        """The address of an example: a place in a path is known by the word before it."""
        if path in OWN:
            path = path.replace("{id:int}", self.known["held"]).replace("{note:int}", self.known["note"])
        if "/wall" in path or "/cards" in path:
            path = path.replace("{thread:int}", self.known["wall"])
        return re.sub(r"([\w-]+)/\{\w+(:\w+)?\}", lambda found: f"{found[1]}/{self.known[found[1]]}", path)

    async def tab(self, who: str, lang: str) -> tuple[Page, list[str]]:
        """This person's browser in this language, and the list of what goes wrong in it."""
        if (who, lang) not in self.tabs:
            troubles: list[str] = []
            page = await visitor(self.browser, self.address, lang=lang, zone="Asia/Tbilisi", troubles=troubles)
            cookies = {"lang": lang}
            if who in self.people:
                async with transaction() as session:
                    cookies["session"] = await sign_in(
                        session, person_id=self.people[who], device="a test", now=times.now()
                    )
            await page.context.add_cookies(
                [{"name": name, "value": value, "url": self.address} for name, value in cookies.items()]
            )
            await page.context.add_init_script(path=AXE)  # compiled once, not again for every page
            self.tabs[who, lang] = (page, troubles)
        page, troubles = self.tabs[who, lang]
        troubles.clear()
        return page, troubles


async def _broken(_: Request) -> None:
    raise RuntimeError("on purpose")


@pytest.fixture(scope="module")
def told(demonstrations: Demonstrations, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The demonstration as it was loaded at NOW; for all of this module it is 45 minutes later."""
    folder = tmp_path_factory.mktemp("every-page")
    url = demonstrations.copy_to(folder, NOW)
    clock = Clock(folder / "clock")
    clock.go_to(HELD)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(times, "_shift_file", clock.file)
        yield url


@pytest.fixture(scope="module")
async def house(anyio_backend: str, told: str, browser: Browser, shared_valkey: Valkey) -> AsyncIterator[House]:
    port = free_port()
    house = House(browser, f"http://127.0.0.1:{port}")
    setup = Setup(
        database_url=told, redis_url=shared_valkey.url, base_url=house.address,
        files=Path(told.partition(":///")[2]).parent / "files", secret="for every page " * 3, demo=True,
    )  # fmt: skip
    line = LiveLine(own_origin=house.address)
    app = create_app(setup, more=[*line.routes, Route("/broken", _broken)])
    listening = asyncio.create_task(line.run())
    async with serving(app, port=port):
        async with transaction() as session:
            await _find(session, house)
        await _meet(house)
        yield house
        for page, _ in house.tabs.values():
            await page.context.close()
    listening.cancel()
    await asyncio.wait({listening})
    await close_stores()


async def _find(session: AsyncSession, house: House) -> None:
    """Something of every kind, and the words of letters and links."""
    event = (await session.exec(select(Event).where(Event.slug == material.event().event.key))).one()
    doors = {each.door: f"{each.key}@example.org" for each in material.people().people if each.door}
    for who in ("participant", "moderator", "coordinator", "manager"):
        house.people[who] = (await session.exec(select(col(Person.id)).where(Person.email == doors[who]))).one() or 0
    admin = await create_admin(
        session, email="admin@example.org", name="Ada Admin", password_hash="", lang="en", zone="Europe/Berlin", now=NOW
    )
    house.people["admin"] = admin.id or 0
    event_id, manager = event.id or 0, house.people["manager"]
    guest = Guest(email="guest@example.org", name="Gero Guest", roles=frozenset({Role.PRACTITIONER}))
    await invite(session, event_id=event_id, guests=[guest], invited_by=manager, url=house.address, now=NOW)
    house.people["guest"] = await known_or_new(session, email=guest.email, name="", lang="", now=NOW)
    thread = (await session.exec(select(Thread).where(Thread.title.startswith("Sponge verges")))).one()  # type: ignore[attr-defined]
    post = (await session.exec(select(Post).where(Post.thread_id == thread.id).order_by(col(Post.id)))).first()
    wall = (await session.exec(select(Thread.id).where(col(Thread.wall).is_(True)))).one()
    card = (await session.exec(select(Post.id).where(Post.kind == "card", Post.title == "Kutaisi"))).one()
    block = (await session.exec(select(Block).where(Block.event_id == event.id))).first()
    task = (await session.exec(select(Task).where(Task.event_id == event.id))).first()
    letter = (await session.exec(select(Letter).where(Letter.kind == "timetable/changes"))).first()
    held = (await session.exec(select(Consultation).where(Consultation.status == "closed"))).first()
    concern = await ask_for_help(
        session, event_id=event_id, person_id=house.people["participant"], key="help", lang="en", now=NOW,
        text="Somebody writes to me every evening, and I do not want it.",
    )  # fmt: skip
    note = await write_note(
        session, event_id=event_id, moderator_id=house.people["moderator"], person_id=house.people["participant"],
        key="note", reason=None, text="How is the hill street after the storm?", now=NOW,
    )  # fmt: skip
    link = await make_join_link(session, event_id=event_id, role="observer", made_by=manager, now=NOW)
    address = await mail_link(
        session, person_id=house.people["guest"], purpose=ADDRESS, goes_to="gero@example.org",
        expires_at=NOW + timedelta(days=1),
    )  # fmt: skip
    word = await mail_link(
        session, person_id=house.people["guest"], purpose="sign_in", goes_to="/", expires_at=NOW + timedelta(days=1)
    )
    seats = (await queries.sitting(session, held.id or 0)) if held else None
    assert seats is not None
    house.people["helped"] = seats.people[seats.room.case_givers()[0]].person_id or 0
    method = (await session.exec(select(EventMethod))).first()
    waiting = (await session.exec(select(Announcement).where(Announcement.state == "waiting"))).first()
    asked = (await session.exec(select(Pulse).order_by(col(Pulse.id).desc()))).first()
    term = (await session.exec(select(Term))).first()
    issue = (await session.exec(select(Newsletter).where(Newsletter.state == "released"))).first()
    swap = (await session.exec(select(Swap).where(Swap.state == "open"))).one()
    assert swap.other_id == house.people["participant"]
    house.people["swapper"] = swap.asked_by
    house.known = {
        "mine": str(swap.other_case_id), "swaps": str(swap.id),
        "what-if": str((await what_ifs(session, event.id or 0))[0].id),
        "methods": method.key if method else "", "phases": "closing",
        "events": event.slug, "days": "5", "people": str(house.people["participant"]), "help": "rooms",
        "wall": str(wall), "cards": str(card), "threads": str(thread.id), "forum": str(thread.space_id), "posts": str(post and post.id),
        "blocks": str(block and block.id), "tasks": str(task and task.id), "outbox": str(letter and letter.id),
        "letters": str(letter and letter.id), "concerns": str(concern.id), "held": str(held and held.id), "note": str(note.id), "notes": str(house.people["manager"]), "join": link.word, "sign-in": word, "address": address,
        "announcements": str(waiting and waiting.id), "pulses": str(asked and asked.id), "glossary": str(term and term.id),
        "newsletter": str(issue and issue.id), "confirm": signs.sign([1, NOW.isoformat()], purpose=CONFIRM),
        "leave": signs.sign([1, "somebody@example.org"], purpose=LEAVE),
        "unsubscribe": signs.sign([house.people["participant"], event.id], purpose=UNSUBSCRIBE),
    }  # fmt: skip


async def _meet(house: House) -> None:
    """The consultation of this half hour, in which Tamta advises, brought to its fifth phase with cards on the table."""
    async with transaction() as session:
        mine = (Consultation.status == "planned", Consultation.method == "cc_peer_consultation")
        room = (await session.exec(select(Consultation).where(*mine))).one().id or 0
        await planning.open_lobby(session, room, now=HELD)
        here = await queries.sitting(session, room)
        people = {seat: who.person_id or 0 for seat, who in here.people.items()}
        for person in people.values():
            await moves.agree(session, room, by=person, now=HELD)
    giver, lead = people[here.room.case_givers()[0]], people[here.room.leads or 0]
    peers = [people[seat] for seat in here.room.persons(("peer",))]
    async with transaction() as session:
        await moves.begin(session, room, by=lead, now=HELD)
        await writing.say(session, room, by=lead, text="Nothing leaves this room without your yes.", key="l", now=HELD)
    await _go_on(room, lead)
    async with transaction() as session:
        await writing.write(session, room, by=giver, deck="question", text=QUESTION, key="q", now=HELD)
    await _go_on(room, lead)
    await _go_on(room, lead)
    async with transaction() as session:
        for number, (text, kind) in enumerate(product(CARDS, ("experience", "idea", "warning"))):
            await writing.write(
                session, room, by=peers[number % len(peers)], deck="ideas", text=text, kind=kind, key=f"c{number}", now=HELD
            )  # fmt: skip
    await _go_on(room, lead)
    async with transaction() as session:
        leaving = (await queries.sitting(session, room)).room.state.step
        await moves.turn_up_cards(session, room, by=lead, deck="ideas", leaving=leaving, now=HELD)
    house.people |= {"giver": giver, "lead": lead, "outsider": house.people["manager"]}
    house.known["rooms"] = str(room)


async def _go_on(room: int, lead: int) -> None:
    async with transaction() as session:
        leaving = (await queries.sitting(session, room)).room.state.step
        await moves.advance_phase(session, room, by=lead, leaving=leaving, now=HELD)


def test_every_route_that_answers_with_a_page_is_looked_at() -> None:
    """A new route: say in tests/demo/pages.py as whom to look at it, or why there is nothing to look at."""
    routes = [route for route in [*_own_routes(), *slice_routes(demo=True)] if isinstance(route, Route)]
    assert {route.path for route in routes if "GET" in (route.methods or ())} == WHO.keys() | NO_PAGE.keys()


QUICK_AND_LONG = pytest.mark.parametrize("thorough", [False, pytest.param(True, marks=pytest.mark.long)])


@QUICK_AND_LONG
@pytest.mark.parametrize(("number", "path", "who"), [(n, *each) for n, each in enumerate(VISITS)])
async def test_a_page_is_finished(house: House, number: int, path: str, who: str, thorough: bool) -> None:
    lang = LANGUAGES[number % 3]
    page, troubles = await house.tab(who, lang)
    await _open(page, house.url(path), lang, own_language=bool(LETTER.search(path)))
    looks = LOOKS[number % 4 :] + LOOKS[: number % 4]
    found = [
        await _looked_at(page, *look, axe=thorough or n == 0, contrast=thorough or number % 2 == 0)
        for n, look in enumerate(looks[: 4 if thorough else 2])
    ]
    assert not any(found), found
    assert troubles == []


@QUICK_AND_LONG
@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("name", MAIN)
async def test_a_main_page_is_finished_in_every_language_width_and_light(
    house: House, shots: Shots, name: str, lang: str, thorough: bool
) -> None:
    path, who = MAIN[name]
    page, troubles = await house.tab(who, lang)
    await _open(page, house.url(path), lang, own_language=name == "letter")
    found = {}
    for number, (size, light) in enumerate(LOOKS):
        axe = thorough or number % 3 == LANGUAGES.index(lang)
        found[f"{size['width']} {light}"] = await _looked_at(page, size, light, axe=axe)
        await shots.take(page, f"{name}-{lang}-{size['width']}-{light}")
    assert {look: wrong for look, wrong in found.items() if wrong} == {}
    assert troubles == []


@pytest.mark.parametrize("name", ["front", "event", "today", "thread"])
async def test_a_main_page_costs_little(house: House, name: str) -> None:
    """With an empty cache; the thread has fourteen posts and a sheet on top. (The room: tests/consultation.)"""
    path, who = MAIN[name]
    known, _ = await house.tab(who, "en")
    page = await visitor(house.browser, house.address, zone="Asia/Tbilisi")  # a browser that has seen nothing yet
    await page.context.add_cookies(await known.context.cookies())  # type: ignore[arg-type]
    weight = Weight.of(page)
    await page.goto(house.url(path), wait_until="networkidle")
    assert 4 < len(weight.requests) <= 12, weight.requests
    assert 15_000 < weight.bytes <= 60_000
    weight.requests.clear()
    weight.bytes = 0
    await page.goto(house.url(path), wait_until="networkidle")
    assert weight.bytes <= 15_000, "what has been loaded once is kept"
    await page.context.close()


async def test_the_bar_of_whoever_organises_stands_in_one_row_on_a_small_laptop(house: House) -> None:
    for lang in ("de", "ar"):
        page, _ = await house.tab("coordinator", lang)
        await page.goto(house.url("/events/{event}/people"))
        assert await page.locator(".places a").count() == 5
        for width in (900, 1100):
            await page.set_viewport_size({"width": width, "height": 700})
            height = await page.locator("header.bar").evaluate("bar => bar.offsetHeight")
            assert height < 70, f"{lang}, {width} px: {height}"


@pytest.mark.parametrize(("number", "name"), list(enumerate(("404", "403", "413", "500", "too old"))))
async def test_an_error_page_is_finished_and_in_the_visitors_language(
    house: House, shots: Shots, number: int, name: str
) -> None:
    for lang in LANGUAGES:
        page, _ = await house.tab("participant", lang)
        status = await _go_wrong(page, house, name)
        assert status == (403 if name == "too old" else int(name))
        assert await page.locator("html").get_attribute("lang") == lang
        sentence = await page.locator("[data-sentence], main [role=alert]").first.inner_text()
        assert (sentence and (lang == "en") == sentence.isascii()) or lang == "de", sentence
        looks = LOOKS[:2] if number % 2 else LOOKS[2:]
        axe = lang == LANGUAGES[number % 3]
        assert [await _looked_at(page, *look, axe=axe and look == looks[0]) for look in looks] == [[], []]
        await shots.take(page, f"{name}-{lang}")


async def _go_wrong(page: Page, house: House, name: str) -> int:
    """Meet this error as a person would; the page stays open."""
    places = {"404": "/nowhere", "403": house.url("/events/{event}/manage/people"), "500": "/broken"}
    if name in places:
        answer = await page.goto(places[name])
    elif name == "413":
        big: FilePayload = {"name": "x.jpg", "mimeType": "image/jpeg", "buffer": b"x" * 13_000_000}
        told = await page.context.request.post(f"{house.address}/feedback", multipart={"picture": big})
        await page.route("**/too-big", lambda route: route.fulfill(response=told))
        answer = await page.goto("/too-big")
    else:
        await page.goto("/feedback")
        async with page.expect_navigation() as going:
            await page.locator("main form").evaluate("form => { form.elements.csrf.value = 'stale'; form.submit() }")
        answer = await going.value
    return answer.status if answer else 0


async def _open(page: Page, url: str, lang: str, *, own_language: bool) -> None:
    if own_language:  # a letter is in the language of its reader, and in a sandbox in which axe could not run
        letter = await page.context.request.get(url)
        assert letter.status == 200, url
        await page.goto("about:blank")
        await page.set_content(await letter.text())
        return
    answer = await page.goto(url)
    assert answer is not None and answer.status == 200, f"{url}: {answer and answer.status}"
    most = ORGANISING if "/manage/" in url else AGAIN
    assert len(gzip.compress(await answer.body(), 6)) <= most, f"{url}: all but the page itself is kept by the browser"
    assert "/sign-in?next=" not in page.url, url
    assert await page.locator("html").get_attribute("lang") == lang
    assert await page.locator("html").get_attribute("dir") == direction(lang)


async def _looked_at(
    page: Page, size: dict[str, int], light: str, *, axe: bool = True, contrast: bool = True
) -> list[str]:
    """What is wrong with the open page at this width, in this light."""
    await page.set_viewport_size(size)  # type: ignore[arg-type]
    await page.emulate_media(color_scheme=light)  # type: ignore[arg-type]
    of_a_page = OF_A_PAGE if page.url == "about:blank" else ()
    wide = [f"sticks out: {element}" for element in await too_wide(page)]
    small = [f"too small: {element}" for element in await too_small(page)]
    found = await violations(page, contrast=contrast) if axe else []
    same = [f"same name: {each}" for each in await same_named(page)] if axe else []
    return [*wide, *small, *same, *[wrong for wrong in found if not wrong.startswith(of_a_page)]]
