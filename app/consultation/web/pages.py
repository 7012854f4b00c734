"""Rooms on the web: the list, the lobby, the one screen, what follows it, the protocol."""

from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import HTMLResponse, Response

from app.consultation import pieces, queries, queries_outside
from app.consultation.actions import correspondence, practising
from app.consultation.actions.afterwards import KEPT
from app.consultation.desk import Me, desk_values, door_values, my_notes, release_values
from app.consultation.desk_practice import debrief_values
from app.consultation.engine.before import is_open_before
from app.consultation.engine.helping import may_call
from app.consultation.engine.leading import may_ask_to_lead
from app.consultation.engine.library import methods
from app.consultation.engine.method import said
from app.consultation.engine.offers import is_open_for_offers
from app.consultation.few import arriving_values, few_values
from app.consultation.forms import Practice
from app.consultation.fragments import asked_card, room_news, room_values
from app.consultation.practice.scripts import offered
from app.consultation.queries import OUT, open_contributions
from app.consultation.queries_before import asked_before
from app.consultation.queries_messages import standing_message
from app.consultation.queries_methods import method_of, method_titles
from app.consultation.queries_repair import title_of
from app.consultation.queries_seats import Somebody
from app.consultation.steps_page import draft, written_values
from app.consultation.web import acts, helping, linking, messages, offering, pace, protocols, repairing
from app.consultation.web.acts_written import acts_written, outcome_page, plan, plan_page, tell_outcome
from app.consultation.web.arriving import arrival
from app.core import i18n
from app.core.db import reading, transaction
from app.core.doors import signed_in
from app.core.errors import Missing
from app.core.few import Few
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import helper, member, moderator
from app.events.queries import here as event_here
from app.events.rules import HELPERS, MODERATORS

PRIVATE = {"cache-control": "no-store"}  # a room is never kept: not by the browser, not by the service worker
DESKS = Few(2)  # a phase change sends nine people for theirs at once: acts in other rooms need not stand behind them
STATES = {"planned": N_("planned"), "lobby": N_("open"), "running": N_("running"), "closed": N_("closed")}


async def rooms(visit: Visit) -> Response:
    async with reading() as session:
        found = await queries_outside.rooms_of_event(session, visit.here.event_id, person_id=visit.me.id)
        titles = await method_titles(session, visit.here.event_id)
        message = await standing_message(session, visit.here.event_id, now=visit.now)
    return visit.page(
        "consultation/rooms.html",
        mine=[room for room in found if room.mine],
        others=[room for room in found if not room.mine],
        methods={key: said(title, visit.lang) for key, title in titles.items()},
        states=STATES,
        plans=visit.here.is_one_of(MODERATORS),
        tells=visit.here.is_one_of(HELPERS),
        message=message,
        scripts=[_offer(script, visit.lang) for script in offered(visit.lang)],
    )


async def room(visit: Visit) -> Response:
    """The lobby, the room or what is left of it: whatever there is for this person now."""
    async with reading() as session:
        answer, unread = await _page_of(session, visit)
    if unread:  # opening the page is the mark that the step was read
        async with transaction() as session:
            await correspondence.read(session, visit.params["id"], by=visit.me.id, now=visit.now)
    return answer


