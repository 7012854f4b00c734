"""Who comes into a running room: the same door as for everybody, then a minute to read where things stand."""

from starlette.responses import Response

from app.consultation import queries
from app.consultation.actions import moves
from app.consultation.desk import Me
from app.consultation.engine.method import said
from app.consultation.engine.part import part
from app.consultation.fragments import room_values
from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.pages import Visit

MOST = 3  # pieces of advice, and of what is parked


async def agree(visit: Visit) -> Response:
    """I agree and come in; where the first phase is over, by the page that says what has been."""
    room = visit.params["id"]
    async with transaction() as session:
        await moves.agree(session, room, by=visit.me.id, now=visit.now)
    async with reading() as session:
        late = is_late(await queries.sitting(session, room))
    return visit.go(f"/rooms/{room}/arrival" if late else f"/rooms/{room}")


async def arrival(visit: Visit) -> Response:
    """The question, where we are, what I am now, the strongest advice, what is still open. The way on is one press."""
    async with reading() as session:
        here = await queries.sitting(session, visit.params["id"])
        seat = here.seat(visit.me.id)
        if seat is None or not seat.agreed or seat.removed:
            raise Missing
        if not is_late(here):
            return visit.go(f"/rooms/{here.id}")
        me = Me(here, seat, visit.lang, visit.now)
        values = await room_values(session, here, lang=visit.lang, now=visit.now)
    values |= {
        "my_part": part(here.room, seat.seat_id),
        "role": said(here.room.method.role(seat.role).title, me.lang),
        "advice": values["ranking"][:MOST] or [card for card in values["cards"] if card["keep"]][-MOST:],
        "open_points": [thought for thought in values["parked"] if not thought["done"]][-MOST:],
    }
    page = visit.page("consultation/arrival.html", **values)
    page.headers["cache-control"] = "no-store"
    return page


def is_late(here: queries.Sitting) -> bool:
    """Live, and the first phase is over."""
    return here.room.running and not here.room.written and here.room.state.step > 0
