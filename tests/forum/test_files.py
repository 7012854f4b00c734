"""Pictures and files of posts: nothing is lost, nothing hides in them, nobody reads what is not theirs."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from PIL import Image
from sqlmodel import select

from app.core import files, kept, times
from app.core.db import reading, transaction
from app.core.errors import Invalid
from app.core.files import StoredFile, Upload
from app.forum.actions import attaching, posts, threads
from app.forum.actions.concerns import hide_post
from app.forum.actions.moving import move_thread
from app.forum.models import Attachment, Post, Thread
from app.forum.rules import MOST_FILES
from tests.forum.forum import NOON, Forum, a_forum
from tests.support.site import Site, Visitor, queries


def a_picture(width: int = 1600, height: int = 1200, *, turned: bool = False, colour: str = "teal") -> bytes:
    """A photo as a phone makes it: its maker stands in it, and it may lie on its side."""
    facts = Image.Exif()
    facts[0x010F] = "Secret Camera"
    if turned:
        facts[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(out, "JPEG", exif=facts)
    return out.getvalue()


def packed(*names: str, mimetype: str = "") -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return out.getvalue()


async def test_a_picture_is_drawn_anew_upright_in_four_widths() -> None:
    body = a_picture(turned=True)
    assert b"Secret Camera" in body
    checked = await files.check(Upload("C:\\photos\\yard.JPG", body))
    assert [(each.width, each.height) for each in checked.drawn] == [(240, 320), (360, 480), (720, 960), (1200, 1600)]
    assert not any(b"Secret Camera" in each.body for each in checked.drawn)
    assert {Image.open(io.BytesIO(each.body)).format for each in checked.drawn} == {"WEBP"}
    small = await files.check(Upload("small.png", a_picture(200, 100)))
    assert [(each.width, each.height) for each in small.drawn] == [(200, 100)]


@pytest.mark.parametrize(
    ("name", "body", "kept_as"),
    [
        ("plan.exe", b"%PDF-1.7 x", ("plan.exe.pdf", "application/pdf")),
        ("../../etc/Plan.pdf", b"%PDF-1.7 x", ("Plan.pdf", "application/pdf")),
        ("page.html", b"<script>alert(1)</script>", ("page.html.txt", "text/plain")),
        ("drawing.svg", b"<svg onload=alert(1)>", ("drawing.svg.txt", "text/plain")),
        ("budget.zip", packed("xl/workbook.xml"), ("budget.zip.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")),
        ("letter.odt", packed("content.xml", mimetype="application/vnd.oasis.opendocument.text"), ("letter.odt", "application/vnd.oasis.opendocument.text")),
    ],
)  # fmt: skip
async def test_a_file_is_what_it_holds_and_not_what_it_is_called(
    name: str, body: bytes, kept_as: tuple[str, str]
) -> None:
    checked = await files.check(Upload(name, body))
    assert (checked.name, checked.type) == kept_as


@pytest.mark.parametrize(
    "body",
    [b"\x7fELF\x02\x01\xff", b"MZ\x00\x00 a program in letters", packed("setup.exe"), b"\x89PNG but no picture", b"RIFF\x00\x00\x00\x00WAVE\xff", b"PK\x03\x04 broken \xff"],
)  # fmt: skip
async def test_what_we_do_not_take_is_refused_at_the_field(body: bytes) -> None:
    with pytest.raises(Invalid) as refusal:
        await files.check(Upload("x.png", body))
    assert set(refusal.value.fields) == {"file"}


async def sent(visitor: Visitor, url: str, body: bytes, name: str = "yard.jpg", **fields: str) -> str:
    """A reply, or a file alone, as a browser without scripts sends it; the page that comes back."""
    answer = await visitor.send_form(
        url, {"key": "a-key-of-this-form", "lang": "en", **fields}, files={"file": (name, body)}
    )
    if answer.status_code == 303:
        return (await visitor.get(answer.headers["location"])).text
    return answer.text


async def rows() -> list[Attachment]:
    async with reading() as session:
        return list((await session.exec(select(Attachment).order_by(Attachment.id))).all())  # type: ignore[arg-type]


@pytest.fixture
async def forum(site: Site) -> Forum:
    return await a_forum()


@pytest.fixture
async def thread(forum: Forum) -> Thread:
    return await forum.thread()


async def test_a_reply_with_a_picture_is_written_without_javascript(site: Site, forum: Forum, thread: Thread) -> None:
    carlos, here = await site.as_person(forum.carlos), f"{forum.url}/threads/{thread.id}"
    page = await sent(carlos, f"{here}/posts", a_picture(), text="My yard.", alt="A yard with a ditch")
    (row,) = await rows()
    there = f"/posts/{row.post_id}/files/{row.id}"
    assert f'srcset="{there}?w=240 240w, {there}?w=360 360w, {there}?w=720 720w, {there} 1280w"' in page
    assert 'width="1280" height="960" alt="A yard with a ditch" loading="lazy"' in page
    led = await carlos.get(f"{there}?w=360")
    assert led.status_code == 303
    answer = await carlos.get(led.headers["location"])
    assert Image.open(io.BytesIO(answer.content)).size == (360, 270)
    assert "sandbox" in answer.headers["content-security-policy"]
    assert b"Secret Camera" not in answer.content
    assert (await carlos.get(led.headers["location"][:20] + "x" + led.headers["location"][21:])).status_code == 404


async def test_the_signed_address_of_a_file_ends(site: Site, forum: Forum, thread: Thread) -> None:
    place = "abc.txt"
    (files.folder() / place).write_text("x")
    stale = files.address(place, type="text/plain", name=place, now=NOON)
    assert (await site.stranger().get(stale)).status_code == 404
    assert (await site.stranger().get(files.address(place, type="text/plain", name=place, now=times.now()))).text == "x"


async def test_a_picture_without_words_is_kept_and_asked_about_at_its_field(
    site: Site, forum: Forum, thread: Thread
) -> None:
    carlos, here = await site.as_person(forum.carlos), f"{forum.url}/threads/{thread.id}"
    page = await sent(carlos, f"{here}/posts", a_picture(), text="My whole yard.")
    (row,) = await rows()
    assert row.post_id is None
    assert "My whole yard." in page
    assert f'id="f-alt-{row.id}-error"' in page
    tamta = await site.as_person(forum.tamta)
    assert "yard.webp" not in (await tamta.get(here)).text, "it waits for its author alone"
    assert (await tamta.get(f"{here}/files/{row.id}")).status_code == 404
    assert (await carlos.get(f"{here}/files/{row.id}")).status_code == 303
    answer = await carlos.send_form(
        f"{here}/posts",
        {"key": "a-key-of-this-form", "lang": "en", "text": "My whole yard.", f"alt-{row.id}": "A yard"},
    )
    assert 'alt="A yard"' in (await tamta.get(answer.headers["location"])).text


async def test_a_script_gets_the_sentence_for_the_field_the_picture_came_from(
    site: Site, forum: Forum, thread: Thread
) -> None:
    carlos, here = await site.as_person(forum.carlos), f"{forum.url}/threads/{thread.id}/posts"
    form = {"key": "a-key-of-this-form", "lang": "en", "text": "Look."}
    refused = await carlos.send_form(here, form, files={"file": ("yard.jpg", a_picture())}, quiet=True)
    assert set(refused.json()["fields"]) == {"alt"}
    done = await carlos.send_form(
        here, {**form, "alt": "A yard"}, files={"file": ("yard.jpg", a_picture())}, quiet=True
    )
    assert 'alt="A yard"' in done.json()["html"]
    again = await carlos.send_form(
        here, {**form, "alt": "A yard"}, files={"file": ("yard.jpg", a_picture())}, quiet=True
    )
    assert again.json()["html"] == done.json()["html"]
    assert len(await rows()) == 1, "the same form with the same file is one file"


async def test_a_picture_that_waits_is_not_there_twice_after_the_page_was_opened_anew(
    site: Site, forum: Forum, thread: Thread
) -> None:
    carlos, here = await site.as_person(forum.carlos), f"{forum.url}/threads/{thread.id}/posts"
    for key in ("a-key-of-this-form", "the-key-of-the-next-form"):
        form = {"key": key, "lang": "en", "text": "Look."}
        refused = await carlos.send_form(here, form, files={"file": ("yard.jpg", a_picture())})
        assert refused.status_code == 422
    (row,) = await rows()
    page = (await carlos.send_form(here, {**form, f"alt-{row.id}": "A yard"})).headers["location"]
    assert 'alt="A yard"' in (await carlos.get(page)).text


async def test_files_are_added_one_after_another_while_the_text_stays(site: Site, forum: Forum, thread: Thread) -> None:
    carlos, here = await site.as_person(forum.carlos), f"{forum.url}/threads/{thread.id}"
    await sent(carlos, f"{here}/files", a_picture(), text="Half a thought", alt="A yard")
    page = await sent(carlos, f"{here}/files", b"%PDF-1.7 plan", "plan.pdf", text="Half a thought")
    assert "Half a thought" in page
    assert "yard.webp" in page
    assert "plan.pdf" in page
    first, second = await rows()
    page = await sent(carlos, f"{here}/files/{first.id}/deletion", b"", "", text="Half a thought")
    assert "Half a thought" in page
    assert "yard.webp" not in page
    answer = await carlos.send_form(f"{here}/posts", {"key": "another-key-1", "lang": "en", "text": "A thought"})
    shown = (await carlos.get(answer.headers["location"])).text
    assert f'/files/{second.id}"><bdi>plan.pdf</bdi></a>' in shown
    assert "1 kB" in shown
    assert "Goes with your reply" not in shown


async def test_a_file_too_big_is_refused_and_the_text_is_kept(
    site: Site, forum: Forum, thread: Thread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "_megabytes", 1)
    carlos, here = await site.as_person(forum.carlos), f"{forum.url}/threads/{thread.id}/posts"
    page = await sent(carlos, here, b"x" * 1_000_001, "notes.txt", text="My whole yard.")
    assert "This file is bigger than 1 MB" in page
    assert "My whole yard." in page
    assert await rows() == []


async def with_picture(site: Site, forum: Forum, thread: Thread) -> Post:
    carlos = await site.as_person(forum.carlos)
    await sent(carlos, f"{forum.url}/threads/{thread.id}/posts", a_picture(400, 300), text="My yard.", alt="A yard")
    async with reading() as session:
        return (await session.exec(select(Post))).one()


async def test_a_file_follows_the_rights_of_its_post(site: Site, forum: Forum, thread: Thread) -> None:
    post = await with_picture(site, forum, thread)
    (row,) = await rows()
    there = f"/posts/{post.id}/files/{row.id}"
    people = {name: await site.as_person(getattr(forum, name)) for name in ("tamta", "carlos", "marta")}

    async def reads() -> set[str]:
        return {name for name, visitor in people.items() if (await visitor.get(there)).status_code == 303}

    assert await reads() == {"tamta", "carlos", "marta"}
    assert (await site.stranger().get(there)).headers["location"].startswith("/sign-in")
    async with transaction() as session:
        await hide_post(session, post.id or 0, moderator_id=forum.marta, reason="Not yours", now=forum.later())
    assert await reads() == {"carlos", "marta"}
    assert "A yard" not in (await people["tamta"].get(f"{forum.url}/threads/{thread.id}")).text
    closed = await forum.group_space(forum.tamta, forum.marta)
    async with transaction() as session:
        await move_thread(session, thread.id or 0, space_id=closed.id or 0, moderator_id=forum.marta)
    assert await reads() == {"marta"}
    async with reading() as session:
        assert (await session.exec(select(StoredFile.audience_id))).one() == closed.audience_id
    async with transaction() as session:
        await posts.delete_post(session, post.id or 0, person_id=forum.marta, now=forum.later())
    assert await reads() == set()


async def test_a_picture_gets_other_words_or_leaves_its_post_by_its_author(
    site: Site, forum: Forum, thread: Thread
) -> None:
    post = await with_picture(site, forum, thread)
    (row,) = await rows()
    there = f"/posts/{post.id}/files/{row.id}"
    carlos, marta, tamta = [await site.as_person(who) for who in (forum.carlos, forum.marta, forum.tamta)]
    assert (await marta.send_form(there, {"alt": "Other"})).status_code == 403
    assert (await tamta.send_form(f"{there}/deletion", {})).status_code == 403
    assert (await carlos.send_form(there, {"alt": " "})).status_code == 422
    await carlos.send_form(there, {"alt": "A yard and a ditch"})
    assert 'alt="A yard and a ditch"' in (await tamta.get(f"{forum.url}/threads/{thread.id}")).text
    kept = list(files.folder().glob("*.webp"))
    assert kept
    assert (await carlos.send_form(f"{there}/deletion", {})).status_code == 303
    assert "A yard and a ditch" not in (await tamta.get(f"{forum.url}/threads/{thread.id}")).text
    assert not any(path.exists() for path in kept)


async def test_what_two_people_sent_stays_while_one_of_them_needs_it(site: Site, forum: Forum, thread: Thread) -> None:
    checked = await files.check(Upload("plan.pdf", b"%PDF-1.7 plan"))
    for person in (forum.carlos, forum.tamta):
        async with transaction() as session:
            await attaching.add_file(
                session, checked, thread_id=thread.id or 0, person_id=person, key="the-same-key", now=forum.later()
            )
    first, second = await rows()
    for row, person, left in ((first, forum.carlos, 1), (second, forum.tamta, 0)):
        async with transaction() as session:
            await attaching.leave_out(session, row.id or 0, thread_id=thread.id or 0, person_id=person)
        assert len(list(Path(files.folder()).glob("*.pdf"))) == left


async def test_a_file_leaves_the_folder_only_after_its_row(site: Site, forum: Forum, thread: Thread) -> None:
    checked = await files.check(Upload("plan.pdf", b"%PDF-1.7 plan"))
    async with transaction() as session:
        await attaching.add_file(
            session, checked, thread_id=thread.id or 0, person_id=forum.carlos, key="the-same-key", now=forum.later()
        )
    (row,) = await rows()
    with pytest.raises(ZeroDivisionError):
        async with transaction() as session:
            await files.drop(session, [row.file_id])
            assert 1 / 0
    (there,) = Path(files.folder()).glob("*.pdf")
    async with transaction() as session:
        await files.drop(session, [row.file_id])
        assert there.exists()
    assert not there.exists()


async def test_what_somebody_sends_while_it_is_swept_is_there_afterwards(
    site: Site, forum: Forum, thread: Thread
) -> None:
    checked = await files.check(Upload("plan.pdf", b"%PDF-1.7 plan"))
    async with transaction() as session:
        await attaching.add_file(
            session, checked, thread_id=thread.id or 0, person_id=forum.carlos, key="the-same-key", now=forum.later()
        )
        (there,) = Path(files.folder()).glob("*.pdf")
        there.unlink()  # by a sweeper that began before this was stored
    assert there.read_bytes() == b"%PDF-1.7 plan"
    await files._sweep([there.name])
    assert there.read_bytes() == b"%PDF-1.7 plan", "a row names it"


async def test_what_was_never_sent_is_forgotten_after_two_days(site: Site, forum: Forum, thread: Thread) -> None:
    await with_picture(site, forum, thread)
    carlos = await site.as_person(forum.carlos)
    await sent(carlos, f"{forum.url}/threads/{thread.id}/files", b"%PDF-1.7 plan", "plan.pdf")
    late = max(row.added_at for row in await rows())
    for now, left in ((late + timedelta(days=1), 2), (late + timedelta(days=3), 1)):
        async with transaction() as session:
            await attaching.forget_never_sent(session, now=now)
        assert len(await rows()) == left
    assert [row.alt for row in await rows()] == ["A yard"]


async def test_a_post_takes_ten_files_and_a_closed_thread_none(site: Site, forum: Forum, thread: Thread) -> None:
    carlos, here = await site.as_person(forum.carlos), f"{forum.url}/threads/{thread.id}/files"
    for n in range(MOST_FILES):
        await sent(carlos, here, f"%PDF-1.7 {n}".encode(), f"plan-{n}.pdf")
    assert "ten files at most" in await sent(carlos, here, b"%PDF-1.7 more", "more.pdf")
    assert len(await rows()) == MOST_FILES
    async with transaction() as session:
        await threads.look_after(session, thread.id or 0, moderator_id=forum.marta, locked=True)
    tamta = await site.as_person(forum.tamta)
    assert "This thread is closed" in await sent(tamta, here, b"%PDF-1.7 mine", "mine.pdf")
    assert len(await rows()) == MOST_FILES


async def test_a_page_with_many_pictures_asks_the_database_once_more(site: Site, forum: Forum, thread: Thread) -> None:
    await forum.reply(thread, "No picture.")
    tamta = await site.as_person(forum.tamta)
    counts = []
    for n in range(3):
        if n:
            await with_picture_of(site, forum, thread, n)
        await tamta.get(f"{forum.url}/threads/{thread.id}")
        kept.forget()
        with queries() as said:
            await tamta.get(f"{forum.url}/threads/{thread.id}")
        counts.append(len(said))
    assert counts[2] == counts[1] == counts[0] + 1


async def with_picture_of(site: Site, forum: Forum, thread: Thread, n: int) -> None:
    carlos = await site.as_person(forum.carlos)
    await carlos.send_form(
        f"{forum.url}/threads/{thread.id}/posts",
        {"key": f"key-number-{n}", "lang": "en", "text": "Yard.", "alt": "A yard"},
        files={"file": ("yard.jpg", a_picture(40 + n, 30))},
    )
