"""Pages of the newsletter: the way in and out for everybody, the archive, and for administrators form and outbox."""

from pydantic import EmailStr, Field
from starlette.responses import Response

from app.core import atom, i18n, limits, signs
from app.core.db import reading, transaction
from app.core.doors import admin, anyone
from app.core.errors import Missing
from app.core.forms import Form
from app.core.pages import Visit, get, post
from app.core.text import to_html
from app.core.words import N_
from app.notices import actions_newsletter as actions
from app.notices import queries_newsletter as queries
from app.notices.forms import NewText, OtherWords
from app.notices.models import Newsletter
from app.notices.rules_announcing import LONGEST, State
from app.people.rules import as_address


class Wish(Form):
    email: EmailStr = Field(max_length=320)


async def show_archive(visit: Visit) -> Response:
    page = visit.page_number()
    async with reading() as session:
        issues, more = await queries.archive(session, page=page)
        waiting = await queries.outbox(session) if _admin(visit) else []
        returning = await queries.count_returning(session) if _admin(visit) else 0
    return visit.page(
        "notices/newsletter.html",
        issues=issues,
        more=more,
        page=page,
        waiting=waiting,
        writes=_admin(visit),
        returning=returning,
    )


async def show_feed(visit: Visit) -> Response:
    """The archive for feed readers, in the language of the visit."""
    async with reading() as session:
        issues, _ = await queries.archive(session, page=1)
    entries = []
    for row in issues:
        version, at = row.version(visit.lang), row.released_at or row.written_at
        url = f"{visit.house.url}/newsletter/{row.id}"
        entries.append(atom.Entry(url, version.title, at, version.lang, html=str(to_html(version.text))))
    house = f"{visit.house.url}/newsletter"
    name = visit.house.programme["name"]
    title = i18n.say(visit.lang, N_("Newsletter"))
    return atom.feed(
        f"{title} · {name}", url=house, own=f"{house}/feed.atom", author=name, lang=visit.lang,
        entries=entries, since=visit.now,
    )  # fmt: skip


async def subscribe(visit: Visit) -> Response:
    """The same answer whether the address is known or not."""
    email = as_address((await visit.form(Wish)).email)
    await limits.check("newsletter letter", email, "3/day")
    await limits.check("newsletter letter from", visit.line, "30/hour")
    async with transaction() as session:
        await actions.subscribe(session, email=email, lang=visit.lang, now=visit.now)
    return visit.go(
        "/newsletter", said=N_("Look into your mail: follow the link in our letter, so that we know it was you.")
    )


async def show_confirming(visit: Visit) -> Response:
    if signs.unsign(visit.params["word"], purpose=actions.CONFIRM) is None:
        raise Missing(N_("This link does not work any more. Please enter your address again."))
    return visit.page("notices/newsletter_word.html", leaves=False, done=False)


async def confirm(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.confirm(session, visit.params["word"], now=visit.now)
    return visit.page("notices/newsletter_word.html", leaves=False, done=True)


async def show_leaving(visit: Visit) -> Response:
    """A button and not yet the deed, because mail filters open links, too."""
    if signs.unsign(visit.params["word"], purpose=actions.LEAVE) is None:
        raise Missing(N_("This link is not complete. Copy the whole address from the letter."))
    return visit.page("notices/newsletter_word.html", leaves=True, done=False)


async def leave(visit: Visit) -> Response:
    """One click, in our page or by the mail program itself (RFC 8058)."""
    async with transaction() as session:
        await actions.leave(session, visit.params["word"])
    return visit.page("notices/newsletter_word.html", leaves=True, done=True)


async def show_issue(visit: Visit) -> Response:
    """Everybody reads what was sent; an administrator also what waits, as each language's letter."""
    async with reading() as session:
        row = await queries.issue(session, visit.params["issue"])
        if row is None or (row.state != State.RELEASED and not _admin(visit)):
            raise Missing
        waits = row.state == State.WAITING
        languages = await queries.languages(session) if waits else {}
    version = row.version(visit.lang)
    return visit.page(
        "notices/newsletter_issue.html", row=row, version=version, html=to_html(version.text), waits=waits,
        letters=_letters(visit, row, {row.lang: 0, **languages}) if waits else [], longest=LONGEST,
        languages_of=i18n.LANGUAGES,
    )  # fmt: skip


async def show_new(visit: Visit) -> Response:
    return visit.page("notices/newsletter_new.html", languages_of=i18n.LANGUAGES, longest=LONGEST)


async def write(visit: Visit) -> Response:
    sent = await visit.form(NewText)
    async with transaction() as session:
        row = await actions.write_issue(session, by_id=visit.me.id, now=visit.now, **sent.model_dump())
    return visit.go(f"/newsletter/{row.id}", said=N_("It waits in the outbox. Look at each letter, then let it go."))


async def change(visit: Visit) -> Response:
    sent = await visit.form(OtherWords)
    async with transaction() as session:
        await actions.change_issue(session, visit.params["issue"], version=sent.version, seen=sent.seen)
    return visit.go(f"/newsletter/{visit.params['issue']}", said=N_("Saved."))


async def release(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.release_issue(session, visit.params["issue"], now=visit.now)
    return visit.go(f"/newsletter/{visit.params['issue']}", said=N_("It leaves now, and stands in the archive."))


async def withdraw(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.withdraw_issue(session, visit.params["issue"])
    return visit.go("/newsletter", said=N_("Withdrawn. Nobody has seen it."))


def _letters(visit: Visit, row: Newsletter, languages: dict[str, int]) -> list[tuple[str, int, str, str]]:
    """(language, how many subscribers, subject, text), those that most people get first."""
    ordered = sorted(languages.items(), key=lambda each: -each[1])
    return [(lang, count, *actions.preview(row, lang=lang, zone=visit.zone)) for lang, count in ordered]


def _admin(visit: Visit) -> bool:
    return visit.person is not None and visit.person.admin


routes = [
    get("/newsletter", show_archive, who=anyone),
    get("/newsletter/feed.atom", show_feed, who=anyone),
    post("/newsletter", subscribe, who=anyone, shows=show_archive),
    get("/newsletter/confirm/{word}", show_confirming, who=anyone),
    post("/newsletter/confirm/{word}", confirm, who=anyone),
    get("/newsletter/leave/{word}", show_leaving, who=anyone),
    post("/newsletter/leave/{word}", leave, who=anyone, signed=True),
    get("/newsletter/new", show_new, who=admin),
    post("/newsletter/new", write, who=admin, shows=show_new),
    get("/newsletter/{issue:int}", show_issue, who=anyone),
    post("/newsletter/{issue:int}/words", change, who=admin, shows=show_issue),
    post("/newsletter/{issue:int}/release", release, who=admin, shows=show_issue),
    post("/newsletter/{issue:int}/withdraw", withdraw, who=admin, shows=show_issue),
]
