"""A day on a small phone with a thin line, told to its end: three tasks, a tunnel, an answer, a quote, the morning."""

import asyncio
import smtplib
from datetime import UTC, datetime, time, timedelta
from email.message import EmailMessage

import pytest
from playwright.async_api import Page, expect
from sqlmodel import select

from app.core.db import reading, transaction
from app.events.actions_programme import add_task
from app.forum.models import Post, Thread
from tests.events.events import joined, somebody
from tests.forum.forum import Forum, a_forum
from tests.journeys.conftest import IN_BOTH_FORMS, House, link_in
from tests.notices.digests import until_planned
from tests.support.chromium import Shots
from tests.support.clock import Clock
from tests.support.mailbox import part
from tests.support.postgres import free_port

pytestmark = [pytest.mark.browser, pytest.mark.long]
FRIDAY = datetime(
    2026, 6, 12, 14, 0, tzinfo=UTC
)  # day 5: eight in the morning in Managua, six in the evening in Tbilisi
DAY = 5
MORNINGS = [  # Monday at eight, by the order of their mornings
    ("tamta", datetime(2026, 6, 15, 4, 0, tzinfo=UTC), "Who mows the hollows?"),
    ("marta", datetime(2026, 6, 15, 6, 0, tzinfo=UTC), "Sponge verges on a slope"),
    ("carlos", datetime(2026, 6, 15, 14, 0, tzinfo=UTC), "Who lends a small mower?"),
]
LIVE = 30_000  # milliseconds in which news must be on a screen, on a machine that runs everything at once
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 400_000 / 8, "uploadThroughput": 400_000 / 8}
FIRST_WORDS = """new Promise((done) => {
  new PerformanceObserver((list) => {
    for (const paint of list.getEntriesByName("first-contentful-paint")) done(paint.startTime);
  }).observe({ type: "paint", buffered: true });
})"""
PATIENCE = 60_000  # for whatever travels on that line
BY_MAIL = "In Kutaisi the school does it, and the school is paid in hay."
UNHEARD = "The crew of the north depot; they asked for a week in May."
IN_THE_TUNNEL = "Whoever planted the hollows mows them, twice a year."


@pytest.mark.parametrize("house", IN_BOTH_FORMS[:1], indirect=True)
async def test_a_day_on_a_phone_and_the_morning_after(house: House, clock: Clock, shots: Shots) -> None:
    clock.go_to(FRIDAY)
    async with house.rows():
        forum = await a_forum()
        thread = await forum.thread("Sponge verges on a slope", by=forum.tamta)
        await the_days_tasks(forum, thread)
        await joined(forum.event, await somebody("Elene Weber", zone="Europe/Berlin"), "moderator")
    takes_mail = free_port()
    house.programs.env |= {
        "REPLY_ADDRESS": "reply@example.org", "INBOX_TRUSTS": "mx.example.org", "INBOX_LMTP": f"127.0.0.1:{takes_mail}",
    }  # fmt: skip
    house.open()
    house.programs.start("inbox")
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

    # Elene brings it together and leans on his words: he is told, at once. Tamta hears of it by a letter and answers that.
    await wants_every_answer(tamta)
    await carlos.goto("/notices")
    await weave(house, address)
    await expect(carlos.get_by_role("link", name="Elene Weber quoted you")).to_be_visible(timeout=LIVE)
    await follow_a_notice(carlos, "Elene Weber quoted you", "Whoever plants, mows.")
    await shots.take(carlos, "woven-360", whole=False)
    clock.forward(minutes=11)
    (letter,) = await house.mailbox.arrived(1, to="tamta@example.org", about="Elene Weber answered you")
    for _ in range(2):  # a mail server that did not hear our yes brings it again
        await asyncio.to_thread(hand_over, answer_to(letter), str(letter["Reply-To"]), port=takes_mail)
    mailed = carlos.locator("#posts article", has_text=BY_MAIL)
    await expect(mailed).to_contain_text("by e-mail", timeout=PATIENCE)
    await expect(mailed).to_contain_text("Tamta Gelovani")
    assert await written(house, BY_MAIL) == 1

    # His question has waited for a day: the queue says so, Marta answers. On Monday at eight, wherever they live, all hear.
    clock.go_to(FRIDAY + timedelta(hours=27))
    await answer_from_the_queue(marta, forum, "#questions", "Who lends a small mower?", "Estelí has two of them.")
    letters = [await the_letter_at_eight(house, clock, forum, *morning) for morning in MORNINGS]
    await carlos.goto(link_in(letters[-1], "/threads/"))
    await expect(carlos.locator("#posts").get_by_text("Estelí has two of them.")).to_be_visible(timeout=PATIENCE)


