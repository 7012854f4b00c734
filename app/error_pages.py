"""What goes wrong is said in a sentence of the visitor's language: as a page, or as JSON to a quiet form."""

from urllib.parse import quote

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.core import i18n
from app.core.doors import SignInFirst
from app.core.errors import Missing, Refused
from app.core.pages import Visit
from app.core.words import N_

log = structlog.get_logger()


async def refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refused)
    visit = Visit(request)
    if isinstance(refusal, SignInFirst) and not visit.quiet:
        asked = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        return RedirectResponse(f"/sign-in?next={quote(asked)}", 303)
    sentence = i18n.say_refusal(visit.lang, refusal)
    if visit.quiet:
        return JSONResponse({"refused": sentence}, status_code=refusal.status)
    return _error_page(visit, refusal.status, sentence)


async def http(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    if problem.status_code == 404:
        return await refused(request, Missing())
    words = {405: N_("This address does not take what you sent. Go back and try the page again.")}
    visit = Visit(request)
    sentence = words.get(problem.status_code, N_("We could not read this request. Go back and try again."))
    return _error_page(visit, problem.status_code, i18n.say(visit.lang, sentence))


async def broken(request: Request, problem: Exception) -> Response:
    log.error("page broken", path=request.url.path, exc_info=problem)
    visit = Visit(request)
    sentence = N_(
        "Something broke on our side. We have noted it. What you typed is kept on this device; try again in a minute."
    )
    return _error_page(visit, 500, i18n.say(visit.lang, sentence))


def _error_page(visit: Visit, status: int, sentence: str) -> Response:
    return HTMLResponse(visit.html("error.html", sentence=sentence, status=status), status_code=status)


handlers = {Refused: refused, HTTPException: http, Exception: broken}
