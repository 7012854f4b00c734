"""The outer wall: who is asking (session cookie), forged requests (CSRF), headers on every answer, sizes.

Pure ASGI. What it finds out it leaves in `scope["state"]`: `person`, `nonce`, `seed`.
"""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.core.errors import Refused
from app.core.text import initials
from app.core.words import N_

SESSION = "session"  # with TLS the browser is told `__Host-session`
SEED = "seed"
MONTH = 30 * 24 * 3600


@dataclass(frozen=True)
class Someone:
    """A signed-in person, as much as every page needs."""

    id: int
    name: str
    lang: str
    zone: str
    admin: bool
    email: str = ""
    theme: str = ""
    zone_confirmed: bool = True
    unread: int = 0  # so many things they should hear about and have not read
    told: int = 0  # the version of these, for the live line
    address_fails: bool = False  # letters come back; none is sent until the person has confirmed the address

    @property
    def initials(self) -> str:
        return initials(self.name)


FindPerson = Callable[[str], Awaitable[Someone | None]]


def token_hash(token: str) -> str:
    """What of a secret token is stored: enough to recognise it, not enough to use it."""
    return hashlib.sha256(token.encode()).hexdigest()


class Cookies:
    """Names and flags: `__Host-` and Secure with TLS, plain names on http://127.0.0.1."""

    def __init__(self, *, secure: bool) -> None:
        self.secure = secure

    def name(self, plain: str) -> str:
        return f"__Host-{plain}" if self.secure else plain

    def set(self, headers: MutableHeaders, plain: str, value: str, *, seconds: int = MONTH) -> None:
        flags = "; Secure" if self.secure else ""
        headers.append(
            "set-cookie", f"{self.name(plain)}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{flags}"
        )

    def clear(self, headers: MutableHeaders, plain: str) -> None:
        self.set(headers, plain, "", seconds=0)


class Csrf:
    """Tokens bound to the browser's seed cookie, masked anew on each page."""

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def token(self, seed: str) -> str:
        salt = secrets.token_urlsafe(8)
        return f"{salt}.{self._sign(salt, seed)}"

    def check(self, token: str, seed: str) -> bool:
        salt, _, signature = token.partition(".")
        return bool(seed) and hmac.compare_digest(signature, self._sign(salt, seed))

    def _sign(self, salt: str, seed: str) -> str:
        return hmac.new(self._secret, f"{salt}:{seed}".encode(), hashlib.sha256).hexdigest()[:32]


class ForgedRequest(Refused):
    status = 403

    def __init__(self) -> None:
        super().__init__(
            N_("This form is too old or came from another site. Go back, reload the page and send it again.")
        )


def check_same_site(headers: Headers, *, own_origin: str) -> None:
    """Refuse what a browser itself says came from another site; old and text browsers say nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        raise ForgedRequest
    origin = headers.get("origin")
    if origin not in {None, "null"} and urlsplit(origin).netloc not in {
        headers.get("host", ""),
        urlsplit(own_origin).netloc,
    }:
        raise ForgedRequest


class Wall:
    """Middleware around everything: finds the person, adds headers, refuses bodies that are too big."""

    def __init__(self, app: ASGIApp, *, cookies: Cookies, find_person: FindPerson, file_limit: int = 10) -> None:
        self.app = app
        self.cookies = cookies
        self.find_person = find_person
        self.file_limit = file_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        state = scope.setdefault("state", {})
        await self._recognise(scope, state)
        if scope["type"] == "websocket":
            await self.app(scope, receive, send)
            return
        await self.app(scope, _limited(receive, self.file_limit), self._with_headers(scope, state, send))

    async def _recognise(self, scope: Scope, state: dict[str, Any]) -> None:
        headers = Headers(scope=scope)
        jar = cookie_parser(headers.get("cookie", ""))
        state["nonce"] = secrets.token_urlsafe(12)
        state["cookies"] = self.cookies
        state["seed"] = jar.get(self.cookies.name(SEED), "")
        state["seed_is_new"] = False
        token = jar.get(self.cookies.name(SESSION), "")
        state["session_token"] = token
        state["person"] = None
        if token and not scope["path"].startswith("/static/"):
            state["person"] = await self.find_person(token)

    def _with_headers(self, scope: Scope, state: dict[str, Any], send: Send) -> Send:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                bare = _for_a_script(scope, headers)
                for name, value in FOR_SCRIPTS if bare else _headers(state["nonce"], secure=self.cookies.secure):
                    headers.setdefault(name, value)
                if state["seed_is_new"]:
                    self.cookies.set(headers, SEED, state["seed"])
                if not scope["path"].startswith("/static/"):
                    headers.setdefault("cache-control", "private, no-cache")
            await send(message)

        return with_headers


FOR_SCRIPTS = [
    ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
    ("x-content-type-options", "nosniff"),
]
"""What an answer needs that a script asked for and nobody keeps: it never is a page. In a room half the bytes were these."""


def _for_a_script(scope: Scope, answer: MutableHeaders) -> bool:
    """Only where the browser itself says so, and no cache can make a page of it later."""
    kept = scope["method"] == "GET" and "no-store" not in answer.get("cache-control", "")
    return not kept and Headers(scope=scope).get("sec-fetch-dest") == "empty"


def _headers(nonce: str, *, secure: bool) -> list[tuple[str, str]]:
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; frame-src 'self'; font-src 'self'; media-src 'self'; manifest-src 'self'; worker-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    always = [
        ("content-security-policy", policy),
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("permissions-policy", "geolocation=(), camera=(), microphone=(self), payment=(), usb=()"),
    ]
    return [*always, ("strict-transport-security", "max-age=31536000; includeSubDomains")] if secure else always


class TooBig(Refused):
    status = 413

    def __init__(self, megabytes: int) -> None:
        sentence = N_(
            "This is too big to send: a file may have up to {megabytes} MB. Go back with your browser: what you typed "
            "is still there. Then choose a smaller file, or none."
        )
        super().__init__(sentence, megabytes=megabytes)


def _limited(receive: Receive, file_limit: int) -> Receive:
    """A file of this many megabytes passes, with what a form says around it."""
    seen, limit = 0, file_limit * 1_000_000 + 2_000_000

    async def limited() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise TooBig(file_limit)
        return message

    return limited
