"""A whole event as one file that opens without a server: all that everybody may read, and nothing else."""

import io
import json
import re
import zipfile
from datetime import timedelta
from pathlib import PurePosixPath

import pytest
from sqlmodel import select

from app.consultation.actions import closing, writing
from app.consultation.models import Contribution
from app.core import archive, files, times
from app.core.db import reading, transaction
from app.core.files import Checked, Drawn
from app.events import actions_archive, queries
from app.events.jobs import MakeArchive
from app.forum.actions import concerns, posts
from app.forum.actions.attaching import add_file
from app.forum.actions.posts import Files
from tests.consultation.rooms import NOON
from tests.consultation.stage import stage
from tests.events.events import joined, somebody
from tests.forum.forum import a_forum
from tests.support.site import Site, Visitor
from workers.events import make_archive
from workers.registry import Turn


async def asked_and_packed(visitor: Visitor, url: str, event_id: int, *, last: bool = False) -> None:
    assert (await visitor.send_form(f"{url}/manage/archive")).status_code == 303
    async with reading() as session:
        row = await queries.archive(session, event_id)
    assert row is not None
    work = MakeArchive(event_id=event_id, asked=row.asked_at.isoformat())
    for _ in range(2):
        await make_archive(work, turn=Turn(times.now(), 1, last))


def opened(body: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(body)) as archive_file:
        return {name: archive_file.read(name).decode("utf-8", "replace") for name in archive_file.namelist()}


def check_links(held: dict[str, str]) -> None:
    """Every link of every page leads to a file in the archive, or out into the world."""
    for name, text in held.items():
        for link in re.findall(r'(?:href|src)="([^"]+)"', text if name.endswith(".html") else ""):
            if not link.startswith(("https://", "#")):
                path = str(PurePosixPath(name).parent / link.partition("#")[0])
                assert re.sub(r"[\w-]+/\.\./", "", path).removeprefix("./") in held, (name, link)


async def test_what_everybody_may_read_is_there_and_what_is_private_is_not(site: Site) -> None:
    forum = await a_forum()
    manager = await somebody("Nino Organiser")
    await joined(forum.event, manager, "manager")
    thread = await forum.thread()
    other = await forum.thread("Another")
    async with transaction() as session:
        checked = Checked("verge.webp", "image/webp", b"RIFFxxxxWEBP", [Drawn(300, 200, b"RIFFxxxxWEBP")])
        await add_file(
            session,
            checked,
            thread_id=thread.id or 0,
            person_id=forum.carlos,
            key="form",
            alt="A verge in flower",
            now=forum.later(),
        )
        open_post = await posts.reply(
            session, thread_id=thread.id or 0, author_id=forum.carlos, key="k1", lang="en", now=forum.later(), files=Files(),
            text=f"zopen [there](/threads/{other.id}) ![lost](/files/x/picture)",
        )  # fmt: skip
    await forum.reply(other, f"zback [post](/posts/{open_post.id}) and [nowhere](/posts/99999)")
    gone, hidden = await forum.reply(thread, "zgone"), await forum.reply(thread, "zhidden")
    closed = await forum.thread("zgroup", space=await forum.group_space(forum.tamta, forum.marta))
    await forum.reply(closed, "zgroup post", by=forum.tamta)
    async with transaction() as session:
        await posts.delete_post(session, gone.id or 0, person_id=forum.carlos, now=forum.later())
        await concerns.report(
            session, hidden.id or 0, person_id=forum.tamta, key="r", reason="zreport", lang="en", now=forum.later()
        )
        await concerns.hide_post(session, hidden.id or 0, moderator_id=forum.marta, reason="zwhy", now=forum.later())
    boss = await site.as_person(manager)
    await asked_and_packed(boss, forum.url, forum.event.id or 0)
    answer = await boss.get(f"{forum.url}/manage/archive.zip")
    assert answer.headers["content-type"] == "application/zip"
    held = opened(answer.content)
    said = "\n".join(held.values())
    for there in ("zopen", "zback", "A verge in flower", "Sponge verges", "Carlos Zeledón"):
        assert there in said
    for private in ("zgone", "zhidden", "zgroup", "zreport", "zwhy", "@example.org"):
        assert private not in said, private
    check_links(held)
    assert f'href="{other.id}.html"' in held[f"threads/{thread.id}.html"]
    assert f'href="{thread.id}.html#post-{open_post.id}"' in held[f"threads/{other.id}.html"]
    assert json.loads(held[f"threads/{other.id}.json"])["posts"][0]["position"] == 1
    assert "<script" not in said and "/files/x" not in held[f"threads/{thread.id}.html"]


