"""A conversation with the mail server about letters, one after the other.

aiosmtplib opens it: greeting, encryption, name and password. For letters it would wait for an answer to each of five
commands; a server that says PIPELINING (RFC 2920, every real one does) is told sender, recipient and DATA in one go.
"""

import asyncio
import re
import time

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPSenderRefused,
    SMTPServerDisconnected,
)

_STARTS = re.compile(rb"^\.", re.MULTILINE)
_FORBIDDEN = re.compile(r"[\x00-\x20<>\x7f]")
FRESH = 10.0
"""Seconds after which a connection that rested is asked whether it still answers."""
Said = tuple[int, str]


class Line:
    """Good until something goes wrong on it. `timeout`: seconds to wait for an answer."""

    def __init__(self, opened: SMTP, *, timeout: float) -> None:
        transport = opened.transport
        assert isinstance(transport, asyncio.Transport)
        self._opened = opened  # kept, so that nobody tidies it away
        self._pipelining = opened.supports_extension("pipelining")
        self._timeout = timeout
        self._reader = asyncio.StreamReader()
        protocol = asyncio.StreamReaderProtocol(self._reader)
        protocol.connection_made(transport)
        transport.set_protocol(protocol)
        self._writer = asyncio.StreamWriter(transport, protocol, self._reader, asyncio.get_running_loop())
        self._used_at = time.monotonic()

    async def carry(self, message: bytes, *, sender: str, recipient: str) -> None:
        """Returns when the server has taken the message; raises what aiosmtplib would."""
        asked = [f"MAIL FROM:<{_plain(sender)}>", f"RCPT TO:<{_plain(recipient)}>", "DATA"]
        from_, to, data = await self._ask(asked)
        if data[0] == 354 and (from_[0] >= 400 or to[0] >= 400):
            await self._say(b".\r\n")  # nothing is meant by it: nobody would get it
        if from_[0] >= 400:
            raise SMTPSenderRefused(*from_, sender)
        if to[0] >= 400:
            raise SMTPRecipientsRefused([SMTPRecipientRefused(*to, recipient)])
        if data[0] != 354:
            raise SMTPDataError(*data)
        taken = await self._say(_STARTS.sub(b"..", message) + b".\r\n")
        if taken[0] != 250:
            raise SMTPDataError(*taken)
        self._used_at = time.monotonic()

    async def answers(self) -> bool:
        """Is somebody still there?"""
        if self._reader.at_eof() or self._writer.is_closing():
            return False
        if time.monotonic() - self._used_at < FRESH:
            return True
        try:
            return (await self._say(b"RSET\r\n"))[0] == 250
        except (SMTPServerDisconnected, OSError):
            return False

    async def quit(self) -> None:
        await self._say(b"QUIT\r\n")

    def close(self) -> None:
        self._writer.close()

    async def _ask(self, commands: list[str]) -> list[Said]:
        """The answers; without PIPELINING nothing more is asked once something was refused."""
        if self._pipelining:
            self._writer.write("".join(f"{command}\r\n" for command in commands).encode("ascii"))
            return [await self._answer() for _ in commands]
        said: list[Said] = []
        for command in commands:
            refused = said and said[-1][0] >= 400
            said.append((503, "not asked") if refused else await self._say(f"{command}\r\n".encode("ascii")))
        return said

    async def _say(self, words: bytes) -> Said:
        self._writer.write(words)
        return await self._answer()

    async def _answer(self) -> Said:
        lines: list[str] = []
        async with asyncio.timeout(self._timeout):
            while True:
                line = (await self._reader.readline()).decode("utf-8", "replace").rstrip("\r\n")
                if not line[:3].isdecimal():
                    raise SMTPServerDisconnected("Connection lost" if not line else f"Not an answer: {line[:80]}")
                lines.append(line[4:])
                if line[3:4] != "-":
                    return int(line[:3]), "\n".join(lines)


def _plain(address: str) -> str:
    """Raises ValueError for an address that would say more than an address."""
    if not address.isascii() or _FORBIDDEN.search(address):
        raise ValueError(f"the address {address!r} cannot be written in an SMTP command")
    return address
