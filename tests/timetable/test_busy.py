"""A person's own calendar file becomes busy hours on their clocks, and nothing else of it is kept."""

from datetime import date, datetime, time, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from icalendar.prop import vRecur

from app.core.db import reading
from app.core.errors import Refused
from app.timetable import queries, web_hours
from app.timetable.busy import busy_hours
from app.timetable.problem import Can
from app.timetable.repeats import WEEKDAYS, repeat_from
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.timetable.world import FIRST, NOW, settle

DAYS = [FIRST + timedelta(days=passed) for passed in range(12) if passed % 7 < 5]
HOURS = range(6, 22)
BASE = "/events/rain-in-the-street/timetable"


def calendar(*events: str) -> str:
    inside = "".join(f"BEGIN:VEVENT\r\n{event}\r\nEND:VEVENT\r\n" for event in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\n{inside}END:VCALENDAR\r\n"


def marked(*events: str, zone: str = "Europe/Berlin") -> dict[str, str]:
    found = busy_hours(calendar(*events), zone_name=zone, days=DAYS, hours=HOURS, own_domain="example.org").hours
    return {hour: said.value for hour, said in sorted(found.items())}


def test_an_appointment_takes_every_hour_it_touches_on_the_persons_own_clocks() -> None:
    council = "UID:1\r\nSUMMARY:Council\r\nDTSTART:20261020T083000Z\r\nDTEND:20261020T100000Z"
    assert list(marked(council)) == ["2026-10-20T10", "2026-10-20T11"]
    assert list(marked(council, zone="Asia/Kathmandu")) == ["2026-10-20T14", "2026-10-20T15"]  # 14:15 to 15:45


def test_what_repeats_keeps_its_hour_when_the_clocks_change_and_leaves_out_what_was_taken_out_or_moved() -> None:
    series = (
        "UID:jour\r\nDTSTART;TZID=Europe/Berlin:20250106T090000\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;BYDAY=MO,WE\r\n"
        "EXDATE;TZID=Europe/Berlin:20261021T090000"
    )
    moved = "UID:jour\r\nRECURRENCE-ID;TZID=Europe/Berlin:20261026T090000\r\nDTSTART;TZID=Europe/Berlin:20261026T150000\r\nDURATION:PT1H"
    assert list(marked(series, moved)) == ["2026-10-19T09", "2026-10-26T15", "2026-10-28T09"]


@pytest.mark.parametrize("rule", ["FREQ=DAILY;INTERVAL=x", "FREQ=WEEKLY;WKST=XX", "FREQ=DAILY;UNTIL=1", "FREQ=HOURLY"])
def test_an_entry_that_is_written_wrongly_is_counted_and_spoils_no_other(rule: str) -> None:
    wrong = f"UID:w\r\nDTSTART:20261020T080000Z\r\nDURATION:PT1H\r\nRRULE:{rule}"
    right = "UID:r\r\nDTSTART:20261020T083000Z\r\nDURATION:PT1H"
    found = busy_hours(
        calendar(wrong, right), zone_name="Europe/Berlin", days=DAYS, hours=HOURS, own_domain="example.org"
    )
    assert (sorted(found.hours), found.not_followed) == (["2026-10-20T10", "2026-10-20T11"], 1)


def test_free_time_cancelled_things_and_our_own_sessions_keep_nobody_busy_and_perhaps_is_if_need_be() -> None:
    at = "DTSTART;TZID=Europe/Berlin:20261020T{hour}0000\r\nDURATION:PT1H"
    found = marked(
        f"UID:a\r\nTRANSP:TRANSPARENT\r\n{at.format(hour='07')}",
        f"UID:b\r\nSTATUS:CANCELLED\r\n{at.format(hour='08')}",
        f"UID:c\r\nX-MICROSOFT-CDO-BUSYSTATUS:FREE\r\n{at.format(hour='09')}",
        f"UID:case-7@example.org\r\n{at.format(hour='10')}",
        f"UID:d\r\nSTATUS:TENTATIVE\r\n{at.format(hour='11')}",
        f"UID:e\r\n{at.format(hour='12')}",
        f"UID:f\r\nSTATUS:TENTATIVE\r\n{at.format(hour='12')}",
    )
    assert found == {"2026-10-20T11": "if_need_be", "2026-10-20T12": "impossible"}


def test_a_whole_day_is_busy_as_a_whole_and_times_without_a_zone_are_the_persons_own() -> None:
    holiday = "UID:h\r\nDTSTART;VALUE=DATE:20261021\r\nDTEND;VALUE=DATE:20261023"
    assert {hour[:10] for hour in marked(holiday)} == {"2026-10-21", "2026-10-22"}
    assert len(marked(holiday)) == 2 * len(HOURS)
    floating = "UID:g\r\nDTSTART:20261020T090000\r\nDTEND:20261020T100000"
    assert list(marked(floating, zone="Asia/Tbilisi")) == ["2026-10-20T09"]


def test_a_way_of_repeating_that_we_do_not_follow_is_counted_and_a_file_that_is_none_is_refused() -> None:
    odd = "UID:o\r\nDTSTART:20261020T090000\r\nRRULE:FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
    found = busy_hours(calendar(odd), zone_name="UTC", days=DAYS, hours=HOURS, own_domain="x")
    assert (found.hours, found.not_followed) == ({}, 1)
    with pytest.raises(Refused):
        busy_hours("Dear all, see you on Monday.", zone_name="UTC", days=DAYS, hours=HOURS, own_domain="x")


weekdays = st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=3, unique=True).map(",".join)
nths = st.lists(
    st.tuples(st.sampled_from(["1", "2", "-1", "5"]), st.sampled_from(WEEKDAYS)).map("".join), min_size=1, max_size=2
).map(",".join)
ends = st.sampled_from(["", ";COUNT=7", ";COUNT=400", ";UNTIL=20261022T000000"])
rules = st.one_of(
    st.builds("FREQ=DAILY;INTERVAL={}{}".format, st.integers(1, 9), ends),
    st.builds("FREQ=WEEKLY;INTERVAL={};BYDAY={}{}".format, st.integers(1, 4), weekdays, ends),
    st.builds("FREQ=MONTHLY;INTERVAL={};BYDAY={}{}".format, st.integers(1, 3), nths, ends),
    st.builds("FREQ=MONTHLY;BYMONTHDAY={}{}".format, st.sampled_from(["1", "15", "19,20,-1"]), ends),
    st.builds("FREQ=YEARLY{}".format, ends),
)


