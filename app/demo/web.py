"""The demonstration's doors: enter as an invented person, read every letter. These routes exist only with DEMO=1."""

import re
from datetime import timedelta

from babel.dates import format_date
from starlette.responses import Response

from app.core.db import reading, transaction
from app.core.doors import anyone
from app.core.errors import Missing, Refused
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.security import SESSION
from app.core.text import to_html
from app.core.times import day_in_words
from app.core.words import N_
from app.demo import queries
from app.people.actions import sign_in


class Entering(Form):
    person: int


async def people(visit: Visit) -> Response:
    async with reading() as session:
        guises = await queries.guises(session)
    return visit.page("demo/people.html", guises=guises)


async def enter(visit: Visit) -> Response:
    wanted = (await visit.form(Entering)).person
    async with transaction() as session:
        if not await queries.is_invented(session, wanted):
            raise Refused(N_("Only the invented people of the demonstration can be entered like this."))
        token = await sign_in(
            session, person_id=wanted, device=visit.request.headers.get("user-agent", ""), now=visit.now
        )
        home = await queries.home(session)
    answer = visit.go(home)
    visit.request.state.cookies.set(answer.headers, SESSION, token)
    return answer


async def letters(visit: Visit) -> Response:
    async with reading() as session:
        rows, more = await queries.letters(session, page=visit.page_number())
    return visit.page("demo/letters.html", letters=rows, more=more, number=visit.page_number())


async def letter(visit: Visit) -> Response:
    async with reading() as session:
        row = await queries.letter(session, visit.params["id"])
    if row is None:
        raise Missing
    return visit.page("demo/letter.html", letter=row)


async def letter_html(visit: Visit) -> Response:
    """The letter as a mail program shows it, for the frame on its page."""
    async with reading() as session:
        row = await queries.letter(session, visit.params["id"])
    if row is None:
        raise Missing
    policy = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'"
    return Response(row.html, media_type="text/html", headers={"content-security-policy": policy})


async def sheet(visit: Visit) -> Response:
    """Every part of the interface in every state, to look at while it is built."""
    sprite = visit.house.assets.get("icons/sprite.svg")
    assert sprite is not None
    icons = re.findall(r'id="i-([a-z-]+)"', sprite.body.decode())
    first = visit.now.date() - timedelta(days=visit.now.weekday())
    days = [first + timedelta(days=7 * week + day) for week in (0, 1) for day in range(5)]
    marks = [
        {
            "href": f"#day-{number}", "name": format_date(day, "EEE", visit.lang), "number": day.day,
            "words": day_in_words(day, visit.lang), "live": number % 2 == 1,
            "past": day < visit.now.date(), "today": day == visit.now.date(),
        }
        for number, day in enumerate(days, 1)
    ]  # fmt: skip
    return visit.page(
        "styleguide/index.html", icons=icons, days=marks, now=visit.now,
        body=to_html(_SAMPLE), arabic=to_html(_SAMPLE_AR),
    )  # fmt: skip


_SAMPLE = "This sentence will hang in our depot. Two things:\n\n- What did the first winter cost, in *hours*?\n- Do the same people also clean the drains?"
_SAMPLE_AR = "في شارع المدرسة علّقنا الخطة على الجدار، ومعها أسماء ثلاثة أشخاص."

routes = [
    get("/styleguide", sheet, who=anyone),
    get("/demo", people, who=anyone),
    post("/demo/enter", enter, who=anyone, shows=people),
    get("/demo/letters", letters, who=anyone),
    get("/demo/letters/{id:int}", letter, who=anyone),
    get("/demo/letters/{id:int}/html", letter_html, who=anyone),
]