async def _page_of(session: AsyncSession, visit: Visit) -> tuple[Response, bool]:
    """(the page, is a written step shown on it for the first time?)"""
    here = await queries.sitting(session, visit.params["id"])
    seat = here.seat(visit.me.id)
    if seat is None or seat.removed:
        return await _outside(visit, removed=seat), False
    me = Me(here, seat, visit.lang, visit.now)
    slug = await queries.event_slug(session, here.row.event_id)
    values = {
        **await my_notes(session, me),
        "leave": f"/events/{slug}/rooms",
        "method": said(here.room.method.title, visit.lang),
    }
    if _in_writing(me):
        values |= {
            **await written_values(session, me),
            "draft": await draft(session, me) if visit.query.get("draft") else "",
        }
        return _private(visit.page("consultation/written.html", **values)), seat.read_step < here.room.state.step
    values |= await room_values(session, here, lang=visit.lang, now=visit.now)
    if here.row.status == "closed":
        visit.here = await event_here(slug, person_id=visit.me.id, lang=visit.lang)
        values["moved"] = await title_of(session, here.row.moved_to_id)
        values["offers"] = seat.agreed and is_open_for_offers(here.room, now=visit.now) and not here.row.practice
        values["deleted_on"] = here.row.closed_at and here.row.closed_at + KEPT
        values["outcome"] = here.row.outcome if seat.agreed else ""
        release = await release_values(session, me) if seat.agreed else None
        decks = {row.deck for row in await open_contributions(session, here.id)}
        debrief = debrief_values(here, seat, lang=visit.lang, written=decks)
        page = visit.page(
            "consultation/closed.html",
            own_words=here.method.everybody_releases,
            release=release,
            debrief=debrief,
            **values,
        )
    elif here.row.status != "running" or not seat.agreed:
        visit.here = await event_here(slug, person_id=visit.me.id, lang=visit.lang)  # its places stand in the bar
        values["few"] = await few_values(session, here, now=visit.now)
        values["arriving"] = await arriving_values(session, here, now=visit.now)
        page = visit.page("consultation/lobby.html", **values, **_lobby(me))
    else:
        page = visit.page("consultation/room.html", **{**await desk_values(session, me), **values})
    return _private(page), False


async def written(visit: Visit) -> Response:
    """What was written so far, for a page that follows; another step is another page."""
    async with reading() as session:
        me = await _agreed(session, visit)
        same = _in_writing(me) and visit.query.get("step") == str(me.here.room.state.step)
        values = await written_values(session, me) if same else {"moved": True, "here": me.here.row}
    return _private(HTMLResponse(visit.html("consultation/_written.html", **values)))


def _in_writing(me: Me) -> bool:
    return me.here.row.status == "running" and me.seat.agreed and me.here.room.written


async def changes(visit: Visit) -> Response:
    """What is new for everybody since version `after`; for those whom no push reached."""
    after = visit.query.get("after", "0")
    async with reading() as session:
        await _agreed(session, visit)
        version, html = await room_news(
            session, visit.params["id"], after=int(after) if after.isdigit() else 0, lang=visit.lang, now=visit.now
        )
    return HTMLResponse(html, headers={**PRIVATE, "x-version": str(version)})


async def desk(visit: Visit) -> Response:
    """My part of the room: those pieces of it that the browser does not have yet as they are now."""
    async with DESKS.place(), reading() as session:
        me = await _agreed(session, visit)
        values = await desk_values(session, me)
        html = visit.html("consultation/_desk.html", **values, cut=pieces.CUT, apart=pieces.APART)
    html, stamps = pieces.fresh(html, had=visit.query.get("has", ""))
    return HTMLResponse(html, headers={**PRIVATE, "x-version": str(me.here.row.desk_version), "x-has": stamps})


async def answers(visit: Visit) -> Response:
    """What was asked before, with the forms to answer it, for a lobby page that is open while somebody asks."""
    async with reading() as session:
        me = await _agreed(session, visit)
        here = me.here
        open_ = is_open_before(here.room, status=here.row.status, practice=bool(here.row.practice))
        if me.seat.seat_id not in here.room.case_givers():
            raise Missing
        if not open_:
            return _private(HTMLResponse("<p data-reload></p>"))  # the lobby has become the room
        asked = [asked_card(here, row) for row in await asked_before(session, here.id)]
    return _private(HTMLResponse(visit.html("consultation/_answers.html", here=here.row, asked=asked)))


async def practise(visit: Visit) -> Response:
    form = await visit.form(Practice)
    async with transaction() as session:
        room_id = await practising.start_practice(
            session, event_id=visit.here.event_id, by=visit.me.id, script_key=form.script, role=form.role,
            own_case=form.own_case, drill=form.drill, key=form.key, lang=visit.lang, now=visit.now,
        )  # fmt: skip
    return visit.go(f"/rooms/{room_id}")


