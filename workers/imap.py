"""Looks into a mailbox by IMAP (imaplib, in a thread) and takes what is new. What is not for us stays unread and flagged."""

import asyncio
import contextlib
import imaplib
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

import structlog

from app.settings import Settings

log = structlog.get_logger()

Take = Callable[[bytes], Awaitable[Enum]]
AT_ONCE = 50
TIMEOUT = 30.0


class MailboxTroubled(Exception):
    """The IMAP server cannot be reached, or does not do what we ask; the message says which."""


@dataclass(frozen=True)
class Mailbox:
    host: str
    port: int
    security: str  # tls, starttls or none
    user: str
    password: str
    folder: str = "INBOX"

    @classmethod
    def from_settings(cls, chosen: Settings) -> "Mailbox":
        return cls(
            chosen.inbox_imap_host, chosen.inbox_imap_port, chosen.inbox_imap_security, chosen.inbox_imap_user,
            chosen.inbox_imap_password, chosen.inbox_imap_folder,
        )  # fmt: skip


async def look(mailbox: Mailbox, take: Take, *, every: float) -> None:
    """Until cancelled; a server that is away is asked again."""
    while True:
        left: set[str] = set()
        try:
            while await turn(mailbox, take, left) == AT_ONCE:
                pass
        except (OSError, imaplib.IMAP4.error, MailboxTroubled) as problem:
            log.warning("the mailbox is away", problem=str(problem) or type(problem).__name__)
        await asyncio.sleep(every)


async def turn(mailbox: Mailbox, take: Take, left: set[str]) -> int:
    """Take what is new; how many mails that were. Those that could not be taken are `left` for another round."""
    line = await asyncio.to_thread(_Line, mailbox)
    try:
        numbers = [number for number in await asyncio.to_thread(line.new) if number not in left][:AT_ONCE]
        for number in numbers:
            if not await _one(line, number, take):
                left.add(number)
        return len(numbers)
    finally:
        await asyncio.to_thread(line.close)


async def _one(line: "_Line", number: str, take: Take) -> bool:
    """Marked only when it is taken: what breaks now is looked at again the next time."""
    raw = await asyncio.to_thread(line.fetch, number)
    try:
        taken = await take(raw)
    except Exception:
        log.exception("a mail was not taken")
        return False
    if taken.value == "later":
        return False
    await asyncio.to_thread(line.mark, number, r"\Seen" if taken.value == "taken" else r"\Flagged")
    return True


class _Line:
    """One visit to the mailbox. Everything here waits for the network: call it in a thread."""

    def __init__(self, mailbox: Mailbox) -> None:
        context = ssl.create_default_context() if mailbox.security != "none" else None
        if mailbox.security == "tls":
            self._imap: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT
            )
        else:
            self._imap = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT)
        try:
            if mailbox.security == "starttls":
                self._imap.starttls(context)
            self._imap.login(mailbox.user, mailbox.password)
            self._well(self._imap.select(_quoted(mailbox.folder)))
        except BaseException:
            self.close()
            raise

    def new(self) -> list[str]:
        found = self._well(self._imap.uid("SEARCH", "UNSEEN", "UNFLAGGED"))
        return [word.decode() for piece in found if isinstance(piece, bytes) for word in piece.split()]

    def fetch(self, number: str) -> bytes:
        for piece in self._well(self._imap.uid("FETCH", number, "(BODY.PEEK[])")):
            if isinstance(piece, tuple):
                return bytes(piece[1])
        raise MailboxTroubled(f"The IMAP server did not give the mail {number}.")

    def mark(self, number: str, flag: str) -> None:
        self._well(self._imap.uid("STORE", number, "+FLAGS.SILENT", f"({flag})"))

    def close(self) -> None:
        with contextlib.suppress(OSError, imaplib.IMAP4.error):
            self._imap.logout()

    @staticmethod
    def _well(answer: tuple[str, list[Any]]) -> list[Any]:
        kind, found = answer
        if kind != "OK":
            raise MailboxTroubled(f"The IMAP server says: {kind} {found[:1]}")
        return found


def _quoted(folder: str) -> str:
    escaped = folder.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
