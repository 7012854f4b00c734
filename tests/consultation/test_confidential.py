"""What is said in a room stays there: one test per door. Each first puts marked words into a room and sees them inside."""

import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import text as sql
from sqlmodel import select
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from app import logs
from app.consultation import queries
from app.consultation.actions import (
    afterwards,
    asking,
    closing,
    correspondence,
    helping,
    moves,
    offering,
    planning,
    writing,
)
from app.consultation.actions.correspondence import Plan, plan_written
from app.consultation.models import Consultation, Contribution
from app.consultation.queries_before import asked_before
from app.consultation.queries_offers import offers
from app.core import gather, live, search
from app.core.db import metadata, reading, transaction
from app.core.security import Cookies, Wall
from app.events.models import Participation
from app.events.rules import Role
from app.main import find_person, slice_routes
from app.people.actions import sign_in
from app.people.models import Person
from realtime import gate
from realtime.protocol import Topic
from realtime.server import LiveLine
from tests.realtime.conftest import QUICK
from tests.realtime.serving import running, serving
from tests.realtime.world import browser
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE, POSTGRES_ALONE
from tests.support.papers import words_in
from tests.support.site import Site, Visitor

from .rooms import NOON
from .stage import OPENS, TBILISI, WRITTEN_CAST, Stage, stage, written_stage

pytestmark = pytest.mark.usefixtures("site")
# One word for each thing that people write, so that a leak says what leaked.
CASE, SUMMARY, QUESTION, DOWN, CARD, LINE, NOTE, ASKED, ANSWER, OFFER, THANKS = (
    "zcasez", "zsummaryz", "zquestionz", "zdownz", "zcardz", "zlinez", "znotez", "zaskedz", "zanswerz",
    "zofferz", "zthanksz",
)  # fmt: skip
WORDS = re.compile(r"z(?:case|summary|question|down|card|line|note|asked|answer|offer|thanks)z")
OPEN = {SUMMARY, QUESTION, CARD, LINE, ASKED, ANSWER}  # what everybody in the room may read at the end of `talk`
ROUTES = [route for route in slice_routes(demo=True) if isinstance(route, Route)]
KINDS = ("participant", "staff", "admin", "admin who runs the event", "foreigner", "stranger")


def leaked(text: str) -> set[str]:
    return set(WORDS.findall(text))


@dataclass
class Outside:
    """Everybody without a seat: rights add up, so one person with all roles sees what any of them would."""

    people: dict[str, int]

    async def visitors(self, site: Site) -> dict[str, Visitor]:
        found = {kind: await site.as_person(person) for kind, person in self.people.items()}
        return {**found, "stranger": site.stranger()}


@pytest.fixture
async def here(site: Site, clock: Clock) -> Stage:
    """A room in its phase of advice: a case, a summary, a key question, cards, a line, a note; and a card face down."""
    clock.go_to(NOON)
    room = await stage(case_text=f"The case: {CASE}")
    await talk(room)
    return room


async def ask(room: Stage) -> None:
    """A question before the room opens, and its answer."""
    async with transaction() as session:
        for person in (room.adviser, room.case_giver):
            await asking.promise(session, room.room, by=person, now=NOON)
        await asking.ask_before(session, room.room, by=room.adviser, text=f"Who {ASKED}?", key="asked", now=NOON)
    async with reading() as session:
        (row,) = await asked_before(session, room.room)
    async with transaction() as session:
        await asking.answer_before(
            session, room.room, by=room.case_giver, contribution_id=row.id or 0, answer=f"We {ANSWER}", now=NOON
        )


