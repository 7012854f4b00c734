"""Three questions: answered once, kept without a name, a result only of enough people and only when all is over."""

from datetime import time, timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlmodel import select

from app.core import times
from app.core.db import reading, transaction
from app.core.errors import Invalid, Refused
from app.events.models import Task
from app.insight import actions, rules_pulse
from app.insight.models import Pulse, PulseAnswered
from app.insight.rules_pulse import QUESTIONS, Sums
from tests.events.events import joined, somebody
from tests.forum.forum import NOON, Forum, a_forum
from tests.support.site import Site


def test_an_answer_goes_into_the_sums_and_its_words_to_any_place() -> None:
    first = rules_pulse.added(Sums(rules_pulse.blank(), [], 0), [5, 1], " More breaks. ", place=0)
    second = rules_pulse.added(first, [5, 2], "Fewer letters.", place=0)
    assert second == Sums([[0, 0, 0, 0, 2], [1, 1, 0, 0, 0]], ["Fewer letters.", "More breaks."], 2)
    assert rules_pulse.added(second, [1, 1], "  ", place=2).texts == second.texts
    with pytest.raises(Invalid):
        rules_pulse.added(second, [0, 6], "", place=0)


def test_a_result_is_shown_of_enough_people_and_only_after_the_close() -> None:
    assert rules_pulse.is_shown(5, NOON, now=NOON)
    assert not rules_pulse.is_shown(4, NOON, now=NOON)
    assert not rules_pulse.is_shown(50, NOON, now=NOON - timedelta(minutes=1))


def test_the_houses_own_question_is_kept_as_such() -> None:
    assert rules_pulse.own_words([QUESTIONS[0], " Enough coffee? ", ""], QUESTIONS) == ["", "Enough coffee?", ""]


async def asked(forum: Forum, **more: object) -> Pulse:
    async with transaction() as session:
        return await actions.ask(
            session, event_id=forum.event.id or 0, by_id=forum.marta, key="three-questions", questions=["", "", ""], lang="en",
            closes_at=times.now() + timedelta(hours=5), now=times.now(),
        )  # fmt: skip


async def test_who_answers_twice_is_counted_once_and_no_row_says_what_they_said(database: AsyncEngine) -> None:
    forum = await a_forum()
    pulse = await asked(forum)
    assert (await asked(forum)).id == pulse.id
    new = []
    for person_id, text in ((forum.tamta, "More breaks."), (forum.tamta, "Again."), (forum.carlos, "Fewer letters.")):
        async with transaction() as session:
            new.append(
                await actions.answer(
                    session, pulse.id or 0, event_id=forum.event.id or 0, person_id=person_id, steps=[5, 2], text=text,
                    now=times.now(),
                )
            )  # fmt: skip
    async with reading() as session:
        row = (await session.exec(select(Pulse))).one()
        who = set((await session.exec(select(PulseAnswered.person_id))).all())
    assert (new, row.answers, who) == ([True, False, True], 2, {forum.tamta, forum.carlos})
    assert sorted(row.texts) == ["Fewer letters.", "More breaks."]
    assert set(PulseAnswered.model_fields) == {"pulse_id", "person_id"}, "nothing beside it that could be put together"
    with pytest.raises(Refused):
        async with transaction() as session:
            await actions.answer(
                session, pulse.id or 0, event_id=forum.event.id or 0, person_id=forum.marta, steps=[1, 1], text="",
                now=times.now() + timedelta(days=1),
            )  # fmt: skip


async def test_moderators_ask_members_answer_and_everybody_reads_the_sums(site: Site) -> None:
    forum = await a_forum()
    more = [await somebody(f"{name} Test") for name in ("Ana", "Ben", "Cem")]
    for person_id in more:
        await joined(forum.event, person_id)
    marta, tamta = await site.as_person(forum.marta), await site.as_person(forum.tamta)
    form = {
        "key": "asked-by-form",
        "first": QUESTIONS[0],
        "second": "Enough coffee?",
        "third": QUESTIONS[2],
        "hours": 24,
    }
    assert (await tamta.send_form(f"{forum.url}/pulses", form)).status_code == 403
    assert (await marta.send_form(f"{forum.url}/pulses", {**form, "hours": 0})).status_code == 422
    address = (await marta.send_form(f"{forum.url}/pulses", form)).headers["location"]
    assert "Three questions, one minute" in (await tamta.get(f"{forum.url}/today")).text
    async with transaction() as session:
        asked_for = {"title": "How is it going?", "goes_to": f"{forum.url}/pulses", "until": time(22)}
        session.add(Task(event_id=forum.event.id or 0, day=0, minutes=1, key="asked", **asked_for))
    page = (await tamta.get(f"{forum.url}/today")).text
    assert "How is it going?" in page and "Three questions, one minute" not in page, "one thing stands there once"
    assert "Wie nützlich" in (await tamta.get(f"{address}?lang=de")).text
    stranger = site.stranger()
    answer = {"first": 5, "second": 4, "third": "More breaks."}
    assert (await stranger.send_form(f"{address}/answers", answer)).status_code in {303, 401}
    for person_id in (forum.tamta, forum.carlos, *more[:2]):
        await (await site.as_person(person_id)).send_form(f"{address}/answers", answer)
    assert "More breaks." not in (await marta.get(address)).text, "nobody sees it grow"
    page = (await tamta.get(f"{forum.url}/today")).text
    assert "Three questions, one minute" not in page and "How is it going?" not in page, "answered is done"
    ana = await site.as_person(more[2])
    assert (await ana.send_form(f"{address}/answers", {"first": 9, "second": 4})).status_code == 422
    await ana.send_form(f"{address}/answers", answer)
    await marta.send_form(f"{address}/closing")
    page = (await tamta.get(address)).text
    assert "<td>5 <meter" in page and "More breaks." in page
    public = (await stranger.get(address)).text
    assert "<td>5 <meter" in public and "Enough coffee?" in public
    assert "More breaks." not in public, "the words stay among those who take part"


async def test_four_answers_give_no_result(site: Site) -> None:
    forum = await a_forum()
    pulse = await asked(forum)
    async with transaction() as session:
        await actions.answer(
            session, pulse.id or 0, event_id=forum.event.id or 0, person_id=forum.tamta, steps=[5, 5], text="It was me.",
            now=times.now(),
        )  # fmt: skip
        await actions.close(session, pulse.id or 0, event_id=forum.event.id or 0, now=times.now())
    page = (await (await site.as_person(forum.marta)).get(f"{forum.url}/pulses/{pulse.id}")).text
    assert "Fewer than 5 people answered" in page
    assert "It was me." not in page and "<meter" not in page
