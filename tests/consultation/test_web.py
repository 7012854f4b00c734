"""The room in a browser without scripts: who sees what, and what a press does."""

import re

import pytest

from app.consultation import queries
from app.consultation.actions import closing, moves, planning, writing
from app.core.db import reading, transaction
from app.people.models import Person
from tests.support.databases import ONE_DATABASE
from tests.support.papers import words_in
from tests.support.site import Site
from tests.support.site import queries as asked

from .rooms import NOON
from .stage import Stage, stage

pytestmark = [pytest.mark.usefixtures("site"), ONE_DATABASE]

SECRETS = ("bakery", "quarrel", "mayor", "signature")


@pytest.fixture
async def here(site: Site) -> Stage:
    return await stage()


async def filled(here: Stage) -> None:
    """A running room that has something to leak: case, lines, an open card, one face down, notes."""
    await here.begin()
    await here.write(here.adviser, "topics", "A quarrel between two")
    await here.say(here.moderator, "Between us: the mayor")
    await here.go_to("consultation")
    await here.write(here.adviser, "contributions", "The signature is missing")
    async with transaction() as session:
        await writing.save_notes(session, here.room, by=here.case_giver, text="Note: depot", now=NOON)


async def test_whoever_has_not_agreed_sees_the_agreement_and_no_word_of_the_room(site: Site, here: Stage) -> None:
    await filled(here)
    async with transaction() as session:
        scribe = await session.get(queries.ConsultationSeat, await here.seat(here.scribe))
        assert scribe is not None
        scribe.agreed_at = None
        session.add(scribe)
    visitor = await site.as_person(here.scribe)
    page = (await visitor.get(f"/rooms/{here.room}")).text
    assert "What we agree on" in page
    assert not any(word in page for word in SECRETS)
    for door in ("changes", "desk"):
        assert (await visitor.get(f"/rooms/{here.room}/{door}")).status_code == 404


async def test_agreeing_opens_the_door(site: Site, here: Stage) -> None:
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=NOON)
    visitor = await site.as_person(here.adviser)
    await visitor.get(f"/rooms/{here.room}")
    answer = await visitor.send_form(f"/rooms/{here.room}/agreement")
    assert answer.status_code == 303
    assert "You are in the lobby" in (await visitor.get(f"/rooms/{here.room}")).text


@pytest.mark.parametrize("door", ["", "/changes?after=0", "/desk", "/protocol", "/protocol.md", "/protocol.pdf"])
async def test_nobody_outside_reads_the_room_by_any_door(site: Site, here: Stage, door: str) -> None:
    await filled(here)
    inside = await site.as_person(here.moderator)
    assert "mayor" in (await inside.get(f"/rooms/{here.room}")).text, "there is something to leak"
    outside = await site.as_person(here.outsider)
    answer = await outside.get(f"/rooms/{here.room}{door}")
    assert not any(word in answer.text for word in SECRETS)
    assert answer.status_code == (200 if door == "" else 404)
    listed = (await outside.get("/events/rain/rooms")).text
    assert "Two departments, one verge" in listed
    assert not any(word in listed for word in SECRETS)
    stranger = await site.stranger().get(f"/rooms/{here.room}{door}")
    assert stranger.status_code == 303


async def test_nobody_outside_writes_into_the_room_by_any_act(site: Site, here: Stage) -> None:
    await filled(here)
    outside = await site.as_person(here.outsider)
    before = (await here.sitting()).row.version
    for act, form in {
        "lines": {"text": "Hello", "key": "k1"},
        "contributions": {"deck": "contributions", "text": "Hello", "key": "k2"},
        "phase": {"leaving": "4"},
        "hand": {"up": "yes"},
        "notes": {"text": "mine"},
        "release": {},
        "closing": {},
        "lead": {"to": ""},
    }.items():
        answer = await outside.send_form(f"/rooms/{here.room}/{act}", form, quiet=True)
        assert answer.status_code == 404, act
    assert (await here.sitting()).row.version == before


async def test_a_card_face_down_is_in_nobody_elses_page(site: Site, here: Stage) -> None:
    await filled(here)
    for person, sees in ((here.adviser, True), (here.moderator, False), (here.scribe, False), (here.case_giver, False)):
        visitor = await site.as_person(person)
        pages = [(await visitor.get(f"/rooms/{here.room}{door}")).text for door in ("", "/changes?after=0", "/desk")]
        assert any("signature" in page for page in pages) is sees
        assert "signature" not in pages[1]


