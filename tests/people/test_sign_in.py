"""Signing in by letter and by password, signing out, sessions."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlmodel import select

from app.core import jobs, times
from app.core.db import reading, transaction
from app.people import actions, passwords, queries
from app.people.jobs import SendSignInLink
from app.people.models import Person
from tests.events.events import somebody
from tests.support.clock import Clock
from tests.support.site import Site, Visitor

GOOD = "drain lamp river stone"
pytestmark = pytest.mark.usefixtures("cheap_hash")


@pytest.fixture
def cheap_hash(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same hash at its least costs; what it costs in earnest is proved in test_passwords.py."""
    least = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_hasher", PasswordHash((least,)))
    passwords._nobodys.cache_clear()
    yield
    passwords._nobodys.cache_clear()


async def with_password(name: str = "Oyuna Batsaikhan") -> int:
    person_id = await somebody(name)
    async with transaction() as session:
        await actions.set_password(session, person_id=person_id, password_hash=await passwords.hashed(GOOD), token="")
    return person_id


async def word_for(person_id: int, **more: object) -> str:
    values = {"purpose": "sign_in", "goes_to": "/me", "expires_at": times.now() + timedelta(minutes=30), **more}
    async with transaction() as session:
        return await actions.mail_link(session, person_id=person_id, **values)  # type: ignore[arg-type]


async def is_in(visitor: Visitor) -> bool:
    return (await visitor.get("/me")).status_code == 200


async def test_known_and_unknown_addresses_get_the_same_answer_and_the_same_job(site: Site) -> None:
    await somebody("Known One")
    answers = []
    for email in ("known@example.org", "nobody@example.org"):
        answer = await site.stranger().send_form("/sign-in/letter", {"email": email, "next": "/me"})
        answers.append((answer.status_code, answer.headers["location"]))
    assert answers == [(303, "/sign-in/sent")] * 2
    async with reading() as session:
        rows = (await session.exec(select(jobs.Job))).all()
    assert [row.name for row in rows] == [SendSignInLink.name] * 2


async def test_a_letters_link_signs_in_once_and_goes_where_one_wanted(site: Site) -> None:
    word, visitor = await word_for(await somebody()), site.stranger()
    page = await visitor.get(f"/sign-in/{word}")
    assert "Oyuna" in page.text
    assert not await is_in(visitor), "opening the link alone signs nobody in: mail filters open links"
    answer = await visitor.send_form(f"/sign-in/{word}")
    assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    assert await is_in(visitor)
    second = site.stranger()
    answer = await second.send_form(f"/sign-in/{word}")
    assert answer.status_code == 409
    assert not await is_in(second)


async def test_an_old_link_signs_nobody_in(site: Site) -> None:
    word = await word_for(await somebody(), expires_at=times.now() - timedelta(seconds=1))
    visitor = site.stranger()
    assert (await visitor.send_form(f"/sign-in/{word}")).status_code == 409
    assert not await is_in(visitor)


async def test_a_link_leads_nowhere_outside(site: Site) -> None:
    word = await word_for(await somebody(), goes_to="//evil.example/")
    assert (await site.stranger().send_form(f"/sign-in/{word}")).headers["location"] == "/"


async def test_the_right_password_signs_in_and_a_wrong_one_keeps_the_address_typed(site: Site) -> None:
    await with_password()
    visitor = site.stranger()
    wrong = await visitor.send_form("/sign-in", {"email": "oyuna@example.org", "password": "wrong", "next": "/me"})
    assert wrong.status_code == 422
    assert "oyuna@example.org" in wrong.text
    assert 'value="/me"' in wrong.text
    assert "wrong" not in wrong.text.split("<main")[1].split("</main")[0].replace("aria", ""), (
        "a password is never sent back"
    )
    right = await visitor.send_form("/sign-in", {"email": "Oyuna@Example.org", "password": GOOD, "next": "/me"})
    assert right.headers["location"] == "/me"
    assert await is_in(visitor)


async def test_somebody_without_password_cannot_use_an_empty_one(site: Site) -> None:
    await somebody()
    for password in ("", "x", "nobody has this password"):
        answer = await site.stranger().send_form("/sign-in", {"email": "oyuna@example.org", "password": password})
        assert answer.status_code == 422


