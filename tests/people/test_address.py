"""A person changes their own address: by a link to the new one, with word to the old one."""

import re

import pytest
from sqlmodel import col, select

from app.core import times
from app.core.db import reading, transaction
from app.core.mail import Letter
from app.people import actions, queries
from app.people.models import Person
from tests.events.events import somebody
from tests.support.clock import Clock
from tests.support.site import Site


async def letters() -> dict[str, Letter]:
    """By the address they go to."""
    async with reading() as session:
        return {
            letter.address: letter for letter in (await session.exec(select(Letter).order_by(col(Letter.id)))).all()
        }


async def address_of(person_id: int) -> str | None:
    async with reading() as session:
        person = await queries.person(session, person_id)
        assert person is not None
        return person.email


async def link_to(address: str) -> str:
    found = re.search(r"/address/[\w-]+", (await letters())[address].text)
    assert found
    return found[0]


def asked(address: str, key: str = "a-key-of-a-form") -> dict[str, str]:
    return {"email": address, "key": key}


async def test_an_address_is_changed_by_the_link_and_not_before(site: Site) -> None:
    oyuna = await somebody()
    visitor = await site.as_person(oyuna)
    assert "We write to o…@example.org." in (await visitor.get("/me")).text
    for _ in range(2):  # a double click
        answer = await visitor.send_form("/me/address", asked("New@Example.org"))
        assert (answer.status_code, answer.headers["location"]) == (303, "/me")
    async with reading() as session:
        assert len((await session.exec(select(Letter))).all()) == 2
    assert "new@example.org" in (await letters())["oyuna@example.org"].text
    assert await address_of(oyuna) == "oyuna@example.org"

    elsewhere, link = site.stranger(), await link_to("new@example.org")
    assert "new@example.org" in (await elsewhere.get(link)).text
    assert await address_of(oyuna) == "oyuna@example.org", "mail filters open links too"
    assert (await elsewhere.send_form(link)).status_code == 303
    assert await address_of(oyuna) == "new@example.org"
    assert (await elsewhere.send_form(link)).status_code == 409, "a link works once"
    assert "does not work any more" in (await elsewhere.get(link)).text


async def test_the_link_of_an_address_signs_nobody_in(site: Site) -> None:
    """It may go to a stranger's mailbox, by one wrong letter."""
    await (await site.as_person(await somebody())).send_form("/me/address", asked("typo@example.org"))
    word, stranger = (await link_to("typo@example.org")).rpartition("/")[2], site.stranger()
    assert (await stranger.send_form(f"/sign-in/{word}")).status_code == 409
    assert (await stranger.get("/me")).status_code == 303


async def test_a_link_that_signs_in_changes_no_address(site: Site) -> None:
    oyuna = await somebody()
    async with transaction() as session:
        word = await actions.mail_link(
            session, person_id=oyuna, purpose="sign_in", goes_to="/", expires_at=times.now() + actions.LINK_LASTS
        )
    assert (await site.stranger().send_form(f"/address/{word}")).status_code == 409
    assert await address_of(oyuna) == "oyuna@example.org"


async def test_somebody_elses_address_is_neither_told_nor_taken(site: Site) -> None:
    oyuna, _ = await somebody(), await somebody("Carlos Prado")
    visitor = await site.as_person(oyuna)
    free = await visitor.send_form("/me/address", asked("free@example.org", "key-number-one"))
    taken = await visitor.send_form("/me/address", asked("carlos@example.org", "key-number-two"))
    assert (free.status_code, free.headers["location"]) == (taken.status_code, taken.headers["location"])
    assert "carlos@example.org" not in await letters()
    async with transaction() as session:
        session.add(Person(name="Faster", email="free@example.org", created_at=times.now()))
    refused = await visitor.send_form(await link_to("free@example.org"))
    assert refused.status_code == 409
    assert "Somebody else uses this address" in refused.text
    assert await address_of(oyuna) == "oyuna@example.org"


async def test_an_old_link_and_a_wrong_address_change_nothing(site: Site, clock: Clock) -> None:
    oyuna = await somebody()
    visitor = await site.as_person(oyuna)
    wrong = await visitor.send_form("/me/address", asked("no address"))
    assert wrong.status_code == 422
    assert 'value="no address"' in wrong.text
    assert "This is your address already." in (await visitor.send_form("/me/address", asked("oyuna@example.org"))).text
    await visitor.send_form("/me/address", asked("new@example.org"))
    clock.forward(hours=25)
    assert (await visitor.send_form(await link_to("new@example.org"))).status_code == 409
    assert await address_of(oyuna) == "oyuna@example.org"


@pytest.mark.parametrize("letter", ["people/new_address", "people/address_asked"])
async def test_the_outbox_shows_no_working_link(letter: str, site: Site) -> None:
    admin, oyuna = await somebody("Ada Admin", admin=True), await somebody()
    await (await site.as_person(oyuna)).send_form("/me/address", asked("new@example.org"))
    word = (await link_to("new@example.org")).rpartition("/")[2]
    async with reading() as session:
        row = (await session.exec(select(Letter).where(Letter.kind == letter))).one()
    page = await (await site.as_person(admin)).get(f"/outbox/{row.id}")
    assert page.status_code == 200
    assert word not in page.text


async def test_an_invented_person_keeps_their_address(site: Site) -> None:
    """Anybody may enter as them."""
    oyuna = await somebody()
    async with transaction() as session:
        person = await queries.person(session, oyuna)
        assert person is not None
        person.fictional = True
    refused = await (await site.as_person(oyuna)).send_form("/me/address", asked("victim@example.org"))
    assert refused.status_code == 409
    assert "invented person" in refused.text
    assert await letters() == {}
