"""A thread as a file: the words as they were written, for those who may read them."""

import io

import pytest
from pypdf import PdfReader

from app.core import pdf
from app.core.db import reading, transaction
from app.forum.actions import posts
from app.forum.as_document import thread_document
from app.forum.models import Thread
from app.forum.queries import whole
from tests.forum.forum import a_forum
from tests.support.papers import words_in
from tests.support.site import Site


async def written(thread: Thread) -> list[whole.Written]:
    async with reading() as session:
        return await whole.posts_of(session, thread.id or 0)


async def test_a_thread_is_taken_along_without_what_was_taken_away(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await forum.reply(thread, "Who **mows** & when?")
    gone = await forum.reply(thread, "Sent too early")
    async with transaction() as session:
        await posts.delete_post(session, gone.id or 0, person_id=forum.carlos, now=forum.later())
    marta = await site.as_person(forum.marta)
    answer = await marta.get(f"{forum.url}/threads/{thread.id}/thread.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="thread-{thread.id}.md"'
    assert answer.text.startswith("# Sponge verges\n")
    assert "Shallow hollows hold the **first** rain." in answer.text
    assert "## 1. Carlos Zeledón, " in answer.text
    assert "Who **mows** & when?" in answer.text
    assert "Sent too early" not in answer.text
    paper = await marta.get(f"{forum.url}/threads/{thread.id}/thread.pdf")
    assert paper.headers["content-disposition"] == f'attachment; filename="thread-{thread.id}.pdf"'
    for words in ("Sponge verges", "the first rain", "1. Carlos Zeledón", "Who mows & when?"):
        assert words in words_in(paper)
    assert "Sent too early" not in words_in(paper)


async def test_a_thread_that_is_closed_to_me_is_no_file_for_me(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread("The cellar", space=await forum.group_space(forum.tamta, forum.marta), by=forum.marta)
    for form in ("md", "pdf"):
        url = f"{forum.url}/threads/{thread.id}/thread.{form}"
        assert "cellar" in words_in(await (await site.as_person(forum.tamta)).get(url))
        assert (await (await site.as_person(forum.carlos)).get(url)).status_code == 404
        assert (await site.stranger().get(url)).status_code == 303


async def test_every_script_is_set_and_tagged_and_nothing_written_is_read_as_a_command() -> None:
    document = pdf.Document(title="Dächer, дощ", lang="ar")
    document.heading("مياه الأمطار", level=1)
    document.markdown(
        "#### deep\n\n# Їжак\n\n**Straße** #sys.version [x](javascript:1) [y](https://x.example/) 👍🏽", lang="uk"
    )
    document.markdown("- واحد\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> > deep\n\n```\n$x$\n```", lang="ar")
    document.lines("თბილისი\nԵրևան", lang="ka")
    reader = PdfReader(io.BytesIO(await pdf.made(document)))
    text = reader.pages[0].extract_text()
    for words in ("Їжак", "Straße", "#sys.version", "$x$", "თბილისი", "Երևան", "[thumbs up sign]", "javascript:1"):
        assert words in text
    assert set("مياهالأمطار") <= set(text), "shaped letters lead back to the ones that were typed"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"], "tagged"
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_object().get_data()
    links = [note.get_object()["/A"]["/URI"] for note in reader.pages[0]["/Annots"]]
    assert links == ["https://x.example/"]


async def test_a_thread_too_long_for_a_paper_says_so(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    for text in ("First of all.", "Too much. " * 20):
        await forum.reply(thread, text)
    monkeypatch.setattr(pdf, "LONGEST", 100)
    document = thread_document(
        thread, await written(thread), by="Tamta", lang="en", zone="UTC", programme="Fortnight", url=""
    )
    said = str(document.blocks)
    assert "First of all." in said and "Too much." not in said and "The Markdown file holds all of it." in said
