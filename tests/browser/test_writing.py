"""Nothing that a person wrote is lost, and nothing is sent twice."""

import asyncio

import pytest
from playwright.async_api import BrowserContext, Dialog, Page, Route, expect

from tests.browser.bench import Bench

pytestmark = pytest.mark.browser

FORM = (
    '<quiet-form queue clear target="list"><form action="/say" method="post">'
    '<input type="hidden" name="csrf" value="old"><input type="hidden" name="key" value="k1">'
    '<draft-box name="thread:5"><label for="text">Text</label><textarea id="text" name="text" class="input"></textarea></draft-box>'
    '<button id="send">Send</button></form></quiet-form><live-list id="list" topic="thread:5" version="0"><div data-items></div></live-list>'
)


async def opened(context: BrowserContext, bench: Bench, main: str = FORM) -> Page:
    bench.main = main
    page = await context.new_page()
    await page.goto(bench.address)
    await ready(page)
    return page


async def ready(page: Page) -> None:
    await page.wait_for_function("!!customElements.get('quiet-form')")


async def waiting(page: Page) -> int:
    script = """new Promise((done) => {
      const asked = indexedDB.open("fortnight", 1);
      asked.onupgradeneeded = () => asked.result.createObjectStore("outbox", { keyPath: "key" });
      asked.onsuccess = () => {
        const count = asked.result.transaction("outbox").objectStore("outbox").count();
        count.onsuccess = () => { asked.result.close(); done(count.result); };
      };
    })"""
    return int(await page.evaluate(script))


def drafts(page: Page) -> object:
    return page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('draft:'))")


async def test_a_double_click_sends_once_and_the_next_text_is_another_row(
    context: BrowserContext, bench: Bench
) -> None:
    page = await opened(context, bench)
    bench.hold = asyncio.Event()
    await page.locator("#text").fill("hello")
    await page.locator("#send").dblclick()
    bench.hold.set()
    await expect(page.locator("#text")).to_have_value("")
    await expect(page.locator("#line")).to_contain_text("Saved ")
    assert bench.posts == 1 and bench.rows["k1"]["text"] == "hello"
    await page.locator("#text").fill("second")
    await page.locator("#send").click()
    await expect(page.locator("#text")).to_have_value("")
    assert [row["text"] for row in bench.rows.values()] == ["hello", "second"]


async def test_what_is_typed_before_the_answer_is_there_stays_and_is_the_next_row(
    context: BrowserContext, bench: Bench
) -> None:
    page = await opened(context, bench)
    bench.hold = asyncio.Event()
    await page.locator("#text").fill("on a slow line")
    await page.locator("#send").click()
    await expect(page.locator("#send")).to_have_attribute("aria-busy", "true")
    await page.locator("#text").fill("and one more thing")
    bench.hold.set()
    await expect(page.locator("#line")).to_contain_text("Saved ")
    await expect(page.locator("#text")).to_have_value("and one more thing")
    await page.locator("#send").click()
    await expect(page.locator("#text")).to_have_value("")
    assert [row["text"] for row in bench.rows.values()] == ["on a slow line", "and one more thing"]


async def test_the_last_text_there_is_room_for_does_not_stay_in_a_field_that_closes_before_the_answer(
    context: BrowserContext, bench: Bench
) -> None:
    page = await opened(context, bench)
    bench.hold = asyncio.Event()
    await page.locator("#text").fill("the last one")
    await page.locator("#send").click()
    await page.evaluate("document.getElementById('text').disabled = true")  # the desk came over the line before
    bench.hold.set()
    await expect(page.locator("#line")).to_contain_text("Saved ")
    await expect(page.locator("#text")).to_have_value("")
    assert await drafts(page) == []


async def test_a_second_wish_is_not_swallowed_while_the_first_is_on_its_way(
    context: BrowserContext, bench: Bench
) -> None:
    page = await opened(context, bench)
    bench.hold = asyncio.Event()
    await page.locator("#text").fill("first")
    await page.locator("#send").click()
    await page.locator("#text").fill("second")
    await page.locator("#send").click()
    bench.hold.set()
    await expect(page.locator("#text")).to_have_value("")
    await page.wait_for_function("!document.querySelector('#send').hasAttribute('aria-busy')")
    assert [row["text"] for row in bench.rows.values()] == ["first", "second"]
    assert bench.posts == 2


