"""A thread's page is drawn once for all who see it alike: whatever changes shows at once, and nobody sees another's."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import uuid4

from httpx2 import Response
from sqlalchemy import update

from app.core import audience, times
from app.core.audience import Audience
from app.core.db import transaction
from app.core.kept import Kept
from app.events import actions, actions_members
from app.forum.actions import concerns, moving, posts, reading, splitting, thanks, threads, translating
from app.forum.actions.reading import choose_thread_level
from app.forum.models import Space
from app.forum.rules import ThreadKind
from app.forum.web import thread as page
from app.notices.rules import Level
from app.people.models import Person
from tests.events.events import an_event, joined, somebody
from tests.forum.forum import NOON, Forum, a_forum
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, Visitor, queries

Change = Callable[[], Awaitable[object]]
ANEW = re.compile(r'name="(csrf|key)" value="[^"]*"')


async def open_to_all(forum: Forum) -> None:
    async with transaction() as session:
        await session.exec(update(Audience).where(Audience.id == forum.space.audience_id).values(public=True))


async def read(visitors: list[Visitor], url: str) -> list[str]:
    """The pages as they are kept, which must be those that would be drawn now."""
    answers = [await visitor.get(url) for visitor in visitors]
    page.pages.clear()
    fresh = [await visitor.get(url) for visitor in visitors]
    assert [ANEW.sub("", answer.text) for answer in answers] == [ANEW.sub("", answer.text) for answer in fresh]
    assert ([answer.status_code for answer in answers], len(page.pages)) == ([200] * len(visitors), len(visitors))
    return [answer.text for answer in answers]


async def named(person_id: int, **fields: str) -> None:
    async with transaction() as session:
        await session.exec(update(Person).where(Person.id == person_id).values(**fields))  # type: ignore[arg-type]


async def test_whatever_changes_shows_at_once(site: Site) -> None:
    """Fails when something on the page is neither told by the thread's version nor asked for beside it."""
    forum = await a_forum()
    await open_to_all(forum)
    thread = await forum.thread()
    kofi, lena = await somebody("Kofi Mensah"), await somebody("Lena Brandt")
    for each in (kofi, lena):
        await joined(forum.event, each)
    first = await forum.reply(thread, "First words", by=kofi)
    second = await forum.reply(thread, "Quoting it", by=forum.tamta, quote_of=first.id, quote="First words")
    post, number = first.id or 0, thread.id or 0
    async with transaction() as session:
        await thanks.thank(session, post, person_id=lena, now=NOON)
        await translating.translate(session, post, person_id=lena, key="t1", lang="de", text="Erste Worte", now=NOON)
    both = [await site.as_person(forum.carlos), site.stranger()]
    url, marta = f"{forum.url}/threads/{number}", forum.marta
    await both[0].get(url)

    def doing(action: Callable[..., Awaitable[object]], *what: object, **more: object) -> Change:
        async def act() -> None:
            async with transaction() as session:
                await action(session, *what, **more)

        return act

    split = doing(
        splitting.split_thread, number, post_ids=[second.id], moderator_id=marta, key=uuid4().hex, kind=ThreadKind.IDEA,
        title="Split off", context="More of it", lang="en", now=NOON,
    )  # fmt: skip
    edit = {"editor_id": kofi, "lang": "en", "now": NOON}
    changes: list[tuple[str, Change]] = [
        ("Other words", doing(posts.edit_post, post, text="Other words", **edit)),
        ("Hidden by a moderator", doing(concerns.hide_post, post, moderator_id=marta, reason="For the test", now=NOON)),
        ("Other words", doing(concerns.show_post_again, post, moderator_id=marta, now=NOON)),
        ("took this post away", doing(posts.delete_post, post, person_id=kofi, now=NOON)),
        ("Other words", doing(posts.restore_post, post, person_id=kofi, now=NOON)),
        ("Andere Worte", doing(translating.translate, post, person_id=lena, key="t2", lang="de", text="Andere Worte", seen=1, now=NOON)),
        ("because of the rain", doing(thanks.thank, post, person_id=lena, reason="because of the rain", now=NOON)),
        ("Lena Hofer", lambda: named(lena, name="Lena Hofer")),
        ("Kofi Asante", lambda: named(kofi, name="Kofi Asante")),
        ("Kumasi", lambda: named(kofi, city="Kumasi")),
        ("Ghana", lambda: named(kofi, country="GH")),
        ("Tamta Kldiashvili", lambda: named(forum.tamta, name="Tamta Kldiashvili")),
        ("Another title", doing(threads.change_thread, number, editor_id=forum.tamta, title="Another title", context="Else", lang="en", now=NOON)),
        ("Pinned", doing(threads.look_after, number, moderator_id=marta, pinned=True)),
        ("Closed", doing(threads.look_after, number, moderator_id=marta, locked=True)),
        ("A space renamed", doing(_renamed, forum.space.id or 0)),
        ("An event renamed", doing(actions.edit_event, event_id=forum.event.id or 0, title="An event renamed")),
        ("Split off", split),
    ]  # fmt: skip
    await read(both, url)
    for words, change in changes:
        await change()
        assert [words in text for text in await read(both, url)] == [True, True], words


