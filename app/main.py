"""The pages as one ASGI application: routes of all slices, the wall around them, error pages."""

import contextlib
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp

from app import error_pages
from app.core import accent, answers, archive, db, files, gather, i18n, kept, live, mail, own, render, signs, times
from app.core.assets import shipped
from app.core.doors import anyone
from app.core.errors import Missing
from app.core.pages import House, Visit, get, post
from app.core.security import Cookies, Csrf, Someone, Wall, token_hash
from app.core.sending import sent_file
from app.core.signposts import Signposts
from app.core.words import N_
from app.events import look
from app.events.rules import PLANNERS
from app.notices import queries as notices
from app.people import queries as people
from app.people.actions import SEEN_AGAIN, note_seen
from app.schema import tables

log = structlog.get_logger()

PLAIN, COUNTED = people.who_holds(), people.who_holds(*notices.header(people.WHO))
SLICES = ("people", "events", "notices", "forum", "consultation", "timetable", "insight", "demo")


@dataclass(frozen=True)
class Setup:
    """What the pages need to know; app.settings makes it from the environment."""

    database_url: str
    redis_url: str
    files: Path
    secret: str
    base_url: str = "http://127.0.0.1:8000"
    name: str = "Fortnight"
    mail_domain: str = "localhost"
    reply_address: str = ""  # letters can be answered
    demo: bool = False
    sends_mail: bool = True  # False: letters wait, and the administrator may read them meanwhile
    file_limit: int = 10  # megabytes
    programme: dict[str, Any] = field(default_factory=dict)
    compiled: Path | None = None  # a folder for templates as code; without it every start compiles them anew


def create_app(setup: Setup, *, more: Sequence[BaseRoute] = ()) -> ASGIApp:
    """The application; `more` are routes of another program that shares the process (the live socket)."""
    assets = shipped()
    house = House(
        assets=assets, csrf=Csrf(setup.secret), url=setup.base_url, sends_mail=setup.sends_mail,
        name=setup.name, demo=setup.demo, programme=_programme(setup), places=_places, file_limit=setup.file_limit,
    )  # fmt: skip
    open_stores(setup)
    render.use_sprite(assets.url("icons/sprite.svg"))
    app = Starlette(
        routes=[Signposts([*_own_routes(), *more, *slice_routes(demo=setup.demo)])],
        exception_handlers=error_pages.handlers,
        middleware=[
            Middleware(
                Wall,
                cookies=Cookies(secure=setup.base_url.startswith("https:")),
                find_person=partial(find_person, counted=True),
                file_limit=setup.file_limit,
            ),
            Middleware(GZipMiddleware, minimum_size=700, compresslevel=6),
        ],
        lifespan=_lifespan,
    )
    app.state.house = house
    return app


def _programme(setup: Setup) -> dict[str, Any]:
    """Name, logo, operator; and the address of the style sheet when the programme has a colour of its own."""
    colour = setup.programme.get("colour", "")
    return {"name": setup.name, **setup.programme, "stylesheet": accent.address(colour) if colour else ""}


def open_stores(setup: Setup) -> None:
    """Connect database, news, files and the letterhead; every program does this first."""
    tables()  # rows point at each other across slices: a program needs all of them before it stores the first
    db.connect(setup.database_url)
    kept.forget()
    live.connect(setup.redis_url)
    signs.use_secret(setup.secret)
    files.use_folder(setup.files, limit=setup.file_limit)
    mail.set_house(name=setup.name, url=setup.base_url, domain=setup.mail_domain, answers_to=setup.reply_address)
    if setup.compiled is not None:
        render.keep_compiled(setup.compiled)
    register_sources(demo=setup.demo)


async def close_stores() -> None:
    await db.disconnect()
    await live.disconnect()


def slice_routes(*, demo: bool = False) -> list[BaseRoute]:
    """Every slice's routes; the demonstration's doors exist only in a demonstration."""
    return [route for name in _slices(demo) for route in _module(name, "web", "routes")]


def register_sources(*, demo: bool = False) -> None:
    """What each slice offers to pages and letters, what is a person's own, what the archive holds, what mail answers."""
    for name in _slices(demo):
        for topic, source in _module(name, "sources", "sources"):
            gather.register(topic, source)
        for each in _module(name, "own", "owns"):
            own.register(each)
        for pack in _module(name, "archive", "packs"):
            archive.register(pack)
        for answering in _module(name, "by_mail", "answerings"):
            answers.register(*answering)


async def find_person(token: str, *, counted: bool = False) -> Someone | None:
    """Who holds this session; that it is in use is noted from time to time, whatever page it is.

    `counted`: with the number that stands in the header of a page.
    """
    now = times.now()
    question = COUNTED if counted else PLAIN
    found = await people.someone_signed_in(question, token_hash=token_hash(token), now=now)
    if found is None:
        return None
    someone, seen_at, about = found
    if counted:
        someone = notices.with_header(someone, *about)
    if now - seen_at > SEEN_AGAIN:
        async with db.transaction() as session:
            await note_seen(session, token=token, now=now)
    return someone


