"""The outbox: every letter as it will look, its state and what went wrong; released and sent again from here.

The manager of an event sees all its letters, a coordinator those that follow from the plans they publish.

A link that signs somebody in is a secret between the letter and its reader: it is not shown here. While no mail server
is set a letter that waits has no reader; the administrator of the house may read it whole then and hand its link over.
"""

import re

from starlette.responses import Response

from app.core import i18n
from app.core.db import reading, transaction
from app.core.doors import admin
from app.core.errors import Missing
from app.core.mail import Letter, LetterState
from app.core.pages import Visit, get, post
from app.core.words import N_, NN_
from app.events import actions, queries, rules, views
from app.events.doors import planner

_LEAVING = NN_("One letter leaves now.", "{count} letters leave now.")
_SECRET = re.compile(r"(/sign-in/|/address/)[\w-]{16,}")


async def outbox(visit: Visit) -> Response:
    state = visit.query.get("state", "")
    async with reading() as session:
        letters, more = await queries.letters(session, _outbox(visit), state=state, page=visit.page_number())
        counts = await queries.letter_counts(session, _outbox(visit))
    return visit.page(
        "events/outbox.html", letters=letters, more=more, number=visit.page_number(), state=state, counts=counts,
        base=_base(visit),
    )  # fmt: skip


async def letter(visit: Visit) -> Response:
    row = await _letter(visit)
    return visit.page(
        "events/letter.html", letter=row, text=_shown(visit, row, row.text), whole=_whole(visit, row), base=_base(visit)
    )


async def letter_html(visit: Visit) -> Response:
    """The letter as a mail program shows it, for the frame on its page."""
    policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    row = await _letter(visit)
    body = _shown(visit, row, row.html)
    return Response(body, media_type="text/html", headers={"content-security-policy": policy})


async def release(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.release_letter(session, outbox=_outbox(visit), letter_id=visit.params["id"], now=visit.now)
    return visit.go(_base(visit), said=_released(visit, N_("The letter leaves now.")))


async def release_all(visit: Visit) -> Response:
    async with transaction() as session:
        count = await actions.release_letters(session, outbox=_outbox(visit), now=visit.now)
    return visit.go(_base(visit), said=_released(visit, i18n.counted(visit.lang, _LEAVING, count)))


def _released(visit: Visit, leaves: str) -> str:
    return leaves if visit.house.sends_mail else views.NO_MAIL


def _shown(visit: Visit, letter: Letter, text: str) -> str:
    return text if _whole(visit, letter) else _SECRET.sub(r"\1…", text)


def _whole(visit: Visit, letter: Letter) -> bool:
    """Only on the administrator's pages, only while nothing leaves the house, only what has not left before."""
    return visit.here is None and not visit.house.sends_mail and letter.state != LetterState.SENT


async def _letter(visit: Visit) -> Letter:
    async with reading() as session:
        row = await queries.letter(session, _outbox(visit), visit.params["id"])
    if row is None:
        raise Missing
    return row


def _outbox(visit: Visit) -> queries.Outbox:
    """That of the event, as much of it as the visitor sees; that of the whole installation on its own pages."""
    if visit.here is None:
        return queries.Outbox()
    return queries.Outbox(visit.here.event_id, rules.letters_seen(visit.here.roles))


def _base(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/outbox" if visit.here else "/outbox"


routes = [
    route
    for base, door in (("/events/{event}/outbox", planner), ("/outbox", admin))
    for route in (
        get(base, outbox, who=door),
        get(f"{base}/{{id:int}}", letter, who=door),
        get(f"{base}/{{id:int}}/html", letter_html, who=door),
        post(f"{base}/{{id:int}}/release", release, who=door),
        post(f"{base}/release", release_all, who=door),
    )
]
