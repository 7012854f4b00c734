"""What came from the server reaches the page once, in order, and never takes the reader's place away."""

import pytest
from playwright.async_api import BrowserContext, Page, expect

from tests.browser.bench import Bench

pytestmark = pytest.mark.browser

LIST = (
    '<live-list topic="thread:5" version="0" src="/fetch/thread:5"{more}><div data-items>{items}</div></live-list>'
    '<textarea id="reply"></textarea>'
)


def item(number: int, text: str, version: int = 1) -> str:
    return f'<p id="post-{number}" data-seq="{number}" data-version="{version}">{text}</p>'


async def opened(context: BrowserContext, bench: Bench) -> Page:
    page = await context.new_page()
    page.set_default_timeout(8000)
    await page.goto(bench.address)
    return page


async def following(page: Page, bench: Bench, count: int = 1) -> None:
    await page.wait_for_function("!!customElements.get('live-list')")
    while len(bench.follows) < count:
        await page.wait_for_timeout(20)


async def texts(page: Page) -> list[str]:
    return await page.locator("[id^=post-]").all_inner_texts()


async def test_pushed_items_appear_in_order_and_a_duplicate_changes_nothing(
    context: BrowserContext, bench: Bench
) -> None:
    bench.main = LIST.format(more="", items="")
    page = await opened(context, bench)
    await following(page, bench)
    await bench.say("thread:5", item(1, "one"))
    await bench.say("thread:5", item(2, "two"))
    await bench.tell({"type": "changed", "topic": "thread:5", "after": 0, "version": 1, "html": item(1, "one again")})
    await bench.say("thread:5", item(3, "three"))
    await expect(page.locator("#post-3")).to_have_text("three")
    assert await texts(page) == ["one", "two", "three"]
    assert bench.fetched == []


async def test_a_message_that_does_not_fit_makes_the_page_fetch_what_is_missing(
    context: BrowserContext, bench: Bench
) -> None:
    bench.main = LIST.format(more="", items="")
    page = await opened(context, bench)
    await following(page, bench)
    bench.write("thread:5", item(1, "lost on the way"))
    bench.write("thread:5", item(2, "lost too"))
    await bench.say("thread:5", item(3, "three"))
    await expect(page.locator("#post-1")).to_have_text("lost on the way")
    assert await texts(page) == ["lost on the way", "lost too", "three"]
    assert bench.fetched == ["/fetch/thread:5"]


async def test_a_bare_signal_makes_the_page_fetch(context: BrowserContext, bench: Bench) -> None:
    bench.main = LIST.format(more="", items="")
    page = await opened(context, bench)
    await following(page, bench)
    version = bench.write("thread:5", item(1, "fetched"))
    await bench.tell({"type": "changed", "topic": "thread:5", "version": version})
    await expect(page.locator("#post-1")).to_have_text("fetched")


async def test_a_late_item_takes_its_place_between_the_others(context: BrowserContext, bench: Bench) -> None:
    bench.main = LIST.format(more="", items=item(1, "one") + item(9, "nine"))
    page = await opened(context, bench)
    await following(page, bench)
    await bench.say("thread:5", item(4, "four"))
    await expect(page.locator("#post-4")).to_be_visible()
    assert await texts(page) == ["one", "four", "nine"]


async def test_an_edit_replaces_its_item_and_an_older_version_of_it_does_not(
    context: BrowserContext, bench: Bench
) -> None:
    bench.main = LIST.format(more="", items=item(1, "first draft"))
    page = await opened(context, bench)
    await following(page, bench)
    await bench.say("thread:5", item(1, "corrected", version=3))
    await expect(page.locator("#post-1")).to_have_text("corrected")
    await bench.say("thread:5", item(1, "older edit that came late", version=2))
    await bench.say("thread:5", item(2, "two"))
    await expect(page.locator("#post-2")).to_be_visible()
    assert await texts(page) == ["corrected", "two"]


