"""Who comes to which sitting of the live parts, and what they cost whom, before the programme is published and after."""

from pydantic import Field
from starlette.responses import Response

from app.core import i18n
from app.core.db import reading, transaction
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.words import N_, NN_
from app.events import queries_programme as programme
from app.events.doors import planner
from app.events.rules import said
from app.timetable import actions_plenary, fairness, plenary, queries

MOST_LOADED = 20  # people the table names
_SEATED = NN_("One person has a sitting now.", "{count} people have a sitting now.")


class SeatsForm(Form):
    sitting: int
    people: list[int] = Field(default_factory=list, max_length=500)


async def sittings(visit: Visit) -> Response:
    """`part`: a sitting of the part whose people are named, so that they can be moved."""
    async with reading() as session:
        event = await queries.event_by_id(session, visit.here.event_id)
        blocks = await programme.blocks_of(session, event)
        people = {each.id: each for each in await queries.attendants(session, visit.here.event_id)}
        seats = await programme.block_seats(session, visit.here.event_id)
        zones = {each.id: each.zone for each in people.values()}
        parts, points = plenary.seated(
            actions_plenary.offers_of(event, blocks), zones, {(seat.person_id, seat.block_id) for seat in seats}
        )
        loaded = sorted((person for person in points if points[person]), key=lambda person: (-points[person], person))
        asked = visit.query.get("part", "")
        opened = next((part for part in parts if asked in {str(offer.id) for offer in part.offers}), None)
        shown = {*loaded[:MOST_LOADED], *(at for part in parts for at in part.night), *(opened.sits if opened else ())}
        names = await queries.names(session, shown)
    return visit.page(
        "timetable/plenary.html", parts=parts, spread=_spread(points), widest=fairness.WIDEST, opened=opened,
        loaded=[(names.get(person, ""), points[person]) for person in loaded[:MOST_LOADED]],
        night=[[names.get(person, "") for person in part.night[:MOST_LOADED]] for part in parts],
        titles={block.id: said(block, "title", visit.lang) for block in blocks},
        called={block.id: block.sitting for block in blocks}, names=names, people=people,
        seated={(seat.person_id, seat.block_id): seat.by_hand for seat in seats},
        waiting=_waiting(parts, {(seat.person_id, seat.block_id) for seat in seats}),
    )  # fmt: skip


def _spread(points: dict[int, int]) -> int:
    return max(points.values()) - min(points.values()) if points else 0


def _waiting(parts: list[plenary.Part], seats: set[tuple[int, int]]) -> int | None:
    """How many have no sitting yet in a part with several; none: there is no such part."""
    several = [part for part in parts if len(part.offers) > 1]
    return (
        len({who for part in several for who, at in part.sits.items() if (who, at) not in seats}) if several else None
    )


async def seat_everybody(visit: Visit) -> Response:
    async with transaction() as session:
        count = await actions_plenary.seat_everybody(session, event_id=visit.here.event_id)
    return visit.go(_url(visit), said=i18n.counted(visit.lang, _SEATED, count))


async def seat_by_hand(visit: Visit) -> Response:
    form = await visit.form(SeatsForm)
    async with transaction() as session:
        await actions_plenary.seat_by_hand(
            session, event_id=visit.here.event_id, block_id=form.sitting, people=form.people
        )
    return visit.go(f"{_url(visit)}?part={form.sitting}#part", said=N_("Moved. They stay in this sitting."))


def _url(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/timetable/plenary"


_AT = "/events/{event}/timetable/plenary"
routes = [
    get(_AT, sittings, who=planner),
    post(_AT, seat_everybody, who=planner, shows=sittings),
    post(f"{_AT}/seats", seat_by_hand, who=planner, shows=sittings),
]
