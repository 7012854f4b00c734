"""What the timetable's pages show, put together from rows and the pure board. Reads only."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core import i18n, times
from app.core.words import N_
from app.events import queries_programme as programme
from app.events.models import Event
from app.events.rules import said
from app.matching.by_hand import ways
from app.matching.problem import Problem
from app.timetable import asked, publishing, queries, queries_edits, queries_groups, queries_swaps
from app.timetable import told as told_of
from app.timetable.answers import Said, said_of_cases
from app.timetable.board import Board, board
from app.timetable.changes import CaseChange, by_case
from app.timetable.daysoff import DayOff, in_countries
from app.timetable.models import Case, Placement, Plan, Proposal, Swap
from app.timetable.problem import slot_start
from app.timetable.queries_edits import Changed
from app.timetable.rules import Answer, PlanState, asked_days
from app.timetable.views_reasons import LeftOut, Looking, in_words, left_out, shaken
from app.timetable.week import by_week, hours_asked


@dataclass(frozen=True)
class Tile:
    """A case on the board."""

    case: Case
    placement: Placement
    changed: bool


@dataclass(frozen=True)
class Fixed:
    """A live block of the programme; whoever opens a window over it does so on purpose."""

    title: str
    until: datetime


@dataclass(frozen=True)
class Choice:
    """The case a coordinator looks at: why it is there, and where else it could be."""

    case: Case
    placement: Placement | None
    why: list[str]
    people: list[tuple[str, str]]  # part, names
    slots: list[tuple[str, str]]
    moderators: list[tuple[int, str]]


@dataclass(frozen=True)
class BoardPage:
    plan: Plan | None
    published: Plan | None
    version: int
    week: int
    weeks: list[list[date]]
    board: Board
    tiles: Mapping[tuple[date, int], list[Tile]]
    fixed: Mapping[tuple[date, int], list[Fixed]]
    left_out: list[LeftOut]
    changes: list[CaseChange]
    concerned: int
    titles: Mapping[int, str]
    proposal: Proposal | None
    chosen: Choice | None
    night: bool
    has_windows: bool
    first: date
    last: date
    cases: int = 0
    answers: Mapping[int, list[Said]] = field(default_factory=dict)  # case → what its people said
    shaken: Sequence[LeftOut] = ()  # published sessions that cannot stay as they were announced
    edits: Sequence[Changed] = ()
    mine: int = 0  # edition of my own change that I could take back
    off: Mapping[date, Mapping[str, DayOff]] = field(default_factory=dict)  # day → country → its holiday or weekend
    swaps: Sequence[Swap] = ()  # the latest exchanges of seats
    names: Mapping[int, str] = field(default_factory=dict)  # of the people in them
    elsewhere: list[Tile] = field(default_factory=list)  # placed in hours that this view does not show

    @property
    def asking(self) -> list[tuple[int, Said]]:
        """Answers somebody has to do something about."""
        return [(case, each) for case, said in self.answers.items() for each in said if each.answer != Answer.YES]

    @property
    def drafted(self) -> bool:
        return self.plan is not None and self.plan.state == PlanState.DRAFT


async def board_page(
    session: AsyncSession, looking: Looking, *, week: int | None, case_id: int | None, night: bool
) -> BoardPage:
    event_id = looking.here.event_id
    event = await queries.event_by_id(session, event_id)
    plan = await queries.latest_plan(session, event_id)
    rows = await queries.placements(session, plan)
    attendants = await queries.attendants(session, event_id)
    windows = await queries.windows(session, event_id)
    open_days = queries.days_of(windows, zone=looking.zone)
    all_weeks = by_week(asked_days(event.starts_on, event.ends_on, also=open_days, off=event.days_off))
    week = this_week(all_weeks, looking) if week is None else min(max(week, 1), max(len(all_weeks), 1))
    days = all_weeks[week - 1] if all_weeks else []
    cases = {case.id: case for case in await queries.cases(session, event_id) if case.id is not None}
    published = await queries.published_plan(session, event_id)
    told = await queries.placements(session, published)
    problem = asked.problem_from(
        attendants,
        cases=list(cases.values()),
        drafted=rows,
        told=told,
        windows=windows,
        now=looking.now,
        left_out=plan.unplaced if plan else (),
        apart=await queries_groups.apart(session, event_id, attendants),
    )
    parted = await told_of.parted(session, event_id) if plan else {}
    found = publishing.changes_between(told, rows, open_cases=cases, parted=parted, now=looking.now) if plan else {}
    opened = hours_asked(queries.slots_of(windows), looking.zone)
    shown = board(attendants, days=days, zone=looking.zone, lang=looking.lang, night=night, opened=opened)
    drafted = plan is not None and plan.state == PlanState.DRAFT
    mine = await queries_edits.last_of(session, plan, looking.me) if drafted else None
    swaps = await queries_swaps.agreed(session, event_id)
    tiles = _tiles(rows, cases, {change.case for change in by_case(found)}, looking.zone)
    return BoardPage(
        plan=plan,
        published=published,
        version=await queries.version(session, event_id),
        week=week,
        weeks=all_weeks,
        board=shown,
        tiles=tiles,
        fixed=await _fixed(session, event, looking),
        left_out=await left_out(session, plan, rows, cases, looking),
        changes=by_case(found),
        concerned=len(found),
        titles=await queries.titles(session, event_id),
        proposal=await queries.proposal_of_draft(session, event_id),
        chosen=await _choice(
            session,
            looking,
            cases.get(case_id or 0),
            rows,
            lambda: asked.by_hand(problem, attendants, rows, now=looking.now),
        ),
        night=night,
        has_windows=bool(open_days),
        first=event.starts_on,
        last=event.ends_on,
        cases=len(cases),
        answers=await said_of_cases(session, event_id),
        shaken=await shaken(session, problem, cases, rows, looking),
        edits=await queries_edits.latest(session, plan) if drafted else (),
        mine=mine.edition if mine else 0,
        off=in_countries({each.country for each in attendants if each.country}, days, looking.lang),
        swaps=swaps,
        names=await queries.names(session, {person for each in swaps for person in (each.asked_by, each.other_id)}),
        elsewhere=_hidden(tiles, days, shown),
    )


def this_week(all_weeks: Sequence[Sequence[date]], looking: Looking) -> int:
    """The number of the week we are in, or of the first to come; the last when all is over."""
    today = times.local(looking.now, looking.zone).date()
    ahead = [number for number, days in enumerate(all_weeks, start=1) if days[-1] >= today]
    return ahead[0] if ahead else max(len(all_weeks), 1)


def _tiles(
    rows: Sequence[Placement], cases: Mapping[int, Case], changed: set[int], zone: str
) -> dict[tuple[date, int], list[Tile]]:
    tiles: dict[tuple[date, int], list[Tile]] = {}
    for row in rows:
        if row.case_id in cases:
            there = times.local(row.starts_at, zone)
            tile = Tile(cases[row.case_id], row, row.case_id in changed)
            tiles.setdefault((there.date(), there.hour), []).append(tile)
    return tiles


async def _fixed(session: AsyncSession, event: Event, looking: Looking) -> dict[tuple[date, int], list[Fixed]]:
    found: dict[tuple[date, int], list[Fixed]] = {}
    for block in await programme.blocks_of(session, event):
        there = times.local(programme.begins(event, block), looking.zone)
        title = " · ".join(filter(None, (said(block, "title", looking.lang), block.sitting)))
        fixed = Fixed(title, programme.ends(event, block))
        found.setdefault((there.date(), there.hour), []).append(fixed)
    return found


def _hidden(tiles: Mapping[tuple[date, int], list[Tile]], days: Sequence[date], shown: Board) -> list[Tile]:
    hours = {row.hour for row in shown.rows}
    return [tile for (day, hour), those in sorted(tiles.items()) if day in days and hour not in hours for tile in those]


async def _choice(
    session: AsyncSession,
    looking: Looking,
    case: Case | None,
    rows: Sequence[Placement],
    by_hand: Callable[[], Problem],
) -> Choice | None:
    if case is None or case.id is None:
        return None
    row, problem = next((row for row in rows if row.case_id == case.id), None), by_hand()
    everybody = {person.id for person in problem.people}
    reasons = row.why if row else []
    names = await queries.names(session, everybody)
    movable = case.id in {each.id for each in problem.cases}
    return Choice(
        case=case,
        placement=row,
        why=await in_words(session, reasons, looking),
        people=_seats(row, names, looking.lang) if row else [],
        slots=[(way.slot, _way_in_words(way, looking)) for way in ways(problem, case.id)] if movable else [],
        moderators=[
            (moderator.person, names[moderator.person])
            for moderator in problem.moderators
            if case.lang in moderator.languages
            and case.method in moderator.skills
            and moderator.person != case.giver_id
        ],
    )


def _seats(row: Placement, names: Mapping[int, str], lang: str) -> list[tuple[str, str]]:
    return [
        ("giver", names.get(row.giver_id, "")),
        ("moderator", names.get(row.moderator_id, "")),
        ("advisers", i18n.listed(lang, (names.get(adviser, "") for adviser in row.advisers))),
    ]


def _way_in_words(way: Any, looking: Looking) -> str:
    """An entry of the list of times: when, how many could advise, and what is wrong with it."""
    when = times.day_and_hour(slot_start(way.slot), looking.zone, looking.lang)
    if not way.giver_can:
        return i18n.say(looking.lang, N_("{when}: whose case it is cannot"), when=when)
    if not way.moderators:
        return i18n.say(looking.lang, N_("{when}: nobody can moderate"), when=when)
    return i18n.say(looking.lang, N_("{when}: {count} could advise"), when=when, count=way.advisers)