async def test_guessing_ends_after_ten_tries_and_says_when_to_come_back(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    visitor = site.stranger()
    tries = [await visitor.send_form("/sign-in", {"email": "a@example.org", "password": "x"}) for _ in range(11)]
    assert [answer.status_code for answer in tries[:10]] == [422] * 10
    assert "minutes" in tries[10].text
    quiet = await visitor.send_form("/sign-in", {"email": "a@example.org", "password": "x"}, quiet=True)
    assert quiet.status_code == 429
    other = await visitor.send_form("/sign-in", {"email": "b@example.org", "password": "x"})
    assert other.status_code == 422, "somebody else from the same line is not shut out"


async def test_signing_out_ends_the_session_for_good(site: Site) -> None:
    visitor = await site.as_person(await somebody())
    token = visitor.cookies["session"]
    assert await is_in(visitor)
    assert (await visitor.send_form("/sign-out")).status_code == 303
    again = site.stranger()
    again.cookies.set("session", token)
    assert not await is_in(again)


async def test_another_device_can_be_signed_out_but_not_somebody_elses(site: Site) -> None:
    mine, theirs = await somebody(), await somebody("Somebody Else")
    here, there, other = await site.as_person(mine), await site.as_person(mine), await site.as_person(theirs)
    async with reading() as session:
        rows = (await session.exec(select(actions.SignIn.id, actions.SignIn.person_id))).all()
    ids = {person_id: [i for i, p in rows if p == person_id] for person_id in (mine, theirs)}
    await here.get("/me")
    await here.send_form(f"/me/sessions/{ids[theirs][0]}/end")
    assert await is_in(other)
    await here.send_form(f"/me/sessions/{ids[mine][1]}/end")
    assert [await is_in(here), await is_in(there)] == [True, False]


async def test_a_new_password_signs_out_all_other_devices_and_needs_the_old_one(site: Site) -> None:
    person = await with_password()
    here, there = await site.as_person(person), await site.as_person(person)
    await here.get("/me")
    refused = await here.send_form("/me/password", {"current": "wrong", "password": "another fine long one"})
    assert refused.status_code == 422
    listed = await here.send_form("/me/password", {"current": GOOD, "password": "1qaz2wsx3edc"})
    assert "lists that are tried" in listed.text
    done = await here.send_form("/me/password", {"current": GOOD, "password": "another fine long one"})
    assert done.status_code == 303
    assert [await is_in(here), await is_in(there)] == [True, False]


async def test_a_profile_keeps_what_was_typed_when_something_is_wrong(site: Site) -> None:
    visitor = await site.as_person(await somebody())
    page = await visitor.get("/me")
    assert "oyuna@example.org" not in page.text
    wrong = await visitor.send_form(
        "/me", {"name": "Oyuna B.", "job": "plans drains", "zone": "Mars/Base", "lang": "de"}
    )
    assert wrong.status_code == 422
    assert "plans drains" in wrong.text
    right = {
        "name": "Oyuna B.",
        "zone": "Asia/Ulaanbaatar",
        "lang": "de",
        "country": "XK",
        "organisation": "City of Darkhan",
        "languages": ["mn", "en"],
        "topics": "heat",
    }
    assert (await visitor.send_form("/me", right)).status_code == 303
    async with reading() as session:
        person = (await session.exec(select(Person))).one()
    assert (person.name, person.zone, person.zone_confirmed, person.country) == (
        "Oyuna B.",
        "Asia/Ulaanbaatar",
        True,
        "XK",
    )
    assert (person.languages, person.topics) == (["mn", "en"], ["heat"])
    assert "City of Darkhan" in (await visitor.get("/me")).text


async def test_a_session_in_use_lasts_on_whatever_page_it_is_used_for(site: Site, clock: Clock) -> None:
    person_id = await somebody()
    visitor = await site.as_person(person_id)

    async def last_used() -> datetime:
        async with reading() as session:
            (found,) = await queries.sign_ins(session, person_id, now=times.now())
            return found.seen_at

    began = await last_used()
    clock.forward(minutes=10)
    await visitor.get("/")
    assert await last_used() == began, "not at every page"
    clock.forward(minutes=10)
    await visitor.get("/")
    assert await last_used() >= began + timedelta(minutes=20)
    for _ in range(3):
        clock.forward(days=25)
        assert await is_in(visitor)
    clock.forward(days=31)
    assert not await is_in(visitor)
