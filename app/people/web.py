"""Pages about people: signing in by letter or password, signing out, one's profile."""

from typing import Any

from starlette.responses import Response

from app.core import limits, places, times
from app.core.db import reading, transaction
from app.core.doors import anyone, signed_in
from app.core.errors import Invalid
from app.core.pages import Visit, get, inside, post
from app.core.security import SESSION, token_hash
from app.core.words import N_
from app.people import actions, forms, passwords, queries, web_address, web_own
from app.people.models import Organisation, Person
from app.people.rules import ORGANISATION_KINDS, TOPICS, as_address, check_password, device_in_words, masked

LETTERS_BY_ADDRESS, LETTERS_BY_LINE = "5/hour", "100/hour"
TRIES_BY_ADDRESS, TRIES_BY_LINE = "10/15 minutes", "200/15 minutes"


async def sign_in_page(visit: Visit) -> Response:
    if visit.person is not None and not visit.refusal:
        return visit.go(inside(visit.query.get("next", "/")))
    return visit.page("people/sign_in.html", next=inside(visit.query.get("next", "/")))


async def ask_for_link(visit: Visit) -> Response:
    wanted = await visit.form(forms.Letter)
    await limits.check("sign-in letter", as_address(wanted.email), LETTERS_BY_ADDRESS)
    await limits.check("sign-in letter from", visit.line, LETTERS_BY_LINE)
    async with transaction() as session:
        await actions.ask_for_link(session, email=wanted.email, goes_to=inside(wanted.next), now=visit.now)
    return visit.go("/sign-in/sent")


async def link_sent(visit: Visit) -> Response:
    return visit.page("people/link_sent.html")


async def link_page(visit: Visit) -> Response:
    """The link of a letter: a button and not yet the deed, because mail filters open links too."""
    async with reading() as session:
        found = await queries.mail_link(session, token_hash=token_hash(visit.params["word"]), now=visit.now)
    return visit.page("people/link.html", person=found[1] if found else None, word=visit.params["word"])


async def use_link(visit: Visit) -> Response:
    async with transaction() as session:
        token, person, goes_to = await actions.use_link(
            session, word=visit.params["word"], device=_device(visit), now=visit.now, zone=_zone_told(visit)
        )
    return _signed_in(visit, token, goes_to, person)


async def with_password(visit: Visit) -> Response:
    typed = await visit.form(forms.WithPassword)
    await limits.check("password", as_address(typed.email), TRIES_BY_ADDRESS)
    await limits.check("password from", visit.line, TRIES_BY_LINE)
    async with reading() as session:
        person = await queries.person_with_address(session, typed.email)
    if not await passwords.matches(typed.password, person.password_hash if person else "") or person is None:
        raise Invalid({"password": N_("Address and password do not fit. Try again, or let us send you a link.")})
    async with transaction() as session:
        token = await actions.sign_in(session, person_id=person.id or 0, device=_device(visit), now=visit.now)
    return _signed_in(visit, token, typed.next, person)


async def sign_out(visit: Visit) -> Response:
    if visit.person is not None:
        async with transaction() as session:
            await actions.sign_out(session, person_id=visit.person.id, token=visit.request.state.session_token)
    answer = visit.go("/", said=N_("You are signed out."))
    visit.request.state.cookies.clear(answer.headers, SESSION)
    answer.headers["clear-site-data"] = '"cache"'
    return answer


async def me(visit: Visit) -> Response:
    async with reading() as session:
        person = await queries.person(session, visit.me.id)
        sign_ins = await queries.sign_ins(session, visit.me.id, now=visit.now)
        names = await queries.organisation_names(session)
        assert person is not None
        organisation = await queries.organisation(session, person.organisation_id)
    here = token_hash(visit.request.state.session_token)
    return visit.page(
        "people/me.html", person=person, organisation=organisation or Organisation(name=""), names=names,
        sign_ins=sign_ins, here=here, device=device_in_words, zone_told=_zone_told(visit), address=masked(person.email or ""),
        **_lists(visit),
    )  # fmt: skip


