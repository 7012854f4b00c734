"""Signposts lead where asking every route in its order would."""

from starlette.routing import Match

from app.core.signposts import Signposts
from app.main import _own_routes, slice_routes
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

ODD = [
    "/",
    "",
    "/nowhere",
    "/events/",
    "/events//threads/7",
    "/static/x/a/b/c.css",
    "/events/x/threads/7/",
    "//",
    "/threads/abc",
]


def test_every_address_leads_to_the_route_that_would_have_been_asked_first() -> None:
    """Fails when a route hides behind another one's words, or is asked in another order."""
    routes = [*_own_routes(), *slice_routes(demo=True)]
    signposts = Signposts(routes)
    addresses = [
        route.path.replace("{id:int}", "7")
        .replace(":int}", "}")
        .replace(":str}", "}")
        .replace("{", "")
        .replace("}", "")  # type: ignore[attr-defined]
        for route in routes
    ]
    numbered = ["/".join("7" if part and part in NUMBERS else part for part in each.split("/")) for each in addresses]
    for path in [*addresses, *numbered, *ODD]:
        for method in ("GET", "POST"):
            scope = {"type": "http", "method": method, "path": path, "root_path": "", "headers": []}
            asked = [(route.matches(scope)[0], route) for route in routes]
            full = next((route for match, route in asked if match == Match.FULL), None)
            partly = next((route for match, route in asked if match == Match.PARTIAL), None)
            match, child = signposts.matches(scope)
            assert child.get("signpost") is (full or partly), (method, path)
            assert (match == Match.FULL) == (full is not None)
    assert len([path for path in numbered if signposts._candidates(path)]) > 300


NUMBERS = {
    "thread", "post", "space", "number", "concern", "announcement", "issue", "term", "note", "person", "file", "card",
    "room", "link", "task", "slot", "swap", "group",
}  # fmt: skip


@ONE_DATABASE
async def test_a_wrong_method_and_a_slash_too_many_are_answered_as_before(site: Site) -> None:
    stranger = site.stranger()
    assert (await stranger.get("/imprint")).status_code == 200
    assert (await stranger.get("/imprint/")).headers["location"].endswith("/imprint")
    assert (await stranger.delete("/imprint")).status_code == 405
    assert (await stranger.get("/imprint/nowhere/at/all")).status_code == 404