async def test_private_notes_are_on_my_page_alone(site: Site, here: Stage) -> None:
    await filled(here)
    for person in here.everybody:
        page = (await (await site.as_person(person)).get(f"/rooms/{here.room}")).text
        assert ("Note: depot" in page) is (person == here.case_giver)


async def test_room_pages_are_never_kept(site: Site, here: Stage) -> None:
    await filled(here)
    visitor = await site.as_person(here.moderator)
    for door in ("", "/changes?after=0", "/desk"):
        assert (await visitor.get(f"/rooms/{here.room}{door}")).headers["cache-control"] == "no-store"


async def test_the_listening_case_giver_is_told_so_and_gets_no_composer(site: Site, here: Stage) -> None:
    await filled(here)
    page = (await (await site.as_person(here.case_giver)).get(f"/rooms/{here.room}")).text
    assert "You are listening now." in page
    assert "You answer in “Closing”." in page
    assert 'name="deck"' not in page
    assert f'action="/rooms/{here.room}/lines"' not in page
    assert f'action="/rooms/{here.room}/phase"' not in page


async def test_a_whole_consultation_by_plain_forms(site: Site, here: Stage) -> None:
    await here.begin()
    lead, case, adviser = [await site.as_person(person) for person in (here.moderator, here.case_giver, here.adviser)]
    room = f"/rooms/{here.room}"
    for step in range(2):
        await lead.send_form(f"{room}/phase", {"leaving": str(step)})
    await case.get(room)
    await case.send_form(f"{room}/contributions", {"deck": "key_question", "text": "How do both sign?", "key": "q"})
    await lead.send_form(f"{room}/phase", {"leaving": "2"})
    await lead.send_form(f"{room}/module", {"module": "own_practice"})
    await lead.send_form(f"{room}/phase", {"leaving": "3"})
    page = (await adviser.get(room)).text
    assert "How do both sign?" in page
    assert "In our city we …; it worked because …" in page
    await adviser.send_form(f"{room}/contributions", {"deck": "contributions", "text": "One depot", "key": "c"})
    while (speaker := (await here.sitting()).room.state.turns.speaker) is not None:
        await lead.send_form(f"{room}/turn", {"speaker": str(speaker)})
    page = (await case.get(room)).text
    assert "One depot" in page
    assert "One depot" in (await adviser.get(f"{room}/changes?after=1")).text
    card = re.search(r'id="card-(\d+)"[^>]*data-kind="contributions"', page)
    assert card is not None
    await case.send_form(f"{room}/contributions/{card[1]}/value", {"keeps": "yes"})
    await lead.send_form(f"{room}/phase", {"leaving": "4"})
    await case.send_form(
        f"{room}/contributions", {"deck": "first_step", "text": "Walk together", "due": "2026-06-19", "key": "f"}
    )
    page = (await case.get(room)).text
    assert re.search(rf'name="chosen" value="{card[1]}" checked', page), "what helps me is ticked already"
    await case.send_form(f"{room}/release", {"chosen": card[1]})
    assert (await lead.send_form(f"{room}/closing")).status_code == 303
    outside = await site.as_person(here.outsider)
    protocol = (await outside.get(f"{room}/protocol")).text
    assert "One depot" in protocol
    assert "Walk together" not in protocol
    markdown = await outside.get(f"{room}/protocol.md")
    assert "- One depot" in markdown.text
    assert markdown.headers["content-disposition"].startswith("attachment")
    paper = words_in(await outside.get(f"{room}/protocol.pdf"))
    assert "One depot" in paper and "Walk together" not in paper


async def test_a_refusal_is_shown_on_the_page_and_the_words_are_kept(site: Site, here: Stage) -> None:
    await here.begin()
    await here.go_to("consultation")
    visitor = await site.as_person(here.adviser)
    await visitor.get(f"/rooms/{here.room}")
    long = "x" * 300
    answer = await visitor.send_form(
        f"/rooms/{here.room}/contributions", {"deck": "contributions", "text": long, "key": "k"}, quiet=True
    )
    assert answer.status_code == 422
    assert "too long for one card" in answer.json()["fields"]["text"]
    plain = await visitor.send_form(
        f"/rooms/{here.room}/contributions", {"deck": "contributions", "text": long, "key": "k"}
    )
    assert plain.status_code == 422
    assert "too long for one card" in plain.text
    assert re.search(rf"<textarea[^>]*>\s*{long}</textarea>", plain.text), "it stands in the field again"
    late = await visitor.send_form(
        f"/rooms/{here.room}/contributions", {"deck": "topics", "text": "A late thought", "key": "k"}
    )
    assert "A late thought" in late.text
    stale = await visitor.send_form(f"/rooms/{here.room}/phase", {"leaving": "4"})
    assert stale.status_code == 409
    assert "Only whoever leads this room can do that." in stale.text