@settings(max_examples=40, phases=[Phase.explicit, Phase.generate])
@given(rules, st.dates(date(2024, 1, 1), date(2026, 10, 25)))
def test_every_rule_we_follow_names_the_days_that_dateutil_names(rule: str, first: date) -> None:
    repeat = repeat_from(vRecur.from_ical(rule), first)
    assert repeat is not None
    start = f"DTSTART:{first:%Y%m%d}T000000\nRRULE:{rule}"
    begins, ends = (datetime.combine(day, time.min) for day in (DAYS[0], DAYS[-1]))
    known = rrulestr(start).between(begins, ends, inc=True)
    assert list(repeat.between(DAYS[0], DAYS[-1])) == [at.date() for at in known]


@ONE_DATABASE
async def test_a_file_that_is_given_marks_its_hours_beside_what_was_said_and_only_those(
    site: Site, clock: Clock
) -> None:
    clock.go_to(NOW)
    world = await settle()
    visitor = await site.as_person(world.people[1])  # in Tbilisi
    await visitor.get(f"{BASE}/hours")
    await visitor.send_form(f"{BASE}/hours", {"zone": "Asia/Tbilisi", "impossible": ["2026-10-20T09"]})
    file = calendar("UID:1\r\nSUMMARY:Secret talks\r\nDTSTART:20261020T083000Z\r\nDURATION:PT1H")
    sent = await visitor.send_form(f"{BASE}/hours/calendar", files={"file": ("mine.ics", file, "text/calendar")})
    assert sent.status_code == 303
    assert "2 hours of your calendar are marked now." in (await visitor.get(sent.headers["location"])).text
    async with reading() as session:
        sheet = await queries.sheet(session, world.event, world.people[1])
    assert sheet is not None
    assert sheet.marks == dict.fromkeys(["2026-10-20T09", "2026-10-20T12", "2026-10-20T13"], Can.IMPOSSIBLE)
    refused = await visitor.send_form(f"{BASE}/hours/calendar", files={"file": ("x.ics", "nothing", "text/calendar")})
    assert refused.status_code == 409 and "not a calendar that we can read" in refused.text


@ONE_DATABASE
async def test_a_file_that_takes_too_long_is_refused_in_a_sentence(
    site: Site, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_hours, "READ_WITHIN", 1.5)
    clock.go_to(NOW)
    world = await settle()
    visitor = await site.as_person(world.people[1])
    endless = "UID:{n}\r\nDTSTART:20150102T090000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=DAILY;COUNT=9999;BYMONTHDAY=-1"
    file = calendar(*(endless.format(n=n) for n in range(4000)))
    sent = await visitor.send_form(f"{BASE}/hours/calendar", files={"file": ("mine.ics", file, "text/calendar")})
    assert sent.status_code == 422 and "Export only the weeks of the event" in sent.text