async def talk(room: Stage) -> None:
    await ask(room)
    await room.begin()
    await room.go_to("narration")
    await room.write(room.case_giver, "case_summary", f"Shortly: {SUMMARY}")
    await room.go_to("key_question")
    await room.write(room.case_giver, "key_question", f"How can we {QUESTION}?")
    await room.go_to("consultation")
    async with transaction() as session:
        lead = await room.sitting()
        await moves.give_floor(
            session, room.room, by=room.moderator, to=await room.seat(room.adviser),
            instead_of=lead.room.state.turns.speaker, now=NOON,
        )  # fmt: skip
    await room.say(room.adviser, f"I say {LINE}")
    await room.write(room.adviser, "contributions", f"I would {CARD}")
    async with transaction() as session:
        await writing.save_notes(session, room.room, by=room.scribe, text=f"To me: {NOTE}", now=NOON)
        rows = (await session.exec(select(Contribution))).all()
        first = next(row for row in rows if CARD in row.text)
        first.open = True  # as after a reveal
        hidden = Contribution(
            **{**first.model_dump(exclude={"id"}), "key": "down", "text": f"Still {DOWN}", "open": False}
        )
        session.add_all([first, hidden])


@pytest.fixture
async def outside(here: Stage) -> Outside:
    async with transaction() as session:
        people = {kind: Person(name=kind, email=f"p{n}@example.org", created_at=NOON, admin="admin" in kind)
                  for n, kind in enumerate(KINDS[:-1])}  # fmt: skip
        session.add_all(people.values())
        await session.flush()
        roles = {"participant": [Role.PRACTITIONER], "staff": list(Role), "admin who runs the event": list(Role)}
        session.add_all(
            Participation(event_id=here.event, person_id=people[kind].id or 0, roles=[role.value for role in each])
            for kind, each in roles.items()
        )
        return Outside({kind: person.id or 0 for kind, person in people.items()})


async def ids(room: Stage) -> set[int]:
    """The ids a curious person would try: of the room, of its cards."""
    async with reading() as session:
        rows = (await session.exec(select(Contribution))).all()
    marked = [row.id or 0 for row in rows if leaked(row.text)]
    return {room.room, min(marked), max(marked)}


def addresses(method: str, numbers: set[int]) -> list[str]:
    """Every route of the application with the room's ids in every place where a number goes."""
    found = []
    for route in ROUTES:
        if method in (route.methods or ()) and "sign-out" not in route.path:
            path = route.path.replace("{event}", "rain").replace("{version}", "1").replace("{method}", "own_x")
            for number in numbers if ":int}" in path else {0}:
                filled = re.sub(r"\{\w+:int\}", str(number), path)
                found.append(re.sub(r"\{[^}]*\}", "x", filled))
    return found


@ONE_DATABASE
async def test_people_with_a_seat_read_it_so_there_is_something_to_leak(site: Site, here: Stage) -> None:
    giver = await site.as_person(here.case_giver)
    assert leaked((await giver.get(f"/rooms/{here.room}")).text) == OPEN | {CASE}, "only whoever brought the case"
    scribe = await site.as_person(here.scribe)
    assert leaked((await scribe.get(f"/rooms/{here.room}")).text) == OPEN | {NOTE}
    adviser = await site.as_person(here.adviser)
    assert DOWN in leaked((await adviser.get(f"/rooms/{here.room}")).text), "one's own card, face down"


@POSTGRES_ALONE
async def test_no_page_shows_it_to_anybody_outside_whatever_their_role(
    site: Site, here: Stage, outside: Outside
) -> None:
    numbers, opened = await ids(here), 0
    for kind, visitor in (await outside.visitors(site)).items():
        for url in addresses("GET", numbers):
            answer = await visitor.get(url)
            opened += answer.status_code == 200
            assert not leaked(answer.text), f"{kind} reads it at {url}"
            assert answer.status_code < 500, f"{kind} breaks {url}"
    assert opened > 100, "most doors were shut, so nothing was looked at"