async def wants_every_answer(person: Page) -> None:
    await person.goto("/notices")
    await person.get_by_label("Every answer to me at once, and the letter of the morning").check()
    await person.get_by_role("button", name="Save Rain in the Street").click()
    await expect(person.get_by_label("Every answer to me at once, and the letter of the morning")).to_be_checked()


async def weave(house: House, address: str) -> None:
    elene = await house.person("Elene", "elene@example.org")
    await elene.goto(address)
    leaned_on = await elene.locator("#posts article", has_text=IN_THE_TUNNEL).get_attribute("id")
    await elene.get_by_role("link", name="Write a weaving summary").click()
    await elene.get_by_label("The question it answers").fill("Who mows the hollows?")
    number = str(leaned_on).removeprefix("post-")
    await elene.get_by_label("Summary", exact=True).fill(f"**Whoever plants, mows.** ([Carlos](/posts/{number}))")
    await elene.get_by_role("button", name="Publish the summary").click()
    await expect(elene.locator("article.weave")).to_contain_text("Whoever plants, mows.")


def answer_to(letter: EmailMessage) -> EmailMessage:
    """As a mail program writes it and her mail server vouches for it, our letter quoted below."""
    answer = EmailMessage()
    answer["Authentication-Results"] = (
        "mx.example.org; dkim=pass header.d=example.org; dmarc=pass header.from=example.org"
    )
    answer["From"], answer["To"] = "Tamta Gelovani <tamta@example.org>", str(letter["Reply-To"])
    answer["Subject"], answer["Message-ID"] = f"Re: {letter['Subject']}", "<from-kutaisi@mail.example.org>"
    answer["In-Reply-To"], answer["Date"] = str(letter["Message-ID"]), "Fri, 12 Jun 2026 18:15:00 +0400"
    below = "".join(f"> {line}\n" for line in part(letter, "text/plain").splitlines())
    answer.set_content(
        f"{BY_MAIL}\n\nOn Fri, Jun 12, 2026 at 6:11 PM Fortnight <{letter['Reply-To']}> wrote:\n\n{below}"
    )
    return answer


def hand_over(mail: EmailMessage, address: str, *, port: int) -> None:
    with smtplib.LMTP("127.0.0.1", port, timeout=60) as line:
        assert line.sendmail("tamta@example.org", [address], mail.as_bytes()) == {}


async def the_letter_at_eight(house: House, clock: Clock, forum: Forum, name: str, eight: datetime, about: str) -> str:
    """Not a minute before eight where they live, and then one."""
    address, subject = f"{name}@example.org", "While you slept: Rain in the Street, Mon 15 June"
    clock.go_to(eight - timedelta(minutes=1))
    async with house.rows():
        await until_planned(getattr(forum, name), eight)
    assert house.mailbox.to(address, about=subject) == []
    clock.go_to(eight + timedelta(minutes=1))
    (letter,) = await house.mailbox.arrived(1, to=address, about=subject, seconds=60)
    text = part(letter, "text/plain")
    assert about in text, text
    return text


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
    await phone.evaluate("customElements.whenDefined('quiet-form').then(() => true)")
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
    await phone.evaluate("customElements.whenDefined('quiet-form').then(() => true)")
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
    await expect(marta.locator("#reply")).to_be_visible()
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
    painted = await phone.evaluate(FIRST_WORDS)
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
