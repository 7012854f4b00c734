"""Invitations are answered from the calendar: replies in the forms of three programs, as the mail server hands them over."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from icalendar import Calendar, Event

from app.core import mail, signs
from app.core.db import reading, transaction
from app.core.mail import Letter
from app.main import register_sources
from app.timetable import answers, planning
from app.timetable.models import Told
from tests.support.clock import Clock
from tests.timetable.test_planning import draft, letters, planned, published
from tests.timetable.world import NOW, TUESDAY, WEDNESDAY, World, offer, open_window, settle
from workers.inbox import Inbox, Taken

pytestmark = pytest.mark.usefixtures("database")
INBOX = Inbox(trusts="mx.example.org", own="fortnight@example.org")
PROVEN = "Authentication-Results: mx.example.org; dmarc=pass (p=none) header.from=example.org\n"


@pytest.fixture(autouse=True)
def house(clock: Clock) -> Iterator[None]:
    clock.go_to(NOW)
    signs.use_secret("for tests " * 4)
    mail.set_house(
        name="Fortnight", url="https://fortnight.example.org", domain="example.org", answers_to="reply@example.org"
    )
    register_sources(demo=False)
    yield
    mail.set_house(name="Fortnight", url="http://127.0.0.1:8000", domain="localhost")


async def invited() -> tuple[World, int, Letter]:
    """One published case, and the letter of whoever brings it."""
    world = await settle()
    case = await offer(world, world.people[0])
    await open_window(world, TUESDAY, 14, 16)
    await planned(world)
    await published(world)
    return world, case, await letter_of(world.people[0])


async def letter_of(person_id: int) -> Letter:
    return [each for each in await letters() if each.person_id == person_id][-1]


def invitation(letter: Letter) -> Event:
    (event,) = Calendar.from_ical(letter.attachments[0]["text"]).walk("VEVENT")
    return event


def organiser(letter: Letter) -> str:
    return str(invitation(letter)["organizer"]).removeprefix("mailto:")


async def told(world: World, case: int, person: int) -> Told:
    async with reading() as session:
        return (await answers.my_answers(session, world.event, person))[case]


def outlook(letter: Letter, says: str, *, comment: str = "") -> bytes:
    """Exchange: base64, zones under Windows' names, the answer alone beside a text."""
    event = invitation(letter)
    start = event["dtstart"].dt
    file = (
        "BEGIN:VCALENDAR\r\nMETHOD:REPLY\r\nPRODID:Microsoft Exchange Server 2010\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\n"
        "TZID:W. Europe Standard Time\r\nBEGIN:STANDARD\r\nDTSTART:16010101T030000\r\nTZOFFSETFROM:+0200\r\nTZOFFSETTO:+0100\r\n"
        "RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10\r\nEND:STANDARD\r\nBEGIN:DAYLIGHT\r\nDTSTART:16010101T020000\r\n"
        "TZOFFSETFROM:+0100\r\nTZOFFSETTO:+0200\r\nRRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3\r\nEND:DAYLIGHT\r\n"
        f"END:VTIMEZONE\r\nBEGIN:VEVENT\r\nATTENDEE;PARTSTAT={says};CN=Person 0:mailto:{letter.address.title()}\r\n"
        f"COMMENT;LANGUAGE=de-DE:{comment}\\n\r\nUID:{event['uid']}\r\nDTSTART;TZID=W. Europe Standard Time:"
        f"{start:%Y%m%dT%H%M%S}\r\nDTSTAMP:20261019T080000Z\r\nSEQUENCE:{event['sequence']}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    packed = base64.encodebytes(file.encode()).decode()
    return (
        f"{PROVEN}From: Person 0 <{letter.address}>\nTo: {organiser(letter)}\nSubject: Abgelehnt: Rain\n"
        f"Message-ID: <{says}{comment}@outlook>\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{comment}\n--b\n"
        f'Content-Type: text/calendar; charset="utf-8"; method=REPLY\nContent-Transfer-Encoding: base64\n\n{packed}\n--b--\n'
    ).encode()


def google(letter: Letter, says: str) -> bytes:
    """Google says that a machine sent it, and sends the file twice."""
    event = invitation(letter)
    start = event["dtstart"].dt.astimezone(NOW.tzinfo)
    file = (
        "BEGIN:VCALENDAR\nPRODID:-//Google Inc//Google Calendar 70.9054//EN\nVERSION:2.0\nCALSCALE:GREGORIAN\nMETHOD:REPLY\n"
        f"BEGIN:VEVENT\nDTSTART:{start:%Y%m%dT%H%M%SZ}\nDTSTAMP:20261019T080000Z\nORGANIZER;CN=Rain:{event['organizer']}\n"
        f"UID:{event['uid']}\nATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={says};CN=p;X-NUM-GUESTS=0:mailto:\n"
        f" {letter.address}\nSEQUENCE:{event['sequence']}\nSTATUS:CONFIRMED\nEND:VEVENT\nEND:VCALENDAR\n"
    )
    return (
        f"{PROVEN}From: {letter.address}\nSender: Google Calendar <calendar-notification@google.com>\nTo: {organiser(letter)}\n"
        "Auto-Submitted: auto-generated\nSubject: Accepted: Rain\n"
        f"Message-ID: <{says}@google>\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        f'--b\nContent-Type: text/calendar; charset="UTF-8"; method=REPLY\n\n{file}\n--b\n'
        f'Content-Type: application/ics; name="invite.ics"\nContent-Disposition: attachment\n\n{file}\n--b--\n'
    ).encode()


def apple(letter: Letter, says: str) -> bytes:
    """Apple names the method inside the file alone, and keeps our zone."""
    file = letter.attachments[0]["text"].replace("\r\n ", "").replace("METHOD:REQUEST", "METHOD:REPLY")
    file = re.sub(
        r"ATTENDEE;.*?:mailto:", f'ATTENDEE;CN="P";PARTSTAT={says};SCHEDULE-STATUS=2.0:mailto:', file, flags=re.S
    )
    return (
        f"{PROVEN}From: {letter.address}\nTo: <{organiser(letter)}>\nSubject: Rain\nMessage-ID: <{says}@apple>\n"
        f'MIME-Version: 1.0\nContent-Type: text/calendar; charset=utf-8; name="reply.ics"\n\n{file}'
    ).encode()


async def test_an_invitation_asks_for_an_answer_at_an_address_that_only_its_reader_has_and_that_never_changes() -> None:
    world, case, letter = await invited()
    guest = invitation(letter)["attendee"]
    assert (guest.params["rsvp"], guest.params["partstat"]) == ("TRUE", "NEEDS-ACTION")
    others = {organiser(each) for each in await letters()}
    assert len(others) == len(await letters()) and all(each.startswith("reply+") for each in others)
    await open_window(world, WEDNESDAY, 14, 16)
    plan, _ = await draft(world)
    async with transaction() as session:
        await planning.move_case(
            session, event_id=world.event, case_id=case, slot="20261021T1000Z", moderator_id=None, seen=plan.edition,
            now=NOW,
        )  # fmt: skip
    await published(world, now=NOW + timedelta(hours=30))
    moved = await letter_of(world.people[0])
    assert moved.id != letter.id and organiser(moved) == organiser(letter)


async def test_where_mail_is_not_taken_no_calendar_is_asked_to_answer() -> None:
    mail.set_house(name="Fortnight", url="https://fortnight.example.org", domain="example.org")
    _, _, letter = await invited()
    assert invitation(letter)["attendee"].params["rsvp"] == "FALSE"
    assert organiser(letter) == "timetable@example.org"


@pytest.mark.parametrize("program", [outlook, google, apple])
async def test_accepted_and_declined_in_the_form_of_each_program_are_answers(program: object) -> None:
    world, case, letter = await invited()
    person = world.people[0]
    for says, kept in (("ACCEPTED", "yes"), ("DECLINED", "no")):
        assert await INBOX.deliver(program(letter, says), organiser(letter)) is Taken.TAKEN  # type: ignore[operator]
        assert (await told(world, case, person)).answer == kept
    assert await letters("notices/unheard") == []


async def test_what_was_written_beside_the_answer_reaches_those_who_plan_and_the_same_mail_twice_is_one_answer() -> (
    None
):
    world, case, letter = await invited()
    for _ in range(2):
        await INBOX.deliver(outlook(letter, "DECLINED", comment="Da bin ich im Rat."), organiser(letter))
    row = await told(world, case, world.people[0])
    assert (row.answer, row.note) == ("no", "Da bin ich im Rat.")


async def test_what_is_no_answer_is_said_to_the_person_and_changes_nothing() -> None:
    world, case, letter = await invited()
    maybe = outlook(letter, "TENTATIVE")
    forged = google(letter, "DECLINED").replace(b"dmarc=pass", b"dmarc=fail")
    other = apple(letter, "DECLINED").replace(f":mailto:{letter.address}".encode(), b":mailto:person-5@example.org")
    words = f"{PROVEN}From: {letter.address}\nMessage-ID: <w@x>\nSubject: Re\n\nI come later.".encode()
    for raw in (maybe, forged, other, words):
        assert await INBOX.deliver(raw, organiser(letter)) is Taken.TAKEN
        assert (await told(world, case, world.people[0])).answer == ""
    (unheard,) = await letters("notices/unheard")  # once a day and session
    assert unheard.address == letter.address and f"/timetable/mine#session-{case}" in unheard.text


async def test_an_answer_to_a_time_that_is_no_more_does_not_count_for_the_new_one() -> None:
    world, case, letter = await invited()
    late = google(letter, "ACCEPTED")
    await open_window(world, WEDNESDAY, 14, 16)
    plan, _ = await draft(world)
    async with transaction() as session:
        await planning.move_case(
            session, event_id=world.event, case_id=case, slot="20261021T1000Z", moderator_id=None, seen=plan.edition,
            now=NOW,
        )  # fmt: skip
    await published(world)
    await INBOX.deliver(late, organiser(letter))
    assert (await told(world, case, world.people[0])).answer == ""
    await INBOX.deliver(google(await letter_of(world.people[0]), "DECLINED"), organiser(letter))
    assert (await told(world, case, world.people[0])).answer == "no"