async def test_the_lead_cannot_press_close_while_the_release_is_awaited_and_reads_why(site: Site, here: Stage) -> None:
    def button(page: str) -> str:
        return re.findall(r'action="/rooms/\d+/closing".*?<button[^>]*>', page, re.DOTALL)[0]

    await here.begin()
    await here.go_to("closing")
    lead = await site.as_person(here.moderator)
    page = (await lead.get(f"/rooms/{here.room}")).text
    assert "Waiting for the release by" in page
    assert button(page).endswith("disabled>")
    refused = await lead.send_form(f"/rooms/{here.room}/closing", {}, quiet=True)
    assert "The room can close when it is decided what may leave it." in refused.json()["refused"]
    giver = await site.as_person(here.case_giver)
    await giver.get(f"/rooms/{here.room}")
    await giver.send_form(f"/rooms/{here.room}/release", {})
    page = (await lead.get(f"/rooms/{here.room}")).text
    assert "Waiting for the release by" not in page
    assert "disabled" not in button(page)


async def test_nobody_elses_case_can_be_released_by_guessing_numbers(site: Site, here: Stage) -> None:
    await filled(here)
    await here.go_to("closing")
    async with reading() as session:
        line = next(row for row in await queries.open_contributions(session, here.room) if row.deck == "line")
    visitor = await site.as_person(here.case_giver)
    answer = await visitor.send_form(f"/rooms/{here.room}/release", {"chosen": str(line.id)}, quiet=True)
    assert answer.status_code == 403
    async with reading() as session:
        assert await queries.released(session, here.room) == []


async def test_the_number_of_queries_does_not_grow_with_what_was_written(site: Site, here: Stage) -> None:
    await here.begin()
    visitor = await site.as_person(here.moderator)
    await visitor.get(f"/rooms/{here.room}")
    with asked() as few:
        await visitor.get(f"/rooms/{here.room}")
    for number in range(50):
        await here.say(here.moderator, f"Line {number}")
    with asked() as many:
        await visitor.get(f"/rooms/{here.room}")
    assert len(many) == len(few)


async def test_the_room_speaks_the_readers_language(site: Site, here: Stage) -> None:
    await here.begin()
    visitor = await site.as_person(here.adviser)
    german = (await visitor.get(f"/rooms/{here.room}?lang=de")).text
    assert "Spontanerzählung" in german
    arabic = (await visitor.get(f"/rooms/{here.room}?lang=ar")).text
    assert 'dir="rtl"' in arabic
    assert "السؤال المحوري" in arabic


async def test_what_is_pushed_is_equal_for_all_and_holds_only_what_changed(site: Site, here: Stage) -> None:
    await filled(here)
    first = await site.as_person(here.moderator)
    second = await site.as_person(here.scribe)
    version = (await here.sitting()).row.version
    await here.say(here.moderator, "Only this is new")
    one = (await first.get(f"/rooms/{here.room}/changes?after={version}")).text
    two = (await second.get(f"/rooms/{here.room}/changes?after={version}")).text
    assert one == two
    assert "Only this is new" in one
    assert "room-order" not in one
    assert "csrf" not in one
    assert "mayor" not in one


async def test_a_room_that_nobody_may_know_of_is_not_there(site: Site, here: Stage) -> None:
    assert (await (await site.as_person(here.outsider)).get("/rooms/999999")).status_code == 404


async def test_the_protocol_of_a_room_with_nothing_released_is_not_there(site: Site, here: Stage) -> None:
    await filled(here)
    await here.go_to("closing")
    async with transaction() as session:
        await closing.release(session, here.room, by=here.case_giver, chosen=[], city=False, now=NOON)
        await closing.close_room(session, here.room, by=here.moderator, now=NOON)
    visitor = await site.as_person(here.moderator)
    assert (await visitor.get(f"/rooms/{here.room}/protocol")).status_code == 404
    page = (await visitor.get(f"/rooms/{here.room}")).text
    assert "This consultation is over" in page
    assert not any(word in page for word in ("quarrel", "mayor", "signature"))


