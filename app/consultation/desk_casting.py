"""The forms with which parts are cast, while there is a phase for it. Pure."""

from typing import Any

from app.consultation.engine.casting import is_casting
from app.consultation.engine.method import said
from app.consultation.queries import Sitting
from app.consultation.queries_seats import Somebody


def casting_values(here: Sitting, me: Somebody, *, lang: str) -> dict[str, Any] | None:
    """Whom whoever leads gives which part, and what everybody else may ask for."""
    room = here.room
    if not is_casting(room) or here.row.practice:
        return None
    wishes = dict(room.state.volunteers)
    titles = {role.key: said(role.title, lang) for role in room.method.roles}
    return {
        "leads": room.is_led_by(me.seat_id), "mine": wishes.get(me.seat_id, ""), "roles": list(titles.items()),
        "others": [(key, title) for key, title in titles.items() if key != me.role],
        "people": [
            (who.seat_id, who.name, titles[who.role], titles.get(wishes.get(who.seat_id, ""), ""))
            for who in here.people.values() if not who.removed
        ],
    }  # fmt: skip
