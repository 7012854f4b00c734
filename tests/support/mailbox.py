"""A real SMTP server that keeps every letter, and can be told to be a bad one."""

import asyncio
import email
import email.policy
import threading
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


class Mailbox:
    """`letters` are parsed messages in order of arrival; `host`/`port` are where the server listens.

    `senders`: where each would come back to. `refuse_addresses`: address → what is answered to it.
    `refuse_next = ["451 come again"]` answers the next DATA with that line, once per entry.
    `drop_after_data = 1` keeps the letter, then cuts the line without an answer: the sender cannot know.
    """

    def __init__(self) -> None:
        self.host = "127.0.0.1"
        self.letters: list[EmailMessage] = []
        self.senders: list[str] = []
        self.refuse_addresses: dict[str, str] = {}
        self.refuse_next: list[str] = []
        self.drop_after_data = 0
        self._news = threading.Condition()
        self._controller: Controller | None = None

    @property
    def port(self) -> int:
        assert self._controller is not None
        port: int = self._controller.server.sockets[0].getsockname()[1]
        return port

    def start(self) -> None:
        self._controller = _AnyPort(self, hostname=self.host, port=0)
        self._controller.start()

    def stop(self) -> None:
        assert self._controller is not None
        self._controller.stop()

    async def arrived(
        self, count: int = 1, *, to: str = "", about: str = "", seconds: float = 30
    ) -> list[EmailMessage]:
        """Wait until `count` letters (to this address, with these words in the subject) are here.

        Returns what is here, also if they do not come in time.
        """
        return await asyncio.to_thread(self.wait, count, to=to, about=about, seconds=seconds)

    def wait(self, count: int = 1, *, to: str = "", about: str = "", seconds: float = 30) -> list[EmailMessage]:
        with self._news:
            self._news.wait_for(lambda: len(self.to(to, about=about)) >= count, timeout=seconds)
            return self.to(to, about=about)

    def to(self, address: str, *, about: str = "") -> list[EmailMessage]:
        return [letter for letter in self.letters if address in str(letter["To"]) and about in str(letter["Subject"])]

    async def handle_EHLO(  # noqa: N802
        self, _: SMTP, session: Session, __: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        session.host_name = hostname
        return [*responses[:-1], "250-PIPELINING", responses[-1]]

    async def handle_RCPT(  # noqa: N802
        self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]
    ) -> str:
        if address in self.refuse_addresses:
            return self.refuse_addresses[address]
        envelope.rcpt_tos.append(address)
        return "250 well"

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.refuse_next:
            return self.refuse_next.pop(0)
        content = envelope.content
        letter = email.message_from_bytes(content if isinstance(content, bytes) else b"", policy=email.policy.default)
        with self._news:
            self.letters.append(letter)
            self.senders.append(str(envelope.mail_from))
            self._news.notify_all()
        if self.drop_after_data:
            self.drop_after_data -= 1
            server.transport.abort()
        return "250 taken"


class _AnyPort(Controller):
    """aiosmtpd looks at the port it was given; ours is chosen by the system."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self) -> Any:
        return SMTP(self.handler, decode_data=False, enable_SMTPUTF8=True)


def part(letter: EmailMessage, kind: str) -> str:
    """The first part of type `kind` ("text/plain", "text/html", "text/calendar") as text; empty when there is none."""
    for piece in letter.walk():
        if piece.get_content_type() == kind:
            return str(piece.get_content()) if kind.startswith("text/") else ""
    return ""