async def _renamed(session: object, space_id: int) -> None:
    await session.exec(update(Space).where(Space.id == space_id).values(title="A space renamed"))  # type: ignore[attr-defined]


@ONE_DATABASE
async def test_two_who_see_the_same_share_a_page_and_nothing_of_each_other(site: Site) -> None:
    forum = await a_forum()
    lena = await somebody("Lena Brandt", zone="America/Managua")
    await joined(forum.event, lena)
    thread = await forum.thread(by=forum.marta)
    url = f"{forum.url}/threads/{thread.id}"
    seen: dict[str, tuple[Visitor, str]] = {}
    for name, who in (("Carlos Zeledón", forum.carlos), ("Lena Brandt", lena)):
        visitor = await site.as_person(who)
        await visitor.get(url)
        seen[name] = visitor, (await visitor.get(url)).text
    assert len(page.pages) == 1
    (carlos, his), (_, hers) = seen.values()
    assert ("Carlos Zeledón" in his, "Lena Brandt" in his, ">CZ<" in his) == (True, False, True)
    assert ("Carlos Zeledón" in hers, "Lena Brandt" in hers, ">LB<" in hers) == (False, True, True)
    assert f'data-person="{lena}"' in hers
    assert f"notices:{lena}" in hers
    tokens = [set(re.findall(r'name="csrf" value="([^"]+)"', text)) for text in (his, hers)]
    keys = [re.findall(r'name="key" value="([^"]+)"', text) for text in (his, hers)]
    assert tokens[0].isdisjoint(tokens[1])
    assert len({*keys[0], *keys[1]}) == len([*keys[0], *keys[1]]) > 1
    sent = await carlos.send_form(
        f"{url}/posts", {"key": keys[0][-1], "text": "With the token of a kept page", "lang": "en"}
    )
    assert sent.status_code == 303


@ONE_DATABASE
async def test_rights_are_asked_at_every_visit(site: Site) -> None:
    """A kept page must not outlive the right to read it, to write in it, to look after it, nor be one of another event."""
    forum = await a_forum()
    await open_to_all(forum)
    thread = await forum.thread(context="cellarsecret")
    url, elsewhere = f"{forum.url}/threads/{thread.id}", await an_event("Elsewhere")
    carlos, stranger = await site.as_person(forum.carlos), site.stranger()
    for visitor in (carlos, carlos, stranger):
        assert "cellarsecret" in (await visitor.get(url)).text
    assert "cellarsecret" not in (await stranger.get(f"/events/{elsewhere.slug}/threads/{thread.id}")).text
    assert "Pin on top" not in (await carlos.get(url)).text
    async with transaction() as session:
        await actions_members.set_roles(
            session, event_id=forum.event.id or 0, person_id=forum.carlos, roles=["lead_moderator"]
        )
    assert "Pin on top" in (await carlos.get(url)).text
    assert "Pin on top" not in (await stranger.get(url)).text
    async with transaction() as session:
        await audience.admit(session, forum.space.audience_id, forum.carlos, writes=False)
    assert "Send reply" not in (await carlos.get(url)).text
    closed = await forum.group_space(forum.tamta, forum.marta)
    async with transaction() as session:
        await session.exec(update(Audience).where(Audience.id == forum.space.audience_id).values(public=False))  # type: ignore[arg-type]
    assert "cellarsecret" not in (await stranger.get(url)).text
    async with transaction() as session:
        await moving.move_thread(session, thread.id or 0, space_id=closed.id or 0, moderator_id=forum.marta)
    assert (await carlos.get(url)).status_code == 404


