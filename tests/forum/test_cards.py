"""My city in one picture: a card each on a wall, light enough for a phone, and the task behind it is done."""

import io
from collections.abc import Iterable
from datetime import time
from random import Random

import pytest
from PIL import Image
from sqlmodel import select

from app.core import audience
from app.core.db import reading, transaction
from app.core.errors import Invalid, Refused
from app.core.files import Checked
from app.core.pictures import LIGHTEST, drawn_anew
from app.events.actions_programme import add_task
from app.events.models import Task, TaskDone
from app.forum import rules_cards
from app.forum.actions import attaching, cards, posts, threads
from app.forum.actions.concerns import hide_post
from app.forum.actions.posts import Files
from app.forum.models import Attachment, Post, Thread
from app.people.models import Person
from tests.events.events import somebody
from tests.forum.forum import NOON, Forum, a_forum
from tests.forum.test_files import a_picture
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site, queries

SENTENCE = "A street, a hollow, and irises in it."


def a_busy_picture(width: int = 1280, height: int = 960) -> bytes:
    """As hard to press as a hedge in sunlight."""
    out = io.BytesIO()
    noise = Image.frombytes("RGB", (width // 4, height // 4), Random(1).randbytes(width * height * 3 // 16))
    noise.resize((width, height)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
async def forum(site: Site) -> Forum:
    return await a_forum()


@pytest.fixture
async def wall(forum: Forum) -> Thread:
    thread = await forum.thread("My city in one picture")
    async with transaction() as session:
        return await threads.look_after(session, thread.id or 0, moderator_id=forum.marta, wall=True)


def form(**more: str) -> dict[str, str]:
    return {
        "key": "a-key-of-this-card", "lang": "en", "city": "Kutaisi", "country": "GE", "text": SENTENCE, "on": "card", **more
    }  # fmt: skip


async def put_up(
    forum: Forum, wall: Thread, *, by: int, key: str = "a-key-of-this-card", files: Files | None = None
) -> Post:
    async with transaction() as session:
        return await cards.put_up(
            session, thread_id=wall.id or 0, author_id=by, key=key, city="Kutaisi", country="GE", text=SENTENCE, lang="en",
            files=files, now=forum.later(),
        )  # fmt: skip


async def test_a_card_is_one_for_each_person_and_marks_the_task_done(forum: Forum, wall: Thread) -> None:
    async with transaction() as session:
        for day in (1, 0):
            await add_task(
                session, event_id=forum.event.id or 0, key=f"picture-{day}", day=day, minutes=10, until=time(18),
                whose="all", title=f"Day {day}", goes_to=f"{forum.url}/threads/{wall.id}/wall",
            )  # fmt: skip
    first = await put_up(forum, wall, by=forum.tamta)
    assert (await put_up(forum, wall, by=forum.tamta)).id == first.id, "the same form twice is one card"
    with pytest.raises(Refused, match="You have a card"):
        await put_up(forum, wall, by=forum.tamta, key="another-key")
    async with reading() as session:
        done = (await session.exec(select(Task.title, TaskDone.person_id).join(TaskDone))).all()
    assert list(done) == [("Day 0", forum.tamta)], "what comes later in the same place is marked by hand"
    async with transaction() as session:
        await posts.delete_post(session, first.id or 0, person_id=forum.tamta, now=forum.later())
    assert (await put_up(forum, wall, by=forum.tamta, key="another-key")).id != first.id
    async with transaction() as session:
        await threads.look_after(session, wall.id or 0, moderator_id=forum.marta, wall=False)
    with pytest.raises(Refused, match="no wall"):
        await put_up(forum, wall, by=forum.carlos, key="late-key-1")


@ONE_DATABASE
async def test_a_card_shows_one_picture_that_says_what_it_shows(site: Site, forum: Forum, wall: Thread) -> None:
    tamta, here = await site.as_person(forum.tamta), f"{forum.url}/threads/{wall.id}"
    assert 'value="GE"' in (await tamta.get(f"{here}/cards/new")).text
    first = await tamta.send_form(f"{here}/cards", form(), files={"file": ("street.jpg", a_picture(400, 300))})
    async with reading() as session:
        (kept,) = (await session.exec(select(Attachment))).all()
    assert SENTENCE in first.text and f'id="f-alt-{kept.id}-error"' in first.text, "kept, and asked what it shows"
    left = await tamta.send_form(f"{here}/files/{kept.id}/deletion", form())
    assert SENTENCE in left.text and 'name="file"' in left.text, "left out, on the page of the card"
    sent = await tamta.send_form(
        f"{here}/cards", form(alt="A street with irises"), files={"file": ("street.jpg", a_picture(400, 300))}
    )
    assert sent.status_code == 303
    carlos = await site.as_person(forum.carlos)
    page = (await carlos.get(sent.headers["location"])).text
    async with reading() as session:
        (picture,) = (await session.exec(select(Attachment))).all()
    shown = (
        f'src="/posts/{picture.post_id}/files/{picture.id}?w=240" width="240" height="180" alt="A street with irises"'
    )
    assert f'{shown} loading="lazy"' in page
    assert "Georgia" in page and "Kutaisi" in page and SENTENCE in page
    two = await carlos.send_form(
        f"{here}/cards", form(key="carlos-key-1"), files={"file": ("plan.pdf", b"%PDF-1.7 plan")}
    )
    assert "A card shows one picture" in two.text and two.status_code == 422


@ONE_DATABASE
async def test_answers_stand_under_the_card_they_belong_to(site: Site, forum: Forum, wall: Thread) -> None:
    card, other = await put_up(forum, wall, by=forum.tamta), await put_up(forum, wall, by=forum.marta, key="other-key")
    await forum.reply(wall, "About the other one.", quote_of=other.id)
    carlos, here = await site.as_person(forum.carlos), f"{forum.url}/threads/{wall.id}"
    there = f"{here}/cards/{card.id}"
    assert f'name="quote_of" value="{card.id}"' in (await carlos.get(there)).text
    sent = await carlos.send_form(
        f"{here}/posts",
        {"key": "an-answer-1", "lang": "en", "text": "She chose the plants?", "quote_of": card.id, "card": card.id},
    )
    assert sent.headers["location"].startswith(f"{there}#post-")
    page = (await carlos.get(there)).text
    assert "She chose the plants?" in page and "About the other one." not in page
    on_wall = (await carlos.get(f"{here}/wall")).text
    assert on_wall.count("1 answer") == 2 and on_wall.index(f"card-{other.id}") < on_wall.index(f"card-{card.id}")
    in_thread = (await carlos.get(here)).text
    assert all(words in in_thread for words in (SENTENCE, "She chose the plants?", "About the other one."))
    assert (await carlos.get(f"/threads/{wall.id}")).headers["location"] == f"{here}/wall"
    async with transaction() as session:
        await hide_post(session, card.id or 0, moderator_id=forum.marta, reason="No", now=forum.later())
    assert f"card-{card.id}" not in (await carlos.get(f"{here}/wall")).text
    assert SENTENCE not in (await carlos.get(there)).text
    outsider = await site.as_person(await somebody("Otto Outside"))
    for page in (f"{here}/wall", f"{here}/cards/{other.id}", f"{here}/cards/new"):
        assert (await outsider.get(page)).status_code in {403, 404}


async def _hang(forum: Forum, wall: Thread, checked: Checked, numbers: Iterable[int]) -> None:
    async with transaction() as session:
        for n in numbers:
            person = Person(name=f"Person {n}", email=f"person-{n}@example.org", created_at=NOON)
            session.add(person)
            await session.flush()
            who = person.id or 0
            await audience.admit(session, forum.event.audience_id, who)
            await attaching.add_file(
                session, checked, thread_id=wall.id or 0, person_id=who, key=f"key-{n}", alt="A hedge", now=NOON
            )
            await cards.put_up(
                session, thread_id=wall.id or 0, author_id=who, key=f"key-of-card-{n}", city="Kutaisi", country="GE",
                text=SENTENCE, lang="en", files=Files(), now=NOON,
            )  # fmt: skip


@ONE_DATABASE
async def test_a_card_that_comes_later_is_new_for_who_has_seen_the_wall_and_an_answer_is_still_told(
    site: Site, forum: Forum, wall: Thread
) -> None:
    mine = await put_up(forum, wall, by=forum.tamta)
    tamta, here = await site.as_person(forum.tamta), f"{forum.url}/threads/{wall.id}"
    assert "New for you" not in (await tamta.get(f"{here}/wall")).text
    async with reading() as session:
        version = (await session.exec(select(Thread.version).where(Thread.id == wall.id))).one()
    assert "card-" not in (await tamta.get(f"{here}/wall/cards?after={version}")).text
    await forum.reply(wall, "Who mows there?", by=forum.carlos, quote_of=mine.id)
    other = await put_up(forum, wall, by=forum.marta, key="other-key")
    fresh = (await tamta.get(f"{here}/wall/cards?after={version}")).text
    assert f'id="card-{other.id}" data-seq="-{other.position}"' in fresh and "New for you" in fresh
    assert f'id="card-{mine.id}"' in fresh and "1 answer" in fresh  # the answer changed what stands on it
    assert "New for you" in (await tamta.get(f"{here}/wall")).text
    again = (await tamta.get(f"{here}/wall")).text
    assert "New for you" not in again
    told = (await tamta.get("/notices")).text
    assert "Who mows there?" in told and "is-new" in told
    await tamta.get(f"{here}/cards/{mine.id}")
    assert "is-new" not in (await tamta.get("/notices")).text
    async with transaction() as session:
        await hide_post(session, other.id or 0, moderator_id=forum.marta, reason="No", now=forum.later())
    gone = (await tamta.get(f"{here}/wall/cards?after={version}")).text
    assert "data-gone" in gone and gone.count(SENTENCE) == 1
    outsider = await site.as_person(await somebody("Otto Outside"))
    assert (await outsider.get(f"{here}/wall/cards?after=0")).status_code in {403, 404}


@ONE_DATABASE
async def test_sixty_cards_weigh_less_than_a_megabyte_and_the_rest_is_on_the_next_page(
    site: Site, forum: Forum, wall: Thread
) -> None:
    drawn = drawn_anew(a_busy_picture(640, 480))
    checked, here = Checked("hedge.webp", "image/webp", drawn[-1].body, drawn), f"{forum.url}/threads/{wall.id}/wall"
    tamta, counts = await site.as_person(forum.tamta), []
    for numbers in ([0], [1], range(2, rules_cards.CARDS + 1)):
        await _hang(forum, wall, checked, numbers)
        await tamta.get(here)
        with queries() as said:
            page = (await tamta.get(here)).text
        counts.append(len(said))
    assert counts[1] == counts[2], "many cards ask no more than a few"
    assert page.count('class="wall-card"') == rules_cards.CARDS
    assert "?page=2" in page and (await tamta.get(f"{here}?page=2")).text.count('class="wall-card"') == 1
    narrowest = checked.drawn[0]
    assert narrowest.width == 240 and page.count("?w=240") == rules_cards.CARDS
    assert len(page.encode()) + rules_cards.CARDS * (len(narrowest.body) + 1000) < 1_000_000
    assert 4_000 < len(drawn[0].body) <= LIGHTEST, "a busy picture, made coarser"


def test_a_card_takes_no_file_that_is_no_picture() -> None:
    rules_cards.check_one_picture([])
    rules_cards.check_one_picture([True])
    for pictures in ([True, True], [False]):
        with pytest.raises(Invalid):
            rules_cards.check_one_picture(pictures)
