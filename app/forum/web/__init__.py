"""The pages of the forum: `reading`, `writing`, `looking_after`, `thanking`, `concerns`, `cockpit`, `searching`, `taking_along`."""

from app.forum.web import cockpit, concerns, looking_after, reading, searching, taking_along, thanking, writing

routes = [
    *reading.routes, *writing.routes, *looking_after.routes, *thanking.routes, *concerns.routes, *cockpit.routes,
    *searching.routes, *taking_along.routes,
]  # fmt: skip
