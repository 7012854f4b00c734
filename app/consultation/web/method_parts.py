"""Roles, ways of advising and detours of an event's own method: a form each, saved or looked at first."""

from collections.abc import Awaitable, Callable
from functools import partial

from starlette.datastructures import FormData
from starlette.responses import Response

from app.consultation import forms_methods as forms
from app.consultation import forms_parts
from app.consultation.engine import adapting_parts
from app.consultation.engine.adapting import Document
from app.consultation.method_page import method_shown
from app.consultation.web.methods import Shown, kept_or_shown, own_of
from app.core.db import reading
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import moderator


async def roles_page(visit: Visit, *, preview: Shown = None) -> Response:
    async with reading() as session:
        row, _, method = await own_of(session, visit)
    leads = next((n for n, role in enumerate(method.roles, start=1) if role.owner), "")
    return visit.page(
        "consultation/method_roles.html", row=row, shown=method_shown(method, visit.lang), preview=preview,
        roles=forms_parts.roles_shown(method), leads=leads, longest=forms.LONGEST_TITLE,
    )  # fmt: skip


async def save_roles(visit: Visit) -> Response:
    data = await visit.sent()
    change = partial(adapting_parts.with_roles, forms=forms_parts.roles_sent(data))
    return await _saved(visit, data, change, roles_page, kind="role", most=adapting_parts.MOST_ROLES)


async def modules_page(visit: Visit, *, preview: Shown = None) -> Response:
    async with reading() as session:
        row, document, method = await own_of(session, visit)
    return visit.page(
        "consultation/method_modules.html", row=row, shown=method_shown(method, visit.lang), preview=preview,
        **forms_parts.modules_shown(method, document, visit.lang), longest=(forms.LONGEST_TITLE, forms.LONGEST_PROMPT),
    )  # fmt: skip


async def save_modules(visit: Visit) -> Response:
    data = await visit.sent()
    offered, own = forms_parts.modules_sent(data)
    change = partial(adapting_parts.with_modules, offered=offered, own=own)
    return await _saved(visit, data, change, modules_page, kind="module", most=adapting_parts.MOST_MODULES)


async def _saved(
    visit: Visit, data: FormData, change: Callable[[Document], Document], page: Callable[..., Awaitable[Response]],
    *, kind: str, most: int,
) -> Response:  # fmt: skip
    """Parts that keep their key across a change: `kind` is the one of role and module."""
    form = await visit.form(forms.Change)
    async with reading() as session:
        _, document, _ = await own_of(session, visit)
    places = forms_parts.numbers(data, change(document).get(f"{kind}s", []), kind=kind, most=most)
    return await kept_or_shown(visit, form, change, page, said=N_("Saved."), at=f"#{kind}s", parts=places)


async def loops_page(visit: Visit, *, preview: Shown = None) -> Response:
    async with reading() as session:
        row, _, method = await own_of(session, visit)
    return visit.page(
        "consultation/method_loops.html", row=row, method=method, shown=method_shown(method, visit.lang),
        preview=preview, loops=forms_parts.loops_shown(method), any=adapting_parts.ANY,
    )  # fmt: skip


async def save_loops(visit: Visit) -> Response:
    form, data = await visit.form(forms.Change), await visit.sent()
    change = partial(adapting_parts.with_loops, forms=forms_parts.loops_sent(data))
    return await kept_or_shown(visit, form, change, loops_page, said=N_("Saved."), at="#loops")


_ONE = "/events/{event}/methods/{method}"
routes = [
    get(f"{_ONE}/roles", roles_page, who=moderator),
    post(f"{_ONE}/roles", save_roles, who=moderator, shows=roles_page),
    get(f"{_ONE}/modules", modules_page, who=moderator),
    post(f"{_ONE}/modules", save_modules, who=moderator, shows=modules_page),
    get(f"{_ONE}/loops", loops_page, who=moderator),
    post(f"{_ONE}/loops", save_loops, who=moderator, shows=loops_page),
]