@ONE_DATABASE
async def test_no_form_answers_with_it_or_changes_it_from_outside(site: Site, here: Stage, outside: Outside) -> None:
    before = (await here.sitting()).row.version
    typed = {"leaving": "0", "to": "1", "text": "x", "deck": "contributions", "key": "k", "do": "pause", "up": "yes"}
    rooms = [url for url in addresses("POST", await ids(here)) if url.startswith("/rooms/")]
    assert len(rooms) > 50
    for kind, visitor in (await outside.visitors(site)).items():
        for url in rooms:
            answer = await visitor.send_form(url, typed)
            assert answer.status_code in {303, 401, 403, 404, 409, 422, 429}, f"{kind} at {url}"
            assert answer.status_code != 303 or "/sign-in" in answer.headers["location"], f"{kind} acts at {url}"
            assert not leaked(answer.text), f"{kind} is told at {url}"
    assert (await here.sitting()).row.version == before


@ONE_DATABASE
async def test_technical_help_inside_the_room_reads_nothing_by_any_door(
    site: Site, here: Stage, outside: Outside
) -> None:
    staff = outside.people["staff"]
    async with transaction() as session:
        await helping.call_help(session, here.room, by=here.scribe, now=NOON)
        await helping.enter_as_help(session, here.room, by=staff, now=NOON)
    helper = await site.as_person(staff)
    inside = await helper.get(f"/rooms/{here.room}/help")
    assert "Jonas Petersen" in inside.text, "they are inside"
    for part in ("Case giver", "Scribe", "Adviser", "has the floor"):
        assert part not in inside.text, "people and lines, no parts"
    for url in addresses("GET", await ids(here)):
        assert not leaked((await helper.get(url)).text), f"help reads it at {url}"
    before = (await here.sitting()).row.version
    for path in ("lines", "contributions", "notes", "phase", "hand", "line", "call", "release"):
        answer = await helper.send_form(f"/rooms/{here.room}/{path}", {"text": "x", "deck": "topics", "key": "k", "leaving": "0", "up": "yes", "who": ""})  # fmt: skip
        assert answer.status_code == 404 and not leaked(answer.text), path
    assert (await here.sitting()).row.version == before
    assert await stored_elsewhere() == {}


@ONE_DATABASE
async def test_whoever_has_not_agreed_yet_reads_nothing_either(site: Site, clock: Clock) -> None:
    clock.go_to(NOON)
    room = await stage(case_text=f"The case: {CASE}")
    await ask(room)
    for opens in (False, True):
        async with transaction() as session:
            if opens:
                await planning.open_lobby(session, room.room, now=NOON)
        for person in (room.moderator, room.scribe):
            visitor = await site.as_person(person)
            for door in ("", "/changes?after=0", "/desk", "/written?step=0", "/arrival"):
                assert not leaked((await visitor.get(f"/rooms/{room.room}{door}")).text)
        adviser = await site.as_person(room.adviser)
        assert leaked((await adviser.get(f"/rooms/{room.room}")).text) == {ASKED, ANSWER}, "who has agreed to it"
    giver = await site.as_person(room.case_giver)
    assert leaked((await giver.get(f"/rooms/{room.room}")).text) == {CASE, ASKED, ANSWER}, "the case only here"


@ONE_DATABASE
async def test_nobody_outside_follows_its_live_line(here: Stage, outside: Outside) -> None:
    async with reading() as session:
        for topic in (Topic("room", here.room), Topic("desk", here.room)):
            assert await gate.version(gate.KINDS, session, topic, person=here.adviser) is not None
            for kind, person in outside.people.items():
                assert await gate.version(gate.KINDS, session, topic, person=person) is None, f"{kind} follows {topic}"