async def test_an_item_that_was_taken_back_disappears(context: BrowserContext, bench: Bench) -> None:
    bench.main = LIST.format(more="", items=item(1, "one") + item(2, "two"))
    page = await opened(context, bench)
    await following(page, bench)
    await bench.say("thread:5", '<p id="post-1" data-version="2" data-gone></p>')
    await expect(page.locator("#post-1")).to_have_count(0)
    assert await texts(page) == ["two"]


async def test_who_is_writing_keeps_focus_and_text_while_items_arrive(context: BrowserContext, bench: Bench) -> None:
    bench.main = LIST.format(more="", items="")
    page = await opened(context, bench)
    await following(page, bench)
    await page.locator("#reply").type("half a sen")
    await bench.say("thread:5", item(1, "news"))
    await expect(page.locator("#post-1")).to_be_visible()
    await page.keyboard.type("tence")
    assert await page.locator("#reply").input_value() == "half a sentence"
    assert await page.locator("live-list [role=status]").inner_text() == "New: 1"


async def test_held_items_wait_behind_one_line_until_the_reader_asks(context: BrowserContext, bench: Bench) -> None:
    bench.main = LIST.format(more=" hold", items=item(1, "one"))
    page = await opened(context, bench)
    await following(page, bench)
    for number in (2, 3, 4):
        await bench.say("thread:5", item(number, f"number {number}"))
    button = page.locator("button.fresh")
    await expect(button).to_have_text("New: 3. Show")
    assert not await page.locator("#post-2").is_visible()
    await button.click()
    await expect(page.locator("#post-4")).to_be_visible()
    assert await page.evaluate("document.activeElement.id") == "post-2"
    await expect(button).to_be_hidden()


async def test_a_dropped_line_comes_back_with_the_version_it_had_and_brings_what_was_missed(
    context: BrowserContext, bench: Bench
) -> None:
    bench.main = LIST.format(more="", items="")
    page = await opened(context, bench)
    await following(page, bench)
    await bench.say("thread:5", item(1, "one"))
    await expect(page.locator("#post-1")).to_be_visible()
    await bench.drop_lines()
    bench.write("thread:5", item(2, "while away"))
    await expect(page.locator("#post-2")).to_have_text("while away")
    assert bench.follows == [("thread:5", 0), ("thread:5", 1)]
    assert await texts(page) == ["one", "while away"]


async def test_where_sockets_are_killed_the_same_news_comes_by_polling(context: BrowserContext, bench: Bench) -> None:
    bench.sockets_open = False
    bench.main = LIST.format(more="", items="")
    page = await opened(context, bench)
    bench.write("thread:5", item(1, "polled"))
    await expect(page.locator("#post-1")).to_have_text("polled")
    bench.write("thread:5", item(2, "polled again"))
    await expect(page.locator("#post-2")).to_have_text("polled again")
    assert bench.follows == []


async def test_the_page_says_offline_only_after_five_seconds(context: BrowserContext, bench: Bench) -> None:
    bench.main = LIST.format(more="", items="")
    page = await context.new_page()
    await page.clock.install()
    await page.goto(bench.address)
    await following(page, bench)
    await context.set_offline(True)
    line = page.locator("#line")
    await page.clock.run_for(4000)
    await expect(line).to_be_hidden()
    await page.clock.run_for(2000)
    await expect(line).to_contain_text("Offline since")
    await context.set_offline(False)
    await page.clock.run_for(1000)
    await expect(line).to_have_text("Back.")


