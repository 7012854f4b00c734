"""Mail that comes in, by LMTP or IMAP: each is taken whole in one transaction, or comes again."""

import asyncio
from email.parser import BytesHeaderParser
from enum import Enum
from functools import partial

import structlog

from app.core import answers, limits, times
from app.core.children import in_child
from app.core.db import transaction
from app.core.errors import Invalid, Refused, TooMany
from app.notices import actions_incoming as incoming
from app.notices.mailin.parse import HEAD, Arrived, read, read_head, recipients
from app.settings import Settings
from workers import imap, lmtp

log = structlog.get_logger()

MAILS = "60/hour"
"""So many answers of one person: more come from no hand."""
READ_WITHIN = 20.0
"""Seconds in which the words of a mail are found."""
LARGEST = 25 * 1024 * 1024
"""Bytes of a mail; what is attached is not kept, but it travels."""


class Taken(Enum):
    """`LATER`: it is to be brought again. `NOT_OURS`: the address says nothing to us, it stays with whoever has it."""

    TAKEN = "taken"
    LATER = "later"
    NOT_OURS = "not ours"


async def keep_inbox(chosen: Settings) -> None:
    """Take mail until cancelled. The stores are open already (app.main.open_stores)."""
    if not chosen.reply_address:
        raise Refused("REPLY_ADDRESS is not set: letters cannot be answered. See docs/settings.md.")
    inbox = Inbox(trusts=chosen.inbox_trusts, own=chosen.mail_from)
    async with asyncio.TaskGroup() as tasks:
        if chosen.inbox_lmtp:
            host, _, port = chosen.inbox_lmtp.rpartition(":")
            tasks.create_task(
                lmtp.serve(inbox.deliver, knows=answers.is_ours, host=host.strip("[]"), port=int(port), largest=LARGEST)
            )
        if chosen.inbox_imap_host:
            mailbox = imap.Mailbox.from_settings(chosen)
            tasks.create_task(imap.look(mailbox, inbox.find_and_deliver, every=chosen.inbox_imap_seconds))


class Inbox:
    """`trusts`: our mail server's name in Authentication-Results; `own`: the address our letters come from."""

    def __init__(self, *, trusts: str, own: str) -> None:
        self._trusts = trusts
        self._own = own

    async def deliver(self, raw: bytes, address: str) -> Taken:
        """A mail to one address."""
        letter_id, asked = answers.letter_returned_to(address), answers.asked_by(address)
        if letter_id is None and asked is None:
            return Taken.NOT_OURS
        arrived = await _read(raw)
        if letter_id is not None:
            async with transaction() as session:
                failed = await incoming.letter_came_back(session, letter_id, arrived, now=times.now())
            log.info("a letter came back", letter=letter_id, failed=failed)
        elif asked is not None:
            return await self._answered(arrived, asked)
        return Taken.TAKEN

    async def find_and_deliver(self, raw: bytes) -> Taken:
        """A mail out of a mailbox: whom it was for stands in its headers."""
        addresses = recipients(BytesHeaderParser().parsebytes(raw[:HEAD]))
        found = next((address for address in addresses if answers.is_ours(address)), "")
        return await self.deliver(raw, found)

    async def _answered(self, arrived: Arrived, asked: answers.Asked) -> Taken:
        take = partial(incoming.take, trusts=self._trusts, own=self._own)
        try:
            await limits.check("answer by mail", str(asked.person_id), MAILS)
        except TooMany:  # nobody has looked yet who sent it: it must not wait for a moderator as if it were theirs
            return Taken.LATER
        try:
            async with transaction() as session:
                row = await take(session, arrived, asked, now=times.now())
        except Refused as refusal:
            why = next(iter(refusal.fields.values()), "") if isinstance(refusal, Invalid) else refusal.sentence
            async with transaction() as session:
                row = await incoming.keep_refused(session, arrived, asked, why=why, now=times.now())
        log.info("an answer by mail", mail=row.id, state=row.state, reason=row.reason)
        return Taken.TAKEN


async def _read(raw: bytes) -> Arrived:
    """In a child process, because what a mail holds may have been made to take for ever; then its head alone is read."""
    try:
        return await in_child(read, raw, within=READ_WITHIN, otherwise=TimeoutError())
    except (TimeoutError, RecursionError):
        log.warning("a mail cannot be read", size=len(raw))
        return read_head(raw)