async def _outside(visit: Visit, *, removed: Somebody | None = None) -> Response:
    """Without a seat, or asked to leave: `removed` is told so, and may come back unless blocked."""
    async with reading() as session:
        shown = await queries_outside.from_outside(session, visit.params["id"], person_id=visit.me.id)
        method = await _method(session, shown, visit.lang)
    language = i18n.language(shown.lang).name
    sentence = OUT if removed else ""
    back = removed is not None and not removed.blocked and shown.status in ("lobby", "running")
    page = visit.page(
        "consultation/outside.html", room=shown, method=method, language=language, sentence=sentence, back=back
    )
    return _private(page) if removed else page


async def _method(session: AsyncSession, shown: queries_outside.Outside, lang: str) -> str:
    return said((await method_of(session, shown.method, shown.method_version)).title, lang)


async def _agreed(session: Any, visit: Visit) -> Me:
    """Me in this room; before the agreement, and for everybody else, there is no room."""
    here = await queries.sitting(session, visit.params["id"])
    seat = here.seat(visit.me.id)
    if seat is None or not seat.agreed or seat.removed:
        raise Missing
    return Me(here, seat, visit.lang, visit.now)


def _lobby(me: Me) -> dict[str, Any]:
    room = me.here.room
    leads = me.seat.agreed and room.is_led_by(me.seat.seat_id) and me.here.row.status == "lobby"
    return {
        "me": me.seat,
        "leads": leads,
        "role": said(room.method.role(me.seat.role).title, me.lang),
        "roles": [(role.key, said(role.title, me.lang)) for role in room.method.roles],
        "may_take_over": me.seat.agreed and me.here.row.status == "lobby" and may_ask_to_lead(room, me.seat.seat_id),
        "may_call": may_call(room, practice=bool(me.here.row.practice)),
        "door": door_values(me.here, me.seat.seat_id) if leads else None,
        "casting": list(me.here.people.values()) if leads else [],
        "keeps": me.seat.seat_id in room.case_givers(),
        "reads_case": me.here.reads_case(me.seat.seat_id),
        "own_words": room.method.everybody_releases,
        "asks": is_open_before(room, status=me.here.row.status, practice=bool(me.here.row.practice)),
    }


def _offer(script: Any, lang: str) -> dict[str, Any]:
    roles = [role for role in methods()[script.method].roles if role.key in script.peers]
    return {
        "key": script.key,
        "title": said(script.title, lang),
        "roles": [(role.key, said(role.title, lang)) for role in roles],
        "drill": bool(script.drill),
    }


def _private(answer: Response) -> Response:
    answer.headers.update(PRIVATE)
    return answer


routes = [
    get("/events/{event}/rooms", rooms, who=member),
    post("/events/{event}/rooms/message", messages.tell_rooms, who=helper, shows=rooms),
    post("/events/{event}/rooms/message/end", messages.take_down, who=helper, shows=rooms),
    post("/events/{event}/practice", practise, who=member, shows=rooms),
    get("/events/{event}/rooms/written", plan_page, who=moderator),
    post("/events/{event}/rooms/written", plan, who=moderator, shows=plan_page),
    get("/rooms/{id:int}", room, who=signed_in),
    get("/rooms/{id:int}/arrival", arrival, who=signed_in),
    get("/rooms/{id:int}/help", helping.help_page, who=signed_in),
    post("/rooms/{id:int}/help/entry", helping.enter, who=signed_in, shows=helping.help_page),
    post("/rooms/{id:int}/help/exit", helping.leave, who=signed_in, shows=helping.help_page),
    post("/rooms/{id:int}/help/solved", helping.solved, who=signed_in, shows=helping.help_page),
    get("/rooms/{id:int}/written", written, who=signed_in),
    get("/rooms/{id:int}/changes", changes, who=signed_in),
    get("/rooms/{id:int}/desk", desk, who=signed_in),
    get("/rooms/{id:int}/answers", answers, who=signed_in),
    get("/rooms/{id:int}/outcome", outcome_page, who=signed_in),
    *repairing.routes,
    post("/rooms/{id:int}/outcome", tell_outcome, who=signed_in, shows=outcome_page),
    *protocols.routes,
    *offering.routes,
    *pace.routes,
    *linking.routes,
    *[post(f"/rooms/{{id:int}}/{path}", act, who=signed_in, shows=room) for path, act in [*acts.acts, *acts_written]],
]