@ONE_DATABASE
async def test_what_is_typed_letter_by_letter_reaches_those_in_the_room_and_nobody_else(
    here: Stage, outside: Outside
) -> None:
    async with transaction() as session:
        await moves.show_typing(session, here.room, by=here.adviser, on=True, now=NOON)
        tokens = {
            person: await sign_in(session, person_id=person, device="a test", now=NOON)
            for person in (here.adviser, here.scribe, outside.people["admin who runs the event"])
        }
    line, topic = LiveLine(own_origin="http://127.0.0.1:8000", rhythm=QUICK, grace=0.2), f"room:{here.room}"
    wall = Middleware(Wall, cookies=Cookies(secure=False), find_person=find_person)
    async with (
        running(line.run()),
        serving(Starlette(routes=line.routes, middleware=[wall])) as address,
        AsyncExitStack() as stack,
    ):
        adviser, scribe, other = [await stack.enter_async_context(browser(address, token)) for token in tokens.values()]
        assert (await adviser.follow(topic))["type"] == (await scribe.follow(topic))["type"] == "following"
        assert (await other.follow(topic))["type"] == "refused"
        await adviser.say(type="whisper", topic=topic, kind="typing", body={"at": 0, "tail": f"I {LINE}"})
        assert leaked(repr(await scribe.next("whisper"))) == {LINE}, "so there was something to overhear"
        await other.say(type="whisper", topic=topic, kind="typing", body={"at": 0, "tail": "psst"})
        assert (await other.next("refused", "whisper", "changed"))["type"] == "refused"
        assert await other.silence()
        assert await scribe.silence()


@ONE_DATABASE
async def test_the_search_finds_nothing_of_it_for_anybody(here: Stage, outside: Outside) -> None:
    async with reading() as session:
        for word in (CASE, SUMMARY, QUESTION, DOWN, CARD, LINE, NOTE, ASKED, ANSWER):
            for person in (*outside.people.values(), *here.everybody):
                assert (await search.find(session, word, person_id=person))[0] == []


@ONE_DATABASE
async def test_today_and_digest_say_nothing_of_it(here: Stage, outside: Outside) -> None:
    written = await written_beside(here)
    said: dict[str, str] = {}
    for person in (*outside.people.values(), *here.everybody):
        about = gather.Asking(person, here.event, "rain", "UTC", "en", now=NOON + timedelta(days=1), since=NOON)
        async with reading() as session:
            for topic in gather.topics() - {"new event"}:  # there a slice writes
                for part in await gather.gathered(session, topic, about):
                    assert not leaked(repr(part.values)), f"{topic}: {part.template}"
                    said[topic] = said.get(topic, "") + repr(part.values)
    for topic in ("today", "digest"):
        assert written in said[topic], "they tell of the consultation, so there was something to say too much"


async def written_beside(here: Stage) -> str:
    """A consultation in writing in the same event, with a case and a card; its title."""
    seats = list(zip(here.everybody, WRITTEN_CAST, strict=True))
    plan = Plan("The verge nobody mows", "async_case_consultation", seats, first_day=OPENS.date(), zone=TBILISI)
    async with transaction() as session:
        room = await plan_written(session, plan, event_id=here.event, by=here.moderator, key="beside", now=NOON)
        await planning.open_lobby(session, room, now=OPENS)
        for person in here.everybody:
            await moves.agree(session, room, by=person, now=OPENS)
    other = replace(here, room=room)
    await other.go_to("case")
    await other.write(here.case_giver, "case_summary", f"Beside: {SUMMARY}")
    return plan.title


async def stored_elsewhere() -> dict[str, set[str]]:
    """Table → marked words in it, the room's own tables left out."""
    found = {}
    async with reading() as session:
        for table in metadata.sorted_tables:
            if table.name not in {"consultation", "contribution", "consultation_note"}:
                rows = (await (await session.connection()).execute(table.select())).all()
                if words := leaked(repr(rows)):
                    found[table.name] = words
    return found


async def end(room: Stage, chosen: set[str]) -> None:
    """To its end, with its letters: `chosen` words are released."""
    await room.go_to("closing")
    async with transaction() as session:
        await offering.offer_help(session, room.room, by=room.adviser, text=f"My {OFFER}", leaves=True, now=NOON)
    async with reading() as session:
        (offer,) = await offers(session, room.room)
    async with transaction() as session:
        await offering.receive_offer(
            session, room.room, by=room.case_giver, contribution_id=offer.id or 0, thanks=f"Yes, {THANKS}",
            release=False, now=NOON,
        )  # fmt: skip
    async with transaction() as session:
        rows = (await session.exec(select(Contribution))).all()
        picked = [row.id or 0 for row in rows if row.open and leaked(row.text) & chosen]
        await closing.release(session, room.room, by=room.case_giver, chosen=picked, city=False, now=NOON)
        await closing.close_room(session, room.room, by=room.moderator, now=NOON)
    later = NOON + timedelta(days=31)
    async with transaction() as session:
        await afterwards.ask_what_happened(session, room.room, now=later)


