"""The pages of the forum: `reading`, `writing`, `looking_after`, `thanking`, `searching`."""

from app.forum.web import looking_after, reading, searching, thanking, writing

routes = [*reading.routes, *writing.routes, *looking_after.routes, *thanking.routes, *searching.routes]
