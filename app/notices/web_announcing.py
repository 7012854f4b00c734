"""Pages of announcements: what was told; for moderators also the form, the outbox and each language's letter."""

from starlette.responses import Response

from app.core import i18n
from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.mail import Reader
from app.core.pages import Visit, get, post
from app.core.text import to_html
from app.core.words import N_
from app.events import queries as events
from app.events.doors import member, moderator
from app.events.models import Event
from app.events.rules import MODERATORS, said
from app.notices import actions_announcing as actions
from app.notices import queries_announcing as queries
from app.notices.forms import NewText, OtherWords
from app.notices.queries import refreshed
from app.notices.rules_announcing import LONGEST, State, Whom, may_release


class NewAnnouncement(NewText):
    whom: Whom = Whom.ALL


async def show_all(visit: Visit) -> Response:
    page = visit.page_number()
    async with reading() as session:
        told, more = await queries.told(session, visit.here.event_id, staff=visit.here.is_staff, page=page)
        waiting = await queries.outbox(session, visit.here.event_id) if _moderates(visit) else []
    return visit.page(
        "notices/announcements.html", told=told, more=more, page=page, waiting=waiting, writes=_moderates(visit)
    )


async def show_new(visit: Visit) -> Response:
    return visit.page("notices/announcement_new.html", languages_of=i18n.LANGUAGES, whom=list(Whom), longest=LONGEST)


async def write(visit: Visit) -> Response:
    sent = await visit.form(NewAnnouncement)
    async with transaction() as session:
        row = await actions.write_announcement(
            session, event_id=visit.here.event_id, by_id=visit.me.id, now=visit.now, **sent.model_dump()
        )
    return visit.go(f"{_base(visit)}/{row.id}", said=N_("It waits in the outbox. Look at each letter, then let it go."))


async def show_one(visit: Visit) -> Response:
    """A member sees what was released; a moderator also what waits, as each language's letter."""
    number = visit.params["announcement"]
    async with reading() as session:
        found = await queries.announcement(session, number, visit.here.event_id)
        if found is None or not _may_see(visit, found):
            raise Missing
        waits = found.announcement.state == State.WAITING
        readers = await queries.readers(session, visit.here.event_id, found.announcement.whom) if waits else {}
        event = await events.event(session, visit.here.event_id)
    if not waits and visit.me.unread:
        async with transaction() as session:
            await actions.seen(session, number, person_id=visit.me.id, now=visit.now)
            visit.person = await refreshed(session, visit.me)
    version = found.announcement.version(visit.lang)
    return visit.page(
        "notices/announcement.html", found=found, row=found.announcement, version=version, html=to_html(version.text),
        waits=waits, letters=_letters(visit, found, readers, event), releases=may_release(visit.here.roles),
        own=found.announcement.by_id == visit.me.id, longest=LONGEST, languages_of=i18n.LANGUAGES,
    )  # fmt: skip


async def change(visit: Visit) -> Response:
    sent = await visit.form(OtherWords)
    async with transaction() as session:
        await actions.change_version(
            session, visit.params["announcement"], event_id=visit.here.event_id, version=sent.version, seen=sent.seen
        )
    return visit.go(_here(visit), said=N_("Saved."))


async def release(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.release(
            session, visit.params["announcement"], event_id=visit.here.event_id, by_id=visit.me.id,
            roles=visit.here.roles, now=visit.now,
        )  # fmt: skip
    return visit.go(_here(visit), said=N_("It is on everybody's page now. The letters leave in ten minutes."))


async def withdraw(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.withdraw(
            session,
            visit.params["announcement"],
            event_id=visit.here.event_id,
            by_id=visit.me.id,
            roles=visit.here.roles,
        )
    return visit.go(_base(visit), said=N_("Withdrawn. Nobody has seen it."))


def _letters(
    visit: Visit, found: queries.Told, readers: dict[str, list[int]], event: Event
) -> list[tuple[str, int, str, str]]:
    """(language, how many people, subject, text), those that most people get first."""
    shown = []
    for lang, people in sorted(readers.items(), key=lambda each: -len(each[1])):
        reader = Reader(None, "", visit.me.name, lang, visit.zone)
        letter = actions.preview(
            found.announcement, reader=reader, name=found.name, event_title=said(event, "title", lang), url=_here(visit)
        )
        shown.append((lang, len(people), *letter))
    return shown


def _may_see(visit: Visit, found: queries.Told) -> bool:
    row = found.announcement
    if row.state != State.RELEASED:
        return _moderates(visit)
    return row.whom == Whom.ALL or visit.here.is_staff


def _moderates(visit: Visit) -> bool:
    return bool(visit.here.is_one_of(MODERATORS))


def _base(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/announcements"


def _here(visit: Visit) -> str:
    return f"{_base(visit)}/{visit.params['announcement']}"


BASE = "/events/{event}/announcements"
routes = [
    get(BASE, show_all, who=member),
    get(f"{BASE}/new", show_new, who=moderator),
    post(BASE, write, who=moderator, shows=show_new),
    get(f"{BASE}/{{announcement:int}}", show_one, who=member),
    post(f"{BASE}/{{announcement:int}}/words", change, who=moderator, shows=show_one),
    post(f"{BASE}/{{announcement:int}}/release", release, who=moderator, shows=show_one),
    post(f"{BASE}/{{announcement:int}}/withdraw", withdraw, who=moderator, shows=show_one),
]
