"""The program takes mail while it runs, and hands back at the door what is for nobody."""

import smtplib
import socket

import pytest

from tests.support.programs import Programs


def a_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_one_process_takes_mail_by_lmtp_beside_its_pages(alone: Programs) -> None:
    port = a_port()
    alone.start("run", REPLY_ADDRESS="reply@example.org", INBOX_TRUSTS="mx.example.org", INBOX_LMTP=f"127.0.0.1:{port}")
    with smtplib.LMTP("127.0.0.1", port, timeout=20) as line:
        line.ehlo()
        assert line.has_extn("size")
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            line.sendmail("nino@example.org", ["reply+invented@example.org"], b"Subject: Hello\r\n\r\nHello\r\n")
    assert refused.value.recipients["reply+invented@example.org"][0] == 550
    assert "come by LMTP on" in alone.say(
        "check", REPLY_ADDRESS="reply@example.org", INBOX_TRUSTS="mx.example.org", INBOX_LMTP=f"127.0.0.1:{port}"
    )
