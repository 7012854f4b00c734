"""What the mail server answers is judged: later, or never, and said in a sentence."""

import asyncio

import pytest

from tests.support.mailbox import _AnyPort
from tests.workers.test_mail import a_letter
from workers.postman import MailServer, Permanent, Postman, Temporary


class Rude:
    """Refuses an address for good, another one for now."""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: object, session: object, envelope: object, address: str, options: object
    ) -> str:
        return "550 no such user" if address.startswith("nobody") else "450 mailbox is full"


async def test_refused_addresses_are_told_apart() -> None:
    controller = _AnyPort(Rude(), hostname="127.0.0.1", port=0)
    controller.start()
    try:
        port = controller.port
        postman = Postman(MailServer("127.0.0.1", port, "", "", "none", "a@example.org", "F", timeout=5))
        with pytest.raises(Permanent, match="refused the address: 550 no such user"):
            await postman.carry(a_letter("nobody"))
        with pytest.raises(Temporary, match="refused the address: 450 mailbox is full"):
            await postman.carry(a_letter("somebody"))
    finally:
        controller.stop()


async def test_a_server_that_says_nothing_is_left_after_a_while() -> None:
    silent = await asyncio.start_server(lambda reader, writer: asyncio.sleep(0), "127.0.0.1", 0)
    port = silent.sockets[0].getsockname()[1]
    postman = Postman(MailServer("127.0.0.1", port, "", "", "none", "a@example.org", "F", timeout=0.3))
    with pytest.raises(Temporary, match="cannot be reached or fell silent"):
        await postman.carry(a_letter())
    silent.close()


async def test_a_server_that_is_not_there_is_tried_later() -> None:
    postman = Postman(MailServer("127.0.0.1", 1, "", "", "none", "a@example.org", "F", timeout=5))
    with pytest.raises(Temporary, match=r"127\.0\.0\.1:1 cannot be reached"):
        await postman.carry(a_letter())


async def test_a_name_cannot_smuggle_in_a_header() -> None:
    postman = Postman(MailServer("127.0.0.1", 1, "", "", "none", "a@example.org", "F"))
    with pytest.raises(Permanent, match="cannot be sent"):
        await postman.carry(a_letter(name="Nino\r\nBcc: everybody@example.org"))
