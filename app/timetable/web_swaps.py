"""Exchanging seats: whom somebody could ask, the request itself, and its answer."""

from starlette.responses import Response

from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import member
from app.notices.actions import seen
from app.timetable import actions_swaps, queries
from app.timetable import queries_swaps as reads
from app.timetable.forms import ConsentForm, SwapForm
from app.timetable.letters_swaps import swap_path
from app.timetable.models import Swap
from app.timetable.rules import Answer
from app.timetable.swapping import topic_of
from app.timetable.swaps import SwapState, is_near, until

ON_A_PAGE = 20  # seats


async def choose(visit: Visit) -> Response:
    """Whose seat I could have for mine in this session, and why not others'."""
    event_id, case_id, page = visit.here.event_id, visit.params["case"], _page(visit)
    async with reading() as session:
        found = await reads.standing(session, event_id, now=visit.now)
        row = found.ahead.get(case_id) if found else None
        if found is None or row is None or reads.leads(row, visit.me.id) is None:
            raise Missing
        offers = reads.offers(found, visit.me.id, case_id, now=visit.now)
        waiting = await reads.waiting(session, event_id, visit.me.id)
        no = await reads.declined(session, event_id, visit.me.id, case_id)
        names = await queries.names(session, {each.person for each in offers})
    mine = {(each.other_id, each.other_case_id) for each in waiting if each.case_id == case_id}
    asked_of_me = {(each.asked_by, each.case_id) for each in waiting if each.other_case_id == case_id}
    open_ones = [
        each for each in offers if each.why is None and (each.person, each.case_id) not in {*mine, *asked_of_me, *no}
    ]
    refused: dict[str, list[reads.Offer]] = {}
    for each in offers:
        if each.why is not None:
            refused.setdefault(each.why.sentence, []).append(each)
    first = (page - 1) * ON_A_PAGE
    return visit.page(
        "timetable/swap_choose.html", row=row, title=found.cases[case_id].title, names=names, page=page,
        offers=open_ones[first : first + ON_A_PAGE], more=len(open_ones) > first + ON_A_PAGE, refused=refused,
        most=ON_A_PAGE, waiting=[each for each in waiting if case_id in {each.case_id, each.other_case_id}],
        said_no=[each for each in offers if (each.person, each.case_id) in no],
        too_soon=is_near(row.starts_at, row.starts_at, now=visit.now),
    )  # fmt: skip


async def ask(visit: Visit) -> Response:
    form = await visit.form(SwapForm)
    other, case = form.seat.split("-")
    async with transaction() as session:
        swap = await actions_swaps.ask(
            session, event_id=visit.here.event_id, person_id=visit.me.id, case_id=visit.params["case"],
            other_id=int(other), other_case=int(case), key=form.key, now=visit.now,
        )  # fmt: skip
    return visit.go(swap_path(visit.here.slug, swap), said=N_("Asked. You hear of the answer by letter and here."))


async def show(visit: Visit) -> Response:
    event_id = visit.here.event_id
    async with reading() as session:
        swap = await reads.one_of_mine(session, event_id, visit.params["swap"], visit.me.id)
        if swap is None:
            raise Missing
        names = await queries.names(session, [swap.asked_by, swap.other_id])
        titles = await queries.titles(session, event_id)
        asked = swap.other_id == visit.me.id
        why = await actions_swaps.obstacle(session, swap, now=visit.now) if asked and _waits(swap) else ""
    if asked == _waits(swap):
        async with transaction() as session:
            await seen(session, visit.me.id, topic_of(visit.params["swap"]), place=0, now=visit.now)
    own = (titles.get(swap.other_case_id, ""), swap.other_starts_at, swap.other_case_id)
    theirs = (titles.get(swap.case_id, ""), swap.starts_at, swap.case_id)
    return visit.page(
        "timetable/swap.html", swap=swap, asked=asked, why=why, until=until(swap.starts_at, swap.other_starts_at),
        name=names.get(swap.asked_by if asked else swap.other_id, ""), sessions=[own, theirs] if asked else [theirs, own],
    )  # fmt: skip


def _waits(swap: Swap) -> bool:
    return swap.state == SwapState.OPEN


async def answer(visit: Visit) -> Response:
    form = await visit.form(ConsentForm)
    async with transaction() as session:
        swap = await actions_swaps.answer(
            session, event_id=visit.here.event_id, swap_id=visit.params["swap"], person_id=visit.me.id,
            yes=form.says == Answer.YES, now=visit.now,
        )  # fmt: skip
    agreed = N_("Exchanged. Each of you gets a letter with the new session for the calendar.")
    declined = N_("Declined. Everything stays as it was.")
    return visit.go(swap_path(visit.here.slug, swap), said=agreed if form.says == Answer.YES else declined)


async def withdraw(visit: Visit) -> Response:
    async with transaction() as session:
        await actions_swaps.withdraw(
            session, event_id=visit.here.event_id, swap_id=visit.params["swap"], person_id=visit.me.id, now=visit.now
        )
    return visit.go(f"/events/{visit.here.slug}/timetable/mine", said=N_("Taken back. Everything stays as it was."))


def _page(visit: Visit) -> int:
    asked = visit.query.get("page", "")
    return max(1, int(asked)) if asked.isdecimal() and len(asked) < 4 else 1


_CHOOSE, _SWAP = "/events/{event}/timetable/mine/{case:int}/swap", "/events/{event}/timetable/swaps/{swap:int}"
routes = [
    get(_CHOOSE, choose, who=member),
    post(_CHOOSE, ask, who=member, shows=choose),
    get(_SWAP, show, who=member),
    post(f"{_SWAP}/answer", answer, who=member, shows=show),
    post(f"{_SWAP}/end", withdraw, who=member, shows=show),
]
