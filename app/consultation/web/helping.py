"""The door for technical help: people and whether their lines are there; no card, no line, no case, no part."""

from starlette.responses import Response

from app.consultation import queries
from app.consultation.actions import helping
from app.consultation.engine.helping import line_of
from app.core.db import reading, transaction
from app.core.pages import Visit
from app.core.words import N_


async def help_page(visit: Visit) -> Response:
    """Before entering: the title and one button. Inside: who is there. Without a call there is nothing to see."""
    async with reading() as session:
        here = await queries.sitting(session, visit.params["id"])
        await helping.check_helps(session, here, visit.me.id)
        back = f"/events/{await queries.event_slug(session, here.row.event_id)}/rooms"
    row, inside = here.row, here.row.helper_id == visit.me.id
    if row.status not in ("lobby", "running") or row.help_at is None or here.seat(visit.me.id) is not None:
        return visit.go(f"/rooms/{here.id}")
    page = visit.page(
        "consultation/help.html", room_id=here.id, title=row.title, spoken=row.lang, called=row.help_at, inside=inside,
        back=back, occupied=row.helper_id is not None and not inside,
        people=[
            (who.name, line_of(here.room, who.seat_id, arrived=who.agreed or who.simulated))
            for who in here.people.values() if not who.removed
        ] if inside else [],
    )  # fmt: skip
    page.headers["cache-control"] = "no-store"
    return page


async def enter(visit: Visit) -> Response:
    async with transaction() as session:
        await helping.enter_as_help(session, visit.params["id"], by=visit.me.id, now=visit.now)
    return visit.go(f"/rooms/{visit.params['id']}/help")


async def leave(visit: Visit) -> Response:
    async with transaction() as session:
        await helping.leave_as_help(session, visit.params["id"], by=visit.me.id, now=visit.now)
    return visit.go(f"/rooms/{visit.params['id']}/help", said=N_("You have left the room. The call still stands."))


async def solved(visit: Visit) -> Response:
    async with transaction() as session:
        await helping.end_help(session, visit.params["id"], by=visit.me.id, now=visit.now)
    return visit.go(
        f"/rooms/{visit.params['id']}", said=N_("Thank you. The call has ended, and you have left the room.")
    )
