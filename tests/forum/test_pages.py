"""The pages, as somebody without JavaScript uses them: who sees what, where links land, what a page costs."""

import gzip
import re

import pytest
from httpx2 import Response

from app.core import audience, pages
from app.core.db import transaction
from app.forum.actions import threads
from app.forum.rules import page_of
from app.forum.web import writing
from tests.events.events import an_event
from tests.forum.forum import Forum, a_forum
from tests.support.clock import Clock
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, Visitor, queries

pytestmark = ONE_DATABASE


def thread_url(forum: Forum, thread_id: int | None) -> str:
    return f"{forum.url}/threads/{thread_id}"


def ids(html: str) -> list[str]:
    return re.findall(r'<article class="post" id="(post-\d+)"', html)


async def test_a_thread_is_read_and_answered_without_javascript(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    carlos = await site.as_person(forum.carlos)
    page = await carlos.get(thread_url(forum, thread.id))
    assert page.status_code == 200
    assert "<strong>first</strong> rain" in page.text
    key = re.search(r'name="key" value="([^"]+)"', page.text)
    assert key is not None
    sent = {"key": key[1], "text": "Who **mows**?", "lang": "es"}
    answers = [await carlos.send_form(f"{thread_url(forum, thread.id)}/posts", sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert answers[0].headers["location"] == answers[1].headers["location"]
    shown = await carlos.get(answers[0].headers["location"])
    assert shown.text.count("Who <strong>mows</strong>?") == 1
    assert '<div class="post-body prose" lang="es" dir="ltr">' in shown.text


async def test_a_closed_group_is_closed_on_every_page(site: Site) -> None:
    forum = await a_forum()
    space = await forum.group_space(forum.tamta)
    thread = await forum.thread("Cellarsecret", space=space, context="cellarsecret")
    post = await forum.reply(thread, "cellarsecret", by=forum.tamta)
    pages = [
        f"{forum.url}/forum", f"{forum.url}/forum/{space.id}", thread_url(forum, thread.id),
        f"{thread_url(forum, thread.id)}/posts?after=0", f"/posts/{post.id}", f"/posts/{post.id}/more",
        f"/threads/{thread.id}", f"/threads/{thread.id}/unread", f"{thread_url(forum, thread.id)}/context",
        f"{forum.url}/search?words=cellarsecret",
    ]  # fmt: skip
    tamta, carlos, marta = [await site.as_person(who) for who in (forum.tamta, forum.carlos, forum.marta)]
    seen = [await tamta.get(page, follow_redirects=True) for page in pages]
    assert [answer.status_code for answer in seen] == [200] * len(pages)
    assert all("Cellarsecret" in a.text or "cellarsecret" in a.text or "Group of the cellar" in a.text for a in seen)
    for visitor in (carlos, marta, site.stranger()):
        for page in pages:
            answer = await visitor.get(page, follow_redirects=True)
            assert "ellarsecret" not in answer.text.replace("words=cellarsecret", "").replace(
                'value="cellarsecret"', ""
            ).replace("“cellarsecret”", "").replace("%3Dcellarsecret", "").replace("q=cellarsecret", ""), page
            assert "Group of the cellar" not in answer.text, page


async def test_writing_into_a_closed_group_is_as_if_it_were_not_there(site: Site) -> None:
    forum = await a_forum()
    space = await forum.group_space(forum.tamta)
    thread = await forum.thread(space=space)
    post = await forum.reply(thread, by=forum.tamta)
    carlos = await site.as_person(forum.carlos)
    here, sent = thread_url(forum, thread.id), {"key": "k" * 12, "text": "Hello", "lang": "en", "seen": "1"}
    for url in (
        f"{here}/posts", f"{here}/mark", f"{here}/follow", f"{here}/context", f"/posts/{post.id}/text",
        f"/posts/{post.id}/deletion", f"/posts/{post.id}/return", f"{forum.url}/forum/{space.id}/threads",
    ):  # fmt: skip
        more = {"position": "1", "level": "every", "title": "T", "context": "C", "kind": "question"}
        answer = await carlos.send_form(url, {**sent, **more})
        assert answer.status_code == 404, url


async def test_a_thread_is_not_found_under_another_event(site: Site) -> None:
    forum, other = await a_forum(), await an_event("Another event")
    thread = await forum.thread()
    async with transaction() as session:
        await audience.admit(session, other.audience_id, forum.carlos)
    carlos = await site.as_person(forum.carlos)
    assert (await carlos.get(thread_url(forum, thread.id))).status_code == 200
    assert (await carlos.get(f"/events/{other.slug}/threads/{thread.id}")).status_code == 404


async def test_a_public_thread_is_open_to_strangers_and_a_closed_one_asks_them_to_sign_in(site: Site) -> None:
    forum = await a_forum()
    async with transaction() as session:
        everybody = await audience.create(session, name="everybody", public=True)
        await audience.admit(session, everybody, forum.tamta)
        public = await threads.open_space(
            session, event_id=forum.event.id or 0, audience_id=everybody, title="Library", key="public-space", now=forum.later()
        )  # fmt: skip
    opened, closed = await forum.thread("For all", space=public), await forum.thread("For us")
    stranger = site.stranger()
    answer = await stranger.get(thread_url(forum, opened.id))
    assert (answer.status_code, "For all" in answer.text, "Sign in to answer" in answer.text) == (200, True, True)
    feed = (await stranger.get(f"{forum.url}/forum/{public.id}/feed.atom")).text
    assert "For all" in feed and "For us" not in feed
    assert f"/forum/{public.id}/feed.atom" in (await stranger.get(f"{forum.url}/forum/{public.id}")).text
    tamta = await site.as_person(forum.tamta)
    assert "feed.atom" not in (await tamta.get(f"{forum.url}/forum/{forum.space.id}")).text
    assert (await tamta.get(f"{forum.url}/forum/{forum.space.id}/feed.atom")).status_code == 404
    answer = await stranger.get(thread_url(forum, closed.id))
    assert (answer.status_code, "/sign-in" in answer.headers["location"]) == (303, True)


@pytest.mark.parametrize("count", [0, 1, 19, 20, 21, 40, 41])
async def test_the_unread_line_stands_before_the_first_new_post_until_the_reader_leaves(
    site: Site, count: int, clock: Clock
) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.marta)
    tamta = await site.as_person(forum.tamta)
    await forum.replies(thread, count)
    here = thread_url(forum, thread.id)
    for page in range(1, max(1, (count + 19) // 20) + 1):
        assert 'id="new"' not in (await tamta.get(f"{here}?page={page}")).text  # a first visit knows no "new"
    clock.forward(hours=9)
    fresh = [await forum.reply(thread, f"Fresh {n}") for n in range(2)]
    for _ in range(2):
        landed = await tamta.get(f"{here}?page={page_of(count + 1)}")
        assert line_before(landed.text) == f"post-{fresh[0].id}"
    await tamta.get(f"{here}?page={page_of(count + 2)}")
    clock.forward(hours=9)
    assert 'id="new"' not in (await tamta.get(f"{here}?page={page_of(count + 2)}")).text


@pytest.mark.parametrize("count", [1, 19, 20, 21])
async def test_the_way_to_the_first_unread_post_lands_on_its_page(site: Site, count: int, clock: Clock) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.marta)
    tamta = await site.as_person(forum.tamta)
    await forum.replies(thread, count)
    await tamta.get(thread_url(forum, thread.id))
    clock.forward(hours=9)
    fresh = await forum.reply(thread, "Fresh")
    landed = await tamta.get(f"/threads/{thread.id}/unread", follow_redirects=True)
    first = fresh.id if count <= 20 else (fresh.id or 0) - 1  # with 21, the post on page 2 was not read either
    assert landed.url.fragment == "unread"
    assert re.search(rf'id="unread".*?<article class="post" id="post-{first}"', landed.text, re.S)
    assert landed.text.index('id="unread"') > landed.text.index('id="posts"')
    assert "First unread post" not in (await tamta.get(thread_url(forum, thread.id))).text


def line_before(html: str) -> str:
    """The id of the post right after the unread line."""
    found = re.search(
        r'<p class="unread" id="new".*?</p>\s*(?:<span[^>]*></span>\s*)?<article class="post" id="(post-\d+)"',
        html,
        re.S,
    )
    return found[1] if found else ""


@pytest.mark.parametrize("position", [1, 20, 21, 40, 41])
async def test_a_permalink_lands_on_the_page_that_holds_the_post(site: Site, position: int) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    written = await forum.replies(thread, 41)
    tamta = await site.as_person(forum.tamta)
    answer = await tamta.get(f"/posts/{written[position - 1].id}")
    there = answer.headers["location"]
    assert there.endswith(f"#post-{written[position - 1].id}")
    assert f"post-{written[position - 1].id}" in ids((await tamta.get(there)).text)


async def test_a_page_asks_the_database_as_often_for_one_post_as_for_fifty(site: Site, clock: Clock) -> None:
    forum = await a_forum()
    counts = []
    for title, posts in (("Short", 1), ("Long", 50)):
        thread = await forum.thread(title)
        written = await forum.replies(thread, posts)
        await forum.reply(thread, "Quoting", quote_of=written[0].id, quote="number")
        tamta, marta = await site.as_person(forum.tamta), await site.as_person(forum.marta)
        await tamta.get(thread_url(forum, thread.id))
        with queries() as again:
            await tamta.get(thread_url(forum, thread.id))
        last = f"{thread_url(forum, thread.id)}?page={page_of(posts + 1)}"
        for _ in range(2):
            await marta.get(last)
        with queries() as kept:
            await marta.get(last)
        with queries() as space:
            await tamta.get(f"{forum.url}/forum/{forum.space.id}")
        with queries() as overview:
            await tamta.get(f"{forum.url}/forum")
        with queries() as fragment:
            await tamta.get(f"{thread_url(forum, thread.id)}/posts?after=0")
        counts.append([len(said) for said in (again, kept, space, overview, fragment)])
    assert counts[0] == counts[1]
    assert counts[0][0] <= 7
    assert counts[0][1] <= 3


async def test_spaces_say_what_is_new_for_each_person_in_one_question(site: Site) -> None:
    forum = await a_forum()
    for n in range(3):
        await forum.thread(f"Thread {n}")
    tamta, carlos = await site.as_person(forum.tamta), await site.as_person(forum.carlos)
    assert "3 threads with news" in (await carlos.get(f"{forum.url}/forum")).text
    assert "with news" not in (await tamta.get(f"{forum.url}/forum")).text
    lines = await carlos.get(f"{forum.url}/forum/{forum.space.id}")
    assert lines.text.count("New for you") == 3


async def test_the_fragment_is_the_same_for_everybody(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    await forum.replies(thread, 3)
    tamta, carlos = await site.as_person(forum.tamta), await site.as_person(forum.carlos)
    for visitor in (tamta, carlos):
        visitor.cookies.set("zone", "UTC")
    there = f"{thread_url(forum, thread.id)}/posts?after=2"
    one, other = (await tamta.get(there)).text, (await carlos.get(there)).text
    assert len(ids(one)) == 2
    bare = re.compile(r"<local-time.*?</local-time>", re.S)
    assert bare.sub("", one) == bare.sub("", other)
    for word in ("csrf", "Change", "Take"):
        assert word not in one


async def test_a_refused_reply_keeps_what_was_typed(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    carlos = await site.as_person(forum.carlos)
    sent = {"key": "refused-reply", "text": "Long thoughts", "lang": "xx"}
    answer = await carlos.send_form(f"{thread_url(forum, thread.id)}/posts", sent)
    assert answer.status_code == 422
    assert "Long thoughts" in answer.text
    assert "Please choose one of the list." in answer.text
    long = await carlos.send_form(f"{thread_url(forum, thread.id)}/posts", {**sent, "lang": "en", "text": "w" * 20_001})
    assert (long.status_code, "w" * 20_001 in long.text, 'class="error"' in long.text) == (422, True, True)
    async with transaction() as session:
        await threads.look_after(session, thread.id or 0, moderator_id=forum.marta, locked=True)
    answer = await carlos.send_form(f"{thread_url(forum, thread.id)}/posts", {**sent, "lang": "en"})
    assert answer.status_code == 409
    assert "This thread is closed" in answer.text


async def test_a_script_gets_its_post_back_as_it_will_travel(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    carlos = await site.as_person(forum.carlos)
    sent = {"key": "from-a-script", "text": "Quietly", "lang": "en"}
    answer = (await carlos.send_form(f"{thread_url(forum, thread.id)}/posts", sent, quiet=True)).json()
    assert "Quietly" in answer["html"]
    assert f"?page=1#{ids(answer['html'])[0]}" in answer["go"]
    refused = await carlos.send_form(
        f"{thread_url(forum, thread.id)}/posts", {**sent, "key": "other-key", "text": ""}, quiet=True
    )
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["text"])


async def test_a_thread_is_started_by_a_form_and_found_by_its_words(site: Site) -> None:
    forum = await a_forum()
    carlos = await site.as_person(forum.carlos)
    page = await carlos.get(f"{forum.url}/forum/{forum.space.id}/new")
    assert "Announcement" not in page.text
    sent = {
        "key": "new-thread-1",
        "kind": "question",
        "title": "Où va l’eau ?",
        "context": "Animées rues.",
        "lang": "fr",
    }
    answer = await carlos.send_form(f"{forum.url}/forum/{forum.space.id}/threads", sent)
    assert answer.status_code == 303
    page = (await carlos.get(answer.headers["location"])).text
    assert "Où va l’eau ?" in page
    assert re.search(r"<bdi>Carlos Zeledón</bdi>.* · <bdi><local-time", page), (
        "names and hours keep their order in Arabic"
    )
    tamta = await site.as_person(forum.tamta)
    hit = (await tamta.get(f"{forum.url}/search?words=animees")).text
    assert "Où va l’eau ?" in hit
    assert "<bdi>Carlos Zeledón</bdi>" in hit
    assert "Où va l’eau ?" not in (await carlos.get(f"{forum.url}/search?words=animees&kind=posts")).text
    refused = await carlos.send_form(
        f"{forum.url}/forum/{forum.space.id}/threads", {**sent, "key": "new-thread-2", "kind": "announcement"}
    )
    assert refused.status_code == 403


async def test_a_post_is_changed_taken_away_and_brought_back_by_forms(site: Site) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), "First words.")
    carlos, tamta = await site.as_person(forum.carlos), await site.as_person(forum.tamta)
    page = await carlos.get(f"/posts/{post.id}/more")
    assert "First words." in page.text
    change = {"text": "Second words.", "lang": "en", "seen": str(post.version)}
    assert (await carlos.send_form(f"/posts/{post.id}/text", change)).status_code == 303
    page = await tamta.get(f"/posts/{post.id}/more")
    assert ("First words." in page.text, "Save the change" in page.text) == (True, False)
    assert (await tamta.send_form(f"/posts/{post.id}/deletion")).status_code == 403
    assert (await carlos.send_form(f"/posts/{post.id}/deletion")).status_code == 303
    assert "Second words." not in (await tamta.get(f"/posts/{post.id}", follow_redirects=True)).text
    assert "words." not in (await tamta.get(f"/posts/{post.id}/more")).text
    assert (await carlos.send_form(f"/posts/{post.id}/return")).status_code == 303
    assert "Second words." in (await tamta.get(f"/posts/{post.id}", follow_redirects=True)).text


async def test_moderators_pin_close_weave_and_open_spaces(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    marta, carlos = await site.as_person(forum.marta), await site.as_person(forum.carlos)
    here = thread_url(forum, thread.id)
    assert (await carlos.send_form(f"{here}/state", {"pinned": "yes"})).status_code == 403
    assert (await carlos.get(f"{here}/weaving")).status_code == 403
    assert (await marta.send_form(f"{here}/state", {"pinned": "yes"})).status_code == 303
    assert "Pinned" in (await carlos.get(here)).text
    sent = {"key": "weaving-web", "title": "Who pays?", "text": "Three ways.", "lang": "en"}
    first = await forum.reply(thread, "The *road* office pays.", by=forum.carlos)
    beside = (await marta.get(f"{here}/weaving")).text
    assert "The <em>road</em> office pays." in beside and f"](/posts/{first.id})</code>" in beside
    drafted = {**sent, "text": "**Three** ways."}
    looked_at = (await marta.send_form(f"{here}/weaving/preview", drafted)).text
    assert "<strong>Three</strong> ways." in looked_at and "**Three** ways.</textarea>" in looked_at
    assert "Three</strong> ways." not in (await carlos.get(here)).text, "nobody else sees it yet"
    assert (await marta.send_form(f"{here}/weaving", sent)).status_code == 303
    page = (await carlos.get(here)).text
    assert re.search(r'<article class="weave".*Who pays\?', page, re.S)
    answer = await marta.send_form(
        f"{forum.url}/forum", {"key": "space-web-1", "title": "Money", "purpose": "Who pays"}
    )
    assert "Money" in (await carlos.get(answer.headers["location"])).text


async def test_following_is_chosen_per_thread(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    marta = await site.as_person(forum.marta)
    here = thread_url(forum, thread.id)
    assert "Follow<" in (await marta.get(here)).text
    assert (await marta.send_form(f"{here}/follow", {"level": "every"})).status_code == 303
    assert "Following: every post" in (await marta.get(here)).text


async def test_a_page_of_twenty_posts_is_light(site: Site, clock: Clock) -> None:
    forum = await a_forum()
    thread = await forum.thread()
    words = "We charge owners of more than 400 square metres of sealed ground; the second year they paid with trees. "
    for n in range(20):
        await forum.reply(thread, f"{n}: " + words * 6)
    tamta = await site.as_person(forum.tamta)
    page = await tamta.get(thread_url(forum, thread.id))
    assets = set(re.findall(r'(?:href|src)="(/static/[^"#]+\.(?:css|js|svg|webmanifest))', page.text))
    assert len(ids(page.text)) == 20
    assert len(gzip.compress(page.content, 6)) < 20_000
    assert len(assets) <= 6


XSS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt&colon;alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    "![x](https://evil.example/track.png)",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<a href='jav&#x09;ascript:alert(1)'>x</a>",
    "`</code><script>alert(1)</script>`",
    "[a]: javascript:alert(1)\n\n[a]",
    "<style>@import 'https://evil.example'</style>",
    "<form action=/sign-out method=post><button>x</button></form>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    '"><script>alert(1)</script>',
    "</div></article><script>alert(1)</script>",
]


@pytest.mark.parametrize("attack", XSS)
async def test_what_looks_like_code_is_shown_as_words(site: Site, attack: str) -> None:
    forum = await a_forum()
    thread = await forum.thread(title=attack[:200], context=attack)
    post = await forum.reply(thread, attack)
    await forum.reply(thread, attack, by=forum.tamta, quote_of=post.id, quote=attack)
    tamta = await site.as_person(forum.tamta)
    for url in (
        thread_url(forum, thread.id), f"{thread_url(forum, thread.id)}/posts?after=0", f"/posts/{post.id}/more",
        f"{forum.url}/forum/{forum.space.id}", f"{forum.url}/search?words=alert", f"{thread_url(forum, thread.id)}?quote={post.id}",
    ):  # fmt: skip
        page = (await tamta.get(url)).text
        without_ours = re.sub(r'<script type="module" src="/static/[^"]+"></script>', "", page)
        assert "<script" not in without_ours.lower(), url
        assert not re.search(r"<(iframe|svg/|math|style|img src=x)", without_ours, re.I), url
        assert not re.search(r'<[^>]+\s(href|src|action)\s*=\s*["\']?\s*(javascript|data):', without_ours, re.I), url
        assert not re.search(r"<[^>]+\son\w+\s*=", without_ours, re.I), url
        assert "evil.example/track" not in re.sub(r">[^<]*<", "><", without_ours), url


async def test_a_flood_is_stopped_with_a_sentence_and_the_text_is_kept(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "POSTS", "3/10 minutes")
    monkeypatch.setattr(writing, "THREADS", "1/hour")
    forum = await a_forum()
    thread = await forum.thread()
    carlos, tamta = await site.as_person(forum.carlos), await site.as_person(forum.tamta)
    address = f"{thread_url(forum, thread.id)}/posts"

    async def says(visitor: Visitor, text: str, **more: bool) -> Response:
        return await visitor.send_form(address, {"key": f"flood-{text}-0", "text": text, "lang": "es"}, **more)

    assert [(await says(carlos, f"drop{number}")).status_code for number in range(3)] == [303] * 3
    stopped = await says(carlos, "bucket full")
    assert stopped.status_code == 429
    assert "Your text is kept here: please send it again in 10 minutes." in stopped.text
    assert re.search(r"<textarea[^>]*>\s*bucket full</textarea>", stopped.text)
    assert "Your text is kept here" in (await says(carlos, "bucket full", quiet=True)).json()["refused"]
    assert (await says(tamta, "others go on")).status_code == 303

    opening = {"key": "flood-thread-0", "kind": "question", "title": "One", "context": "kept context", "lang": "es"}
    space = f"{forum.url}/forum/{thread.space_id}/threads"
    assert (await carlos.send_form(space, opening)).status_code == 303
    refused = await carlos.send_form(space, {**opening, "key": "flood-thread-1"})
    assert refused.status_code == 429
    assert "kept context" in refused.text


async def test_nobody_sends_more_than_a_person_can(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "WRITES", "2/minute")
    forum = await a_forum()
    thread = await forum.thread()
    carlos = await site.as_person(forum.carlos)
    answers = [await carlos.send_form(f"{thread_url(forum, thread.id)}/follow", {"how": "all"}) for _ in range(3)]
    assert answers[-1].status_code == 429
    assert "too often" in answers[-1].text
    assert 429 not in [answer.status_code for answer in answers[:2]]
