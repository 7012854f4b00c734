"""The forum in a real browser: it fits, axe finds nothing, a thread of twenty posts is light."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from app.core import times
from app.core.db import transaction
from app.events.actions_members import join
from app.forum.actions import concerns, posts
from app.forum.actions.cockpit import write_note
from app.forum.actions.reading import mark_read
from app.forum.actions.thanks import thank
from app.forum.models import Thread
from app.forum.rules import PostKind, ThreadKind
from app.main import Setup, close_stores, create_app
from app.people.actions import sign_in
from app.people.models import Person
from tests.browser.bench import served
from tests.browser.look import Weight, too_small, too_wide, violations
from tests.events.events import joined, somebody
from tests.forum.forum import Forum, a_forum
from tests.forum.test_pages import XSS
from tests.support.chromium import Shots, visitor

pytestmark = pytest.mark.browser
WORDS = "We charge owners of more than 400 square metres of sealed ground; in the second year they paid with trees. "


@pytest.fixture
async def house(anyio_backend: str, sqlite_url: str, valkey_url: str, tmp_path: Path) -> AsyncIterator[str]:
    setup = Setup(database_url=sqlite_url, redis_url=valkey_url, files=tmp_path, secret="for the forum " * 3)
    async with served(create_app(setup)) as address:
        yield address
    await close_stores()


@pytest.fixture
async def forum(house: str) -> Forum:
    return await a_forum()


async def lively(forum: Forum) -> Thread:
    """Twenty posts, a quote, one in Arabic, a summary; Tamta has read half of them yesterday."""
    thread = await forum.thread(by=forum.tamta)
    first = await forum.reply(thread, WORDS * 3)
    await forum.reply(thread, "**Yes.** " + WORDS, quote_of=first.id, quote="they paid with trees")
    await forum.replies(thread, 16)
    async with transaction() as session:
        for key, lang, text in (
            ("arabic-post", "ar", "من يدفع ثمن الماء؟"),
            ("weaving-post", "en", f"[Trees](/posts/{first.id})."),
        ):
            await posts.reply(
                session, thread_id=thread.id or 0, author_id=forum.marta, key=key, text=text, lang=lang, now=forum.later(),
                kind=PostKind.WEAVING if key == "weaving-post" else PostKind.REPLY, title="Who pays?" if lang == "en" else "",
            )  # fmt: skip
        yesterday = times.now() - timedelta(days=1)
        await mark_read(session, person_id=forum.tamta, thread_id=thread.id or 0, position=10, now=yesterday)
    return thread


@pytest.mark.long  # test_every_page looks at them with less in them
@pytest.mark.parametrize("width", [360, 1280])
async def test_the_moderators_pages_fit_and_axe_finds_nothing(
    browser: Browser, house: str, forum: Forum, shots: Shots, width: int
) -> None:
    thread = await lively(forum)
    rude, kind = await forum.reply(thread, "You know nothing."), await forum.reply(thread, WORDS, by=forum.carlos)
    async with transaction() as session:
        report = await concerns.report(
            session,
            rude.id or 0,
            person_id=forum.tamta,
            key="a-report-1",
            reason="An insult.",
            lang="en",
            now=forum.later(),
        )
        for who, reason in ((forum.tamta, "the mowing crew: we copy that next spring"), (forum.marta, "")):
            await thank(session, kind.id or 0, person_id=who, reason=reason, now=forum.later())
    page = await entered(browser, house, forum.marta, width=width)
    await page.goto(f"/posts/{kind.id}")
    await looked_at(page, shots, "thanked")
    pages = {
        "thanks": f"/posts/{kind.id}/thanks", "concerns": f"{forum.url}/concerns", "concern": f"/concerns/{report.id}",
        "report": f"/posts/{rude.id}/report", "ask-for-help": f"{forum.url}/ask-for-help", "hide": f"/posts/{rude.id}/more#hide",
    }  # fmt: skip
    for name, url in pages.items():
        await page.goto(url)
        await looked_at(page, shots, f"forum-{name}")
    async with transaction() as session:
        await concerns.hide_post(session, rude.id or 0, moderator_id=forum.marta, reason="Be kind.", now=forum.later())
    await page.goto(f"/posts/{rude.id}")
    await looked_at(page, shots, "hidden")
    await page.context.close()
    author = await entered(browser, house, forum.carlos, width=width)
    for name, url in {"hidden-mine": f"/posts/{rude.id}", "hidden-why": f"/posts/{rude.id}/more"}.items():
        await author.goto(url)
        await looked_at(author, shots, f"forum-{name}")
    await author.context.close()


@pytest.mark.long  # test_every_page looks at them with less in them
@pytest.mark.parametrize("width", [360, 1280])
async def test_the_cockpit_fits_and_axe_finds_nothing(
    browser: Browser, house: str, forum: Forum, shots: Shots, width: int
) -> None:
    await forum.thread("Who cleans the drains after heavy rain?", by=forum.tamta, kind=ThreadKind.QUESTION)
    async with transaction() as session:
        await concerns.ask_for_help(
            session, event_id=forum.event.id or 0, person_id=forum.tamta, key="a-call-for-help", lang="en",
            text="I cannot send a picture from my phone.", now=forum.later(),
        )  # fmt: skip
        for name, topics in (("Lejla Hadžić", ["drainage"]), ("Ana Popescu", ["finance"])):
            person = Person(
                name=name, languages=["en"], topics=topics, country="BA", city="Tuzla", created_at=forum.later()
            )
            session.add(person)
            await session.flush()
            await join(
                session,
                event_id=forum.event.id or 0,
                person_id=person.id or 0,
                roles=["practitioner"],
                now=forum.later(),
            )
        written = await write_note(
            session, event_id=forum.event.id or 0, moderator_id=forum.marta, person_id=forum.carlos, key="a-note-key",
            reason=None, text="Hello Carlos.\n\nWhat about **Estelí**?", now=forum.later(),
        )  # fmt: skip
    page = await entered(browser, house, forum.marta, width=width)
    for name in ("cockpit", "cockpit/first", "cockpit/questions", "cockpit/silent", f"cockpit/notes/{forum.tamta}"):
        await page.goto(f"{forum.url}/{name}")
        await looked_at(page, shots, name.replace("/", "-"))
    await page.context.close()
    reader = await entered(browser, house, forum.carlos, width=width)
    for name, url in {"note": f"/notes/{written.id}", "notices": "/notices"}.items():
        await reader.goto(url)
        await looked_at(reader, shots, name)
    await reader.context.close()


async def entered(browser: Browser, house: str, person: int, lang: str = "en", **more: object) -> Page:
    page = await visitor(browser, house, lang=lang, **more)  # type: ignore[arg-type]
    async with transaction() as session:
        token = await sign_in(session, person_id=person, device="a test", now=times.now())
    await page.context.add_cookies(
        [{"name": "session", "value": token, "url": house}, {"name": "lang", "value": lang, "url": house}]
    )
    return page


async def looked_at(page: Page, shots: Shots, name: str) -> None:
    await shots.take(page, name)
    assert await too_wide(page) == []
    assert await too_small(page) == []
    assert await violations(page) == []


@pytest.mark.parametrize(
    ("lang", "width", "dark"),
    [
        ("en", 1280, False),
        ("de", 360, False),
        ("ar", 1280, True),
        pytest.param("en", 360, True, marks=pytest.mark.long),
        pytest.param("ar", 360, False, marks=pytest.mark.long),
    ],
)
async def test_a_thread_fits_and_axe_finds_nothing(
    browser: Browser, house: str, forum: Forum, shots: Shots, lang: str, width: int, dark: bool
) -> None:
    thread = await lively(forum)
    page = await entered(browser, house, forum.tamta, lang, width=width, dark=dark)
    await page.goto(f"/threads/{thread.id}/unread")
    assert await page.locator("#new").count() == 1
    await looked_at(page, shots, "thread")
    await page.context.close()


@pytest.mark.long  # test_every_page looks at them with less in them
@pytest.mark.parametrize("width", [360, 1280])
async def test_the_other_pages_fit_and_axe_finds_nothing(
    browser: Browser, house: str, forum: Forum, shots: Shots, width: int
) -> None:
    thread = await lively(forum)
    await forum.thread("Who has a cellar agreement?", by=forum.carlos, kind=ThreadKind.QUESTION)
    post = await forum.reply(thread, "Mine @Marta Lindqvist", by=forum.carlos)
    page = await entered(browser, house, forum.marta, width=width)
    here = f"{forum.url}/threads/{thread.id}"
    for name, url in {
        "spaces": f"{forum.url}/forum", "space": f"{forum.url}/forum/{forum.space.id}",
        "new-thread": f"{forum.url}/forum/{forum.space.id}/new", "new-space": f"{forum.url}/forum/new",
        "weaving": f"{here}/weaving", "context": f"{here}/context", "move": f"{here}/move", "merge": f"{here}/merge", "translate": f"/posts/{post.id}/translations?into=de", "closing": f"{here}/closing", "post": f"/posts/{post.id}/more",
        "answering": f"{here}?quote={post.id}#reply", "search": f"{forum.url}/search?words=trees", "notices": "/notices",
    }.items():  # fmt: skip
        await page.goto(url)
        await looked_at(page, shots, f"forum-{name}")
    await page.context.close()


async def test_a_thread_of_twenty_posts_is_light(browser: Browser, house: str, forum: Forum) -> None:
    thread = await lively(forum)
    page = await entered(browser, house, forum.tamta)
    weight = Weight.of(page)
    await page.goto(f"{forum.url}/threads/{thread.id}", wait_until="networkidle")
    assert await page.locator("#posts article").count() == 20
    assert len(weight.requests) <= 12, weight.requests
    assert weight.bytes <= 60_000
    await page.context.close()


async def test_what_looks_like_code_runs_nothing(browser: Browser, house: str, forum: Forum) -> None:
    attacks = [
        "<script>document.title='owned'</script>", "<img src=x onerror=\"document.title='owned'\">",
        "<svg/onload=document.title='owned'>", "[x](javascript:document.title='owned')", "<details open ontoggle=document.title='owned'>",
        *(attack.replace("alert(1)", "document.title='owned'") for attack in XSS),
    ]  # fmt: skip
    thread = await forum.thread(attacks[0], context="\n\n".join(attacks))
    for attack in attacks:
        await forum.reply(thread, attack)
    page = await entered(browser, house, forum.tamta)
    await page.goto(f"{forum.url}/threads/{thread.id}", wait_until="networkidle")
    for link in await page.locator("#posts .post-body a, #context a").all():
        assert not (await link.get_attribute("href") or "").startswith("javascript")
    assert "owned" not in (await page.title()).replace(attacks[0], "")
    await page.context.close()


async def test_a_name_is_completed_by_keyboard_and_closed_by_escape(browser: Browser, house: str, forum: Forum) -> None:
    await joined(forum.event, await somebody("Marius Lindberg"))
    thread = await forum.thread()
    page = await entered(browser, house, forum.tamta, width=360)
    await page.goto(f"{forum.url}/threads/{thread.id}#reply")
    field = page.locator("#f-text")
    await field.press_sequentially("Dear @mar")
    await expect(page.locator("[role=option]")).to_have_count(2)
    assert await violations(page) == []
    assert await too_wide(page) == []
    await field.press("ArrowDown")
    await field.press("Enter")
    await expect(field).to_have_value("Dear @Marta Lindqvist ")
    await field.press_sequentially("and @li")
    await expect(page.locator("[role=option]")).to_have_count(2)
    await field.press("Escape")
    await expect(page.locator(".names")).to_be_hidden()
    await field.press("Enter")
    await expect(field).to_have_value("Dear @Marta Lindqvist and @li\n")
    await page.context.close()


async def test_posts_are_read_by_single_keys_that_can_be_switched_off(
    browser: Browser, house: str, forum: Forum
) -> None:
    thread = await lively(forum)
    page = await entered(browser, house, forum.tamta, width=360)
    await page.goto(f"{forum.url}/threads/{thread.id}")
    first, second = [await page.locator("#posts article").nth(n).get_attribute("id") for n in (0, 1)]

    async def focused() -> str:
        return str(await page.evaluate("document.activeElement.id"))

    for key, there in (("j", first), ("j", second), ("k", first), ("k", first), ("r", "f-text")):
        await page.keyboard.press(key)
        await expect(page.locator(f"#{there}")).to_be_focused()
    await page.keyboard.press("j")
    await expect(page.locator("#f-text")).to_have_value("j")
    await page.locator("#f-text").blur()
    await page.keyboard.press("n")
    unread = await page.evaluate("document.getElementById('unread').nextElementSibling.id")
    assert await focused() == unread, "the keys are loaded by now, so that nothing is waited for"
    await page.keyboard.press("?")
    await expect(page.locator("dialog.keys")).to_be_visible()
    assert await violations(page) == []
    assert await too_small(page) == []
    await page.get_by_label("Use these keys on this device").uncheck()
    await page.keyboard.press("Escape")
    before = await focused()
    await page.keyboard.press("j")
    assert await focused() == before
    await page.context.close()
