"""A letter that came back: did it fail for good, and what did the other mail server say (RFC 3464)? Pure."""

import re
from dataclasses import dataclass
from email.message import Message

from app.notices.mailin.parse import Arrived

_QMAIL = re.compile(r"^Hi\. This is the .*(?:qmail|deliver).*?(?=\n\n)", re.DOTALL)


@dataclass(frozen=True)
class Failure:
    """`status`: "5.1.1", or "" where the mail server gives none."""

    status: str
    said: str


def failure(arrived: Arrived) -> Failure | None:
    """How the delivery failed; None for a delay, a success, or somebody's holiday answer."""
    for part in arrived.message.walk():
        if part.get_content_type() == "message/delivery-status":
            return _failed([block for block in part.get_payload() if isinstance(block, Message)])
    if _QMAIL.match(arrived.whole):
        return Failure("", _one_line(arrived.whole))
    return None


def _failed(blocks: list[Message]) -> Failure | None:
    for block in blocks:
        if str(block.get("action", "")).strip().casefold() == "failed":
            status = re.match(r"\s*([245]\.\d{1,3}\.\d{1,3})", str(block.get("status", "")))
            said = str(block.get("diagnostic-code", "")).partition(";")[2] or str(block.get("status", ""))
            return Failure(status[1] if status else "", _one_line(said))
    return None


def _one_line(said: str) -> str:
    return " ".join(said.split())[:600]
