"""The installation itself: its first administrator, its name and look, the pages of every footer, feedback."""

from pathlib import Path

from markupsafe import Markup
from starlette.responses import Response

from app.core import i18n, limits, places, times
from app.core.db import reading, transaction
from app.core.doors import admin, anyone
from app.core.errors import Missing
from app.core.forms import both
from app.core.pages import Visit, get, post
from app.core.security import SESSION
from app.core.text import to_html
from app.core.words import N_
from app.events import actions, forms, logos, look, queries, views
from app.events.templates import regions
from app.people import actions as people
from app.people import passwords
from app.people.forms import Setup
from app.people.queries import is_empty

TEXTS = Path(__file__).parent / "texts"
PAGES = {
    "imprint": N_("Imprint"),
    "privacy": N_("Privacy"),
    "accessibility": N_("Accessibility"),
    "netiquette": N_("How we talk with each other"),
    "help": N_("Help"),
}
HELP = {
    "rooms": N_("The rooms: how a peer consultation works"),
    "line": N_("A weak line, an old phone"),
    "moderating": N_("For moderators"),
    "coordinating": N_("For coordinators"),
}


async def setup_page(visit: Visit) -> Response:
    async with reading() as session:
        if not await is_empty(session):
            return visit.go("/sign-in")
    return visit.page("events/setup.html", zones=sorted(times.zone_names()), told=visit.zone)


async def setup(visit: Visit) -> Response:
    """The first person of an installation: runs it, names it, and is signed in."""
    typed = await visit.form(Setup)
    hashed = await passwords.hashed(typed.password)
    async with transaction() as session:
        person = await people.create_first_admin(
            session, email=typed.email, name=typed.name, password_hash=hashed, lang=visit.lang, zone=typed.zone,
            now=visit.now,
        )  # fmt: skip
        await actions.set_programme(session, name=typed.programme, mail=typed.email)
        await look.refresh(visit.house.programme, session, now=visit.now)
        token = await people.sign_in(
            session, person_id=person.id or 0, device=visit.request.headers.get("user-agent", ""), now=visit.now
        )
    answer = visit.go("/events/new", said=N_("Welcome. Now the first event: choose a template and its first day."))
    visit.request.state.cookies.set(answer.headers, SESSION, token)
    return answer


async def text_page(visit: Visit) -> Response:
    return _text(visit, visit.path.strip("/"), PAGES[visit.path.strip("/")])


async def help_page(visit: Visit) -> Response:
    name = visit.params["name"]
    if name not in HELP:
        raise Missing
    return _text(visit, f"help-{name}", HELP[name])


async def feedback_page(visit: Visit) -> Response:
    return visit.page("events/feedback.html", about=visit.query.get("about", "")[:300])


async def feedback(visit: Visit) -> Response:
    typed = await visit.form(forms.Opinion)
    await limits.check("feedback", str(visit.person.id) if visit.person else visit.line, "20/hour")
    async with transaction() as session:
        await actions.give_feedback(
            session, person_id=visit.person.id if visit.person else None, now=visit.now, url=visit.house.url,
            contact=str(visit.house.programme.get("mail", "")), **typed.model_dump(),
        )  # fmt: skip
    return visit.go("/feedback", said=N_("Thank you. Somebody will read it."))


async def settings_page(visit: Visit) -> Response:
    async with reading() as session:
        await look.refresh(visit.house.programme, session, now=visit.now)
        row = await queries.programme(session)
        edited = {each.key: each for each in await queries.region_set_rows(session)}
        opinions = await queries.feedback(session)
    return visit.page(
        "events/settings.html", row=row, opinions=opinions, shipped=regions(), edited=edited,
        countries=places.countries(visit.lang), **views.words(visit.lang),
    )  # fmt: skip


async def set_look(visit: Visit) -> Response:
    typed, logo = await both(visit.form(forms.Look), logos.sent(visit))
    async with transaction() as session:
        await actions.set_programme(session, **typed.model_dump(), **await logos.kept(session, logo, visit))
        await look.refresh(visit.house.programme, session, now=visit.now)
    return visit.go("/settings", said=N_("Saved. Every page now looks like this."))


async def set_region(visit: Visit) -> Response:
    typed = await visit.form(forms.Region)
    async with transaction() as session:
        await actions.set_region_set(session, key=visit.params["key"], **typed.model_dump())
    return visit.go("/settings#regions", said=N_("The list of countries is saved."))


def _text(visit: Visit, name: str, title: str) -> Response:
    """A text of the house in the reader's language, its {fields} filled with who answers for the site."""
    path = next(p for lang in (visit.lang, i18n.DEFAULT) if (p := TEXTS / lang / f"{name}.md").exists())
    programme = visit.house.programme
    text = path.read_text("utf-8")
    unknown = i18n.say(visit.lang, N_("(not entered yet)"))
    for field in ("operator", "address", "mail"):
        text = text.replace(f"{{{field}}}", str(programme.get(field) or unknown))
    text = text.replace("{programme}", str(programme["name"]))
    heading, _, body = text.partition("\n")
    lang = path.parent.name
    return visit.page(
        "events/text.html", title=title, heading=heading.lstrip("# "), body=_sections(body), text_lang=lang, more=HELP
    )


def _sections(body: str) -> Markup:
    """A whole page of ours: its sections are h2 and h3, not the deeper headings of what people write."""
    html = to_html(body)
    for deeper, own in (("h3", "h2"), ("h4", "h3")):
        html = html.replace(f"<{deeper}>", Markup(f"<{own}>")).replace(f"</{deeper}>", Markup(f"</{own}>"))
    return html


routes = [
    get("/setup", setup_page, who=anyone),
    post("/setup", setup, who=anyone, shows=setup_page),
    *(get(f"/{name}", text_page, who=anyone) for name in PAGES),
    get("/help/{name}", help_page, who=anyone),
    get("/feedback", feedback_page, who=anyone),
    post("/feedback", feedback, who=anyone, shows=feedback_page),
    get("/settings", settings_page, who=admin),
    post("/settings", set_look, who=admin, shows=settings_page),
    post("/settings/regions/{key}", set_region, who=admin, shows=settings_page),
]
