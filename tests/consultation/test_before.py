"""Asked before the room opens: agreed to first, short, answered by the case giver, along into the room, out only by release."""

import pytest

from app.consultation.actions import asking, closing, moves, planning
from app.consultation.engine.before import MOST
from app.consultation.models import Contribution
from app.consultation.queries_before import asked_before
from app.core.db import reading, transaction
from app.core.errors import Missing
from tests.support.clock import Clock
from tests.support.site import Site, Visitor

from .rooms import NOON
from .stage import OPENS, Stage, stage, written_stage

pytestmark = pytest.mark.usefixtures("site")


@pytest.fixture
async def here(site: Site, clock: Clock) -> Stage:
    clock.go_to(NOON)
    return await stage()


async def asked(here: Stage) -> list[Contribution]:
    async with reading() as session:
        return await asked_before(session, here.room)


async def agreed(site: Site, here: Stage, person: int) -> Visitor:
    visitor = await site.as_person(person)
    await visitor.get(f"/rooms/{here.room}")
    await visitor.send_form(f"/rooms/{here.room}/promise")
    return visitor


async def test_a_question_is_asked_and_answered_in_the_planned_room_and_read_inside(site: Site, here: Stage) -> None:
    url = f"/rooms/{here.room}"
    adviser = await site.as_person(here.adviser)
    page = (await adviser.get(url)).text
    assert "I agree, show me the questions" in page and "Your question" not in page
    early = await adviser.send_form(f"{url}/questions", {"text": "Since when?", "key": "one"})
    assert early.status_code == 409 and await asked(here) == []
    await adviser.send_form(f"{url}/promise")
    for _ in range(2):
        await adviser.send_form(f"{url}/questions", {"text": "Since when?", "key": "one"})
    assert "not answered yet" in (await adviser.get(url)).text
    (row,) = await asked(here)
    giver = await agreed(site, here, here.case_giver)
    assert f'action="{url}/questions/{row.id}/answer"' in (await giver.get(url)).text
    await giver.send_form(f"{url}/questions/{row.id}/answer", {"answer": "Since the flood of 2019"})
    for visitor in (adviser, await agreed(site, here, here.scribe)):
        assert "Since the flood of 2019" in (await visitor.get(url)).text
    await here.begin()
    assert "Since the flood of 2019" in (await adviser.get(url)).text
    late = await adviser.send_form(f"{url}/questions", {"text": "And now?", "key": "two"})
    assert late.status_code == 409 and "The room is at work now. Ask there." in late.text


async def test_an_early_promise_does_not_count_as_having_come(here: Stage) -> None:
    async with transaction() as session:
        await asking.promise(session, here.room, by=here.adviser, now=NOON)
        await planning.open_lobby(session, here.room, now=NOON)
    assert await here.seat(here.adviser) in (await here.sitting()).room.state.away


async def test_each_part_has_its_own_limits_and_strangers_find_no_room(site: Site, here: Stage) -> None:
    url, adviser, giver = (
        f"/rooms/{here.room}", await agreed(site, here, here.adviser), await agreed(site, here, here.case_giver),
    )  # fmt: skip
    long = await adviser.send_form(f"{url}/questions", {"text": "o" * 301, "key": "long"})
    assert long.status_code == 422 and "Three hundred characters are enough." in long.text and "ooo" in long.text
    for number in range(MOST):
        await adviser.send_form(f"{url}/questions", {"text": f"What about {number}?", "key": f"key {number}"})
    more = await adviser.send_form(f"{url}/questions", {"text": "One more?", "key": "more"})
    assert more.status_code == 409 and len(await asked(here)) == MOST
    own = await giver.send_form(f"{url}/questions", {"text": "Me?", "key": "own"})
    assert own.status_code == 403
    row = (await asked(here))[0]
    assert (await adviser.send_form(f"{url}/questions/{row.id}/answer", {"answer": "I know"})).status_code == 403
    with pytest.raises(Missing):
        async with transaction() as session:
            await asking.ask_before(session, here.room, by=here.outsider, text="Me?", key="outside", now=NOON)


async def test_a_written_consultation_takes_its_questions_along_and_releases_one_with_its_answer(
    site: Site, clock: Clock
) -> None:
    clock.go_to(NOON)
    here = await written_stage()
    url = f"/rooms/{here.room}"
    adviser, giver = await agreed(site, here, here.adviser), await agreed(site, here, here.case_giver)
    for text in ("Who mows?", "Who pays?"):
        await adviser.send_form(f"{url}/questions", {"text": text, "key": text})
    first, second = await asked(here)
    await giver.send_form(f"{url}/questions/{first.id}/answer", {"answer": "Nobody does"})
    clock.go_to(OPENS)
    async with transaction() as session:
        await planning.open_lobby(session, here.room, now=OPENS)
        await moves.agree(session, here.room, by=here.moderator, now=OPENS)
    await adviser.send_form(f"{url}/agreement")
    assert "Nobody does" in (await adviser.get(url)).text
    await giver.send_form(f"{url}/agreement")
    await here.go_to((await here.sitting()).room.method.phases[-1].key)
    page = (await giver.get(url)).text
    assert "Nobody does" in page and f'value="{first.id}"' in page
    async with transaction() as session:
        await closing.release(session, here.room, by=here.case_giver, chosen=[first.id or 0], city=False, now=OPENS)
        await closing.close_room(session, here.room, by=here.moderator, now=OPENS)
    outside = await site.as_person(here.outsider)
    for door in ("protocol", "protocol.md"):
        text = (await outside.get(f"{url}/{door}")).text
        assert "Who mows?" in text and "Nobody does" in text and "Who pays?" not in text
    assert second.text == "Who pays?"
    assert "<dt>Theme</dt>" not in (await outside.get(f"{url}/protocol")).text, "it has none"


async def test_a_lobby_that_is_open_while_somebody_asks_gets_the_form_for_the_answer(site: Site, here: Stage) -> None:
    url = f"/rooms/{here.room}"
    await here.open()
    giver, adviser = await site.as_person(here.case_giver), await site.as_person(here.adviser)
    page = (await giver.get(url)).text
    assert f'topic="desk:{here.room}"' in page and f'src="{url}/answers"' in page
    before = (await here.sitting()).row.desk_version
    await adviser.get(url)
    await adviser.send_form(f"{url}/questions", {"text": "Since when?", "key": "one"})
    assert (await here.sitting()).row.desk_version > before, "the page hears of it"
    (row,) = await asked(here)
    assert f'action="{url}/questions/{row.id}/answer"' in (await giver.get(f"{url}/answers")).text
    assert (await adviser.get(f"{url}/answers")).status_code == 404
    await here.begin()
    assert "data-reload" in (await giver.get(f"{url}/answers")).text, "the lobby has become the room"
