"""A day on a small phone with a thin line, told to its end: three tasks, a tunnel, an answer, a quote, the morning."""

from datetime import UTC, datetime, time

import pytest
from playwright.async_api import Page, expect
from sqlmodel import select

from app.core.db import reading, transaction
from app.events.actions_programme import add_task
from app.forum.models import Post, Thread
from tests.forum.forum import Forum, a_forum
from tests.journeys.conftest import IN_BOTH_FORMS, House
from tests.support.chromium import Shots
from tests.support.clock import Clock

pytestmark = [pytest.mark.browser, pytest.mark.long]
FRIDAY = datetime(
    2026, 6, 12, 14, 0, tzinfo=UTC
)  # day 5: eight in the morning in Managua, six in the evening in Tbilisi
DAY = 5
LIVE = 30_000  # milliseconds in which news must be on a screen, on a machine that runs everything at once
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
PATIENCE = 60_000  # for whatever travels on that line
UNHEARD = "The crew of the north depot; they asked for a week in May."
IN_THE_TUNNEL = "Whoever planted the hollows mows them, twice a year."


@pytest.mark.parametrize("house", IN_BOTH_FORMS[:1], indirect=True)
async def test_a_day_on_a_phone_and_the_morning_after(house: House, clock: Clock, shots: Shots) -> None:
    clock.go_to(FRIDAY)
    async with house.rows():
        forum = await a_forum()
        thread = await forum.thread("Sponge verges on a slope", by=forum.tamta)
        await the_days_tasks(forum, thread)
    house.open()
    address = f"{forum.url}/threads/{thread.id}"

    carlos = await on_a_phone(house)
    tamta = await house.person("Tamta", "tamta@example.org", zone="Asia/Tbilisi")
    await tamta.goto(address)

    # The three tasks, from Today; the line goes while the first is being done, and nobody loses or doubles a word.
    await carlos.goto(f"{forum.url}/today")
    await expect(carlos.get_by_role("heading", name="Your tasks today, about 25 minutes")).to_be_visible()
    await carlos.get_by_role("link", name="Answer one colleague").click()
    await write_in_a_tunnel(house, carlos, tamta)
    await shots.take(carlos, "thread-360")
    await is_ticked(carlos, forum, "Answer one colleague")

    await carlos.get_by_role("link", name="Thank somebody for a sentence").click()
    await carlos.get_by_role("link", name="Thank Tamta Gelovani").first.click()
    await carlos.get_by_label("What helped you?").fill("the first rain: that is our problem, too")
    await carlos.get_by_role("button", name="Thank Tamta Gelovani").click()
    await expect(carlos.get_by_text("the first rain: that is our problem, too").first).to_be_visible()
    await expect(tamta.get_by_text("the first rain: that is our problem, too")).to_be_visible(timeout=LIVE)
    await is_ticked(carlos, forum, "Thank somebody for a sentence")

    await carlos.get_by_role("link", name="Ask what you need").click()
    await carlos.get_by_label("Title").fill("Who lends a small mower?")
    await carlos.get_by_label("What others should know").fill("Ours is too wide for the hollows.")
    await carlos.get_by_role("button", name="Start the thread").click()
    await expect(carlos.get_by_role("heading", name="Who lends a small mower?")).to_be_visible()
    await is_ticked(carlos, forum, "Ask what you need")
    await expect(carlos.get_by_role("heading", name="Your tasks today: all done")).to_be_visible()
    await shots.take(carlos, "today-360")

    # Marta finds his first words in her queue and answers; his answer arrives though the phone hears nothing of it.
    marta = await house.person("Marta", "marta@example.org")
    await answer_from_the_queue(marta, forum, "#first", "Sponge verges on a slope", "Whom did you ask first?")
    await expect(marta.get_by_text("Everybody who wrote for the first time has an answer.")).to_be_visible()
    await expect(carlos.locator(".bell-count")).to_have_text("1", timeout=LIVE)
    await follow_a_notice(carlos, "Marta Lindqvist answered you", "Whom did you ask first?")
    await write_and_hear_nothing(house, carlos, tamta)
    await opens_quickly(carlos, address)


async def the_days_tasks(forum: Forum, thread: Thread) -> None:
    """Three of this day, each done somewhere else."""
    first = await forum.reply(thread, "Ours hold the first rain only.", by=forum.tamta)
    here = f"{forum.url}/forum/{forum.space.id}"
    async with transaction() as session:
        for minutes, title, goes_to in (
            (10, "Answer one colleague", f"{forum.url}/threads/{thread.id}"),
            (5, "Thank somebody for a sentence", f"/posts/{first.id}"),
            (10, "Ask what you need", f"{here}/new?kind=question"),
        ):
            await add_task(
                session, event_id=forum.event.id or 0, key=title, day=DAY, minutes=minutes, until=time(23), title=title,
                position=minutes, goes_to=goes_to,
            )  # fmt: skip