@ONE_DATABASE
async def test_each_language_light_and_own_choice_has_its_page(site: Site) -> None:
    forum = await a_forum()
    await open_to_all(forum)
    thread = await forum.thread()
    url = f"{forum.url}/threads/{thread.id}"
    stranger, carlos = site.stranger(), await site.as_person(forum.carlos)
    assert 'dir="ltr"' in (await stranger.get(url)).text
    arabic = await stranger.get(url, headers={"cookie": "lang=ar; theme=dark; zone=Asia/Tbilisi"})
    assert '<html lang="ar" dir="rtl" data-zone="Asia/Tbilisi"' in arabic.text
    assert 'data-theme="dark"' in arabic.text
    again = (await stranger.get(url)).text
    assert ('<html lang="en"' in again, 'data-theme="dark"' in again) == (True, False)
    for _ in range(2):
        assert "Following: every post" not in (await carlos.get(url)).text
    async with transaction() as session:
        await choose_thread_level(
            session, person_id=forum.carlos, thread_id=thread.id or 0, level=Level("every"), now=NOON
        )
    assert "Following: every post" in (await carlos.get(url)).text


@ONE_DATABASE
async def test_what_is_one_readers_own_is_drawn_for_them_alone(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.marta)
    url = f"{forum.url}/threads/{thread.id}"
    tamta, carlos = await site.as_person(forum.tamta), await site.as_person(forum.carlos)
    post = await forum.reply(thread, "cellarsecret", by=forum.carlos)
    await forum.reply(thread, "Weaving", by=forum.marta)
    for visitor in (tamta, carlos, tamta, carlos):
        await visitor.get(url)
    async with transaction() as session:
        await concerns.hide_post(session, post.id or 0, moderator_id=forum.marta, reason="For the test", now=NOON)
    page.pages.clear()
    assert "cellarsecret" in (await carlos.get(url)).text
    assert len(page.pages) == 0
    assert "cellarsecret" not in (await tamta.get(url)).text


@ONE_DATABASE
async def test_marks_of_what_is_unread_are_each_readers_own(site: Site) -> None:
    """On one kept page: somebody with news, somebody without, somebody who comes back after a night."""
    forum = await a_forum()
    await open_to_all(forum)
    lena = await somebody("Lena Brandt", zone="America/Managua")
    await joined(forum.event, lena)
    thread = await forum.thread(by=forum.marta)
    written = [await forum.reply(thread, f"Number {n}", by=forum.marta, now=times.now()) for n in range(3)]
    url = f"{forum.url}/threads/{thread.id}"
    lena_reads, carlos_reads, stranger = await site.as_person(lena), await site.as_person(forum.carlos), site.stranger()
    long_ago = times.now() - timedelta(hours=9)
    async with transaction() as session:
        for person_id in (lena, forum.carlos):
            await reading.set_mark(session, person_id, thread, position=1, now=long_ago)
    answer = (await lena_reads.get(url)).text
    assert re.search(rf'New since.*?id="unread".*?id="post-{written[1].id}"', answer, re.DOTALL)
    assert answer.index(f'id="post-{written[0].id}"') < answer.index('class="unread"')
    assert answer.count("?page=1#unread") == 3
    assert "New for you: 2 posts" in answer
    again = (await lena_reads.get(url)).text
    assert ('class="unread"' in again, 'id="unread"' in again, "New for you" in again) == (True, False, False)
    assert not re.search('(id=|class=|#)"?unread', (await stranger.get(url)).text)
    assert 'id="unread"' in (await carlos_reads.get(url)).text
    assert len(page.pages) == 2  # one for strangers, one for who takes part


@ONE_DATABASE
async def test_who_has_the_page_already_is_sent_nothing(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    url = f"{forum.url}/threads/{thread.id}"
    carlos, marta = await site.as_person(forum.carlos), await site.as_person(forum.marta)

    async def ask(visitor: Visitor, tag: str = "") -> Response:
        return await visitor.get(url, headers={"if-none-match": tag})

    for visitor in (carlos, marta):
        await ask(visitor)
        await ask(visitor)
    tag = (await ask(carlos)).headers["etag"]
    again = await ask(carlos, tag)
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    with queries() as said:
        await ask(carlos, tag)
    assert len(said) == 3
    assert (await ask(marta, tag)).status_code == 200
    assert (await (await site.as_person(forum.carlos)).get(url, headers={"if-none-match": tag})).status_code == 200
    await named(forum.tamta, name="Tamta Kldiashvili")
    assert (await ask(carlos, tag)).status_code == 200


def test_the_pages_kept_have_a_size_together() -> None:
    kept: Kept[str] = Kept(100)
    for number in range(5):
        kept.put(number, "x", size=40)
        kept.get(0)
    assert (kept.get(0), kept.get(4), kept.get(1), kept.size, len(kept)) == ("x", "x", None, 80, 2)
    kept.put(4, "y", size=10)
    kept.put(9, "too big", size=101)
    assert (kept.get(9), kept.size, len(kept)) == (None, 50, 2)
