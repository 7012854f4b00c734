"""The pages of the forum: `reading`, `writing`, `looking_after`, `searching`."""

from app.forum.web import looking_after, reading, searching, writing

routes = [*reading.routes, *writing.routes, *looking_after.routes, *searching.routes]
