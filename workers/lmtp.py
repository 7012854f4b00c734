"""A small LMTP server (RFC 2033) behind a mail server: after the mail, one answer for each of its addresses."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from enum import Enum

import structlog

log = structlog.get_logger()

Deliver = Callable[[bytes, str], Awaitable[Enum]]
Knows = Callable[[str], bool]
LONGEST_LINE = 8192
PATIENCE = 300.0
"""Seconds without a word after which the line is closed."""
MOST_ADDRESSES = 100
NOBODY = "550 5.1.1 nobody answers at this address"
_PATH = re.compile(r"^(?:FROM|TO):\s*<([^<>]*)>", re.IGNORECASE)


async def serve(deliver: Deliver, *, knows: Knows, host: str, port: int, largest: int) -> None:
    """Until cancelled."""
    server = await listen(deliver, knows=knows, host=host, port=port, largest=largest)
    async with server:
        await server.serve_forever()


async def listen(deliver: Deliver, *, knows: Knows, host: str, port: int, largest: int) -> asyncio.Server:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await _Line(reader, writer, deliver, knows, largest).talk()
        except (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as problem:
            log.info("a mail server fell silent", problem=str(problem) or type(problem).__name__)
        finally:
            writer.close()

    return await asyncio.start_server(talk, host, port, limit=LONGEST_LINE)


class _Line:
    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, deliver: Deliver, knows: Knows, largest: int
    ) -> None:
        self._reader, self._writer = reader, writer
        self._deliver, self._knows, self._largest = deliver, knows, largest
        self._sender: str | None = None
        self._addresses: list[str] = []

    async def talk(self) -> None:
        await self._say("220 LMTP is ready")
        while True:
            said = (await self._line()).decode(errors="replace").strip()
            word, _, rest = said.partition(" ")
            if word.upper() == "QUIT":
                return await self._say("221 goodbye")
            await self._answer(word.upper(), rest.strip())

    async def _answer(self, word: str, rest: str) -> None:
        path = _PATH.match(rest)
        if word == "LHLO":
            self._forget()
            await self._say(
                "250-fortnight", "250-8BITMIME", "250-SMTPUTF8", "250-PIPELINING", "250-ENHANCEDSTATUSCODES",
                f"250 SIZE {self._largest}",
            )  # fmt: skip
        elif word == "MAIL" and path:
            self._forget()
            self._sender = path[1]
            await self._say("250 2.1.0 go on")
        elif word == "RCPT" and path and self._sender is not None:
            await self._take_address(path[1])
        elif word == "DATA":
            await self._take_mail()
        elif word in {"RSET", "NOOP"}:
            if word == "RSET":
                self._forget()
            await self._say("250 2.0.0 well")
        else:
            await self._say("503 5.5.1 not now" if word in {"MAIL", "RCPT"} else "500 5.5.2 this is LMTP")

    async def _take_address(self, address: str) -> None:
        if len(self._addresses) >= MOST_ADDRESSES:
            return await self._say("452 4.5.3 too many addresses")
        if not self._knows(address):
            return await self._say(NOBODY)
        self._addresses.append(address)
        return await self._say("250 2.1.5 go on")

    async def _take_mail(self) -> None:
        if not self._addresses:
            return await self._say("503 5.5.1 for whom?")
        await self._say("354 go ahead")
        raw = await self._mail()
        for address in self._addresses:
            await self._say("552 5.3.4 too large" if raw is None else await self._delivered(raw, address))
        return self._forget()

    async def _delivered(self, raw: bytes, address: str) -> str:
        try:
            taken = await self._deliver(raw, address)
        except Exception:
            log.exception("a mail was not taken")
            return "451 4.3.0 come again"
        return {"taken": "250 2.0.0 taken", "later": "451 4.7.0 come again"}.get(str(taken.value), NOBODY)

    async def _mail(self) -> bytes | None:
        """Up to the line with a dot; None if it is too large (it is heard to its end all the same).

        Lines end with CR LF and nothing else: what a bare LF ended would let a mail hold another one, with headers that
        our mail server has never seen.
        """
        pieces: list[bytes] = []
        size, tail = 0, b"\r\n"
        while True:
            piece = await self._piece()
            begins, tail = tail == b"\r\n", (tail + piece)[-2:]
            if begins and piece == b".\r\n":
                return b"".join(pieces) if size <= self._largest else None
            piece = piece[1:] if begins and piece.startswith(b".") else piece
            size += len(piece)
            if size <= self._largest:
                pieces.append(piece)

    async def _piece(self) -> bytes:
        """A line of a mail, or a part of one that is longer than mail servers should send."""
        try:
            return await self._line()
        except asyncio.LimitOverrunError as long:
            return await self._reader.readexactly(long.consumed)

    async def _line(self) -> bytes:
        return await asyncio.wait_for(self._reader.readuntil(b"\n"), PATIENCE)

    async def _say(self, *lines: str) -> None:
        self._writer.write("".join(f"{line}\r\n" for line in lines).encode())
        await self._writer.drain()

    def _forget(self) -> None:
        self._sender, self._addresses = None, []
