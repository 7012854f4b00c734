"""A thread as a document: who, when, and the words as they were written."""

from collections.abc import Sequence

from app.core import i18n, times
from app.core.pdf import Document
from app.core.words import N_
from app.forum.models import Thread
from app.forum.queries.whole import Written


def thread_document(
    thread: Thread, posts: Sequence[Written], *, by: str, lang: str, zone: str, programme: str, url: str
) -> Document:
    document = Document(title=thread.title, author=by, lang=lang, foot=f"{programme} · {url}")
    document.heading(thread.title, level=1)
    document.small(f"{by or _somebody(lang)} · {times.in_words(thread.started_at, zone, lang)}")
    document.markdown(thread.context, lang=thread.lang)
    document.items([f"{term}: {words}" for term, words in thread.facts], lang=thread.lang)
    for post in posts:
        if not document.has_room_for(post.text):
            document.heading(i18n.say(lang, N_("The thread goes on")))
            document.small(i18n.say(lang, N_("It is too long for one PDF file. The Markdown file holds all of it.")))
            break
        document.heading(f"{post.position}. {post.title or post.name or _somebody(lang)}")
        document.small(f"{post.name or _somebody(lang)} · {times.in_words(post.at, zone, lang)}")
        if post.quote:
            document.quote(post.quote, lang=post.lang)
        document.markdown(post.text, lang=post.lang)
        document.items([f"{file.name}: {file.alt}" if file.alt else file.name for file in post.files], lang=post.lang)
    return document


def _somebody(lang: str) -> str:
    return i18n.say(lang, N_("Somebody"))
