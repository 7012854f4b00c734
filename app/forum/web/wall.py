"""A thread as a wall of cards, one card with its answers; the forms for a card and for a recording."""

from collections.abc import Sequence
from math import inf

from starlette.responses import HTMLResponse, Response

from app.core import files, places
from app.core.db import reading, transaction
from app.core.errors import Missing
from app.core.pages import Visit, get, post
from app.events.doors import member, reader
from app.forum import fragments
from app.forum.actions.reading import mark_wall
from app.forum.queries import posts as posts_read
from app.forum.queries import reading as queries
from app.forum.queries.files import waiting
from app.forum.queries.shown import PostShown, ThreadOpen
from app.forum.rules import PostKind
from app.forum.rules_cards import ANSWERS, CARDS, LONGEST_SENTENCE
from app.forum.rules_files import OF_RECORDINGS
from app.forum.web.reading import Mark
from app.forum.web.shared import WRITING, closed_to, number, person_id
from app.notices import actions as notices
from app.notices.queries import refreshed
from app.people.queries import person


async def show_wall(visit: Visit) -> Response:
    page, thread_id = visit.page_number(), visit.params["thread"]
    async with reading() as session:
        opened = await queries.thread_for(session, thread_id, event_id=visit.here.event_id, person_id=person_id(visit))
        if opened is None:
            raise closed_to(visit)
        cards, more = await posts_read.cards(session, thread_id, page=page, size=CARDS)
        answers = await posts_read.answered(session, [card.id for card in cards])
        mine = await posts_read.card_by(session, thread_id, visit.me.id) if visit.person is not None else None
    if opened.thread.merged_into is not None or not opened.thread.wall:
        return visit.go(f"/threads/{opened.thread.merged_into or thread_id}")
    if visit.person is not None and cards and (visit.me.unread or cards[0].position > opened.read_up_to):
        await _mark(visit, cards)
    return visit.page(
        "forum/wall.html", opened=opened, cards=cards, answers=answers, mine=mine, page=page, more=more,
        may=_may_write(visit, opened), read_up_to=_read_up_to(visit, opened),
    )  # fmt: skip


async def show_changed_cards(visit: Visit) -> Response:
    """What has come to the wall since `after`, for a page that is open."""
    thread_id = visit.params["thread"]
    async with reading() as session:
        opened = await queries.thread_for(session, thread_id, event_id=visit.here.event_id, person_id=person_id(visit))
        if opened is None:
            raise closed_to(visit)
        cards = await posts_read.cards_changed(session, thread_id, after=number(visit, "after"), size=CARDS)
        answers = await posts_read.answered(session, [card.id for card in cards])
    html = visit.html(
        "forum/_cards.html", cards=cards, answers=answers, read_up_to=_read_up_to(visit, opened),
        here=f"/events/{visit.here.slug}/threads/{thread_id}",
    )  # fmt: skip
    return HTMLResponse(html)


async def mark(visit: Visit) -> Response:
    """Sent by the page while cards come in: those of the first page, as far as they were looked at."""
    sent = await visit.form(Mark)
    async with reading() as session:
        thread_id = visit.params["thread"]
        if await queries.version_for(session, thread_id, person_id=visit.me.id) is None:
            raise Missing
        cards, _ = await posts_read.cards(session, thread_id, page=1, size=CARDS)
    await _mark(visit, [card for card in cards if card.position <= sent.position])
    return visit.go(f"/threads/{thread_id}")


async def show_card(visit: Visit) -> Response:
    """A card, what was answered to it, and the place to answer; the place is the thread's own."""
    thread_id, post_id = visit.params["thread"], visit.params["post"]
    async with reading() as session:
        found = await queries.thread_page(
            session, thread_id, event_id=visit.here.event_id, person_id=person_id(visit), page=1, answering=post_id
        )
        if found is None:
            raise closed_to(visit)
        card = found.answering
        if card is None or card.kind != PostKind.CARD:
            raise Missing
        answers = await posts_read.answers_to(session, post_id, limit=ANSWERS, reader_id=person_id(visit))
    if visit.person is not None and visit.me.unread:
        await _seen(visit, [card, *answers])
    drawn = [fragments.post_html(post, lang=visit.lang, zone=visit.zone) for post in (card, *answers)]
    return visit.page(
        "forum/card.html", found=found, card=card, drawn=drawn[0], answers=drawn[1:], writing=WRITING,
        file_limit=files.limit(),
    )  # fmt: skip


async def show_card_form(visit: Visit) -> Response:
    thread_id = visit.params["thread"]
    async with reading() as session:
        opened = await queries.thread_for(session, thread_id, event_id=visit.here.event_id, person_id=visit.me.id)
        if opened is None or not opened.thread.wall:
            raise Missing
        me = await person(session, visit.me.id)
        added = await waiting(session, thread_id, person_id=visit.me.id)
        mine = await posts_read.card_by(session, thread_id, visit.me.id)
    if mine is not None:
        return visit.go(f"/events/{visit.here.slug}/threads/{thread_id}/cards/{mine}")
    if added and visit.typed:
        visit.typed = {name: words for name, words in visit.typed.items() if name != "alt"}  # it stands at the picture
    return visit.page(
        "forum/card_new.html", opened=opened, me=me, countries=places.countries(visit.lang),
        waiting=added, writing=WRITING, file_limit=files.limit(), longest=LONGEST_SENTENCE,
    )  # fmt: skip


async def show_recording_form(visit: Visit) -> Response:
    thread_id = visit.params["thread"]
    async with reading() as session:
        opened = await queries.thread_for(session, thread_id, event_id=visit.here.event_id, person_id=visit.me.id)
        if opened is None:
            raise Missing
        added = await waiting(session, thread_id, person_id=visit.me.id, roles=OF_RECORDINGS)
    if added and visit.typed:
        visit.typed = {name: words for name, words in visit.typed.items() if name != "alt"}  # it stands at the picture
    return visit.page(
        "forum/recording_new.html", opened=opened, waiting=added, writing=WRITING, file_limit=files.limit(),
        there={file.role for file in added},
    )  # fmt: skip


async def _mark(visit: Visit, posts: Sequence[PostShown]) -> None:
    thread_id, places = visit.params["thread"], [post.position for post in posts]
    async with transaction() as session:
        await mark_wall(session, person_id=visit.me.id, thread_id=thread_id, places=places, now=visit.now)
        visit.person = await refreshed(session, visit.me)


async def _seen(visit: Visit, posts: Sequence[PostShown]) -> None:
    topic, places = f"thread:{visit.params['thread']}", [post.position for post in posts]
    async with transaction() as session:
        await notices.seen_there(session, visit.me.id, topic, places=places, now=visit.now)
        visit.person = await refreshed(session, visit.me)


def _read_up_to(visit: Visit, opened: ThreadOpen) -> float:
    """To who is not signed in nothing is new."""
    return opened.read_up_to if visit.person is not None else inf


def _may_write(visit: Visit, opened: ThreadOpen) -> bool:
    standing = opened.standing
    return standing.writes and (standing.moderates or not opened.thread.is_closed(visit.now))


_HERE = "/events/{event}/threads/{thread:int}"
routes = [
    get(_HERE + "/wall", show_wall, who=reader),
    get(_HERE + "/wall/cards", show_changed_cards, who=reader),
    post(_HERE + "/wall/mark", mark, who=member),
    get(_HERE + "/cards/new", show_card_form, who=member),
    get(_HERE + "/cards/{post:int}", show_card, who=reader),
    get(_HERE + "/recordings/new", show_recording_form, who=member),
]
