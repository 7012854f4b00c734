"""The pages of the forum: `reading`, `writing`, `looking_after`, `thanking`, `concerns`, `cockpit`, `searching`."""

from app.forum.web import cockpit, concerns, looking_after, reading, searching, thanking, writing

routes = [
    *reading.routes, *writing.routes, *looking_after.routes, *thanking.routes, *concerns.routes, *cockpit.routes,
    *searching.routes,
]  # fmt: skip
