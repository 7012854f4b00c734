"""What a mail program reads is what was written, whatever is in it."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.support.mailbox import part
from tests.workers.test_mail import a_letter
from workers.envelope import envelope, header

WORDS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), min_size=1, max_size=120)
LINES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"),
    max_size=1500,
)


def read(raw: bytes) -> EmailMessage:
    assert raw.isascii()
    assert b"\n" not in raw.replace(b"\r\n", b"")
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert [piece.defects for piece in message.walk() if piece.defects] == []
    return message


def even(words: str) -> list[str]:
    return words.replace("\r\n", "\n").replace("\r", "\n").removesuffix("\n").split("\n")


@given(WORDS, LINES, LINES, WORDS)
@example("Ihre Beratung am Dienstag – Tbilisi", ".\r\n..\nFrom here\n" + "x" * 1200, "<p>Привет</p>\n.", "Nino, Ünal")
@example("=?utf-8?q?no?= word of ours", "Привет " * 200 + "\n", "مرحبا " * 300, "Nino =?utf-8?b?= Ünal")
@example("A long subject with many words " * 6, " at the end \n\n", "<p>" + "ä" * 999, "A" * 110)
@settings(max_examples=25, deadline=None)
def test_every_letter_is_read_as_it_was_written(subject: str, text: str, html: str, name: str) -> None:
    subject, name = " ".join(subject.split()) or "x", " ".join(name.split()) or "x"
    letter = a_letter(subject=subject, text=text, html=html, name=name)
    message = read(envelope(letter, sender="post@fortnight.example.org", name="Fortnight"))
    assert " ".join(str(message["Subject"]).split()) == subject
    assert message["To"].addresses[0].addr_spec == "one@example.org"
    assert message["List-Unsubscribe"] == "<mailto:a@b.c>"
    assert even(part(message, "text/plain")) == even(text)
    assert even(part(message, "text/html")) == even(html)
    [calendar] = message.iter_attachments()
    assert "SUMMARY:Überflutung" in str(calendar.get_content())  # type: ignore[attr-defined]
    assert (calendar.get_param("method"), calendar.get_filename()) == ("REQUEST", "beratung.ics")


def test_text_stands_before_html_and_files_beside_both() -> None:
    message = read(envelope(a_letter(attachments=[]), sender="post@example.org", name="Überall"))
    assert [piece.get_content_type() for piece in message.walk()] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
    ]
    assert message["From"].addresses[0].display_name == "Überall"
    named = a_letter(attachments=[{"name": "Übung.csv", "type": "text/csv", "text": "a;ä"}])
    [file] = read(envelope(named, sender="post@example.org", name="F")).iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("Übung.csv", "a;ä")  # type: ignore[attr-defined]


def test_our_own_headers_stand_once() -> None:
    message = read(envelope(a_letter(headers={"Auto-Submitted": "auto-replied"}), sender="a@example.org", name="F"))
    assert message.get_all("Auto-Submitted") == ["auto-replied"]
    link = f"<https://fortnight.example.org/unsubscribe/{'x' * 300}>"
    assert header("List-Unsubscribe", link) == f"List-Unsubscribe: {link}\r\n".encode()


@pytest.mark.parametrize("value", ["a\r\nBcc: everybody@example.org", "a\nb", "a\rb"])
def test_no_header_says_two_things(value: str) -> None:
    with pytest.raises(ValueError, match="a line ends"):
        header("Subject", value)
    with pytest.raises(ValueError, match="attachment"):
        envelope(a_letter(attachments=[{"name": "a", "type": f"text/{value}", "text": ""}]), sender="a@b.c", name="F")
