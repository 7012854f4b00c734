"""A recorded input is for everybody: captions and transcript, or it is not published; nothing is loaded before it is asked for."""

import re

import pytest
from sqlmodel import select

from app.core import files, search
from app.core.db import reading, transaction
from app.core.errors import Invalid
from app.core.files import Upload
from app.core.kinds import as_captions, recording_kind
from app.forum.actions.concerns import hide_post
from app.forum.models import Attachment, Post, Thread
from tests.forum.forum import Forum, a_forum
from tests.forum.test_files import a_picture
from tests.support.databases import ONE_DATABASE
from tests.support.site import Site

SOUND = b"RIFF\x24\x00\x00\x00WAVEfmt " + bytes(range(256)) * 4
CAPTIONS = b"WEBVTT\n\n00:00.000 --> 00:04.000\nThe gutter of 1987.\n"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (SOUND, "audio/wav"), (b"ID3\x03 tune", "audio/mpeg"), (b"\xff\xfb\x90 tune", "audio/mpeg"), (b"fLaC tune", "audio/flac"),
        (b"OggS\x00 OpusHead", "audio/ogg"), (b"OggS\x00 \x80theora", "video/ogg"), (b"\x00\x00\x00\x1cftypM4A tune", "audio/mp4"),
        (b"\x00\x00\x00\x1cftypisom film", "video/mp4"), (b"\x1aE\xdf\xa3 webm V_VP9", "video/webm"),
        (b"\x1aE\xdf\xa3 webm A_OPUS", "audio/webm"), (b"\x00\x00\x00\x1cftypheic still", None), (b"\xff\xfe\x00t\x00e", None),
        (b"\x7fELF", None), (b"<script>", None),
    ],
)  # fmt: skip
def test_a_recording_is_known_by_what_it_holds(body: bytes, kind: str | None) -> None:
    found = recording_kind(body)
    assert (found and found[0]) == kind


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (CAPTIONS, CAPTIONS.strip() + b"\n"),
        (b"\xef\xbb\xbfWEBVTT\r\n\r\n00:00.000 --> 00:04.000\r\nA\r\n", b"WEBVTT\n\n00:00.000 --> 00:04.000\nA\n"),
        (b"1\n00:00:01,500 --> 00:00:04,000\nNo, 12,500 litres.\n", b"WEBVTT\n\n1\n00:00:01.500 --> 00:00:04.000\nNo, 12,500 litres.\n"),
        (b"WEBVTT\n\nnothing is said", None), (b"Just words", None), (b"\xff\xfe\x00", None),
    ],
)  # fmt: skip
def test_captions_are_kept_as_browsers_read_them(sent: bytes, kept: bytes | None) -> None:
    assert as_captions(sent) == kept


async def test_what_is_no_recording_is_refused_at_its_field() -> None:
    for check, field in ((files.check_recording, "recording"), (files.check_captions, "captions")):
        with pytest.raises(Invalid) as refusal:
            await check(Upload("x.mp3", b"just words"))
        assert set(refusal.value.fields) == {field}
    with pytest.raises(Invalid) as refusal:
        await files.check(Upload("talk.wav", SOUND))
    assert "form for recordings" in refusal.value.fields["file"]


@pytest.fixture
async def forum(site: Site) -> Forum:
    return await a_forum()


@pytest.fixture
async def thread(forum: Forum) -> Thread:
    return await forum.thread()


def form(**more: str) -> dict[str, str]:
    return {"key": "a-key-of-this-form", "lang": "en", "title": "", "text": "", "on": "recording", **more}


async def attachments() -> list[Attachment]:
    async with reading() as session:
        return list((await session.exec(select(Attachment).order_by(Attachment.id))).all())  # type: ignore[arg-type]


