"""Carries letters to the mail server by aiosmtplib, and says in a sentence why one could not be carried."""

import contextlib
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from email.utils import make_msgid

import aiosmtplib
from aiosmtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupported,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from app.core import answers, times
from app.core.mail import Letter
from app.settings import Settings
from workers.envelope import envelope
from workers.line import Line

_NOBODY = re.compile(
    r"55[013][ -](?:#?5\.1\.|(?!#?5\.)(?:.*(?:no such|unknown|does not exist|not found)))", re.IGNORECASE | re.DOTALL
)
LINES = 4
"""Connections kept open for the next letter."""


class Temporary(Exception):
    """It may work later."""


class Permanent(Exception):
    """It will not work later either: the address or the letter is refused."""


class NoSuchAddress(Permanent):
    """The mail server knows that nobody gets letters at this address."""


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str
    security: str  # starttls, tls or none
    sender: str
    name: str
    timeout: float = 30.0

    @classmethod
    def from_settings(cls, chosen: Settings) -> "MailServer | None":
        """None: no mail server is set, letters wait."""
        if not chosen.sends_mail:
            return None
        return cls(
            chosen.smtp_host, chosen.smtp_port, chosen.smtp_user, chosen.smtp_password, chosen.smtp_security,
            chosen.mail_from, chosen.programme_name,
        )  # fmt: skip


class Postman:
    """Keeps a few connections open between letters; one on which something went wrong is not used again."""

    def __init__(self, server: MailServer) -> None:
        self._server = server
        self._idle: list[Line] = []

    async def carry(self, letter: Letter) -> None:
        """Returns when the mail server has taken it; raises Temporary or Permanent with a sentence."""
        try:
            message = envelope(letter, sender=self._server.sender, name=self._server.name)
            async with self._line() as line:
                comes_back_to = (answers.return_path(letter.id) if letter.id else "") or self._server.sender
                await line.carry(message, sender=comes_back_to, recipient=letter.address)
        except (SMTPException, OSError, ValueError) as problem:
            raise _judged(problem, self._server) from problem

    async def close(self) -> None:
        while self._idle:
            line = self._idle.pop()
            with contextlib.suppress(SMTPException, OSError):
                await line.quit()
            line.close()

    @contextlib.asynccontextmanager
    async def _line(self) -> AsyncIterator[Line]:
        line = await self._open()
        try:
            yield line
        except BaseException:
            line.close()
            raise
        if len(self._idle) < LINES:
            self._idle.append(line)
        else:
            line.close()

    async def _open(self) -> Line:
        """A kept connection that still answers, or a new one."""
        while self._idle:
            line = self._idle.pop()
            if await line.answers():
                return line
            line.close()
        server = self._server
        opening = aiosmtplib.SMTP(
            hostname=server.host, port=server.port, timeout=server.timeout, username=server.user or None,
            password=server.password or None, use_tls=server.security == "tls", start_tls=server.security == "starttls",
        )  # fmt: skip
        await opening.connect()
        if opening.is_ehlo_or_helo_needed:
            try:
                await opening.ehlo()
            except SMTPHeloError:
                await opening.helo()
        return Line(opening, timeout=server.timeout)


def test_letter(address: str) -> Letter:
    """What `fortnight mail-test` sends."""
    words = "This letter was sent by `fortnight mail-test`. If you can read it, letters leave."
    return Letter(
        key="test", kind="test", address=address, name="", lang="en", subject="Letters leave", text=words + "\n",
        html=f"<p>{words}</p>", message_id=make_msgid(), written_at=times.now(),
    )  # fmt: skip


def _judged(problem: Exception, server: MailServer) -> Temporary | Permanent:
    where = f"{server.host}:{server.port}"
    if isinstance(problem, SMTPAuthenticationError):
        return Temporary(f"The mail server {where} does not accept our name and password: {_answer(problem)}")
    if isinstance(problem, SMTPRecipientsRefused) and problem.recipients:
        refused = problem.recipients[0]
        judged = _by_code(refused, "The mail server refused the address")
        return NoSuchAddress(str(judged)) if _NOBODY.match(f"{refused.code} {refused.message}") else judged
    if isinstance(problem, SMTPResponseException):
        return _by_code(problem, "The mail server refused the letter")
    if isinstance(problem, SMTPNotSupported | ValueError):
        return Permanent(f"This letter cannot be sent through {where}: {problem}")
    words = str(problem).rstrip(".") or type(problem).__name__
    return Temporary(f"The mail server {where} cannot be reached or fell silent: {words}.")


def _by_code(problem: SMTPResponseException, what: str) -> Temporary | Permanent:
    kind = Permanent if 500 <= problem.code < 600 else Temporary
    return kind(f"{what}: {_answer(problem)}")


def _answer(problem: SMTPResponseException) -> str:
    return f"{problem.code} {problem.message}".strip()
