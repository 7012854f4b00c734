"""What the planner weighs and how much, for coordinators to read and to set."""

from typing import Any

from starlette.responses import Response

from app.core import i18n
from app.core.db import reading, transaction
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import planner
from app.timetable import actions_weighing, queries, weighing
from app.timetable.forms import WeighingForm
from app.timetable.weighing import LEVELS, WISHES, Level, Levels


async def weights(visit: Visit) -> Response:
    async with reading() as session:
        timetable = await queries.timetable(session, visit.here.event_id)
    levels = timetable.weights if timetable else {}
    wishes = [
        (wish, i18n.say(visit.lang, title), i18n.say(visit.lang, counts, points=weighing.points(levels, wish)), weighing.level_of(levels, wish))
        for wish, (title, counts) in WISHES.items()
    ]  # fmt: skip
    return visit.page(
        "timetable/weights.html", wishes=wishes, seen=timetable.weighed if timetable else 0,
        levels=[(level, i18n.say(visit.lang, words)) for level, words in LEVELS.items()],
    )  # fmt: skip


async def set_weights(visit: Visit) -> Response:
    form = await visit.form(WeighingForm)
    async with transaction() as session:
        await actions_weighing.set_weights(
            session, event_id=visit.here.event_id, said=form.model_dump(exclude={"seen"}), seen=form.seen
        )
    url = f"/events/{visit.here.slug}/timetable/weights"
    return visit.go(url, said=N_("Kept. The next plan the planner proposes is made with it."))


def in_words(levels: Levels, lang: str) -> list[str]:
    """What is not as usual, for the pages that say what a plan was made with."""
    found = [(wish, weighing.level_of(levels, wish)) for wish in WISHES]
    return [
        f"{i18n.say(lang, WISHES[wish][0])}: {i18n.say(lang, LEVELS[level])}"
        for wish, level in found
        if level != Level.NORMAL
    ]


_AT = "/events/{event}/timetable/weights"
routes: list[Any] = [
    get(_AT, weights, who=planner),
    post(_AT, set_weights, who=planner, shows=weights),
]