@ONE_DATABASE
async def test_letters_notices_jobs_and_every_other_table_hold_none_of_it(here: Stage) -> None:
    await end(here, set())
    assert await stored_elsewhere() == {}
    async with reading() as session:
        assert leaked(repr((await session.exec(select(Contribution))).all())) >= OPEN | {OFFER, THANKS}


@ONE_DATABASE
async def test_reminders_of_a_consultation_in_writing_hold_none_of_it(site: Site, clock: Clock) -> None:
    clock.go_to(OPENS)
    room = await written_stage()
    async with transaction() as session:
        await planning.open_lobby(session, room.room, now=OPENS)
        for person in room.everybody:
            await moves.agree(session, room.room, by=person, now=OPENS)
    await room.go_to("case")
    await room.write(room.case_giver, "case_summary", f"Shortly: {SUMMARY}")
    async with transaction() as session:
        step = (await queries.sitting(session, room.room)).room.state.step
        await correspondence.remind(session, room.room, step=step, now=OPENS + timedelta(hours=21))
        await correspondence.pass_deadline(session, room.room, leaving=step, now=OPENS + timedelta(days=2))
    async with reading() as session:
        told = (await (await session.connection()).execute(sql("select count(*) from notice"))).scalar_one()
    assert told, "nobody was told anything, so nothing could leak"
    assert await stored_elsewhere() == {}


@ONE_DATABASE
async def test_the_protocol_and_the_search_hold_what_was_released_and_not_a_word_more(
    site: Site, here: Stage, outside: Outside
) -> None:
    await end(here, {CARD})
    participant = (await outside.visitors(site))["participant"]
    for door in ("protocol", "protocol.md", "protocol.pdf"):
        answer = await participant.get(f"/rooms/{here.room}/{door}")
        assert answer.status_code == 200 and leaked(words_in(answer)) == {CARD}
    assert set().union(*(await stored_elsewhere()).values()) == {CARD}
    for url in addresses("GET", {here.room}):
        assert leaked((await participant.get(url)).text) <= {CARD}, url


@ONE_DATABASE
async def test_news_between_the_programs_hold_versions_and_no_words(here: Stage) -> None:
    async with transaction() as session:
        row = (await session.exec(select(Consultation).where(Consultation.id == here.room))).one()
        await writing.save_notes(session, row.id or 0, by=here.adviser, text=NOTE, now=NOON)
        await writing.say(session, row.id or 0, by=here.moderator, text=f"Again {LINE}", key="again", now=NOON)
        news = live.taken_from(session)
        assert f"room:{here.room}" in repr(news) and not leaked(repr(news))


@pytest.fixture
def logging() -> Iterator[None]:
    """As a server logs; loggers are not kept, so the next test has its own again."""
    logs.set_up(level="info", form="json")
    structlog.configure(cache_logger_on_first_use=False)
    yield
    structlog.reset_defaults()


@pytest.mark.usefixtures("logging")
@ONE_DATABASE
async def test_a_page_that_breaks_writes_no_word_into_the_log(
    site: Site, here: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    visitor = await site.as_person(here.adviser)
    await visitor.get(f"/rooms/{here.room}")
    async with transaction() as session:
        await (await session.connection()).execute(sql("alter table contribution rename to elsewhere"))
    broken = await visitor.send_form(f"/rooms/{here.room}/lines", {"text": f"I say {LINE}", "key": "broken"})
    noted = "".join(capsys.readouterr())
    assert broken.status_code == 500 and not leaked(broken.text)
    assert "page broken" in noted and not leaked(noted)
