"""Two people, or two windows, change the same words: the later one sees both and decides; nothing is lost silently."""

import re

from tests.forum.forum import a_forum
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, Visitor

pytestmark = ONE_DATABASE


async def sees_both(visitor: Visitor, address: str, field: str, sent: dict[str, str], before: str) -> None:
    """`before` is sent by somebody faster; then what this person sends comes back beside it, and leaves when sent again."""
    late = await visitor.send_form(address, {**sent, field: "Mine, later."})
    assert late.status_code == 409
    assert "Mine, later." in late.text and before in late.text and "What it says now" in late.text
    (seen,) = re.findall(r'name="seen" value="(\d+)"', late.text)
    again = await visitor.send_form(address, {**sent, field: "Mine, later.", "seen": seen})
    assert again.status_code == 303


async def test_a_post_changed_in_two_windows(site: Site) -> None:
    forum = await a_forum()
    post = await forum.reply(await forum.thread(), "First words.")
    carlos = await site.as_person(forum.carlos)
    sent = {"text": "Faster words.", "lang": "en", "seen": str(post.version)}
    page = (await carlos.get(f"/posts/{post.id}/more")).text
    assert "What it says now" not in page and f'href="{forum.url}/forum" aria-current="page"' in page
    assert (await carlos.send_form(f"/posts/{post.id}/text", sent)).status_code == 303
    await sees_both(carlos, f"/posts/{post.id}/text", "text", sent, "Faster words.")


async def test_what_stands_above_a_thread_changed_by_its_author_and_a_moderator_while_posts_arrive(site: Site) -> None:
    forum = await a_forum()
    thread = await forum.thread(by=forum.carlos)
    address = f"{forum.url}/threads/{thread.id}/context"
    marta, carlos = await site.as_person(forum.marta), await site.as_person(forum.carlos)
    (seen,) = re.findall(r'name="seen" value="(\d+)"', (await marta.get(address)).text)
    sent = {"title": "Trees", "context": "Faster words.", "lang": "en", "seen": seen}
    await forum.reply(thread, "A post is no other wording.", by=forum.tamta)
    assert (await carlos.send_form(address, sent)).status_code == 303
    await sees_both(marta, address, "context", sent, "Faster words.")
