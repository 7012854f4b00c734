"""A practice on a card: a link for everybody in the room, a title only for those who may read it."""

import pytest

from app.consultation.actions import closing
from app.consultation.actions.as_thread import as_markdown
from app.consultation.models import Contribution
from app.consultation.protocol import parts_of
from app.consultation.queries import own_contributions
from app.core import audience
from app.core.db import reading, transaction
from app.forum.models import Space, Thread
from tests.support.site import Site

from .rooms import NOON
from .stage import Stage, stage

SECRET = "Drains of the old town, drafted among engineers"


@pytest.fixture
async def here(site: Site) -> Stage:
    here = await stage()
    await here.begin()
    await here.go_to("casting")
    return here


async def practice(here: Stage, *readers: int, title: str = SECRET, kind: str = "practice") -> int:
    """In a circle of its own."""
    async with transaction() as session:
        circle = await audience.create(session, name=title)
        await audience.admit(session, circle, *readers)
        space = Space(
            event_id=here.event, audience_id=circle, kind="theme", key=title[:20], title="Engineers", opened_at=NOON
        )  # fmt: skip
        session.add(space)
        await session.flush()
        thread = Thread(
            event_id=here.event, space_id=space.id or 0, audience_id=circle, kind=kind, title=title, lang="de",
            author_id=readers[0], key=title[:40], started_at=NOON, last_post_at=NOON,
        )  # fmt: skip
        session.add(thread)
        await session.flush()
        return thread.id or 0


async def card_of(here: Stage, person: int) -> Contribution:
    async with reading() as session:
        return (await own_contributions(session, await here.seat(person)))[-1]


async def test_who_may_read_the_practice_reads_its_title_everybody_else_finds_a_link(site: Site, here: Stage) -> None:
    url = f"/rooms/{here.room}"
    thread = await practice(here, here.adviser, here.scribe)
    await here.write(here.adviser, "topics", "A verge nobody mows")
    before = (await here.sitting()).row
    adviser = await site.as_person(here.adviser)
    page = (await adviser.get(f"{url}/practices")).text
    assert SECRET in page and "A verge nobody mows" in page
    card = await card_of(here, here.adviser)
    for _ in range(2):
        answer = await adviser.send_form(f"{url}/contributions/{card.id}/practice", {"practice": str(thread)})
        assert answer.status_code == 303
    after = (await here.sitting()).row
    assert after.version == before.version + 1 and after.desk_version == after.version, "pressed twice it is told once"
    scribe, giver = await site.as_person(here.scribe), await site.as_person(here.case_giver)
    for reader in (adviser, scribe):
        assert SECRET in (await reader.get(url)).text and SECRET in (await reader.get(f"{url}/desk")).text
    for path in ("", "/desk", "/changes?after=0"):
        assert SECRET not in (await giver.get(f"{url}{path}")).text
    assert (
        f'href="/threads/{thread}"' in (await giver.get(url)).text and "Linked practice" in (await giver.get(url)).text
    )
    changes = (await scribe.get(f"{url}/changes?after={before.version}")).text
    assert f'data-practice="{thread}"' in changes and SECRET not in changes, "what is pushed is the same for all"
    await adviser.send_form(f"{url}/contributions/{card.id}/practice", {"practice": ""})
    assert "Linked practice" not in (await giver.get(url)).text


async def test_only_ones_own_card_and_only_a_practice_that_one_may_read(site: Site, here: Stage) -> None:
    theirs, mine = (
        await practice(here, here.scribe),
        await practice(here, here.adviser, title="A talk", kind="question"),
    )
    await here.write(here.adviser, "topics", "A verge nobody mows")
    await here.say(here.moderator, "Welcome")
    card, line = await card_of(here, here.adviser), await card_of(here, here.moderator)
    for person, row, thread, status in (
        (here.adviser, card, theirs, 422), (here.adviser, card, mine, 422), (here.scribe, card, theirs, 404),
        (here.moderator, line, theirs, 404), (here.outsider, card, theirs, 404),
    ):  # fmt: skip
        visitor = await site.as_person(person)
        answer = await visitor.send_form(
            f"/rooms/{here.room}/contributions/{row.id}/practice", {"practice": str(thread)}
        )
        assert answer.status_code == status, (person, thread)
        assert SECRET not in answer.text or person == here.scribe
    assert (await card_of(here, here.adviser)).practice_id is None
    outsider = await site.as_person(here.outsider)
    assert (await outsider.get(f"/rooms/{here.room}/practices")).status_code == 404


async def test_the_protocol_names_the_practice_to_those_who_may_read_it(site: Site, here: Stage) -> None:
    thread = await practice(here, here.adviser)
    await here.go_to("consultation")
    await here.write(here.adviser, "contributions", "We wrote it down")
    card = await card_of(here, here.adviser)
    adviser = await site.as_person(here.adviser)
    await adviser.send_form(f"/rooms/{here.room}/contributions/{card.id}/practice", {"practice": str(thread)})
    await here.go_to("closing")
    async with transaction() as session:
        await closing.release(session, here.room, by=here.case_giver, chosen=[card.id or 0], city=False, now=NOON)
        await closing.close_room(session, here.room, by=here.moderator, now=NOON)
    outsider = await site.as_person(here.outsider)
    assert SECRET in (await adviser.get(f"/rooms/{here.room}/protocol")).text
    page = (await outsider.get(f"/rooms/{here.room}/protocol")).text
    assert SECRET not in page and "Linked practice" in page
    mine, theirs = [(await who.get(f"/rooms/{here.room}/protocol.md")).text for who in (adviser, outsider)]
    assert f"[{SECRET}](" in mine and f"/threads/{thread})" in mine
    assert SECRET not in theirs and "[Linked practice](" in theirs and f"/threads/{thread})" in theirs
    async with reading() as session:
        parts = await parts_of(session, here.room, (await here.sitting()).method, lang="en")
    assert f"We wrote it down [Linked practice](/threads/{thread})" in as_markdown(parts, room_id=here.room, lang="en")
    assert (await outsider.get(f"/threads/{thread}")).status_code == 404
