"""A small IMAP server with one mailbox: what imaplib needs to find, read and mark mails."""

import re
import socketserver
import threading
from dataclasses import dataclass, field


@dataclass
class Kept:
    raw: bytes
    flags: set[str] = field(default_factory=set)


class ImapServer:
    """`mails`: number → what is kept; `add(raw)` lets a mail arrive. Name and password are `reply` and `secret`."""

    def __init__(self) -> None:
        self.mails: dict[int, Kept] = {}
        mailbox = self

        class Talk(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"* OK ready\r\n")
                while line := self.rfile.readline().decode().strip():
                    tag, _, said = line.partition(" ")
                    for answer in mailbox.answer(said):
                        self.wfile.write(answer)
                    self.wfile.write(f"{tag} {mailbox.ending(said)}\r\n".encode())
                    if said.upper().startswith("LOGOUT"):
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk)
        self._server.daemon_threads = True
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def add(self, raw: bytes) -> int:
        number = len(self.mails) + 1
        self.mails[number] = Kept(raw)
        return number

    def ending(self, said: str) -> str:
        if said.upper().startswith("LOGIN") and said.split()[1:] != ["reply", '"secret"']:
            return "NO wrong name or password"
        return "OK done"

    def answer(self, said: str) -> list[bytes]:
        upper = said.upper()
        if upper.startswith("CAPABILITY"):
            return [b"* CAPABILITY IMAP4rev1\r\n"]
        if upper.startswith("SELECT"):
            return [f"* {len(self.mails)} EXISTS\r\n".encode()]
        if upper.startswith("UID SEARCH UNSEEN UNFLAGGED"):
            new = [str(number) for number, kept in self.mails.items() if not kept.flags & {"\\Seen", "\\Flagged"}]
            return [f"* SEARCH {' '.join(new)}\r\n".encode()]
        if found := re.match(r"UID FETCH (\d+) \(BODY\.PEEK\[\]\)", upper):
            raw = self.mails[int(found[1])].raw
            return [f"* {found[1]} FETCH (UID {found[1]} BODY[] {{{len(raw)}}}\r\n".encode(), raw, b")\r\n"]
        if found := re.match(r"UID STORE (\d+) \+FLAGS\.SILENT \((.+)\)", said, re.IGNORECASE):
            self.mails[int(found[1])].flags.add(found[2])
        return [b"* BYE\r\n"] if upper.startswith("LOGOUT") else []
