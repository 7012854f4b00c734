"""The pieces of a desk that have changed: a lead's desk is large, and most acts change a line of it.

Every piece has a stamp, made of what it shows; names of writes and tokens differ with every answer and show nothing. The
browser sends the stamps of the last answer back, and gets only what has another one now. A part that stands APART within
a piece (an element with an id) has a stamp of its own: unchanged, it is only named. Pure.
"""

import base64
import hashlib
import re

CUT, APART = "\x1e", "\x1d"
_FLEETING = re.compile(r'(<input type="hidden" name="(?:key|csrf)" value=")[^"]*')
_NAMED = re.compile(r'<(\w+)[^>]* id="([\w-]+)"')
_LENGTH = 5
MOST = 500  # characters of stamps that are looked at


def fresh(html: str, *, had: str) -> tuple[str, str]:
    """(the pieces whose stamp is not among those `had`, the stamps of all); stamps are five characters, one after the other."""
    known = {had[at : at + _LENGTH] for at in range(0, min(len(had), MOST), _LENGTH)}
    found, stamps = [], []
    for piece in filter(None, map(str.strip, html.split(CUT))):
        before, part, after = (*piece.split(APART), "", "")[:3]
        whole, inner = _stamp(before + after), _stamp(part) if part else ""
        stamps += [whole, inner]
        if whole not in known:
            found.append(before + (_name(part) if inner in known else part) + after)
        elif inner and inner not in known:
            found.append(part)
    return "".join(found), "".join(stamps)


def _stamp(piece: str) -> str:
    shown = _FLEETING.sub(r"\1", piece)
    return base64.urlsafe_b64encode(hashlib.sha256(shown.encode()).digest())[:_LENGTH].decode()


def _name(part: str) -> str:
    named = _NAMED.match(part)
    assert named is not None, "a part that stands apart has an id"
    return f'<{named[1]} id="{named[2]}" data-same></{named[1]}>'
