"""Signed words: values in links that only this installation can have written."""

from typing import Any

from itsdangerous import BadSignature, URLSafeSerializer

_signer: URLSafeSerializer | None = None


def use_secret(secret: str) -> None:
    global _signer
    _signer = URLSafeSerializer(secret)


def sign(value: Any, *, purpose: str) -> str:
    """`value` (anything JSON can say) as a word for an address; one purpose's word is worth nothing for another."""
    return str(_the_signer().dumps(value, salt=purpose))


def unsign(word: str, *, purpose: str) -> Any:
    """The value back, or None if the word is not from us."""
    try:
        return _the_signer().loads(word, salt=purpose)
    except BadSignature:
        return None


def _the_signer() -> URLSafeSerializer:
    assert _signer is not None, "app.core.signs.use_secret(secret) comes first"
    return _signer
