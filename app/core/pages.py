"""Pages: what a handler gets (a Visit), how it answers, and how routes are declared.

A handler is `async def show(visit: Visit) -> Response`. A POST acts inside `transaction()` and answers with
`visit.go(…)`. When it is refused, the page named by `shows` is shown again with what was typed and the sentence.
"""

import secrets
import uuid
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, TypeVar
from urllib.parse import quote, unquote, urlsplit

from markupsafe import Markup
from pydantic import BaseModel, ValidationError
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from app.core import i18n, limits, signs, times
from app.core.assets import Assets
from app.core.doors import Door, SignInFirst
from app.core.errors import Invalid, Refused
from app.core.forms import check_storable, read, said_in, sentences
from app.core.render import render
from app.core.security import Csrf, ForgedRequest, Someone, TooBig, check_same_site

_Form = TypeVar("_Form", bound=BaseModel)
Handler = Callable[["Visit"], Awaitable[Response]]
WRITES = "600/minute"
"""What one person may send us altogether. Nobody types or clicks that fast, shared notes included; a script does."""


class _RowNumber(IntegerConvertor):
    """`{id:int}` in a path: a number that a row can have; for a longer one there is no page."""

    regex = "[0-9]{1,9}"


register_url_convertor("int", _RowNumber())


@dataclass(frozen=True)
class House:
    """What all pages know about the installation."""

    assets: Assets
    csrf: Csrf
    url: str
    name: str = "Fortnight"
    demo: bool = False
    sends_mail: bool = True
    file_limit: int = 10  # megabytes
    programme: dict[str, Any] = field(default_factory=lambda: {"name": "Fortnight"})
    places: "Callable[[Visit], list[dict[str, Any]]]" = lambda visit: []


class Visit:
    """One request, as the slices see it: who, in which language and zone, when, and what was sent."""

    def __init__(self, request: Request) -> None:
        self.request = request
        self.house: House = request.app.state.house
        self.person: Someone | None = request.state.person
        self.now: datetime = times.now()
        self.here: Any = None  # the event and my roles in it, set by an event's door
        self.reads = ""  # the topic that this page shows; nothing tells its reader about it meanwhile
        self.typed: Mapping[str, Any] = {}
        self.errors: Mapping[str, str] = {}
        self.refusal = ""
        self.labels: dict[str, str] = {}  # of the fields drawn on the page, for the summary of what is to be mended
        self.again: list[str] = []  # of those that come back empty, because what was typed is not shown to anybody

    @property
    def me(self) -> Someone:
        """The signed-in person; only behind a door that makes sure there is one."""
        assert self.person is not None, "the door of this route lets strangers in"
        return self.person

    @cached_property
    def lang(self) -> str:
        chosen = self.request.query_params.get("lang") or self.request.cookies.get("lang", "")
        if chosen in i18n.CODES:
            return chosen
        if self.person is not None and self.person.lang in i18n.CODES:
            return self.person.lang
        return i18n.preferred(self.request.headers.get("accept-language", ""))

    @property
    def dir(self) -> str:
        return i18n.direction(self.lang)

    @cached_property
    def zone(self) -> str:
        """The person's zone; for strangers the browser's (a cookie set by script), else the event's, else UTC."""
        if self.person is not None and self.person.zone:
            return self.person.zone
        told = self.request.cookies.get("zone", "")
        if told in times.zone_names():
            return told
        return self.here.zone if self.here is not None else "UTC"

    @property
    def zone_words(self) -> str:
        return times.zone_in_words(self.now, self.zone, self.lang)

    @property
    def theme(self) -> str:
        """`light`, `dark` or "" for what the device prefers."""
        chosen = self.request.cookies.get("theme", self.person.theme if self.person else "")
        return chosen if chosen in {"light", "dark"} else ""

    @property
    def path(self) -> str:
        return str(self.request.url.path)

    @property
    def line(self) -> str:
        """The address the visit comes from; many people may share one."""
        return self.request.client.host if self.request.client else ""

    @property
    def params(self) -> Mapping[str, Any]:
        return self.request.path_params

    @property
    def query(self) -> Mapping[str, str]:
        return self.request.query_params

    @property
    def back(self) -> str:
        """The page the person is on: where a small form of the frame (language, light) leads back to.

        A page shown again after a refusal stands at the address of the form; the one it came from is meant.
        """
        if self.request.method == "GET":
            return f"{self.path}?{self.request.url.query}" if self.request.url.query else self.path
        came_from = urlsplit(self.request.headers.get("referer", ""))
        return inside(f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path or "/")

    def page_number(self) -> int:
        asked = self.query.get("page", "1")
        return min(max(int(asked), 1), 10_000) if asked.isdecimal() else 1

    @property
    def quiet(self) -> bool:
        """Sent by a script that stays on the page and wants to know how it went."""
        return "application/json" in self.request.headers.get("accept", "")

    async def sent(self) -> FormData:
        return await self.request.form(max_files=10, max_fields=500, max_part_size=200_000)

    async def form(self, model: type[_Form]) -> _Form:
        """What was typed, as `model`; raises Invalid with a sentence per field."""
        data = await self.sent()
        try:
            form = model.model_validate(read(data, model))
        except ValidationError as problem:
            raise Invalid(sentences(problem)) from None
        check_storable(form)
        return form

    async def upload(self, name: str) -> UploadFile | None:
        """The file sent in field `name`, if one was chosen."""
        file = (await self.sent()).get(name)
        return file if isinstance(file, UploadFile) and file.filename else None

    def page(self, template: str, **values: Any) -> HTMLResponse:
        """The page, with what every page needs (see `_context`)."""
        answer = HTMLResponse(self.html(template, **values))
        if "said" in self.request.cookies:
            answer.delete_cookie("said", httponly=True, samesite="lax")
        return answer

    def html(self, template: str, **values: Any) -> str:
        return render(template, lang=self.lang, zone=self.zone, **self._context(), **values)

    def go(self, url: str, *, said: str = "", html: str = "", **values: object) -> Response:
        """Post → redirect → get; a sentence is shown on the next page. Scripts get the same as JSON.

        `html`: for scripts only, a fragment to show at once (elements with ids replace those on the page).
        """
        sentence = i18n.say(self.lang, said, **values) if said else ""
        if self.quiet:
            return JSONResponse({"go": url, "said": sentence, "html": html, "at": self.now.isoformat()})
        answer = RedirectResponse(inside(url), status_code=303)
        if sentence:
            answer.set_cookie("said", quote(sentence), max_age=60, httponly=True, samesite="lax")
        return answer

    def csrf(self) -> Markup:
        return Markup('<input type="hidden" name="csrf" value="{}">').format(self.csrf_token())

    def signed(self, value: Any, *, purpose: str) -> str:
        """A signed word that only we can have written, for links in letters."""
        return signs.sign(value, purpose=purpose)

    def unsigned(self, word: str, *, purpose: str) -> Any:
        """The value back, or None if it is not from us."""
        return signs.unsign(word, purpose=purpose)

    def csrf_token(self) -> str:
        state = self.request.state
        if not state.seed:
            state.seed, state.seed_is_new = secrets.token_urlsafe(18), True
        return self.house.csrf.token(state.seed)

    def _context(self) -> dict[str, Any]:
        return {
            "visit": self,
            "house": self.house,
            "programme": self.house.programme,
            "asset": self.house.assets.url,
            "nonce": self.request.state.nonce,
            "csrf": self.csrf,
            "new_key": new_key,
            "said": unquote(self.request.cookies.get("said", "")),
            "typed": self.typed,
            "errors": self.errors,
            "refusal": self.refusal,
            "places": self.house.places(self),
        }


