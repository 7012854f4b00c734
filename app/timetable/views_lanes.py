"""What the page of lanes shows. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.times import local
from app.events import queries as event_queries
from app.events.queries_members import participations
from app.events.rules import said
from app.timetable import fairness, lanes, queries
from app.timetable.lanes import Lane, Of, Region
from app.timetable.models import Case, Plan
from app.timetable.rules import asked_days
from app.timetable.views import this_week
from app.timetable.views_reasons import Looking
from app.timetable.week import by_week


@dataclass(frozen=True)
class Choices:
    """What the reader asked for: which lanes, which week, only one region, only what has nothing yet, which page."""

    of: Of
    week: int | None
    region: str
    free: bool
    page: int


@dataclass(frozen=True)
class LanesPage:
    plan: Plan | None
    asked: Choices
    weeks: list[list[date]]
    week: int
    days: list[date]
    lanes: list[Lane]
    many: int
    cases: Mapping[int, Case]
    names: Mapping[int, str]
    points: Mapping[int, int]
    regions: list[Region]
    region_names: Mapping[str, str]
    mine: str
    zone: str

    def week_of(self, start: datetime) -> int:
        """In which of the weeks an instant lies; the one that is shown where it lies in none."""
        day = local(start, self.zone).date()
        return next((number for number, days in enumerate(self.weeks, 1) if day in days), self.week)

    @property
    def more(self) -> bool:
        return self.asked.page * lanes.PAGE < self.many


async def lanes_page(session: AsyncSession, looking: Looking, asked: Choices) -> LanesPage:
    event_id = looking.here.event_id
    event, plan = await queries.event_by_id(session, event_id), await queries.latest_plan(session, event_id)
    sittings = await queries.sittings_of(session, plan)
    people = await queries.attendants(session, event_id)
    cases = {case.id or 0: case for case in await queries.cases(session, event_id)}
    windows = await queries.windows(session, event_id)
    segments = await event_queries.segments(session, event_id)
    parts = {part.person_id: part.region for part in await participations(session, event_id)}
    known = [(each.key, each.countries) for each in segments]
    where = {each.id: lanes.region_of(each, parts.get(each.id, ""), known) for each in people}
    here = [each for each in people if asked.region in ("", where[each.id])]
    givers = {case_id: case.giver_id for case_id, case in cases.items()}
    order = lanes.order_of(asked.of, here, givers, sittings, free=asked.free)
    days = asked_days(
        event.starts_on, event.ends_on, also=queries.days_of(windows, zone=looking.zone), off=event.days_off
    )
    weeks = by_week(days)
    week = this_week(weeks, looking) if asked.week is None else min(max(asked.week, 1), max(len(weeks), 1))
    shown = lanes.lanes(
        asked.of, order[(asked.page - 1) * lanes.PAGE : asked.page * lanes.PAGE], sittings=sittings, slots=queries.slots_of(windows),
        days=weeks[week - 1] if weeks else [], zone=looking.zone,
    )  # fmt: skip
    zones = {lane.person.id: lane.person.zone for lane in shown}
    return LanesPage(
        plan=plan, asked=asked, weeks=weeks, week=week, days=weeks[week - 1] if weeks else [], lanes=shown,
        many=len(order), cases=cases, names=await queries.names(session, zones),
        points={share.person: share.points for share in fairness.shares(sittings, zones)},
        regions=lanes.regions(people, sittings, where, [key for key, _ in known]),
        region_names={each.key: said(each, "name", looking.lang) for each in segments}, mine=looking.here.region,
        zone=looking.zone,
    )  # fmt: skip
