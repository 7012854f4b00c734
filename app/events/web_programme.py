"""Editing the programme: live blocks with their agenda and written tasks, with plain forms; checks say what to look at."""

from datetime import time
from typing import Any

from starlette.datastructures import FormData
from starlette.responses import Response

from app.core import gather
from app.core.db import reading, transaction
from app.core.errors import Invalid, Missing
from app.core.pages import Visit, get, new_key, post
from app.core.words import N_
from app.events import actions_programme as actions
from app.events import checks, forms, queries, views
from app.events import queries_programme as programme
from app.events.doors import manager
from app.events.models import Block, Event, Task
from app.events.web_manage import SAVED, warnings

LINES = 12  # of an agenda that a form offers
MOVED = N_(
    "Saved. Pages and calendars show the new time at once; nobody gets a letter. Announce it if people know the old one."
)


async def page(visit: Visit) -> Response:
    async with reading() as session:
        event = await queries.event(session, visit.here.event_id)
        days = await programme.programme_days(session, event, staff=True)
    return visit.page(
        "events/manage_programme.html", event=event, days=days, warnings=warnings(visit, days),
        **views.words(visit.lang),
    )  # fmt: skip


async def block_page(visit: Visit) -> Response:
    event, block = await _event_and(visit, programme.block)
    fresh = Block(event_id=event.id or 0, day=_asked_day(visit), starts=time(10), minutes=90, title="", key=new_key())
    block = block or fresh
    return visit.page(
        "events/manage_block.html", event=event, block=block, methods=await _methods(visit, event, block), is_new=block is fresh, days=_numbers(event),
        agenda=_typed_agenda(visit) or _padded(block.agenda), warnings=warnings(visit, [_day(block)]),
        **views.words(visit.lang),
    )  # fmt: skip


async def _methods(visit: Visit, event: Event, block: Block) -> list[tuple[str, str]]:
    """(key, name) of the methods that the house knows, and those that stand in the block already."""
    asking = gather.Asking(visit.me.id, event.id or 0, event.slug, zone=event.zone, lang=visit.lang, now=visit.now)
    async with reading() as session:
        parts = await gather.gathered(session, "methods", asking)
    known = {key: name for part in parts for key, name in part.values["methods"]}
    there = [block.method, *(str(item.get("method", "")) for item in block.agenda)]
    return list({**known, **{key: key for key in there if key and key not in known}}.items())


async def set_block(visit: Visit) -> Response:
    typed = await visit.form(forms.LiveBlock)
    sent = await visit.sent()
    event_id, block_id = visit.here.event_id, visit.params.get("id")
    async with transaction() as session:
        known = await programme.block(session, event_id, block_id) if block_id else None
        fields = {**typed.model_dump(), "agenda": _agenda(sent, known.agenda if known else [])}
        moved = known is not None and (known.day, known.starts) != (typed.day, typed.starts)
        if block_id:
            await actions.edit_block(session, event_id=event_id, block_id=block_id, **fields)
        else:
            await actions.add_block(session, event_id=event_id, key=_key(sent), **fields)
    return _back(visit, typed.day, said=MOVED if moved else SAVED)


async def drop_block(visit: Visit) -> Response:
    async with transaction() as session:
        known = await programme.block(session, visit.here.event_id, visit.params["id"])
        await actions.drop_block(session, event_id=visit.here.event_id, block_id=visit.params["id"])
    return _back(visit, known.day if known else 0, said=N_("The live block is out of the programme."))


async def move_block(visit: Visit) -> Response:
    async with transaction() as session:
        block = await programme.block(session, visit.here.event_id, visit.params["id"])
        if block is None:
            raise Missing
        day = await _other_day(session, visit, block.day)
        await actions.edit_block(session, event_id=visit.here.event_id, block_id=visit.params["id"], day=day)
    return _back(visit, day, said=MOVED)


async def task_page(visit: Visit) -> Response:
    event, task = await _event_and(visit, programme.task)
    fresh = Task(event_id=event.id or 0, day=_asked_day(visit), minutes=15, until=time(22), title="", key=new_key())
    task = task or fresh
    return visit.page(
        "events/manage_task.html", event=event, task=task, is_new=task is fresh, days=_numbers(event),
        **views.words(visit.lang),
    )  # fmt: skip


async def set_task(visit: Visit) -> Response:
    typed = await visit.form(forms.WrittenTask)
    event_id, task_id = visit.here.event_id, visit.params.get("id")
    async with transaction() as session:
        if task_id:
            await actions.edit_task(session, event_id=event_id, task_id=task_id, **typed.model_dump())
        else:
            key = _key(await visit.sent())
            await actions.add_task(session, event_id=event_id, key=key, **typed.model_dump())
    return _back(visit, typed.day)


