"""A written task of the programme gets a thread of its own, once, from whoever organises."""

from datetime import time

from sqlmodel import col, func, select

from app.core.db import reading, transaction
from app.events.actions_programme import add_task
from app.events.models import Task
from app.forum.models import Space, Thread
from tests.events.events import joined, somebody
from tests.forum.forum import Forum, a_forum
from tests.support.site import Site


async def a_task(forum: Forum, *, whose: str = "all") -> Task:
    async with transaction() as session:
        return await add_task(
            session, event_id=forum.event.id or 0, key=f"a-task-{whose}", day=2, minutes=20, until=time(18), whose=whose,
            title="One street after the storm", purpose="To see what rain does.", then="We bring it together on day 3.",
        )  # fmt: skip


async def test_a_task_gets_one_thread_and_leads_to_it_for_everybody(site: Site) -> None:
    forum = await a_forum()
    task, anna = await a_task(forum), await somebody("Anna Manager")
    await joined(forum.event, anna, "manager")
    manager = await site.as_person(anna)
    page = f"{forum.url}/manage/tasks/{task.id}"
    assert "Open a thread for this task" in (await manager.get(page)).text
    answers = [await manager.send_form(f"{forum.url}/tasks/{task.id}/thread") for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"].partition("?")[0] for answer in answers}) == 1
    assert "Open a thread for this task" not in (await manager.get(page)).text
    tamta = await site.as_person(forum.tamta)
    thread = await tamta.get(answers[0].headers["location"])
    assert "To see what rain does." in thread.text and "We bring it together on day 3." in thread.text
    async with reading() as session:
        led = (await session.exec(select(Task.goes_to).where(Task.id == task.id))).one()
        assert answers[0].headers["location"].startswith(led)
        assert (await session.exec(select(func.count()).where(Thread.key == f"task:{task.id}"))).one() == 1
        assert (await session.exec(select(func.count()).where(Space.title == "Tasks"))).one() == 1


async def test_participants_open_none_and_a_task_of_the_team_gets_none(site: Site) -> None:
    forum = await a_forum()
    task, own = await a_task(forum), await a_task(forum, whose="staff")
    tamta = await site.as_person(forum.tamta)
    assert (await tamta.send_form(f"{forum.url}/tasks/{task.id}/thread")).status_code == 403
    anna = await somebody("Anna Manager")
    await joined(forum.event, anna, "manager")
    refused = await (await site.as_person(anna)).send_form(f"{forum.url}/tasks/{own.id}/thread")
    assert refused.status_code == 409 and "the team’s own" in refused.text


async def test_one_press_opens_a_thread_for_every_task_that_leads_nowhere_yet(site: Site) -> None:
    forum = await a_forum()
    task, anna = await a_task(forum), await somebody("Anna Manager")
    await joined(forum.event, anna, "manager")
    async with transaction() as session:
        (await session.get_one(Task, task.id)).goes_to = f"{forum.url}/forum"
        elsewhere = await add_task(
            session,
            event_id=forum.event.id or 0,
            key="hall",
            day=2,
            minutes=5,
            until=time(18),
            title="Hall",
            goes_to="/x",
        )
    manager = await site.as_person(anna)
    assert (
        "One written task leads to the front of the forum only"
        in (await manager.get(f"{forum.url}/manage/programme")).text
    )
    for _ in range(2):
        assert (await manager.send_form(f"{forum.url}/tasks/threads")).status_code == 303
    assert "leads to the front of the forum only" not in (await manager.get(f"{forum.url}/manage/programme")).text
    async with reading() as session:
        assert "/threads/" in (await session.get_one(Task, task.id)).goes_to
        assert (await session.get_one(Task, elsewhere.id)).goes_to == "/x"
        assert (await session.exec(select(func.count()).where(col(Thread.key).startswith("task:")))).one() == 1