async def test_a_region_is_swapped_around_what_the_reader_uses(context: BrowserContext, bench: Bench) -> None:
    bench.main = (
        '<live-region topic="room:7" version="0" src="/fetch/room:7"><h2 id="phase">Listening</h2>'
        '<details id="more"><summary>More</summary>inside</details><button id="go">Go</button>'
        '<div data-keep id="notes"><textarea id="mine"></textarea></div></live-region>'
    )
    page = await opened(context, bench)
    await following(page, bench)
    await page.locator("#mine").fill("my notes")
    await page.locator("summary").click()
    await page.locator("#go").focus()
    await bench.tell({
        "type": "changed", "topic": "room:7", "after": 0, "version": 1,
        "html": '<p id="turn">Your turn</p><h2 id="phase">Advice</h2><details id="more"><summary>More</summary>new inside'
        '</details><button id="go" aria-pressed="true">Go</button><div data-keep id="notes"><textarea id="mine"></textarea></div>',
    })  # fmt: skip
    await expect(page.locator("#phase")).to_have_text("Advice")
    assert await page.locator("#turn").inner_text() == "Your turn"
    assert await page.locator("#mine").input_value() == "my notes"
    assert await page.locator("#more").get_attribute("open") is not None
    assert await page.locator("#go").get_attribute("aria-pressed") == "true"
    assert await page.evaluate("document.activeElement.id") == "go"


CARD = '<label id="card-{0}"><input type="checkbox" name="chosen" value="{0}"{1}>Card {0}</label>'
ASIDE = (
    '<select id="who">{0}<option value="jonas">Jonas</option><option value="amela">Amela</option></select>'
    '<input id="due" type="date" value="2026-11-27"></form></live-region>'
)


async def test_what_is_ticked_chosen_or_dated_and_not_sent_survives_what_the_server_proposes(
    context: BrowserContext, bench: Bench
) -> None:
    head = '<live-region topic="room:7" version="0" src="/fetch/room:7"><h2 id="phase">{}</h2><form id="mine">'
    bench.main = (
        head.format("Before") + CARD.format(1, "") + CARD.format(2, " checked") + CARD.format(3, "") + ASIDE.format("")
    )
    page = await opened(context, bench)
    await following(page, bench)
    await page.locator("#card-1 input").check()
    await page.locator("#card-2 input").uncheck()
    await page.locator("#who").select_option("amela")
    await page.locator("#due").fill("2026-12-24")
    await page.locator("#phase").click()
    fresh = head.format("After") + CARD.format(4, " checked") + CARD.format(1, "") + CARD.format(2, " checked")
    fresh += CARD.format(3, " checked") + ASIDE.format('<option value="ivana">Ivana</option>')
    await bench.tell({"type": "changed", "topic": "room:7", "after": 0, "version": 1, "html": fresh})
    await expect(page.locator("#phase")).to_have_text("After")
    ticked = [await page.locator(f"#card-{number} input").is_checked() for number in (1, 2, 3, 4)]
    assert ticked == [True, False, True, True], "only what nobody has touched follows the server"
    assert await page.locator("#who").input_value() == "amela"
    assert await page.locator("#due").input_value() == "2026-12-24"


FORM = '<form action="/{0}"><input type="hidden" name="of" value="{1}"><input class="{0}-{1}" name="text"><button class="go-{0}-{1}">Go</button></form>\n'


async def test_forms_without_ids_keep_what_is_typed_in_them_while_others_come_and_go_beside_them(
    context: BrowserContext, bench: Bench
) -> None:
    region = '<live-region topic="room:7" version="0" src="/fetch/room:7"><h2 id="phase">{}</h2>\n{}</live-region>'
    kept = FORM.format("answer", 1) + FORM.format("answer", 2)
    bench.main = region.format("Before", FORM.format("asked", 1) + kept)
    page = await opened(context, bench)
    await following(page, bench)
    await page.locator(".answer-1").fill("for the first")
    await page.locator(".asked-1").fill("for what is gone then")
    await page.locator(".answer-2").fill("for the second")
    await page.locator(".go-answer-2").focus()
    fresh = region.format("After", FORM.format("new", 1) + kept + FORM.format("answer", 3))
    await bench.tell({"type": "changed", "topic": "room:7", "after": 0, "version": 1, "html": fresh})
    await expect(page.locator("#phase")).to_have_text("After")
    shown = [await page.locator(f".{each}").input_value() for each in ("new-1", "answer-1", "answer-2", "answer-3")]
    assert shown == ["", "for the first", "for the second", ""]
    assert await page.evaluate("document.activeElement.className") == "go-answer-2"