async def test_a_lost_line_is_marked_and_found_by_the_lead(site: Site, here: Stage) -> None:
    await here.begin()
    seat = await here.seat(here.adviser)
    visitor = await site.as_person(here.moderator)
    await visitor.get(f"/rooms/{here.room}")
    await visitor.send_form(f"/rooms/{here.room}/line", {"who": str(seat)})
    assert "line lost" in (await visitor.get(f"/rooms/{here.room}")).text
    back = await site.as_person(here.adviser)
    await back.send_form(f"/rooms/{here.room}/line", {"who": ""})
    assert (await here.sitting()).room.state.away == ()
    async with transaction() as session:
        await moves.line_found(session, here.room, person_id=here.adviser, now=NOON)


async def test_a_room_whose_lead_does_not_come_is_opened_by_the_deputy(site: Site, here: Stage) -> None:
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=NOON)
    room = f"/rooms/{here.room}"
    early, giver = await site.as_person(here.scribe), await site.as_person(here.case_giver)
    for visitor in (early, giver):
        await visitor.get(room)
        await visitor.send_form(f"{room}/agreement")
    assert "If the lead does not come" in (await early.get(room)).text
    deputy = await site.as_person(here.deputy)
    await deputy.get(room)
    await deputy.send_form(f"{room}/agreement")
    assert "If the lead does not come" not in (await early.get(room)).text, "a deputy is here now"
    assert (await early.send_form(f"{room}/lead", {"to": ""}, quiet=True)).status_code == 409
    await deputy.send_form(f"{room}/lead", {"to": ""})
    await deputy.send_form(f"{room}/beginning")
    page = (await deputy.get(room)).text
    assert "You lead now." in page
    assert "The clock stands still." not in page
    lead = await site.as_person(here.moderator)
    await lead.get(room)
    await lead.send_form(f"{room}/agreement")
    assert "Take the lead" in (await lead.get(room)).text
    await deputy.send_form(f"{room}/phase", {"leaving": "0"})
    assert "You lead now." in (await lead.get(room)).text, "who stood in gives the lead back with the next phase"


async def test_the_lead_names_a_deputy_and_hands_over(site: Site, here: Stage) -> None:
    await here.begin()
    lead, scribe, room = await site.as_person(here.moderator), await here.seat(here.scribe), f"/rooms/{here.room}"
    await lead.get(room)
    await lead.send_form(f"{room}/deputies", {"who": str(scribe)})
    assert f'name="to" value="{scribe}"' in (await lead.get(room)).text
    await lead.send_form(f"{room}/lead", {"to": str(scribe)})
    assert "You lead now." in (await (await site.as_person(here.scribe)).get(room)).text
    refused = await (await site.as_person(here.adviser)).send_form(f"{room}/deputies", {"who": str(scribe)}, quiet=True)
    assert refused.status_code == 409


async def test_the_queue_keeps_the_chosen_order_and_says_why(site: Site, here: Stage) -> None:
    async with transaction() as session:
        for person, country in ((here.adviser, "DE"), (here.deputy, "GE")):
            row = await session.get(Person, person)
            assert row is not None
            row.country = country
            session.add(row)
    await here.begin()
    await here.go_to("method_choice")
    room = f"/rooms/{here.room}"
    lead = await site.as_person(here.moderator)
    await lead.get(room)
    await lead.send_form(f"{room}/order", {"order": "regions"})
    async with transaction() as session:
        await moves.raise_hand(session, here.room, by=here.adviser, now=NOON)
        seat = await here.seat(here.adviser)
        await moves.give_floor(session, here.room, by=here.moderator, to=seat, instead_of=None, now=NOON)
        await moves.finish_turn(session, here.room, by=here.adviser, speaker=seat, now=NOON)
        for person in (here.adviser, here.deputy):
            await moves.raise_hand(session, here.room, by=person, now=NOON)
    page = (await lead.get(room)).text
    assert page.index("nobody from Georgia has spoken yet") < page.index("Germany has been heard")
    assert "Floor to Elena Ristova" in page
    assert "aus Georgien" not in page
    assert page.count("Floor to") == 2 and page.count("Lower the hand of") == 2, "out of the order, too"
    await lead.send_form(f"{room}/hand", {"up": "no", "whose": str(seat)})
    page = (await lead.get(f"{room}/desk")).text
    assert (page.count("Floor to"), page.count("Lower the hand of")) == (1, 1)
    refused = await (await site.as_person(here.adviser)).send_form(f"{room}/order", {"order": "new"}, quiet=True)
    assert refused.status_code == 409
