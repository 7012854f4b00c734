"""The pages of the forum: `reading`, `writing`, `looking_after`, `thanking`, `concerns`, `cockpit`, `searching`, `files`,
`translating`,
`merging`."""

from app.forum.web import (
    cockpit,
    concerns,
    files,
    looking_after,
    merging,
    reading,
    searching,
    thanking,
    translating,
    writing,
)

routes = [
    *reading.routes, *writing.routes, *looking_after.routes, *thanking.routes, *concerns.routes, *cockpit.routes,
    *searching.routes, *files.routes, *translating.routes, *merging.routes,
]  # fmt: skip