async def test_my_own_text_is_not_held_when_the_line_brings_it_before_the_answer(
    context: BrowserContext, bench: Bench
) -> None:
    bench.html = '<p id="post-1" data-version="1">hello</p>'
    page = await opened(context, bench, FORM.replace('version="0"', 'version="0" hold'))
    bench.hold = asyncio.Event()
    await page.locator("#text").fill("hello")
    await page.locator("#send").click()
    await bench.say("thread:5", bench.html)
    await bench.say("thread:5", '<p id="post-2" data-version="1">from somebody else</p>')
    await expect(page.locator(".fresh")).to_have_text("New: 2. Show")
    bench.hold.set()
    await expect(page.locator("#post-1")).to_be_visible()
    await expect(page.locator(".fresh")).to_have_text("New: 1. Show")
    assert not await page.locator("#post-2").is_visible()


async def test_what_comes_back_is_shown_at_once_even_where_news_is_held(context: BrowserContext, bench: Bench) -> None:
    bench.html = '<p id="post-1" data-version="1">hello</p>'
    page = await opened(context, bench, FORM.replace('version="0"', 'version="0" hold'))
    await page.locator("#text").fill("hello")
    await page.locator("#send").click()
    await expect(page.locator("#post-1")).to_be_visible()
    await bench.say("thread:5", bench.html)
    await bench.say("thread:5", '<p id="post-2" data-version="1">from somebody else</p>')
    await expect(page.locator(".fresh")).to_have_text("New: 1. Show")
    assert await page.locator("#post-1").count() == 1


async def test_a_refusal_stands_at_its_field_and_the_text_stays(context: BrowserContext, bench: Bench) -> None:
    bench.answer = "refuse"
    page = await opened(context, bench)
    await page.locator("#text").fill("too short")
    await page.locator("#send").click()
    await expect(page.locator("#text-error")).to_have_text("Please fill this in.")
    assert await page.locator("#text").input_value() == "too short"
    assert await page.locator("#text").get_attribute("aria-invalid") == "true"
    assert await page.evaluate("document.activeElement.id") == "text"
    assert await waiting(page) == 0
    bench.answer = "ok"
    await page.locator("#send").click()
    await expect(page.locator("#text-error")).to_have_count(0)
    assert list(bench.rows) == ["k1"]


async def test_a_refused_button_says_why_above_the_page_until_something_is_done(
    context: BrowserContext, bench: Bench
) -> None:
    button = '<quiet-form stay><form action="/say" method="post" class="act"><button id="close">Close</button></form></quiet-form>'
    page = await opened(context, bench, FORM + button)
    bench.answer = "refuse"
    await page.locator("#close").click()
    await expect(page.locator("#main > .banner[role=alert]")).to_have_text("Please look.")
    bench.answer = "ok"
    await page.locator("#close").click()
    await expect(page.locator("#main > .banner")).to_have_count(0)


async def test_written_offline_it_waits_visibly_and_leaves_once_when_the_line_is_back(
    context: BrowserContext, bench: Bench
) -> None:
    bench.html = '<p id="post-1">from the tunnel</p>'
    page = await opened(context, bench)
    await context.set_offline(True)
    await page.locator("#text").fill("from the tunnel")
    await page.locator("#send").click()
    await expect(page.locator(".outbox-item")).to_contain_text("from the tunnel")
    await expect(page.locator(".outbox-item")).to_contain_text("Not sent yet.")
    assert bench.posts == 0 and await page.locator("#text").input_value() == ""
    await context.set_offline(False)
    await expect(page.locator("#post-1")).to_be_visible()
    await expect(page.locator(".outbox-item")).to_have_count(0)
    assert [row["text"] for row in bench.rows.values()] == ["from the tunnel"]
    assert await waiting(page) == 0


