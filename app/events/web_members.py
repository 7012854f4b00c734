"""Who takes part, organised: invitations by list and by link, roles, groups."""

from starlette.responses import Response

from app.core import i18n
from app.core.db import reading, transaction
from app.core.errors import Invalid, Missing
from app.core.pages import Visit, get, new_key, post
from app.core.words import N_, NN_
from app.events import actions_members as actions
from app.events import forms, lists, queries, queries_members, rules, spreadsheets, views
from app.events.doors import manager

SAVED = N_("Saved.")
_INVITED = NN_("One invitation is on its way.", "{count} invitations are on their way.")
_INVITED_AND_WAITING = NN_(
    "One invitation is written. It waits, because no mail server is set.",
    "{count} invitations are written. They wait, because no mail server is set.",
)


async def people_page(visit: Visit) -> Response:
    async with reading() as session:
        people = await queries_members.members(session, visit.here.event_id)
        segments = await queries.segments(session, visit.here.event_id)
    return visit.page("events/manage_people.html", people=people, segments=segments, **views.words(visit.lang))


async def person_page(visit: Visit) -> Response:
    async with reading() as session:
        found = await queries_members.members(session, visit.here.event_id, person_id=visit.params["id"])
        segments = await queries.segments(session, visit.here.event_id)
    if not found:
        raise Missing
    return visit.page("events/manage_person.html", person=found[0], segments=segments, **views.words(visit.lang))


async def set_roles(visit: Visit) -> Response:
    typed = await visit.form(forms.Roles)
    async with transaction() as session:
        await actions.set_roles(
            session, event_id=visit.here.event_id, person_id=visit.params["id"], roles=typed.roles, region=typed.region
        )
    return visit.go(_at(visit, "people"), said=SAVED)


async def end(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.leave(session, event_id=visit.here.event_id, person_id=visit.params["id"], now=visit.now)
    return visit.go(_at(visit, "people"), said=N_("This person does not take part any more."))


async def invitations_page(visit: Visit, *, lines: str = "") -> Response:
    async with reading() as session:
        asked = await queries_members.invitations(session, visit.here.event_id)
        links = await queries_members.join_links(session, visit.here.event_id)
        groups = await queries_members.groups(session, visit.here.event_id)
    return visit.page(
        "events/manage_invitations.html", asked=asked, links=links, groups=groups, url=visit.house.url, lines=lines,
        open_roles=[role for role in rules.Role if role not in rules.STAFF], **views.words(visit.lang),
    )  # fmt: skip


async def invite(visit: Visit) -> Response:
    """First the list as we read it, then, when somebody is sure, the letters."""
    typed = await visit.form(forms.GuestList)
    if typed.again:
        return await invitations_page(visit, lines=typed.lines)
    if file := await visit.upload("file"):
        body = await file.read(spreadsheets.LARGEST + 1)
        typed = typed.model_copy(update={"lines": f"{spreadsheets.as_lines(body)}\n{typed.lines}".strip("\n")})
    reading_ = lists.read(typed.lines, role=typed.role, lang=visit.lang)
    if not reading_.guests and not reading_.troubles:
        raise Invalid({"lines": N_("Please write at least one address.")})
    if reading_.troubles or not typed.sure:
        async with reading() as session:
            emails = [each.email for each in reading_.guests]
            there = await queries_members.addresses_there(session, visit.here.event_id, emails)
        return visit.page(
            "events/manage_preview.html", typed_list=typed, found=reading_, there=there, **views.words(visit.lang)
        )
    async with transaction() as session:
        written = await actions.invite(
            session, event_id=visit.here.event_id, guests=reading_.guests, invited_by=visit.me.id, url=visit.house.url,
            now=visit.now,
        )  # fmt: skip
    said = i18n.counted(visit.lang, _INVITED if visit.house.sends_mail else _INVITED_AND_WAITING, written)
    return visit.go(_at(visit, "invitations"), said=said)


async def invite_again(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.invite_again(
            session, event_id=visit.here.event_id, person_id=visit.params["id"], url=visit.house.url, now=visit.now
        )
    again = N_("The invitation is on its way once more, with a fresh link.")
    return visit.go(_at(visit, "invitations"), said=again if visit.house.sends_mail else views.NO_MAIL)


async def withdraw(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.withdraw_invitation(session, event_id=visit.here.event_id, person_id=visit.params["id"])
    return visit.go(_at(visit, "invitations"), said=N_("The invitation is withdrawn."))


async def make_link(visit: Visit) -> Response:
    typed = await visit.form(forms.Link)
    async with transaction() as session:
        await actions.make_join_link(
            session, event_id=visit.here.event_id, role=typed.role, group_id=typed.group_id, made_by=visit.me.id,
            now=visit.now,
        )  # fmt: skip
    return visit.go(_at(visit, "invitations#links"), said=N_("The link is made. Whoever has it can take part."))


async def drop_link(visit: Visit) -> Response:
    async with transaction() as session:
        await actions.withdraw_join_link(
            session, event_id=visit.here.event_id, link_id=visit.params["id"], now=visit.now
        )
    return visit.go(_at(visit, "invitations#links"), said=N_("The link does not work any more."))


async def groups_page(visit: Visit) -> Response:
    async with reading() as session:
        groups = await queries_members.groups(session, visit.here.event_id)
        people = await queries_members.members(session, visit.here.event_id)
    return visit.page("events/manage_groups.html", groups=groups, people=people, **views.words(visit.lang))


async def add_group(visit: Visit) -> Response:
    typed = await visit.form(forms.GroupOfPeople)
    key = str((await visit.sent()).get("key", ""))[:64] or new_key()
    async with transaction() as session:
        group = await actions.create_group(session, event_id=visit.here.event_id, name=typed.name, key=key)
        await actions.set_group(session, event_id=visit.here.event_id, group_id=group.id or 0, **typed.model_dump())
    return visit.go(_at(visit, "groups"), said=SAVED)


async def set_group(visit: Visit) -> Response:
    typed = await visit.form(forms.GroupOfPeople)
    async with transaction() as session:
        await actions.set_group(
            session, event_id=visit.here.event_id, group_id=visit.params["id"], **typed.model_dump()
        )
    return visit.go(_at(visit, f"groups#group-{visit.params['id']}"), said=SAVED)


def _at(visit: Visit, place: str) -> str:
    return f"/events/{visit.here.slug}/manage/{place}"


BASE = "/events/{event}/manage"
routes = [
    get(f"{BASE}/people", people_page, who=manager),
    get(f"{BASE}/people/{{id:int}}", person_page, who=manager),
    post(f"{BASE}/people/{{id:int}}", set_roles, who=manager, shows=person_page),
    post(f"{BASE}/people/{{id:int}}/end", end, who=manager, shows=person_page),
    get(f"{BASE}/invitations", invitations_page, who=manager),
    post(f"{BASE}/invitations", invite, who=manager, shows=invitations_page),
    post(f"{BASE}/invitations/{{id:int}}/again", invite_again, who=manager),
    post(f"{BASE}/invitations/{{id:int}}/withdraw", withdraw, who=manager),
    post(f"{BASE}/links", make_link, who=manager, shows=invitations_page),
    post(f"{BASE}/links/{{id:int}}/drop", drop_link, who=manager),
    get(f"{BASE}/groups", groups_page, who=manager),
    post(f"{BASE}/groups", add_group, who=manager, shows=groups_page),
    post(f"{BASE}/groups/{{id:int}}", set_group, who=manager, shows=groups_page),
]
