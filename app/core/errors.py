"""Refusals: whole sentences for the person who asked, translated where they are shown."""

from collections.abc import Mapping

from app.core.words import N_


class Refused(Exception):
    """The product says no. `sentence` is marked with N_() and may hold `{name}` fields filled from `values`."""

    status = 409

    def __init__(self, sentence: str, **values: object) -> None:
        super().__init__(sentence.format(**values) if values else sentence)
        self.sentence = sentence
        self.values = values


class Missing(Refused):
    """It does not exist, or this person may not know that it does."""

    status = 404

    def __init__(
        self,
        sentence: str = N_("We could not find this page. It may have moved, or it is not open to you."),
        **values: object,
    ) -> None:
        super().__init__(sentence, **values)


class Forbidden(Refused):
    """It exists, the person knows, and may not do this."""

    status = 403


class TooMany(Refused):
    """Too often; `seconds` says when to try again."""

    status = 429

    def __init__(self, sentence: str, *, seconds: int, **values: object) -> None:
        super().__init__(sentence, seconds=seconds, **values)
        self.seconds = seconds


class Invalid(Refused):
    """What was typed cannot be taken as it is; `fields` maps field name → sentence, filled from `values`, too."""

    status = 422

    def __init__(
        self,
        fields: Mapping[str, str],
        sentence: str = N_("Please look at the marked fields. Nothing you typed is lost."),
        **values: object,
    ) -> None:
        super().__init__(sentence, **values)
        self.fields = dict(fields)