async def test_of_rooms_only_protocols_of_released_items_leave(site: Site) -> None:
    here = await stage(case_text="zcase")
    await here.begin()
    await here.go_to("consultation")
    await here.write(here.adviser, "contributions", "zreleased", key="r")
    await here.write(here.scribe, "contributions", "zkept", key="k")
    async with transaction() as session:
        await writing.save_notes(session, here.room, by=here.adviser, text="znote", now=NOON)
    await here.go_to((await here.sitting()).room.method.phases[-1].key)
    async with reading() as session:
        rows = (await session.exec(select(Contribution).where(Contribution.text == "zreleased"))).all()
        released = [row.id or 0 for row in rows]
    async with transaction() as session:
        await closing.release(session, here.room, by=here.case_giver, chosen=released, city=False, now=NOON)
        await closing.close_room(session, here.room, by=here.moderator, now=NOON)
    box_of = await _packed_alone(here.event)
    said = "\n".join(box_of.values())
    assert "zreleased" in box_of[f"protocols/{here.room}.html"]
    for private in ("zkept", "zcase", "znote"):
        assert private not in said, private


async def _packed_alone(event_id: int) -> dict[str, str]:
    async with transaction() as session:
        row = await actions_archive.ask_for_archive(session, event_id, by=1, lang="en", now=NOON)
    path = await actions_archive.packed(MakeArchive(event_id=event_id, asked=row.asked_at.isoformat()))
    assert path is not None
    return opened(path.read_bytes())


async def test_only_who_runs_the_event_gets_it_one_at_a_time_and_for_a_week(site: Site) -> None:
    forum = await a_forum()
    manager = await somebody("Nino Organiser")
    await joined(forum.event, manager, "manager")
    boss, marta = await site.as_person(manager), await site.as_person(forum.marta)
    url = f"{forum.url}/manage/archive"
    assert (await boss.get(f"{url}.zip")).status_code == 404
    await asked_and_packed(boss, forum.url, forum.event.id or 0)
    assert "Download the archive" in (await boss.get(url)).text
    for visitor in (marta, await site.as_person(forum.tamta)):
        assert (await visitor.get(f"{url}.zip")).status_code == 403
        assert (await visitor.send_form(url)).status_code == 403
    assert (await site.stranger().get(f"{url}.zip")).status_code == 303
    await asked_and_packed(boss, forum.url, forum.event.id or 0)
    assert len(list(files.folder().glob("archive-*"))) == 1, "the new one took the place of the old"
    async with transaction() as session:
        await actions_archive.forget_archives(session, now=times.now() + timedelta(days=8))
    assert (await boss.get(f"{url}.zip")).status_code == 404
    assert list(files.folder().glob("archive-*")) == []


async def test_what_cannot_be_packed_is_said_and_leaves_nothing(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    forum = await a_forum()
    manager = await somebody("Nino Organiser")
    await joined(forum.event, manager, "manager")
    boss = await site.as_person(manager)

    async def broken(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(archive, "_packs", [broken])
    with pytest.raises(OSError, match="disk full"):
        await asked_and_packed(boss, forum.url, forum.event.id or 0, last=True)
    assert "could not be packed" in (await boss.get(f"{forum.url}/manage/archive")).text
    assert list(files.folder().glob("archive-*")) == []