def _slices(demo: bool) -> list[str]:
    return [name for name in SLICES if name != "demo" or demo]


def _module(slice_name: str, module: str, attribute: str) -> Sequence[Any]:
    """`app.<slice>.<module>.<attribute>` where the slice has that module."""
    if find_spec(f"app.{slice_name}.{module}") is None:
        return ()
    found: Sequence[Any] = getattr(import_module(f"app.{slice_name}.{module}"), attribute)
    return found


@contextlib.asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    async with db.reading() as session:
        await look.refresh(app.state.house.programme, session, now=times.now())
    yield
    await close_stores()


def _own_routes() -> list[BaseRoute]:
    return [
        Route("/static/{version}/{name:path}", _static, methods=["GET"], name="core.static"),
        get("/programme/{version}.css", _colours, who=anyone),
        Route("/healthz", _health, methods=["GET"], name="core.health"),
        Route("/files/{word}/{name}", _file, methods=["GET"], name="core.file"),
        post("/language", _language, who=anyone),
        post("/theme", _theme, who=anyone),
    ]


async def _static(request: Request) -> Response:
    asset = request.app.state.house.assets.get(request.path_params["name"])
    if asset is None:
        return Response(status_code=404)
    headers = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
    if asset.gzipped is not None and "gzip" in request.headers.get("accept-encoding", ""):
        return Response(asset.gzipped, media_type=asset.type, headers={**headers, "content-encoding": "gzip"})
    return Response(asset.body, media_type=asset.type, headers=headers)


async def _colours(visit: Visit) -> Response:
    colour = visit.house.programme.get("colour", "")
    if not colour:
        raise Missing
    headers = {"cache-control": "public, max-age=31536000, immutable"}
    return Response(accent.stylesheet(colour), media_type="text/css", headers=headers)


async def _health(_: Request) -> Response:
    """200 while the database answers; news may be away, that is said but is no illness."""
    try:
        async with db.reading() as session:
            await session.connection()
        well = True
    except Exception as problem:
        log.warning("not well", problem=str(problem))
        well = False
    body = {"database": well, "news": await live.is_well(), "now": times.now().isoformat(timespec="seconds")}
    return JSONResponse(body, status_code=200 if well else 503, headers={"cache-control": "no-store"})


async def _file(request: Request) -> Response:
    """A stored file by its signed word: [place, type, name, expires]."""
    value = Visit(request).unsigned(request.path_params["word"], purpose="file")
    if value is None or times.now().timestamp() > value[3]:
        raise Missing
    return sent_file(value[0], type=value[1], name=value[2], inline=value[1].startswith("image/"))


async def _language(visit: Visit) -> Response:
    """Choose the interface's language on this browser."""
    return await _remembered(visit, "lang", i18n.CODES)


async def _theme(visit: Visit) -> Response:
    return await _remembered(visit, "theme", ("", "light", "dark"))


async def _remembered(visit: Visit, name: str, allowed: Sequence[str]) -> Response:
    sent = await visit.sent()
    answer = visit.go(str(sent.get("back", "/")))
    if (chosen := str(sent.get(name, ""))) in allowed:
        answer.set_cookie(name, chosen, max_age=365 * 24 * 3600, samesite="lax")
    return answer


PARTS = {
    "today": ("catch-up", "days/", "pulses"),
    "forum": ("threads/", "search", "announcements", "ask-for-help", "cockpit", "concerns"),
    "manage": ("outbox",),
}
"""What belongs to a place though its address does not say so; posts and rooms stand outside of the event's addresses."""


def _part_of(path: str, base: str, rooms: str) -> str:
    if path.startswith("/posts/"):
        return f"{base}/forum"
    if path.startswith(("/rooms/", f"{base}/rooms", f"{base}/methods")):
        return rooms
    for place, parts in PARTS.items():
        if path.startswith(tuple(f"{base}/{part}" for part in parts)):
            return f"{base}/{place}"
    return path


def _places(visit: Visit) -> list[dict[str, Any]]:
    """The places of the event one is in: at most five, on a phone they are the row at the foot."""
    if visit.here is None or not visit.here.participates:
        return []
    base = f"/events/{visit.here.slug}"
    rooms = f"{base}/timetable" if visit.here.is_one_of(PLANNERS) else f"{base}/rooms"
    places = [
        (f"{base}/today", N_("Today"), "home", False),
        (f"{base}/forum", N_("Forum"), "chat", True),
        (rooms, N_("Timetable"), "cal", False) if rooms.endswith("timetable") else (rooms, N_("Rooms"), "room", False),
        (f"{base}/people", N_("People"), "people", False),
        (f"{base}/manage", N_("Organise"), "gear", False) if visit.here.is_staff else None,
    ]
    return [
        {
            "href": place[0], "words": i18n.say(visit.lang, place[1]), "icon": place[2], "flip": place[3],
            "current": _part_of(visit.path, base, rooms).startswith(place[0]),
        }
        for place in places
        if place is not None
    ]  # fmt: skip
