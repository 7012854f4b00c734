"""A letter as it travels: text, HTML beside it, calendar files to act on. Written straight as bytes.

Python's own EmailMessage parses every header it is given and folds it again, in Python: 3 ms for a letter. Ours are
plain, so only what is not (other scripts, signs that mean something) goes that way.
"""

import binascii
import re
import secrets
from base64 import encodebytes
from email.header import Header
from email.policy import SMTP as POLICY
from email.utils import formataddr, formatdate
from functools import lru_cache
from urllib.parse import quote

from app.core.mail import Letter

_ENDS = re.compile(r"\r\n|\r|\n")
_LONG = re.compile(rb"[^\n]{990}")
LINE = "\r\n"
SHORT = 76
"""Letters of a header line that nobody need fold."""


def envelope(letter: Letter, *, sender: str, name: str) -> bytes:
    """Raises ValueError for what cannot stand in a header."""
    headers = {
        "Subject": letter.subject, "Date": formatdate(letter.written_at.timestamp()), "Message-ID": letter.message_id,
        "Auto-Submitted": "auto-generated", "Content-Language": letter.lang, **letter.headers,
        "MIME-Version": "1.0",
    }  # fmt: skip
    parts = [_words(letter.text, "plain"), _words(letter.html, "html")]
    whole = _together("alternative", parts)
    if letter.attachments:
        whole = _together("mixed", [whole, *(_attached(**attachment) for attachment in letter.attachments)])
    people = _person("From", name, sender) + _person("To", letter.name, letter.address)
    return people + b"".join(header(name, value) for name, value in headers.items()) + whole


def header(name: str, value: str) -> bytes:
    """One header, in as many lines as it needs."""
    if "\n" in value or "\r" in value:
        raise ValueError(f"a line ends in the header {name}")
    line = f"{name}: {value}"
    if name == "Subject" and "=?" in value:  # words that look like encoded ones are encoded, to stay what they are
        return f"{name}: {Header(value, 'utf-8', header_name=name).encode(linesep=LINE)}{LINE}".encode()
    plain = value.isascii() and value.isprintable()
    if plain and (len(line) <= SHORT or " " not in value):
        return f"{line}\r\n".encode()
    return _folded(name, value)


def _person(header: str, name: str, address: str) -> bytes:
    """EmailMessage makes two people of “Nino, Ünal”."""
    if re.search(r"[\r\n]", name + address):
        raise ValueError(f"a line ends in the header {header}")
    line = f"{header}: {formataddr((name, address))}"
    if len(line) > SHORT:
        phrase = (
            formataddr((name, "")) if name.isascii() else Header(name, "utf-8", header_name=header).encode(linesep=LINE)
        )
        line = f"{header}: {phrase.removesuffix(' <>')}{LINE} <{address}>"
    return f"{line}{LINE}".encode("ascii")


@lru_cache(maxsize=1024)
def _folded(name: str, value: str) -> bytes:
    return POLICY.fold_binary(*POLICY.header_store_parse(name, value))


def _words(words: str, subtype: str) -> bytes:
    """A part of text, in the shortest of the ways to write it that every mail server takes."""
    body = _ENDS.sub("\n", words).encode()
    if body.isascii() and not _LONG.search(body):
        way, written = "7bit", body
    elif len(words) * 6 < len(body) * 5:  # more than every fifth is of another script: four bytes for three
        way, written = "base64", encodebytes(body.replace(b"\n", b"\r\n"))
    else:
        way, written = "quoted-printable", binascii.b2a_qp(body, istext=True)
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {way}\r\n\r\n'
    return head.encode() + written.replace(b"\n", b"\r\n")


def _attached(*, name: str, type: str, text: str) -> bytes:
    """`text/calendar; method=REQUEST` keeps its method: mail programs show the answer buttons by it."""
    charset = '; charset="utf-8"' if type.startswith("text/") else ""
    named = f'filename="{name}"' if re.fullmatch(r"[\w.+ -]+", name, re.ASCII) else f"filename*=utf-8''{quote(name)}"
    head = f"Content-Type: {type}{charset}\r\nContent-Disposition: attachment; {named}\r\n"
    if not head.isascii() or re.search(r"[\r\n]", type):
        raise ValueError(f"an attachment of the type {type!r}")
    return f"{head}Content-Transfer-Encoding: base64\r\n\r\n".encode() + encodebytes(text.encode()).replace(
        b"\n", b"\r\n"
    )


def _together(subtype: str, parts: list[bytes]) -> bytes:
    mark = f"==={secrets.token_hex(12)}=="
    head = f'Content-Type: multipart/{subtype}; boundary="{mark}"\r\n\r\n'.encode()
    between = f"--{mark}\r\n".encode()
    return head + b"".join(between + part + b"\r\n" for part in parts) + f"--{mark}--\r\n".encode()
