"""A conversation about letters: encrypted or plain, told in one go or step by step."""

import shutil
import ssl
import subprocess
from pathlib import Path
from typing import Any

import aiosmtplib
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP

from tests.support.mailbox import Mailbox
from tests.support.missing import missing
from workers.line import Line

LETTER = b"Subject: one\r\n\r\n.begins with a point\r\n..and two\r\n" + b"x" * 900 + b"\r\n"


class Server(Controller):
    """Mailbox behind encryption; aiosmtpd looks at the port it was given, ours is chosen by the system."""

    encrypts: ssl.SSLContext | None = None

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()

    def factory(self) -> Any:
        return SMTP(self.handler, tls_context=self.encrypts, require_starttls=self.encrypts is not None)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for 127.0.0.1 in one file."""
    openssl = shutil.which("openssl")
    if openssl is None:
        missing("openssl, which makes the certificate of a mail server")
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    asked = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2"]
    named = ["-subj", "/CN=mail", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(
        [str(openssl), *asked, "-keyout", file, "-out", f"{file}.crt", *named], check=True, capture_output=True
    )
    file.write_text(file.read_text() + Path(f"{file}.crt").read_text())
    return file


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_letters_leave_encrypted(certificate: Path, security: str) -> None:
    """The line takes an open connection over; what encryption has put around it must stay around it."""
    ours, theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(certificate))
    ours.load_cert_chain(certificate)
    box = Mailbox()
    server = Server(box, hostname="127.0.0.1", port=0, ssl_context=ours if security == "tls" else None)
    server.encrypts = ours if security == "starttls" else None
    box._controller = server
    server.start()
    try:
        opened = aiosmtplib.SMTP(
            hostname="127.0.0.1", port=server.port, tls_context=theirs, timeout=10, use_tls=security == "tls",
            start_tls=security == "starttls",
        )  # fmt: skip
        await opened.connect()
        if opened.is_ehlo_or_helo_needed:
            await opened.ehlo()
        line = Line(opened, timeout=10)
        for _ in range(2):
            assert await line.answers()
            await line.carry(LETTER, sender="post@example.org", recipient="nino@example.org")
        await line.quit()
        line.close()
    finally:
        server.stop()
    assert [str(letter["Subject"]) for letter in box.letters] == ["one", "one"]
    assert box.letters[0].get_content().splitlines()[:2] == [".begins with a point", "..and two"]


@pytest.mark.parametrize("address", ["a b@example.org", "a@example.org>\r\nDATA", "ü@example.org", "<a@example.org"])
async def test_an_address_says_nothing_but_itself(mailbox: Mailbox, address: str) -> None:
    opened = aiosmtplib.SMTP(hostname=mailbox.host, port=mailbox.port, timeout=10, start_tls=False)
    await opened.connect()
    await opened.ehlo()
    line = Line(opened, timeout=10)
    with pytest.raises(ValueError, match="cannot be written"):
        await line.carry(LETTER, sender="post@example.org", recipient=address)
    await line.carry(LETTER, sender="post@example.org", recipient="nino@example.org")
    line.close()
    assert len(mailbox.letters) == 1
