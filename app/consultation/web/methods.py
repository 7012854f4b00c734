"""Methods on the web: what there is, how each goes, and how an event adapts one."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from sqlmodel.ext.asyncio.session import AsyncSession
from starlette.responses import Response

from app.consultation import forms_methods as forms
from app.consultation.actions import adapting as actions
from app.consultation.engine import adapting
from app.consultation.engine.adapting import Document
from app.consultation.engine.library import methods, palettes
from app.consultation.engine.method import Floor, Listening, Method, Phase, Seen
from app.consultation.method_page import FLOORS, KINDS, LISTENING, SEEN, method_shown, module_shown
from app.consultation.models import EventMethod
from app.consultation.queries_methods import own_method, own_methods
from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.i18n import CODES
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.events.doors import moderator, staff
from app.events.rules import MODERATORS

Shown = dict[str, Any] | None  # a method as its preview shows it


async def library(visit: Visit) -> Response:
    async with reading() as session:
        own = await own_methods(session, visit.here.event_id)
    return visit.page(
        "consultation/methods.html",
        own=[(method_shown(adapting.method_in(row.text), visit.lang), row) for row in own],
        supplied=[method_shown(method, visit.lang) for method in methods().values()],
        palettes=[[module_shown(module, visit.lang) for module in palette] for palette in palettes().values()],
        adapts=visit.here.is_one_of(MODERATORS),
    )


async def preview(visit: Visit) -> Response:
    """How a method goes, phase by phase, in a language of one's choice."""
    key = visit.params["method"]
    async with reading() as session:
        row = None if key in methods() else await own_method(session, visit.here.event_id, key)
    if row is None and key not in methods():
        raise Missing
    method = adapting.method_in(row.text) if row else methods()[key]
    shown_in = visit.query.get("in", "") if visit.query.get("in", "") in CODES else visit.lang
    return visit.page(
        "consultation/method.html", method=method_shown(method, shown_in), key=key, row=row, shown_in=shown_in,
        adapts=visit.here.is_one_of(MODERATORS),
    )  # fmt: skip


async def copy(visit: Visit) -> Response:
    form = await visit.form(forms.Copy)
    async with transaction() as session:
        made = await actions.copy_method(
            session, event_id=visit.here.event_id, original=form.original, by=visit.me.id, key=form.key, now=visit.now
        )
    return visit.go(f"{_base(visit)}/{made}/edit", said=N_("This copy belongs to your event. Change what you like."))


async def edit_page(visit: Visit, *, preview: Shown = None) -> Response:
    async with reading() as session:
        row, document, method = await own_of(session, visit)
    return visit.page(
        "consultation/method_edit.html", row=row, method=method, shown=method_shown(method, visit.lang),
        written=adapting.is_written(document), preview=preview,
    )  # fmt: skip


async def edit(visit: Visit) -> Response:
    form, data = await visit.form(forms.Frame), await visit.sent()
    title = forms.words_sent(data, "title", longest=forms.LONGEST_TITLE)
    change = partial(adapting.with_frame, title=title, least=form.least, most=form.most, rounds=form.rounds)
    return await kept_or_shown(visit, form, change, edit_page, said=N_("Saved."))


async def phase_page(visit: Visit, *, preview: Shown = None) -> Response:
    """One phase in a form; under `new` an empty one."""
    async with reading() as session:
        row, document, method = await own_of(session, visit)
    phase = _phase(method, visit.params.get("phase", ""))
    return visit.page(
        "consultation/method_phase.html", row=row, method=method, phase=phase, shown=method_shown(method, visit.lang),
        written=adapting.is_written(document), outputs=forms.outputs_shown(phase, method),
        length=forms.length_of(phase, document), floors=_words(FLOORS, Floor), listening=_words(LISTENING, Listening),
        seen=_words(SEEN, Seen), kinds=KINDS, most=forms.MOST, longest=(forms.LONGEST_TITLE, forms.LONGEST_PROMPT),
        preview=preview,
    )  # fmt: skip


async def save_phase(visit: Visit) -> Response:
    form, data = await visit.form(forms.Change), await visit.sent()
    key, after = visit.params.get("phase", ""), str(data.get("after", ""))
    async with reading() as session:
        _, document, _ = await own_of(session, visit)
    sent = forms.phase_sent(data, written=adapting.is_written(document))
    changed = adapting.with_phase(document, key, sent, after=after)
    saved = key or next(each["key"] for each in changed["phases"] if each not in document["phases"])
    names = forms.output_names(data, changed, saved)
    return await kept_or_shown(
        visit, form, lambda now: adapting.with_phase(now, key, sent, after=after), phase_page,
        said=N_("The phase is saved."), at=f"#phase-{saved}", phase=saved, names=names,
    )  # fmt: skip


