"""The pieces of a desk that have changed: a lead's desk is large, and most acts change a line of it.

Every piece has a stamp, made of what it shows; names of writes and tokens differ with every answer and show nothing. The
browser sends the stamps of the last answer back, and gets only what has another one now. Pure.
"""

import base64
import hashlib
import re

CUT = "\x1e"
_FLEETING = re.compile(r'(<input type="hidden" name="(?:key|csrf)" value=")[^"]*')
LONGEST = 500  # characters of stamps that are looked at


def fresh(html: str, *, had: str) -> tuple[str, str]:
    """(the pieces whose stamp is not among those `had`, the stamps of all); stamps are five characters, one after the other."""
    known = {had[at : at + 5] for at in range(0, min(len(had), LONGEST), 5)}
    pieces = [(_stamp(piece), piece) for piece in html.split(CUT) if piece.strip()]
    return "".join(piece for stamp, piece in pieces if stamp not in known), "".join(stamp for stamp, _ in pieces)


def _stamp(piece: str) -> str:
    shown = _FLEETING.sub(r"\1", piece.strip())
    return base64.urlsafe_b64encode(hashlib.sha256(shown.encode()).digest())[:5].decode()