async def test_what_waits_survives_a_closed_page_and_is_sent_by_the_next_one(
    context: BrowserContext, bench: Bench
) -> None:
    page = await opened(context, bench)
    bench.answer = "broken"
    await page.locator("#text").fill("keep me")
    await page.locator("#send").click()
    await expect(page.locator(".outbox-item")).to_be_visible()
    await page.close()
    bench.answer = "ok"
    other = await opened(context, bench, "<p>another page without this form</p>")
    await expect(other.locator("#line")).to_be_attached()
    await other.wait_for_function("!!customElements.get('quiet-form')")
    while not bench.rows:
        await other.wait_for_timeout(20)
    assert bench.rows["k1"]["text"] == "keep me"
    assert bench.rows["k1"]["csrf"] == "fresh", "the token of the page that sends it, not the one it was written on"


async def test_a_lost_answer_is_asked_again_with_the_same_key_and_makes_one_row(
    context: BrowserContext, bench: Bench
) -> None:
    page = await opened(context, bench)
    bench.answer = "lose"
    await page.locator("#text").fill("once")
    await page.locator("#send").click()
    await expect(page.locator(".outbox-item")).to_be_visible()
    bench.answer = "ok"
    await page.get_by_role("button", name="Send now").click()
    await expect(page.locator(".outbox-item")).to_have_count(0)
    assert bench.posts == 2 and list(bench.rows) == ["k1"]


async def test_what_waits_for_one_person_is_not_sent_for_another(context: BrowserContext, bench: Bench) -> None:
    page = await opened(context, bench)
    bench.answer = "broken"
    await page.locator("#text").fill("mine alone")
    await page.locator("#send").click()
    await expect(page.locator(".outbox-item")).to_be_visible()
    bench.answer, bench.person, before = "ok", "8", bench.posts
    await page.reload()
    await ready(page)
    await page.locator("#text").fill("of number eight")
    await page.locator("#send").click()
    await expect(page.locator("#line")).to_contain_text("Saved ")
    assert bench.posts == before + 1
    assert [row["text"] for row in bench.rows.values()] == ["of number eight"]
    assert await page.locator(".outbox-item").count() == 0
    assert await waiting(page) == 1


async def test_signed_out_meanwhile_the_text_is_kept_and_the_way_back_is_shown(
    context: BrowserContext, bench: Bench
) -> None:
    page = await opened(context, bench)
    bench.answer = "signed-out"
    await page.locator("#text").fill("still here")
    await page.locator("#send").click()
    await expect(page.locator("quiet-form .state").last).to_contain_text("Signed out, kept.")
    assert await page.get_by_role("link", name="Sign in").get_attribute("href") == "/sign-in?next=%2F"
    bench.answer = "ok"
    await page.reload()
    await ready(page)
    while not bench.rows:
        await page.wait_for_timeout(20)
    assert bench.rows["k1"]["text"] == "still here"


async def test_a_form_without_a_place_in_the_outbox_keeps_its_text_in_the_field(
    context: BrowserContext, bench: Bench
) -> None:
    page = await opened(context, bench, FORM.replace(" queue", ""))
    bench.answer = "broken"
    await page.locator("#text").fill("do not lose me")
    await page.locator("#send").click()
    await expect(page.locator("form .state").last).to_have_text("Not sent.")
    assert await page.locator("#text").input_value() == "do not lose me"
    assert await waiting(page) == 0


async def test_a_draft_comes_back_after_a_crash_and_goes_when_it_is_sent(context: BrowserContext, bench: Bench) -> None:
    bench.main = FORM
    page = await context.new_page()
    await page.clock.install()
    await page.goto(bench.address)
    await ready(page)
    await page.locator("#text").type("a long thou")
    await page.clock.run_for(2100)
    await expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    await page.close()
    page = await opened(context, bench)
    await expect(page.locator("#text")).to_have_value("a long thou")
    await expect(page.locator("[data-draft-state]")).to_contain_text("Draft of")
    await page.locator("#send").click()
    await expect(page.locator("#text")).to_have_value("")
    assert await drafts(page) == []
    await page.reload()
    await ready(page)
    assert await page.locator("#text").input_value() == ""


