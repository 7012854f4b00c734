"""The pages of the forum: `reading`, `writing`, `looking_after`, `thanking`, `concerns`, `searching`."""

from app.forum.web import concerns, looking_after, reading, searching, thanking, writing

routes = [
    *reading.routes, *writing.routes, *looking_after.routes, *thanking.routes, *concerns.routes, *searching.routes
]  # fmt: skip
