"""Names after an @: completed from who may read, told once, by hand as well as by list."""

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import col, select

from app.core.db import reading, transaction
from app.forum import rules
from app.forum.actions import posts, threads
from app.notices.models import Notice
from app.notices.rules import Kind
from tests.forum.forum import Forum, a_forum
from tests.support.site import Site

PEOPLE = {1: ("Carlos Zeledón", "León"), 2: ("Élodie Carrère", "Brest"), 3: ("Zoe Carl", ""), 4: ("Ana Lima", "Porto")}


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("carl", ["Carlos Zeledón", "Zoe Carl"]), ("zel", ["Carlos Zeledón"]), ("elodie car", ["Élodie Carrère"]),
        ("ima", []), ("  ", []), ("", []),
    ],
)  # fmt: skip
def test_any_part_of_a_name_may_begin_with_what_is_typed(typed: str, offered: list[str]) -> None:
    assert [name for name, _ in rules.names_beginning(typed, PEOPLE)] == offered


def test_eight_names_are_offered_and_no_more() -> None:
    assert len(rules.names_beginning("ana", {n: (f"Ana {n}", "") for n in range(40)})) == rules.NAMES_OFFERED


async def test_names_are_offered_from_who_may_read_and_to_who_writes(site: Site) -> None:
    forum = await a_forum()
    closed = await forum.group_space(forum.tamta, forum.marta)
    thread = await forum.thread(space=closed)
    names = f"{forum.url}/threads/{thread.id}/names?begins="
    tamta, carlos = await site.as_person(forum.tamta), await site.as_person(forum.carlos)
    assert (await tamta.get(names + "mar")).json() == [{"name": "Marta Lindqvist", "where": ""}]
    assert (await tamta.get(names + "carlos")).json() == [], "he may not read it"
    assert (await tamta.get(names + "tamta")).json() == [], "nobody mentions themselves"
    assert (await carlos.get(names + "mar")).status_code == 404
    assert (await site.stranger().get(names + "mar")).headers["location"].startswith("/sign-in")


async def mentions(person: int) -> list[tuple[str, str]]:
    async with reading() as session:
        query = select(Notice).where(Notice.person_id == person, Notice.kind == Kind.MENTION).order_by(col(Notice.id))
        return [(notice.url, notice.text) for notice in (await session.exec(query)).all()]


async def reworded(forum: Forum, post_id: int | None, text: str) -> None:
    async with transaction() as session:
        await posts.edit_post(session, post_id or 0, editor_id=forum.carlos, text=text, lang="en", now=forum.later())


async def test_who_is_named_later_hears_of_it_once(database: AsyncEngine) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), "Who knows?")
    assert await mentions(forum.marta) == []
    await reworded(forum, post.id, "Who knows? @Marta Lindqvist")
    await reworded(forum, post.id, "Who knows it? @Marta Lindqvist and @Carlos Zeledón")
    assert await mentions(forum.marta) == [(f"/posts/{post.id}", "Who knows it? @Marta Lindqvist and @Carlos Zeledón")]
    assert await mentions(forum.carlos) == []


async def test_who_is_named_above_a_thread_hears_of_it_if_they_may_read_it(database: AsyncEngine) -> None:
    forum = await a_forum()
    closed = await forum.group_space(forum.tamta, forum.marta)
    text = "@Carlos Zeledón and @Marta Lindqvist, please look."
    thread = await forum.thread(space=closed, context=text)
    assert await mentions(forum.marta) == [(f"/threads/{thread.id}", text)]
    assert await mentions(forum.carlos) == [], "he may not read it"
    async with transaction() as session:
        await threads.change_thread(
            session,
            thread.id or 0,
            editor_id=forum.tamta,
            title="New",
            context=text + " Soon.",
            lang="en",
            now=forum.later(),
        )
    assert await mentions(forum.marta) == [(f"/threads/{thread.id}", text + " Soon.")]
