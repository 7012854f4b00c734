"""Pages: what is typed survives a refusal, strangers are sent to the door, errors speak the visitor's language."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import Response

from app.core.doors import admin, anyone, signed_in
from app.core.errors import Refused
from app.core.pages import Visit, get, post
from app.core.words import N_
from app.main import Setup, create_app
from tests.support.site import Visitor


class Note(BaseModel):
    title: str = Field(min_length=1, max_length=20)


async def show(visit: Visit) -> Response:
    return visit.page(
        "error.html", sentence=f"typed:{visit.typed.get('title', '')}:{visit.errors}:{visit.refusal}", status=200
    )


async def keep(visit: Visit) -> Response:
    note = await visit.form(Note)
    if note.title == "taken":
        raise Refused(N_("Please choose one of the list."))
    return visit.go("/note", said=N_("Please fill this in."))


async def broken(visit: Visit) -> Response:
    raise RuntimeError("a fault of ours")


ROUTES = [
    get("/note", show, who=anyone),
    post("/note", keep, who=anyone, shows=show),
    post("/note-without-page", keep, who=anyone),
    get("/mine", show, who=signed_in),
    get("/admin", show, who=admin),
    get("/broken", broken, who=anyone),
]


@pytest.fixture
async def visitor(database: AsyncEngine, database_url: str, tmp_path: Path) -> AsyncIterator[Visitor]:
    setup = Setup(database_url=database_url, redis_url="redis://127.0.0.1:9", files=tmp_path, secret="for tests " * 4)
    async with Visitor(create_app(setup, more=ROUTES)) as visitor:
        await visitor.get("/note")
        yield visitor


async def test_a_wrong_field_keeps_what_was_typed_and_says_what_to_do(visitor: Visitor) -> None:
    answer = await visitor.send_form("/note", {"title": "much too long for this field"})
    assert answer.status_code == 422
    assert "typed:much too long for this field:" in answer.text
    assert "This is too long" in answer.text


async def test_a_refusal_keeps_what_was_typed(visitor: Visitor) -> None:
    answer = await visitor.send_form("/note", {"title": "taken"})
    assert answer.status_code == 409
    assert "typed:taken:{}:Please choose one of the list." in answer.text


async def test_a_script_gets_the_same_refusals_as_json(visitor: Visitor) -> None:
    wrong = await visitor.send_form("/note", {"title": ""}, quiet=True)
    assert (wrong.status_code, wrong.json()["fields"]) == (422, {"title": "Please fill this in."})
    refused = await visitor.send_form("/note", {"title": "taken"}, quiet=True)
    assert (refused.status_code, refused.json()["refused"]) == (409, "Please choose one of the list.")


async def test_after_a_write_the_next_page_says_so_once(visitor: Visitor) -> None:
    answer = await visitor.send_form("/note", {"title": "good"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/note")
    assert "Please fill this in." in (await visitor.get("/note")).text
    assert "Please fill this in." not in (await visitor.get("/note")).text


@pytest.mark.parametrize("token", ["", "x.y", "never.ours"])
async def test_a_form_without_its_token_does_nothing_and_keeps_what_was_typed(visitor: Visitor, token: str) -> None:
    answer = await visitor.send_form("/note", {"title": "good"}, token=token)
    assert answer.status_code == 403
    assert "typed:good:" in answer.text


async def test_a_form_from_another_site_does_nothing(visitor: Visitor) -> None:
    page = await visitor.get("/note")
    assert page.status_code == 200
    headers = {"sec-fetch-site": "cross-site"}
    answer = await visitor.post("/note", data={"csrf": visitor._token, "title": "good"}, headers=headers)
    assert answer.status_code == 403


async def test_strangers_are_sent_to_the_door_and_come_back(visitor: Visitor) -> None:
    answer = await visitor.get("/mine")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/mine")
    answer = await visitor.get("/mine?page=2&words=a")
    assert answer.headers["location"] == "/sign-in?next=/mine%3Fpage%3D2%26words%3Da"
    answer = await visitor.get("/admin")
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("path", "status", "lang", "words"),
    [
        ("/nothing-here", 404, "en", "Not here"),
        ("/static/old/css/gone.css", 404, "en", ""),
        ("/broken", 500, "en", "This was our fault"),
        ("/nothing-here", 404, "ar", 'dir="rtl"'),
    ],
)
async def test_error_pages(visitor: Visitor, path: str, status: int, lang: str, words: str) -> None:
    answer = await visitor.get(path, headers={"accept-language": lang})
    assert answer.status_code == status
    assert words in answer.text
    assert "RuntimeError" not in answer.text and "Traceback" not in answer.text


async def test_the_wrong_method_gets_a_sentence(visitor: Visitor) -> None:
    answer = await visitor.send_form("/mine", {})
    assert answer.status_code == 405
    assert "Go back and try the page again" in answer.text


async def test_every_answer_wears_its_headers(visitor: Visitor) -> None:
    headers = (await visitor.get("/note")).headers
    assert "unsafe-inline" not in headers["content-security-policy"]
    assert "script-src 'self' 'nonce-" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-cache"


async def test_a_body_that_is_too_big_is_refused_before_it_is_read(visitor: Visitor) -> None:
    answer = await visitor.send_form("/note", {"title": "x" * 13_000_000})
    assert answer.status_code == 413


async def test_health_says_what_is_well(visitor: Visitor) -> None:
    answer = await visitor.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["database"] is True
    assert answer.json()["news"] is False


async def test_languages_and_colours_are_remembered(visitor: Visitor) -> None:
    answer: httpx2.Response = await visitor.send_form("/language", {"lang": "ar", "back": "/note"})
    assert answer.headers["location"] == "/note"
    assert 'dir="rtl"' in (await visitor.get("/note")).text
    await visitor.send_form("/theme", {"theme": "dark", "back": "//evil.example.org"})
    assert 'data-theme="dark"' in (await visitor.get("/note")).text


async def test_an_answer_that_no_page_is_made_of_carries_few_headers(visitor: Visitor) -> None:
    as_script = {"sec-fetch-dest": "empty", "accept": "application/json"}
    page = await visitor.get("/sign-in", headers={"sec-fetch-dest": "empty"})
    assert "script-src" in page.headers["content-security-policy"], "the browser may keep it and show it later"
    sent = await visitor.post("/sign-in", data={"email": "nobody"}, headers=as_script)
    assert sent.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert sent.headers["x-content-type-options"] == "nosniff"
    assert "permissions-policy" not in sent.headers
    shown = await visitor.post("/sign-in", data={"email": "nobody"}, headers={"sec-fetch-dest": "document"})
    assert "script-src" in shown.headers["content-security-policy"]
