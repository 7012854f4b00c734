"""Marks sentences for translation without translating them: rules know no language."""


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark `text` for the catalogues; it is translated where a person reads it."""
    return text
