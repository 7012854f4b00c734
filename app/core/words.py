"""Marks sentences for translation without translating them: rules know no language."""


def N_(text: str) -> str:  # noqa: N802 - the name gettext tools look for
    """Mark `text` for the catalogues; it is translated where a person reads it."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - as N_, for a sentence with {count} in it
    """Mark a sentence that says how many; `i18n.counted` chooses the form of the reader's language."""
    return one, many
