"""Whose mail is it, and did a person write it? Pure.

The mail server that hands us the mail has checked the sender and says so in Authentication-Results (RFC 8601). Only the
topmost one with its own name counts: others may have been written by anybody.
"""

import re
from dataclasses import dataclass
from email.message import Message
from enum import StrEnum

from app.core.words import N_
from app.notices.mailin.parse import Arrived, answers_appointment, header, headers

_MACHINES = re.compile(r"^(?:mailer-daemon|postmaster|no-?reply|do-?not-?reply|bounces?)(?:[+-].*)?@", re.IGNORECASE)


class Unclear(StrEnum):
    """Why a mail is not posted by itself; a moderator decides."""

    SENDER = "sender"
    UNPROVEN = "unproven"
    OLD = "old"
    EMPTY = "empty"
    PACKED = "packed"
    GONE = "gone"
    REFUSED = "refused"
    SILENT = "silent"

    @property
    def words(self) -> str:
        return _UNCLEAR[self]


_UNCLEAR = {
    Unclear.SENDER: N_("It came from another address than the one we write to."),
    Unclear.UNPROVEN: N_("The mail server could not tell whether the sender is genuine."),
    Unclear.OLD: N_("The letter it answers is too old."),
    Unclear.EMPTY: N_("We found no words in it besides what was quoted."),
    Unclear.PACKED: N_("Its words are packed in a file (winmail.dat) that only Outlook can read."),
    Unclear.GONE: N_("What it answers is not there any more."),
    Unclear.REFUSED: N_("It could not be posted: {why}"),
    Unclear.SILENT: N_("It says neither yes nor no. Words alone do not reach those who plan."),
}


@dataclass(frozen=True)
class Expected:
    """Who may answer: `email`; `trusts`: the name of our own mail server; `own`: addresses our letters come from."""

    email: str
    trusts: str
    own: frozenset[str]


def is_from_a_machine(message: Message, sender: str, own: frozenset[str] = frozenset()) -> str:
    """Why nobody wrote this (for the log), or "": answers of machines are not posted, and never answered."""
    automatic = header(message, "auto-submitted").casefold()
    if automatic and automatic.split(";")[0].strip() != "no":
        return "auto-submitted"
    if header(message, "precedence").casefold() in {"bulk", "junk", "list", "auto_reply"}:
        return "precedence"
    for name in ("x-autoreply", "x-autorespond", "x-auto-reply-from", "list-id", "x-loop", "x-failed-recipients"):
        if header(message, name):
            return name
    if header(message, "return-path") == "<>" or message.get_content_type() == "multipart/report":
        return "a report"
    if _MACHINES.match(sender) or sender in own:
        return "a machine's address"
    return "an answer to an appointment" if _answers_appointment(message) else ""


def unclear(arrived: Arrived, expected: Expected, *, calendar: bool = False) -> Unclear | None:
    """Why it cannot be posted by itself, the gravest reason first; None if it can. `calendar`: only calendars answer."""
    if arrived.sender != expected.email.casefold():
        return Unclear.SENDER
    if not is_proven(arrived.message, arrived.sender, trusts=expected.trusts):
        return Unclear.UNPROVEN
    if calendar:
        return None if arrived.calendar else Unclear.SILENT
    if arrived.text:
        return None
    return Unclear.PACKED if arrived.packed else Unclear.EMPTY


def is_proven(message: Message, sender: str, *, trusts: str) -> bool:
    """Has our mail server found that this address's house sent it?"""
    domain = sender.rpartition("@")[2]
    if not domain or not trusts:
        return False
    results = [_results(value) for value in headers(message, "authentication-results") if _is_by(value, trusts)]
    if not results:
        return False
    found = results[0]
    dmarc = [(result, about) for method, result, about in found if method == "dmarc"]
    if dmarc:
        return all(result == "pass" and _belongs(domain, about or domain) for result, about in dmarc)
    return any(m in {"dkim", "spf"} and r == "pass" and _belongs(domain, d) for m, r, d in found)


def _is_by(value: str, trusts: str) -> bool:
    words = _plain(value).partition(";")[0].split()
    return bool(words) and words[0].casefold() == trusts.casefold()


def _plain(value: str) -> str:
    """Without comments (they nest), and what stands in quotes as one word: a sender may have put whole results there."""
    kept: list[str] = []
    depth, quoted, escaped = 0, False, False
    for letter in value:
        if escaped:
            escaped = False
        elif letter == "\\" and (quoted or depth):
            escaped = True
        elif letter == '"' and not depth:
            quoted = not quoted
        elif letter == "(" and not quoted:
            depth += 1
        elif letter == ")" and depth and not quoted:
            depth -= 1
            kept.append(" ")
        elif not depth:
            kept.append(letter if not quoted or letter.isalnum() or letter in "@.-" else "_")
    return "" if depth or quoted else "".join(kept)


def _results(value: str) -> list[tuple[str, str, str]]:
    """(method, result, domain it speaks of)."""
    found = []
    for clause in _plain(value).split(";")[1:]:
        said = re.match(r"\s*([a-z0-9-]+)\s*(?:/\s*\d+\s*)?=\s*([a-z]+)", clause, re.IGNORECASE)
        if said is None:
            continue
        properties = dict(re.findall(r"([a-z]+\.[a-z0-9_-]+)\s*=\s*\"?([^\s\";]+)", clause, re.IGNORECASE))
        about = {
            "dmarc": ("header.from",), "dkim": ("header.d", "header.i"), "spf": ("smtp.mailfrom",)
        }.get(said[1].casefold(), ())  # fmt: skip
        domain = next((properties[name] for name in about if name in properties), "")
        found.append((said[1].casefold(), said[2].casefold(), domain.rpartition("@")[2].casefold()))
    return found


def _belongs(domain: str, house: str) -> bool:
    """The sender's domain is the house's, or one below it (`mail.city.example` and `city.example`)."""
    return bool(house) and "." in house and (domain == house or domain.endswith(f".{house}"))


def _answers_appointment(message: Message) -> bool:
    return any(answers_appointment(part) for part in message.walk())
