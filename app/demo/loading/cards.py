"""Cards and recordings of the demonstration, drawn and sounded by scripts/draw_city_pictures.py and make_demo_sound.py."""

from datetime import datetime
from pathlib import Path

from sqlmodel.ext.asyncio.session import AsyncSession

from app.core.files import Checked
from app.core.pictures import WIDTHS, Drawn
from app.demo import material
from app.demo.entries import Post, Thread
from app.demo.loading.people import World
from app.events.standing import flowing
from app.forum.actions.attaching import add_file
from app.forum.actions.cards import put_up
from app.forum.actions.posts import Files
from app.forum.actions.recordings import publish
from app.forum.models import Post as Row
from app.forum.rules_files import Role

RECORDINGS = Path(material.__file__).parent / "recordings"
PICTURES = Path(material.__file__).parent / "pictures"


async def put_up_card(
    session: AsyncSession, world: World, thread: Thread, post: Post, *, key: str, now: datetime
) -> Row:
    thread_id, author_id = world.threads[thread.key], world.people[post.by]
    country = next(person.country for person in material.people().people if person.key == post.by)
    if post.picture:
        await add_file(
            session, _picture(post.picture), thread_id=thread_id, person_id=author_id, key=key, alt=post.alt, now=now
        )
    return await put_up(
        session, thread_id=thread_id, author_id=author_id, key=key, city=post.card, country=country, text=post.text,
        lang=post.lang, files=Files() if post.picture else None, now=now,
    )  # fmt: skip


async def put_in_recording(
    session: AsyncSession, world: World, thread: Thread, post: Post, *, key: str, now: datetime
) -> None:
    thread_id, author_id = world.threads[thread.key], world.people[post.by]
    parts = {
        Role.RECORDING: Checked(f"{post.recording}.wav", "audio/wav", _recorded(f"{post.recording}.wav")),
        Role.CAPTIONS: Checked(f"{post.recording}.vtt", "text/vtt", _recorded(f"{post.recording}.vtt")),
        Role.SLIDE: _picture(post.picture),
    }
    for role, checked in parts.items():
        alt = post.alt if role == Role.SLIDE else ""
        await add_file(session, checked, thread_id=thread_id, person_id=author_id, key=key, alt=alt, role=role, now=now)
    await publish(
        session, thread_id=thread_id, author_id=author_id, key=key, title=post.title, text=flowing(post.text.strip()),
        lang=post.lang, files=Files(), now=now,
    )  # fmt: skip


def _recorded(name: str) -> bytes:
    return (RECORDINGS / name).read_bytes()


def _picture(name: str) -> Checked:
    """As `files.check` would have drawn it, only that nobody waits for it at a start."""
    drawn = [
        Drawn(width, width * 3 // 4, (PICTURES / f"{name}-{width}.webp").read_bytes())
        for width in WIDTHS
        if width <= 720
    ]
    return Checked(f"{name}.webp", "image/webp", drawn[-1].body, drawn)