async def test_a_draft_never_covers_what_was_typed_before_the_scripts_came_over_a_slow_line(
    context: BrowserContext, bench: Bench
) -> None:
    await context.add_init_script(
        "localStorage.setItem('draft:7:thread:5', JSON.stringify({ at: Date.now(), values: { text: 'old draft' } }))"
    )
    typed = asyncio.Event()

    async def slowly(route: Route) -> None:
        await typed.wait()
        await route.continue_()

    await context.route("**/write.js", slowly)
    bench.main = FORM
    page = await context.new_page()
    await page.goto(bench.address)
    await page.locator("#text").fill("newer words")
    typed.set()
    await ready(page)
    assert await page.locator("#text").input_value() == "newer words"


async def test_signing_out_leaves_nothing_on_the_device(context: BrowserContext, bench: Bench) -> None:
    page = await opened(context, bench)
    bench.answer = "broken"
    await page.locator("#text").fill("secret of the room")
    await page.locator("#send").click()
    await expect(page.locator(".outbox-item")).to_be_visible()
    await page.evaluate("localStorage.setItem('draft:7:room', '{\"at\":1,\"values\":{}}')")
    await page.evaluate("localStorage.setItem('draft:8:room', '{\"at\":1,\"values\":{}}')")
    assert await waiting(page) == 1
    page.once("dialog", lambda dialog: asyncio.ensure_future(dialog.accept()))
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-out")
    assert await drafts(page) == ["draft:8:room"]
    assert await waiting(page) == 0


async def test_signing_out_asks_before_it_deletes_what_was_typed_a_moment_ago(
    context: BrowserContext, bench: Bench
) -> None:
    page = await opened(context, bench)
    asked: list[str] = []

    async def stay(dialog: Dialog) -> None:
        await dialog.dismiss()
        asked.append(dialog.message)

    page.on("dialog", stay)
    await page.locator("#text").fill("half a reply")
    async with page.expect_event("dialog"):
        await page.get_by_role("button", name="Sign out").click()
    await expect(page.locator("[data-draft-state]")).to_contain_text("Draft saved")
    assert asked == ["Not sent. Delete it?"]
    assert await drafts(page) == ["draft:7:thread:5"]
    assert page.url.rstrip("/") == bench.address.rstrip("/")
    assert await page.locator("#text").input_value() == "half a reply"
    await page.locator("#text").fill("")
    await page.get_by_role("button", name="Sign out").click()
    await page.wait_for_url("**/sign-out")
    assert len(asked) == 1, "nothing to lose, nothing to ask"


@pytest.mark.parametrize("width", [360, 1280])
async def test_a_long_unbroken_word_stays_inside_the_page(context: BrowserContext, bench: Bench, width: int) -> None:
    word = "w" * 200
    main = (
        f'<div class="columns"><div><h1>{word}</h1><div class="row row-apart"><span><a class="list-title" href="/">{word}</a>'
        f'</span><button class="btn"><span>Act</span></button></div><ul role="list" class="list"><li class="row">{word}</li></ul>'
        f'<section class="card"><h2>{word}</h2></section><p class="news-title"><a href="/">{word}</a></p>'
        f'<dl class="facts"><dt>People</dt><dd><bdi>{word}</bdi></dd></dl></div><aside><p>{word}</p></aside></div>'
    )
    page = await opened(context, bench, main)
    await page.set_viewport_size({"width": width, "height": 800})
    assert await page.evaluate("document.documentElement.scrollWidth") <= width


async def test_a_file_that_is_too_big_is_not_chosen_and_the_field_says_why(
    context: BrowserContext, bench: Bench
) -> None:
    field = '<form><div class="field"><input type="file" aria-label="List" data-largest="0.001"></div></form>'
    page = await opened(context, bench, FORM + field)
    chosen = page.get_by_label("List")
    await chosen.set_input_files({"name": "film.mp4", "mimeType": "video/mp4", "buffer": b"x" * 1001})
    await expect(page.get_by_role("alert")).to_have_text("film.mp4 is bigger than 0.001 MB.")
    await expect(chosen).to_have_value("")
    await chosen.set_input_files({"name": "list.csv", "mimeType": "text/csv", "buffer": b"x" * 1000})
    await expect(page.get_by_role("alert")).to_have_count(0)
