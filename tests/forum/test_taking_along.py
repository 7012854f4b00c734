"""A thread as a file: the words as they were written, for those who may read them."""

from app.core.db import transaction
from app.forum.actions import posts
from tests.forum.forum import a_forum
from tests.support.site import Site


async def test_a_thread_is_taken_along_without_what_was_taken_away(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await forum.reply(thread, "Who **mows** & when?")
    gone = await forum.reply(thread, "Sent too early")
    async with transaction() as session:
        await posts.delete_post(session, gone.id or 0, person_id=forum.carlos, now=forum.later())
    answer = await (await site.as_person(forum.marta)).get(f"{forum.url}/threads/{thread.id}/thread.md")
    assert answer.headers["content-type"] == "text/markdown; charset=utf-8"
    assert answer.headers["content-disposition"] == f'attachment; filename="thread-{thread.id}.md"'
    assert answer.text.startswith("# Sponge verges\n")
    assert "Shallow hollows hold the **first** rain." in answer.text
    assert "## 1. Carlos Zeledón, " in answer.text
    assert "Who **mows** & when?" in answer.text
    assert "Sent too early" not in answer.text


async def test_a_thread_that_is_closed_to_me_is_no_file_for_me(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread("The cellar", space=await forum.group_space(forum.tamta, forum.marta), by=forum.marta)
    url = f"{forum.url}/threads/{thread.id}/thread.md"
    assert (await (await site.as_person(forum.tamta)).get(url)).status_code == 200
    assert "cellar" not in (await (await site.as_person(forum.carlos)).get(url)).text
    assert (await site.stranger().get(url)).status_code in {303, 401, 404}
