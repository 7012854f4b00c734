"""Signed words: values in links and addresses that only this installation can have written."""

import base64
import hmac
from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

SEAL = 10
"""Bytes of a seal: short enough for the name part of an address, long enough that nobody finds one."""

_signer: URLSafeSerializer | None = None
_secret = b""


def use_secret(secret: str) -> None:
    global _signer, _secret
    _signer, _secret = URLSafeSerializer(secret), secret.encode()


def sign(value: Any, *, purpose: str) -> str:
    """`value` (anything JSON can say) as a word for an address; one purpose's word is worth nothing for another."""
    return str(_the_signer().dumps(value, salt=purpose))


def unsign(word: str, *, purpose: str) -> Any:
    """The value back, or None if the word is not from us."""
    try:
        return _the_signer().loads(word, salt=purpose)
    except BadSignature:
        return None


def seal(data: bytes, *, purpose: str) -> str:
    """A few bytes as a word of small letters and digits: mail servers do not keep capitals apart."""
    return base64.b32encode(_seal(data, purpose) + data).decode().rstrip("=").lower()


def unseal(word: str, *, purpose: str) -> bytes | None:
    """The bytes back, or None if the word is not from us."""
    if not word.isascii() or not word.isalnum() or len(word) % 8 in {1, 3, 6}:
        return None
    try:
        whole = base64.b32decode(word.upper() + "=" * (-len(word) % 8))
    except ValueError:
        return None
    data = whole[SEAL:]
    return data if hmac.compare_digest(whole[:SEAL], _seal(data, purpose)) else None


def _seal(data: bytes, purpose: str) -> bytes:
    _the_signer()
    return hmac.digest(_secret, b"seal:" + purpose.encode() + b":" + data, "sha256")[:SEAL]


def _the_signer() -> URLSafeSerializer:
    assert _signer is not None, "app.core.signs.use_secret(secret) comes first"
    return _signer