async def drop_task(visit: Visit) -> Response:
    async with transaction() as session:
        known = await programme.task(session, visit.here.event_id, visit.params["id"])
        await actions.drop_task(session, event_id=visit.here.event_id, task_id=visit.params["id"])
    return _back(visit, known.day if known else 0, said=N_("The task is out of the programme."))


async def move_task(visit: Visit) -> Response:
    async with transaction() as session:
        task = await programme.task(session, visit.here.event_id, visit.params["id"])
        if task is None:
            raise Missing
        day = await _other_day(session, visit, task.day)
        await actions.edit_task(session, event_id=visit.here.event_id, task_id=visit.params["id"], day=day)
    return _back(visit, day)


async def _event_and(visit: Visit, find: Any) -> tuple[Event, Any]:
    """The event, and the block or task the address names (None on the page for a new one)."""
    async with reading() as session:
        event = await queries.event(session, visit.here.event_id)
        if "id" not in visit.params:
            return event, None
        found = await find(session, visit.here.event_id, visit.params["id"])
    if found is None:
        raise Missing
    return event, found


async def _other_day(session: Any, visit: Visit, day: int) -> int:
    """One working day earlier or later, within the event."""
    event = await queries.event(session, visit.here.event_id)
    step = -1 if (await visit.sent()).get("to") == "earlier" else 1
    return min(max(day + step, 0), len(programme.dates(event)))


def _agenda(sent: FormData, known: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The agenda's lines; a title that stays keeps its words in other languages."""
    texts = {item["title"]: item.get("texts", {}) for item in known}
    found = []
    for line in _lines(sent):
        if not line["title"]:
            continue
        if not line["minutes"].isdigit() or not 0 < int(line["minutes"]) <= 600 or line["form"] not in checks.FORMS:
            raise Invalid({"agenda": N_("Each part of the agenda needs its minutes as a number and how it is done.")})
        found.append({**line, "minutes": int(line["minutes"]), "texts": texts.get(line["title"], {})})
    return found


def _lines(sent: FormData) -> list[dict[str, Any]]:
    names = ("minutes", "form", "title", "method")
    lists = [[str(value).strip() for value in sent.getlist(f"part_{name}")] for name in names]
    return [dict(zip(names, line, strict=True)) for line in zip(*lists, strict=False)]


def _typed_agenda(visit: Visit) -> list[dict[str, Any]]:
    """The agenda as it was typed, when the form comes back."""
    names = ("minutes", "form", "title", "method")
    lists = [visit.typed.get(f"part_{name}") or [] for name in names]
    if not all(isinstance(each, list) and each for each in lists):
        return []
    return [dict(zip(names, line, strict=True)) for line in zip(*lists, strict=False)]


def _padded(agenda: list[dict[str, Any]]) -> list[dict[str, Any]]:
    empty = {"minutes": "", "form": "groups", "title": "", "method": ""}
    return [*agenda, *[empty] * max(LINES - len(agenda), 2)]


def _numbers(event: Event) -> list[int]:
    return list(range(len(programme.dates(event)) + 1))


def _day(block: Block) -> programme.Day:
    return programme.Day(block.day, on=None, blocks=[block])  # type: ignore[arg-type]  # checked alone, without a date


def _asked_day(visit: Visit) -> int:
    asked = visit.query.get("day", "")
    return int(asked) if asked.isdigit() and int(asked) < 60 else 1


def _key(sent: FormData) -> str:
    return str(sent.get("key", ""))[:64] or new_key()


def _back(visit: Visit, day: int, *, said: str = SAVED) -> Response:
    return visit.go(f"/events/{visit.here.slug}/manage/programme#day-{day}", said=said)


BASE = "/events/{event}/manage"
routes = [
    get(f"{BASE}/programme", page, who=manager),
    get(f"{BASE}/blocks/new", block_page, who=manager),
    post(f"{BASE}/blocks/new", set_block, who=manager, shows=block_page),
    get(f"{BASE}/blocks/{{id:int}}", block_page, who=manager),
    post(f"{BASE}/blocks/{{id:int}}", set_block, who=manager, shows=block_page),
    post(f"{BASE}/blocks/{{id:int}}/move", move_block, who=manager),
    post(f"{BASE}/blocks/{{id:int}}/drop", drop_block, who=manager),
    get(f"{BASE}/tasks/new", task_page, who=manager),
    post(f"{BASE}/tasks/new", set_task, who=manager, shows=task_page),
    get(f"{BASE}/tasks/{{id:int}}", task_page, who=manager),
    post(f"{BASE}/tasks/{{id:int}}", set_task, who=manager, shows=task_page),
    post(f"{BASE}/tasks/{{id:int}}/move", move_task, who=manager),
    post(f"{BASE}/tasks/{{id:int}}/drop", drop_task, who=manager),
]
