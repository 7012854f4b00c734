"""Pages of notices, and the way out of letters without signing in."""

from sqlalchemy import update

from app.core import signs
from app.core.db import reading, transaction
from app.events.models import Event
from app.notices import actions, queries
from app.notices.actions import UNSUBSCRIBE
from app.notices.rules import Level
from tests.forum.forum import Forum, a_forum
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site
from tests.support.site import queries as asked

pytestmark = ONE_DATABASE


async def level_of(forum: Forum, person_id: int) -> Level:
    async with reading() as session:
        return (await queries.levels(session, forum.event.id or 0, [person_id]))[person_id]


async def test_i_see_who_answered_me_and_nobody_else_does(site: Site) -> None:
    forum = await a_forum()
    await forum.reply(await forum.thread("Sponge verges", by=forum.tamta), "Who mows?")
    tamta, carlos = await site.as_person(forum.tamta), await site.as_person(forum.carlos)
    page = (await tamta.get("/notices")).text
    assert "Carlos Zeledón answered you" in page
    assert "Sponge verges" in page
    async with transaction() as session:
        await session.exec(update(Event).values(texts={"en": {"title": "Two weeks, in her language"}}))
    page = (await tamta.get("/notices")).text
    assert "Two weeks, in her language" in page and forum.event.title not in page
    assert "Sponge verges" not in (await carlos.get("/notices")).text
    assert (await site.stranger().get("/notices")).status_code == 303


async def test_reading_the_thread_is_reading_the_notice(site: Site) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(by=forum.tamta), "Who mows?")
    tamta = await site.as_person(forum.tamta)
    assert "not read yet" in (await tamta.get("/notices")).text
    await tamta.get(f"/posts/{post.id}", follow_redirects=True)
    assert "not read yet" not in (await tamta.get("/notices")).text


async def test_all_can_be_marked_as_read(site: Site) -> None:
    forum = await a_forum()
    await forum.reply(await forum.thread(by=forum.tamta), "Who mows?")
    tamta = await site.as_person(forum.tamta)
    await tamta.get("/notices")
    assert (await tamta.send_form("/notices/read")).status_code == 303
    assert "not read yet" not in (await tamta.get("/notices")).text


async def test_the_count_in_the_header_leaves_out_what_is_being_read(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    await forum.reply(await forum.thread("Cellars", by=forum.tamta), "How deep?")
    await forum.reply(thread, "Who mows?")
    tamta, carlos = await site.as_person(forum.tamta), await site.as_person(forum.carlos)
    assert 'data-count="2"' in (await tamta.get("/notices")).text
    assert 'data-count="0"' in (await carlos.get("/notices")).text
    assert 'data-count="1"' in (await tamta.get(f"/notices/count?reads=thread:{thread.id}")).text
    assert 'data-count="1"' in (await tamta.get(f"{forum.url}/threads/{thread.id}")).text, "read by opening it"
    async with reading() as session:
        assert await queries.version_for(session, forum.tamta, person_id=forum.carlos) is None
        before = await queries.versions(session, [forum.tamta])
    await tamta.send_form("/notices/read")
    async with reading() as session:
        assert (await queries.versions(session, [forum.tamta]))[forum.tamta] > before[forum.tamta], (
            "other windows hear of it"
        )


async def test_the_level_is_chosen_by_a_plain_form_for_ones_own_events_only(site: Site) -> None:
    forum = await a_forum()
    tamta = await site.as_person(forum.tamta)
    await tamta.get("/notices")
    answer = await tamta.send_form("/notices/letters", {"event": forum.event.id, "level": "every"})
    assert (answer.status_code, await level_of(forum, forum.tamta)) == (303, Level.EVERY)
    assert (await tamta.send_form("/notices/letters", {"event": 999, "level": "every"})).status_code == 404
    assert (await tamta.send_form("/notices/letters", {"event": forum.event.id, "level": "loud"})).status_code == 422


async def test_one_click_without_session_page_or_token_ends_the_letters(site: Site) -> None:
    forum = await a_forum()
    await level_of(forum, forum.tamta)
    word = signs.sign([forum.tamta, forum.event.id], purpose=UNSUBSCRIBE)
    program = site.stranger()
    looked = await program.get(f"/unsubscribe/{word}")
    assert (looked.status_code, "Rain in the Street" in looked.text) == (200, True)
    assert await level_of(forum, forum.tamta) == Level.DAILY  # looking is not doing: mail filters open links
    program.cookies.clear()
    answer = await program.post(f"/unsubscribe/{word}", data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, await level_of(forum, forum.tamta)) == (200, Level.NOTHING)
    assert await level_of(forum, forum.carlos) == Level.DAILY


async def test_a_forged_word_ends_nothing(site: Site) -> None:
    forum = await a_forum()
    word = signs.sign([forum.tamta, forum.event.id], purpose="something else")
    for forged in (word, "nonsense", word[:-2] + "xx"):
        answer = await site.stranger().post(f"/unsubscribe/{forged}", data={"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 404
    assert await level_of(forum, forum.tamta) == Level.DAILY


async def test_a_letter_of_an_event_that_is_gone_can_still_be_answered(site: Site) -> None:
    forum = await a_forum()
    word = signs.sign([forum.tamta, 999], purpose=UNSUBSCRIBE)
    assert (await site.stranger().post(f"/unsubscribe/{word}")).status_code == 200


async def test_fifty_notices_cost_as_many_questions_as_one(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.tamta)
    tamta = await site.as_person(forum.tamta)
    counts = []
    for more in (1, 28):
        await forum.replies(thread, more)
        with asked() as said:
            await tamta.get("/notices")
        counts.append(len(said))
    assert counts[0] == counts[1]


async def test_the_way_out_of_the_letters_is_in_every_one(site: Site) -> None:
    forum = await a_forum()
    await forum.reply(await forum.thread(by=forum.tamta), "Who mows?")
    async with transaction() as session:
        (notice,) = (await queries.notices_of(session, forum.tamta))[0]
        letter = await actions.tell_by_letter(session, notice.id, now=notice.at)
    assert letter is not None
    address = letter.headers["List-Unsubscribe"].strip("<>")
    assert address in letter.text
    assert (await site.stranger().post(address)).status_code == 200
    assert await level_of(forum, forum.tamta) == Level.NOTHING
