"""Replies of calendars are answers; everything else is none, whatever it looks like."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.timetable.ical import Meeting, invitation
from app.timetable.replies import Reply, answer_from_reply
from app.timetable.rules import Answer

AT = datetime(2026, 10, 26, 9, tzinfo=UTC)
OUTLOOK = """BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT=DECLINED;CN=Ana Weiß:mailto:Ana.Weiss@example.org
COMMENT;LANGUAGE=de-DE:Da bin ich im Rat.\\n
UID:case-12@fortnight.example.org
SUMMARY;LANGUAGE=de-DE:Abgelehnt: Who owns the rain?
DTSTART;TZID=W. Europe Standard Time:20261026T100000
DTEND;TZID=W. Europe Standard Time:20261026T113000
DTSTAMP:20261001T120000Z
SEQUENCE:3
END:VEVENT
END:VCALENDAR
"""
GOOGLE = """BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20261026T090000Z
DTEND:20261026T103000Z
DTSTAMP:20261001T120000Z
ORGANIZER;CN=Rain in the Street:mailto:events@example.org
UID:case-7@fortnight.example.org
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT=ACCEPTED;CN=joao@example.org;X-NUM-GUESTS=0:mailto:joao@e
 xample.org
SEQUENCE:0
STATUS:CONFIRMED
SUMMARY:Who owns the rain?
END:VEVENT
END:VCALENDAR
"""


def test_a_declined_and_an_accepted_invitation_are_answers() -> None:
    declined = answer_from_reply(OUTLOOK.replace("\n", "\r\n"))
    assert declined == Reply(
        12, "fortnight.example.org", 3, "ana.weiss@example.org", Answer.NO, note="Da bin ich im Rat.", starts_at=AT
    )
    accepted = answer_from_reply(GOOGLE.replace("\n", "\r\n"))
    assert accepted == Reply(7, "fortnight.example.org", 0, "joao@example.org", Answer.YES, starts_at=AT)


def test_a_proposal_of_another_time_asks_for_another_time() -> None:
    countered = answer_from_reply(OUTLOOK.replace("METHOD:REPLY", "METHOD:COUNTER"))
    assert countered is not None and (countered.says, countered.starts_at) == (Answer.OTHER, None)


@pytest.mark.parametrize(
    ("was", "now"),
    [
        ("METHOD:REPLY", "METHOD:REQUEST"),
        ("METHOD:REPLY\n", ""),
        ("PARTSTAT=DECLINED", "PARTSTAT=TENTATIVE"),
        ("PARTSTAT=DECLINED", "PARTSTAT=NEEDS-ACTION"),
        ("UID:case-12@", "UID:room-12@"),
        ("UID:case-12@", "UID:case-twelve@"),
        ("mailto:Ana.Weiss@example.org", "urn:uuid:7"),
        ("SEQUENCE:3", "SEQUENCE:-3"),
        ("END:VEVENT\n", "END:VEVENT\nBEGIN:VEVENT\nUID:case-9@example.org\nEND:VEVENT\n"),
        ("COMMENT", "ATTENDEE;PARTSTAT=ACCEPTED:mailto:other@example.org\nCOMMENT"),
    ],
)
def test_what_is_no_plain_answer_is_none(was: str, now: str) -> None:
    assert was in OUTLOOK
    assert answer_from_reply(OUTLOOK.replace(was, now)) is None


def test_our_own_invitation_is_no_answer_but_one_made_of_it_is() -> None:
    meeting = Meeting(
        uid="case-5@fortnight.example.org", sequence=2, title="Rain", start=datetime(2026, 10, 26, 9, tzinfo=UTC),
        minutes=90, zone="Asia/Amman", url="https://fortnight.example.org/rooms/5", organiser="Rain",
        organiser_email="events@example.org",
    )  # fmt: skip
    sent = invitation(meeting, to="ana@example.org", name="Ana", now=datetime(2026, 10, 1, tzinfo=UTC)).decode()
    assert answer_from_reply(sent) is None
    replied = sent.replace("METHOD:REQUEST", "METHOD:REPLY").replace("NEEDS-ACTION", "ACCEPTED")
    assert answer_from_reply(replied) == Reply(
        5, "fortnight.example.org", 2, "ana@example.org", Answer.YES, starts_at=AT
    )


@settings(max_examples=30)
@given(st.text() | st.lists(st.sampled_from(OUTLOOK.splitlines())).map("\r\n".join))
def test_no_text_whatever_breaks_the_reader(text: str) -> None:
    assert answer_from_reply(text) is None or "METHOD:REPLY" in text


def test_a_file_too_long_to_be_a_reply_is_not_read() -> None:
    assert answer_from_reply(OUTLOOK.replace("Da bin", "Da bin" + " ich" * 60_000)) is None
