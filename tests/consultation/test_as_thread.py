"""The protocol as a thread: by the case giver's tick alone, made once, followed by the room, in step with the release."""

import pytest
from sqlmodel import select

from app.consultation import queries
from app.consultation.actions import closing, offering
from app.consultation.actions.as_thread import as_markdown, kind_of
from app.consultation.actions.closing import conclude
from app.consultation.models import Contribution
from app.consultation.queries_offers import offers
from app.core import audience
from app.core.db import reading, transaction
from app.core.text import MAX_LENGTH
from app.events.models import Event
from app.forum.actions.threads import open_space
from app.forum.models import Follow, Thread
from app.forum.rules import ThreadKind
from tests.support.clock import Clock
from tests.support.site import Site

from .rooms import NOON
from .stage import Stage, stage

pytestmark = pytest.mark.usefixtures("site")
OUT, IN = "Write a joint letter zoutz", "The mayor sleeps zinz"


@pytest.fixture
async def here(site: Site, clock: Clock) -> Stage:
    """In the last phase, with two open cards; the forum has a closed space and an open one."""
    clock.go_to(NOON)
    here = await stage()
    async with transaction() as session:
        event = (await session.exec(select(Event))).one()
        group = await audience.create(session, name="group")
        await audience.admit(session, group, here.case_giver)
        for place, (key, readers) in enumerate((("group", group), ("all", event.audience_id))):
            await open_space(
                session, event_id=here.event, audience_id=readers, title=key, place=place, key=key, now=NOON
            )
    await here.begin()
    await here.go_to("consultation")
    await here.write(here.scribe, "contributions", OUT)
    await here.write(here.scribe, "contributions", IN)
    await here.go_to("closing")
    return here


async def release(site: Site, here: Stage, *, thread: bool) -> None:
    async with reading() as session:
        rows = await queries.open_contributions(session, here.room)
    giver = await site.as_person(here.case_giver)
    page = (await giver.get(f"/rooms/{here.room}")).text
    assert "Also as a thread in the forum" in page
    sent = {"chosen": [str(row.id) for row in rows if row.text == OUT], **({"thread": "yes"} if thread else {})}
    assert (await giver.send_form(f"/rooms/{here.room}/release", sent)).status_code == 303
    assert await threads() == [], "before the end nothing stands outside"
    async with transaction() as session:
        await closing.close_room(session, here.room, by=here.moderator, now=NOON)


async def threads() -> list[Thread]:
    async with reading() as session:
        return list((await session.exec(select(Thread))).all())


async def test_without_the_tick_there_is_none(site: Site, here: Stage) -> None:
    await release(site, here, thread=False)
    assert await threads() == []
    page = (await (await site.as_person(here.outsider)).get(f"/rooms/{here.room}/protocol")).text
    assert OUT in page and "Go on in the forum" not in page


async def test_it_holds_what_was_released_is_made_once_and_followed_by_the_room(site: Site, here: Stage) -> None:
    await release(site, here, thread=True)
    async with transaction() as session:
        await conclude(session, await queries.sitting(session, here.room, lock=True), now=NOON)
    (thread,) = await threads()
    assert (thread.kind, thread.title, thread.author_id) == ("idea", "Two departments, one verge", here.case_giver)
    assert thread.version == 1, "nothing was changed, so nothing is new"
    outside = await site.as_person(here.outsider)
    page = (await outside.get(f"/events/rain/threads/{thread.id}")).text
    assert OUT in page and IN not in page and f'href="/rooms/{here.room}/protocol"' in page
    assert f"/threads/{thread.id}" in (await outside.get(f"/rooms/{here.room}/protocol")).text
    async with reading() as session:
        following = set((await session.exec(select(Follow.person_id))).all())
    assert following == set(here.everybody)


def test_an_experience_makes_it_a_practice_and_a_long_protocol_is_shortened_at_a_whole_part() -> None:
    card = Contribution(consultation_id=1, seat_id=1, key="k", deck="d", step=1, text="x", version=1, written_at=NOON)
    told = Contribution(**{**card.model_dump(), "kind": "experience"})
    assert (kind_of([card]), kind_of([card, told])) == (ThreadKind.IDEA, ThreadKind.PRACTICE)
    item = {"text": "So  much\nto say", "answer": "", "name": "", "due": None, "heading": ""}
    parts = [{"title": title, "items": [item] * 700} for title in ("First", "Second")]
    text = as_markdown(parts, room_id=7, lang="en")
    assert "- So much to say" in text and "First" in text and "Second" not in text and len(text) <= MAX_LENGTH


async def test_what_is_released_later_or_taken_back_changes_it(site: Site, here: Stage) -> None:
    await release(site, here, thread=True)
    async with transaction() as session:
        await offering.offer_help(session, here.room, by=here.adviser, text="My plans zplansz", leaves=True, now=NOON)
    async with reading() as session:
        (offer,) = await offers(session, here.room)
    assert "zplansz" not in (await threads())[0].context
    async with transaction() as session:
        await offering.receive_offer(
            session, here.room, by=here.case_giver, contribution_id=offer.id or 0, thanks="", release=True, now=NOON
        )
    assert "Amela Hodzic: My plans zplansz" in (await threads())[0].context
    async with transaction() as session:
        await offering.offer_help(session, here.room, by=here.adviser, text="", leaves=False, now=NOON)
    (thread,) = await threads()
    assert "zplansz" not in thread.context and OUT in thread.context
