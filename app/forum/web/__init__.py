"""The pages of the forum, by what people do there."""

from app.forum.web import (
    cards,
    cockpit,
    concerns,
    files,
    hearing,
    looking_after,
    merging,
    reading,
    recordings,
    searching,
    splitting,
    taking_along,
    tasks,
    thanking,
    translating,
    wall,
    weaving,
    writing,
)

routes = [
    *reading.routes, *writing.routes, *weaving.routes, *looking_after.routes, *thanking.routes, *concerns.routes, *cockpit.routes,
    *searching.routes, *taking_along.routes, *files.routes, *translating.routes, *merging.routes,
    *hearing.routes, *splitting.routes, *tasks.routes, *wall.routes, *cards.routes, *recordings.routes,
]  # fmt: skip
