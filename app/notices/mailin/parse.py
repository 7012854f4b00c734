"""A mail as it arrives, whatever program wrote it: its own words, and what else we need to know. Pure."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from typing import cast

from app.notices.mailin import cut
from app.notices.mailin.html import as_text

LONGEST = 60_000
"""Characters of a text that are looked at; a post may have 20,000."""
HEAD = 200_000
"""Bytes of a mail in which its headers stand."""
_PACKED = {"application/ms-tnef", "application/vnd.ms-tnef"}


@dataclass(frozen=True)
class Arrived:
    """`text`: what the person wrote; `whole`: with what was quoted and signed; `packed`: a winmail.dat came with it;
    `calendar`: the file of a calendar that answers an invitation."""

    message_id: str
    sender: str
    subject: str
    text: str
    whole: str
    attachments: int
    packed: bool
    message: Message
    calendar: str = ""


def read(raw: bytes) -> Arrived:
    message = message_from_bytes(raw)
    whole = _words(message)
    parts = [part for part in message.walk() if not part.is_multipart()]
    return Arrived(
        message_id=header(message, "message-id") or f"<{hashlib.sha256(raw).hexdigest()[:40]}>",
        sender=_sender(message),
        subject=" ".join(header(message, "subject").split())[:400],
        text=cut.own_words(whole),
        whole=whole,
        attachments=sum(_is_kept_apart(part) for part in parts),
        packed=any(part.get_content_type() in _PACKED for part in parts),
        message=message,
        calendar=next((_decoded(part) for part in parts if answers_appointment(part)), ""),
    )


def read_head(raw: bytes) -> Arrived:
    """What is known of a mail whose words cannot be read: who sent it, and that something came."""
    message = BytesHeaderParser().parsebytes(raw[:HEAD])
    return Arrived(
        message_id=header(message, "message-id") or f"<{hashlib.sha256(raw).hexdigest()[:40]}>",
        sender=_sender(message), subject=" ".join(header(message, "subject").split())[:400], text="", whole="",
        attachments=0, packed=False, message=message,
    )  # fmt: skip


def header(message: Message, name: str) -> str:
    return next(iter(headers(message, name)), "")


def headers(message: Message, name: str) -> list[str]:
    """Every header of this name, the last one added first; a header that nobody can read is empty."""
    return [" ".join(_said(value).split()) for key, value in message.raw_items() if key.casefold() == name.casefold()]


def answers_appointment(part: Message) -> bool:
    """A calendar file that says what became of an invitation; some programs name its method inside alone."""
    if part.get_content_type() != "text/calendar":
        return False
    method = str(part.get_param("method", "")).upper()
    if not method:
        found = re.search(r"(?im)^METHOD:\s*(\w+)", _decoded(part)[:LONGEST])
        method = found[1].upper() if found else ""
    return method in {"REPLY", "COUNTER"}


def _sender(message: Message) -> str:
    """The one address it is from; "" when there are two, because one of them would be believed for the other.

    Read as it was sent, as the mail server that checked it has: decoded first, a name like `you@city.example (` would
    swallow the address behind it.
    """
    raw = [" ".join(str(value).split()) for key, value in message.raw_items() if key.casefold() == "from"]
    said = [address for _, address in getaddresses(raw) if address]
    return said[0].casefold() if len(said) == 1 else ""


def recipients(message: Message) -> list[str]:
    """Every address this mail may have come to, what the mail server says first."""
    names = ("delivered-to", "x-original-to", "envelope-to", "to", "cc")
    found = getaddresses([value for name in names for value in headers(message, name)])
    return [address for _, address in found if "@" in address][:50]


def _said(value: object) -> str:
    try:
        return str(make_header(decode_header(str(value))))
    except (LookupError, UnicodeError, ValueError):
        return str(value)


def _words(message: Message) -> str:
    """The text, or the HTML where there is no text (some programs send an empty one beside it)."""
    shown = [part for part in _leaves(message) if not part.get_filename() or _is_inline_text(part)]
    for kind, made in (("text/plain", str), ("text/html", as_text)):
        texts = [made(_decoded(part)) for part in shown if part.get_content_type() == kind]
        whole = "\n\n".join(text for text in texts if text.strip())
        if whole.strip():
            return cut.tidied(whole)[:LONGEST]
    return ""


def _leaves(message: Message) -> Iterator[Message]:
    """The parts of the mail itself: what is inside a forwarded mail belongs to somebody else."""
    if message.get_content_type() == "message/rfc822" or message.get_content_disposition() == "attachment":
        return
    if not message.is_multipart():
        yield message
        return
    for part in message.get_payload():
        yield from _leaves(cast(Message, part))


def _decoded(part: Message) -> str:
    """The characters of a part, also where it lies about their set."""
    payload = part.get_payload(decode=True)
    data = payload if isinstance(payload, bytes) else b""
    for charset in (part.get_content_charset() or "utf-8", "utf-8"):
        try:
            return _reflowed(part, data.decode(charset))
        except (LookupError, UnicodeDecodeError):
            continue
    return _reflowed(part, data.decode("windows-1252", errors="replace"))


def _reflowed(part: Message, text: str) -> str:
    """format=flowed: a line that ends with a space goes on in the next one; the mark of a signature is none."""
    text = text.replace("\r\n", "\n")
    if part.get_param("format") != "flowed":
        return text
    return re.sub(r"(?m)^(?!>)(?!-- $)(.*) \n(?![> ]|-- $|\n|$)", r"\1 ", text)


def _is_inline_text(part: Message) -> bool:
    return part.get_content_disposition() == "inline" and part.get_content_type() == "text/plain"


def _is_kept_apart(part: Message) -> bool:
    """A file that the person attached; pictures inside a signature are none."""
    return part.get_content_disposition() == "attachment" and part.get_content_type() not in {
        *_PACKED, "application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature",
        "message/delivery-status", "text/rfc822-headers",
    }  # fmt: skip