async def edit_me(visit: Visit) -> Response:
    typed = await visit.form(forms.Profile)
    async with transaction() as session:
        await actions.edit_profile(session, person_id=visit.me.id, zone_confirmed=True, **typed.model_dump())
    answer = visit.go("/me", said=N_("Your profile is saved."))
    answer.set_cookie("lang", typed.lang, max_age=365 * 24 * 3600, samesite="lax")
    answer.set_cookie("theme", typed.theme, max_age=365 * 24 * 3600, samesite="lax")
    return answer


async def set_zone(visit: Visit) -> Response:
    typed = await visit.form(forms.ZoneAlone)
    async with transaction() as session:
        await actions.confirm_zone(session, person_id=visit.me.id, zone=typed.zone)
    return visit.go(inside(typed.back), said=N_("All times are now shown in this zone."))


async def set_password(visit: Visit) -> Response:
    typed = await visit.form(forms.NewPassword)
    await limits.check("password", as_address(visit.me.email), TRIES_BY_ADDRESS)
    async with reading() as session:
        person = await queries.person(session, visit.me.id)
    await _check_change(person, typed)
    fresh = await passwords.hashed(typed.password)
    async with transaction() as session:
        await actions.set_password(
            session, person_id=visit.me.id, password_hash=fresh, token=visit.request.state.session_token
        )
    return visit.go("/me#password", said=N_("Your password is set. All other devices are signed out."))


async def end_session(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.end_session(session, person_id=visit.me.id, sign_in_id=visit.params["id"])
    return visit.go("/me#sessions", said=N_("That device is signed out."))


async def end_other_sessions(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.end_other_sessions(session, person_id=visit.me.id, token=visit.request.state.session_token)
    return visit.go("/me#sessions", said=N_("All other devices are signed out."))


async def _check_change(person: Person | None, typed: forms.NewPassword) -> None:
    assert person is not None
    if person.password_hash and not await passwords.matches(typed.current, person.password_hash):
        raise Invalid({"current": N_("This is not your present password.")})
    about = [*person.name.split(), (person.email or "").split("@")[0]]
    check_password(typed.password, breached=passwords.breached(), about=about)


def _signed_in(visit: Visit, token: str, goes_to: str, person: Person) -> Response:
    answer = visit.go(inside(goes_to))
    visit.request.state.cookies.set(answer.headers, SESSION, token)
    if "lang" not in visit.request.cookies:
        answer.set_cookie("lang", person.lang, max_age=365 * 24 * 3600, samesite="lax")
    return answer


def _device(visit: Visit) -> str:
    return visit.request.headers.get("user-agent", "")


def _zone_told(visit: Visit) -> str:
    """The zone the browser proposes (a cookie its script sets), when the person has not confirmed one."""
    told = visit.request.cookies.get("zone", "")
    return told if told in times.zone_names() else ""


def _lists(visit: Visit) -> dict[str, Any]:
    return {
        "countries": places.countries(visit.lang),
        "spoken": places.spoken_languages(visit.lang),
        "zones": sorted(times.zone_names()),
        "topics": TOPICS,
        "kinds": ORGANISATION_KINDS,
    }


routes = [
    get("/sign-in", sign_in_page, who=anyone),
    post("/sign-in", with_password, who=anyone, shows=sign_in_page),
    post("/sign-in/letter", ask_for_link, who=anyone, shows=sign_in_page),
    get("/sign-in/sent", link_sent, who=anyone),
    get("/sign-in/{word}", link_page, who=anyone),
    post("/sign-in/{word}", use_link, who=anyone, shows=link_page),
    post("/sign-out", sign_out, who=anyone),
    get("/me", me, who=signed_in),
    post("/me", edit_me, who=signed_in, shows=me),
    post("/me/address", web_address.ask_for_address, who=signed_in, shows=me),
    post("/me/zone", set_zone, who=signed_in, shows=me),
    post("/me/password", set_password, who=signed_in, shows=me),
    post("/me/sessions/{id:int}/end", end_session, who=signed_in),
    post("/me/sessions/end", end_other_sessions, who=signed_in),
    *web_address.routes,
    *web_own.routes,
]