async def move_phase(visit: Visit) -> Response:
    form, key = await visit.form(forms.Move), visit.params["phase"]
    await _change(visit, form, lambda document: adapting.with_phase_moved(document, key, later=form.later))
    return visit.go(f"{_edit(visit)}#phase-{key}")


async def remove_phase(visit: Visit) -> Response:
    form = await visit.form(forms.Change)
    await _change(visit, form, lambda document: adapting.without_phase(document, visit.params["phase"]))
    return visit.go(_edit(visit), said=N_("The phase is removed."))


async def retire(visit: Visit) -> Response:
    form = await visit.form(forms.Retire)
    async with transaction() as session:
        await actions.retire_method(
            session, event_id=visit.here.event_id, method=visit.params["method"], retired=form.retired
        )
    return visit.go(_base(visit))


async def kept_or_shown(
    visit: Visit, form: forms.Change, change: Callable[[Document], Document], page: Callable[..., Awaitable[Response]],
    *, said: str, at: str = "", phase: str = "", names: dict[str, str] | None = None, parts: dict[str, str] | None = None,
) -> Response:  # fmt: skip
    """What a form asks for: kept, or with “Preview” only shown, above the form with everything typed."""
    data = await visit.sent()
    if data.get("preview") != "yes":
        await _change(visit, form, change, phase=phase, names=names, parts=parts)
        return visit.go(f"{_edit(visit)}{at}", said=said)
    async with reading() as session:
        _, document, _ = await own_of(session, visit)
    method = adapting.judged(change(document), phase=phase, names=names, parts=parts)
    texts = {name: [each for each in data.getlist(name) if isinstance(each, str)] for name in data}
    visit.typed = {name: found if len(found) > 1 else found[0] for name, found in texts.items() if found}
    return await page(visit, preview=method_shown(method, visit.lang))


async def _change(
    visit: Visit, form: forms.Change, change: Callable[[Document], Document], *, phase: str = "",
    names: dict[str, str] | None = None, parts: dict[str, str] | None = None,
) -> None:  # fmt: skip
    async with transaction() as session:
        await actions.change_method(
            session, event_id=visit.here.event_id, method=visit.params["method"], by=visit.me.id,
            revision=form.revision, key=form.key, now=visit.now, change=change, phase=phase, names=names,
            parts=parts,
        )  # fmt: skip


async def own_of(session: AsyncSession, visit: Visit) -> tuple[EventMethod, Document, Method]:
    row = await own_method(session, visit.here.event_id, visit.params["method"])
    if row is None:
        raise Missing
    return row, adapting.as_document(row.text), adapting.method_in(row.text)


def _phase(method: Method, key: str) -> Phase | None:
    if not key:
        return None
    found = next((phase for phase in method.phases if phase.key == key), None)
    if found is None:
        raise Missing
    return found


def _words(words: dict[Any, str], kinds: type[Any]) -> list[tuple[str, str]]:
    return [(kind.value, words[kind]) for kind in kinds if kind in words]


def _base(visit: Visit) -> str:
    return f"/events/{visit.here.slug}/methods"


def _edit(visit: Visit) -> str:
    return f"{_base(visit)}/{visit.params['method']}/edit"


_HERE = "/events/{event}/methods"
_ONE = _HERE + "/{method}"
routes = [
    get(_HERE, library, who=staff),
    post(_HERE, copy, who=moderator, shows=library),
    get(_ONE, preview, who=staff),
    get(f"{_ONE}/edit", edit_page, who=moderator),
    post(f"{_ONE}/edit", edit, who=moderator, shows=edit_page),
    post(f"{_ONE}/retirement", retire, who=moderator, shows=library),
    get(f"{_ONE}/phases/new", phase_page, who=moderator),
    post(f"{_ONE}/phases/new", save_phase, who=moderator, shows=phase_page),
    get(f"{_ONE}/phases/{{phase}}/edit", phase_page, who=moderator),
    post(f"{_ONE}/phases/{{phase}}/edit", save_phase, who=moderator, shows=phase_page),
    post(f"{_ONE}/phases/{{phase}}/place", move_phase, who=moderator, shows=edit_page),
    post(f"{_ONE}/phases/{{phase}}/removal", remove_phase, who=moderator, shows=edit_page),
]