@ONE_DATABASE
async def test_without_captions_and_transcript_nothing_is_published_and_nothing_lost(
    site: Site, forum: Forum, thread: Thread
) -> None:
    carlos, here = await site.as_person(forum.carlos), f"{forum.url}/threads/{thread.id}"
    first = await carlos.send_form(
        f"{here}/recordings", form(title="The gutter"), files={"recording": ("gutter.wav", SOUND)}
    )
    assert first.status_code == 422 and 'value="The gutter"' in first.text
    for name in ("captions", "text"):
        assert f'id="f-{name}-error"' in first.text
    assert "gutter.wav" in first.text and 'name="recording"' not in first.text, "it waits"
    await carlos.send_form(f"{here}/posts", {"key": "a-reply-12", "lang": "en", "text": "Only words."})
    assert [each.post_id for each in await attachments()] == [None], "it does not slip out with a reply"
    tamta = await site.as_person(forum.tamta)
    (waiting,) = await attachments()
    assert (await tamta.get(f"{here}/files/{waiting.id}")).status_code == 404
    kept = await carlos.send_form(
        f"{here}/recordings/files", form(title="The gutter"), files={"captions": ("gutter.srt", CAPTIONS)}
    )
    assert "gutter.vtt" in kept.text and 'value="The gutter"' in kept.text
    reply = {"key": "another-reply", "lang": "en", "text": "", "alt": "A bucket"}
    await carlos.send_form(f"{here}/files", reply, files={"file": ("bucket.jpg", a_picture(320, 200))})
    assert "bucket" not in (await carlos.get(f"{here}/recordings/new")).text, "it waits for a reply"
    again = await carlos.send_form(f"{here}/recordings", form(title="The gutter"))
    assert again.status_code == 422 and 'id="f-captions-error"' not in again.text
    sent = await carlos.send_form(
        f"{here}/recordings", form(title="The gutter", text="It roars.", alt="Four bars"),
        files={"file": ("slide.jpg", a_picture(300, 200))},
    )  # fmt: skip
    assert sent.status_code == 303
    page = (await tamta.get(sent.headers["location"])).text
    assert "It roars." in page and 'alt="Four bars"' in page and "The gutter" in page and "A bucket" not in page
    assert 'value="A bucket"' in (await carlos.get(here)).text, "still beside the reply"
    async with reading() as session:
        (hit,) = (await search.find(session, "Aufnahme", person_id=forum.tamta))[0]
    assert (hit.title, hit.excerpt) == ("The gutter", "It roars.")
    (player,) = re.findall(r"<video.*?</video>", page)
    assert 'preload="none"' in player and "autoplay" not in player and '<track kind="captions"' in player
    assert "Audio, 1 kB" in page, "type and size are said before anything is loaded"
    found = await tamta.get(f"{forum.url}/search?words=roars")
    assert "The gutter" in found.text


@ONE_DATABASE
async def test_a_recording_is_sent_in_pieces_to_those_who_may_read_it(site: Site, forum: Forum, thread: Thread) -> None:
    carlos, here = await site.as_person(forum.carlos), f"{forum.url}/threads/{thread.id}"
    await carlos.send_form(
        f"{here}/recordings", form(title="The gutter", text="It roars."),
        files={"recording": ("gutter.wav", SOUND), "captions": ("gutter.vtt", CAPTIONS)},
    )  # fmt: skip
    sound, captions = await attachments()
    there, tamta = f"/posts/{sound.post_id}/files", await site.as_person(forum.tamta)
    piece = await tamta.get(f"{there}/{sound.id}", headers={"range": "bytes=4-11"})
    assert (piece.status_code, piece.content) == (206, SOUND[4:12])
    assert piece.headers["content-range"] == f"bytes 4-11/{len(SOUND)}"
    whole = await tamta.get(f"{there}/{sound.id}")
    assert (whole.content, whole.headers["content-type"]) == (SOUND, "audio/wav")
    assert whole.headers["accept-ranges"] == "bytes" and whole.headers["content-disposition"].startswith("inline")
    along = await tamta.get(f"{there}/{sound.id}?download")
    assert along.headers["content-disposition"].startswith("attachment")
    said = await tamta.get(f"{there}/{captions.id}")
    assert said.text.startswith("WEBVTT") and said.headers["content-type"].startswith("text/vtt")
    kept = await carlos.send_form(f"{there}/{captions.id}/deletion")
    assert kept.status_code == 409 and len(await attachments()) == 2, "it does not stay without captions"
    stranger = await site.stranger().get(f"{there}/{sound.id}", headers={"range": "bytes=4-11"})
    assert stranger.headers["location"].startswith("/sign-in")
    async with transaction() as session:
        post = (await session.exec(select(Post))).one()
        await hide_post(session, post.id or 0, moderator_id=forum.marta, reason="No", now=forum.later())
    assert (await tamta.get(f"{there}/{sound.id}", headers={"range": "bytes=4-11"})).status_code == 404
    assert "It roars." not in (await tamta.get(f"{here}")).text