def new_key() -> str:
    """A name for a write before it is sent: the same name twice is the same write."""
    return uuid.uuid4().hex


def inside(url: str) -> str:
    """Only addresses of our own: a path, never another host."""
    parts = urlsplit(url)
    return "/" if parts.scheme or parts.netloc or not url.startswith("/") or url.startswith(("//", "/\\")) else url


def get(path: str, handler: Handler, *, who: Door) -> Route:
    return _route(path, handler, who, "GET")


def post(path: str, handler: Handler, *, who: Door, shows: Handler | None = None, signed: bool = False) -> Route:
    """`shows` draws the page again when the act is refused; without it the error page says why.

    `signed`: the address itself holds a signed word that allows this one act (one-click unsubscribe, RFC 8058), so a
    mail program may send it, which has no page of ours and no token. The handler checks the word.
    """
    return _route(path, handler, who, "POST", shows, signed=signed)


def _route(
    path: str, handler: Handler, who: Door, method: str, shows: Handler | None = None, *, signed: bool = False
) -> Route:
    async def endpoint(request: Request) -> Response:
        visit = Visit(request)
        await who.opens(visit)
        if method == "GET" or signed:
            return await handler(visit)
        check_same_site(visit.request.headers, own_origin=visit.house.url)
        try:
            await _check_token(visit)
            if visit.person is not None:
                await limits.check("writes", str(visit.person.id), WRITES)
            return await handler(visit)
        except SignInFirst:
            raise
        except Refused as refusal:
            return await _shown_again(visit, refusal, shows)

    endpoint.door = who  # type: ignore[attr-defined]  # read by the table of rights and its tests
    endpoint.signed = signed  # type: ignore[attr-defined]
    return Route(path, endpoint, methods=[method], name=f"{handler.__module__.split('.')[-2]}.{handler.__name__}")


async def _check_token(visit: Visit) -> None:
    token = visit.request.headers.get("x-csrf") or str((await visit.sent()).get("csrf", ""))
    if not visit.house.csrf.check(token, visit.request.state.seed):
        raise ForgedRequest


async def _shown_again(visit: Visit, refusal: Refused, shows: Handler | None) -> Response:
    """The same page with what was typed and the sentence; a script gets the sentences."""
    sentence = i18n.say_refusal(visit.lang, refusal)
    fields = refusal.fields if isinstance(refusal, Invalid) else {}
    errors = {name: said_in(visit.lang, words, **refusal.values) for name, words in fields.items()}
    if visit.quiet:
        return JSONResponse({"refused": sentence, "fields": errors}, status_code=refusal.status)
    if shows is None or isinstance(refusal, TooBig):
        raise refusal
    visit.typed, visit.errors, visit.refusal = _texts(await visit.sent()), errors, sentence
    answer = await shows(visit)
    answer.status_code = refusal.status
    return answer


def _texts(data: FormData) -> dict[str, Any]:
    lists = {name: [v for v in data.getlist(name) if isinstance(v, str)] for name in data}
    return {name: values if len(values) > 1 else "".join(values) for name, values in lists.items()}