async def test_a_page_that_is_out_of_date_is_loaded_anew_but_not_under_somebody_who_writes(
    context: BrowserContext, bench: Bench
) -> None:
    bench.main = (
        '<live-region topic="room:7" version="0"><p>one</p></live-region><input id="name"><button>away</button>'
    )
    page = await opened(context, bench)
    await following(page, bench)
    old = {"type": "changed", "topic": "room:7", "html": "<p data-reload>The draft has changed.</p>"}
    await page.locator("#name").type("Tam")
    await bench.tell({**old, "after": 0, "version": 1})
    await expect(page.get_by_text("The draft has changed.")).to_be_visible()
    assert await page.locator("#name").input_value() == "Tam"
    await page.get_by_text("away").focus()
    bench.main = "<p>the new page</p>"
    await bench.tell({**old, "after": 1, "version": 2})
    await expect(page.get_by_text("the new page")).to_be_visible()


async def test_a_region_waits_while_somebody_types_in_it(context: BrowserContext, bench: Bench) -> None:
    bench.main = '<live-region topic="room:7" version="0"><p id="phase">one</p><input id="name"></live-region><button>away</button>'
    page = await opened(context, bench)
    await following(page, bench)
    await page.locator("#name").type("Tam")
    html = '<p id="phase">two</p><input id="name">'
    await bench.tell({"type": "changed", "topic": "room:7", "after": 0, "version": 1, "html": html})
    await page.keyboard.type("ta")
    assert await page.locator("#name").input_value() == "Tamta"
    assert await page.locator("#phase").inner_text() == "one"
    await page.get_by_text("away").focus()
    await expect(page.locator("#phase")).to_have_text("two")


async def test_elements_that_arrive_later_come_to_life(context: BrowserContext, bench: Bench) -> None:
    bench.main = LIST.format(more="", items="")
    page = await opened(context, bench)
    await following(page, bench)
    await bench.say(
        "thread:5",
        '<p id="post-1"><local-time><time datetime="2026-06-09T10:00:00+00:00">Tue 9 June, 10:00 UTC</time></local-time></p>',
    )
    await expect(page.locator("#post-1")).to_have_text("Tue 9 June, 14:00 Tbilisi (UTC+4)")


async def test_a_stranger_reads_without_a_line_and_without_a_word_about_it(
    context: BrowserContext, bench: Bench
) -> None:
    bench.person = ""
    bench.main = LIST.format(more="", items=item(1, "public"))
    page = await opened(context, bench)
    await page.wait_for_selector("live-list:defined")
    await page.wait_for_load_state("networkidle")
    assert bench.lines == set() and bench.follows == []
    assert await page.locator("#line").is_hidden()


async def test_a_list_of_answers_takes_no_others_and_a_wall_fetches_its_cards_the_newest_first(
    context: BrowserContext, bench: Bench
) -> None:
    answers = LIST.format(more=' data-to="7"', items="")
    wall = LIST.format(more=' fetches data-first="-Infinity"', items='<p id="post-50" data-seq="-1">first</p>')
    bench.main = answers + wall.replace("thread:5", "thread:6").replace('id="reply"', "")
    page = await opened(context, bench)
    await following(page, bench, 2)
    await bench.say("thread:5", '<p id="post-1" data-seq="1" data-to="8">to another</p>')
    await bench.say("thread:5", '<p id="post-2" data-seq="2">to none</p>')
    await bench.say("thread:5", '<p id="post-3" data-seq="3" data-to="7">to this one</p>')
    version = bench.write("thread:6", '<p id="post-51" data-seq="-2">second</p>')
    await bench.tell(
        {"type": "changed", "topic": "thread:6", "after": 0, "version": version, "html": item(9, "a post")}
    )
    await expect(page.locator("#post-51")).to_have_text("second")
    assert await texts(page) == ["to this one", "second", "first"]