async def on_a_phone(house: House) -> Page:
    """Carlos in Managua: 360 px wide, 400 kbit/s, 400 ms."""
    page = await house.person("Carlos", "carlos@example.org", zone="America/Managua", width=360, height=740)
    page.set_default_timeout(PATIENCE)
    cable = await page.context.new_cdp_session(page)
    await cable.send("Network.enable")
    await cable.send("Network.emulateNetworkConditions", SLOW)
    return page


async def write_in_a_tunnel(house: House, phone: Page, reader: Page) -> None:
    """The line goes while a reply is being written; "not sent yet" is said; it arrives once, and once only."""
    field = phone.get_by_label("What would you like to say?")
    await field.fill("Whoever planted the hollows")
    await phone.wait_for_function("!!customElements.get('quiet-form')")
    house.cut("Carlos")
    await field.fill(IN_THE_TUNNEL)
    await phone.get_by_role("button", name="Send reply").click()
    waits = phone.locator(".outbox-item")
    await expect(waits).to_contain_text(IN_THE_TUNNEL)
    await expect(waits).to_contain_text("Not sent yet. It leaves when the line is back.")
    await expect(field).to_have_value("")
    assert await written(house, IN_THE_TUNNEL) == 0
    assert await reader.get_by_text(IN_THE_TUNNEL).count() == 0

    await house.mend("Carlos")
    await expect(reader.locator("#posts").get_by_text(IN_THE_TUNNEL)).to_be_visible(timeout=PATIENCE)
    await expect(waits).to_have_count(0, timeout=PATIENCE)
    await expect(phone.locator("#posts").get_by_text(IN_THE_TUNNEL)).to_have_count(1, timeout=PATIENCE)
    assert await written(house, IN_THE_TUNNEL) == 1
    assert await reader.get_by_text(IN_THE_TUNNEL).count() == 1


async def write_and_hear_nothing(house: House, phone: Page, reader: Page) -> None:
    """The post arrives and the line goes before the answer comes: it is sent again, and stands there once."""
    await phone.get_by_label("What would you like to say?").fill(UNHEARD)
    await phone.wait_for_function("!!customElements.get('quiet-form')")
    house.cut_after_next_post("Carlos")
    await phone.get_by_role("button", name="Send reply").click()
    waits = phone.locator(".outbox-item")
    await expect(waits).to_contain_text(UNHEARD, timeout=PATIENCE)
    await expect(waits).to_contain_text("Not sent yet. It leaves when the line is back.")
    await expect(reader.locator("#posts").get_by_text(UNHEARD)).to_be_visible(timeout=LIVE)

    await house.mend("Carlos")
    await expect(waits).to_have_count(0, timeout=PATIENCE)
    await expect(phone.locator("#posts").get_by_text(UNHEARD)).to_have_count(1, timeout=PATIENCE)
    assert await written(house, UNHEARD) == 1
    assert await reader.locator("#posts").get_by_text(UNHEARD).count() == 1


async def answer_from_the_queue(marta: Page, forum: Forum, queue: str, title: str, text: str) -> None:
    await marta.goto(f"{forum.url}/cockpit")
    await marta.locator(queue).get_by_role("link", name=title).click()
    reply = marta.get_by_role("link", name="Reply to Carlos Zeledón")
    if await reply.count():
        await reply.last.click()
    await marta.get_by_label("What would you like to say?").fill(text)
    await marta.get_by_role("button", name="Send reply").click()
    await expect(marta.locator("#posts").get_by_text(text)).to_be_visible(timeout=LIVE)
    await marta.goto(f"{forum.url}/cockpit")
    await expect(marta.locator(queue).get_by_role("link", name=title)).to_have_count(0)


async def follow_a_notice(phone: Page, words: str, text: str) -> None:
    """From the list of what one should hear about to the very post."""
    await phone.goto("/notices")
    await phone.get_by_role("link", name=words).first.click()
    await expect(phone.locator("#posts").get_by_text(text)).to_be_visible(timeout=PATIENCE)


async def opens_quickly(phone: Page, address: str) -> None:
    """On the thin line, with nothing of the house kept from before: words can be read, and the form can be used."""
    cable = await phone.context.new_cdp_session(phone)
    await cable.send("Network.clearBrowserCache")
    await phone.goto(address)
    painted = await phone.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    loaded = await phone.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd")
    print(f"\nthread at 400 kbit/s and 400 ms: read after {painted / 1000:.1f} s, loaded after {loaded / 1000:.1f} s")
    assert 800 < painted < 6000, "not sooner either: the page and its style sheet are two ways there and back"


async def written(house: House, text: str) -> int:
    async with house.rows(), reading() as session:
        return len((await session.exec(select(Post.id).where(Post.text == text))).all())


async def is_ticked(phone: Page, forum: Forum, title: str) -> None:
    await phone.goto(f"{forum.url}/today")
    task = phone.locator(".task", has_text=title)
    await task.get_by_role("button", name=f"Done: {title}").click()
    await expect(task).to_have_attribute("data-state", "done", timeout=PATIENCE)
