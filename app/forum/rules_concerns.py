"""What people may lay before the moderators, and how it may end. Pure."""

from enum import StrEnum

from app.core.errors import Forbidden, Invalid, Refused
from app.core.words import N_


class ConcernKind(StrEnum):
    """What somebody lays before the moderators."""

    REPORT = "report"
    OBJECTION = "objection"
    HELP = "help"

    @property
    def words(self) -> str:
        return _CONCERNS[self]

    @property
    def outcomes(self) -> tuple["Outcome", ...]:
        return _OUTCOMES[self]


class Outcome(StrEnum):
    """How the moderators settled a concern."""

    HIDDEN = "hidden"
    STAYS = "stays"
    BACK = "back"
    STAYS_HIDDEN = "stays_hidden"
    ANSWERED = "answered"

    @property
    def words(self) -> str:
        return _SETTLED[self]


_CONCERNS = {
    ConcernKind.REPORT: N_("A post is reported"),
    ConcernKind.OBJECTION: N_("Somebody objects to a hidden post"),
    ConcernKind.HELP: N_("Somebody asks for help"),
}
_OUTCOMES = {
    ConcernKind.REPORT: (Outcome.HIDDEN, Outcome.STAYS),
    ConcernKind.OBJECTION: (Outcome.BACK, Outcome.STAYS_HIDDEN),
    ConcernKind.HELP: (Outcome.ANSWERED,),
}
_SETTLED = {
    Outcome.HIDDEN: N_("The post is hidden"),
    Outcome.STAYS: N_("The post stays as it is"),
    Outcome.BACK: N_("The post is shown again"),
    Outcome.STAYS_HIDDEN: N_("The post stays hidden"),
    Outcome.ANSWERED: N_("Answered"),
}


def check_report(author_id: int | None, person_id: int, *, stands: bool) -> None:
    if not stands:
        raise Refused(N_("This post is not shown any more. There is nothing left to report."))
    if author_id == person_id:
        raise Refused(N_("This is your own post. You can change it or take it away yourself."))


def check_objection(author_id: int | None, person_id: int, *, hidden: bool) -> None:
    if author_id != person_id:
        raise Forbidden(N_("Only the person who wrote this can object."))
    if not hidden:
        raise Refused(N_("This post is shown again already."))


def check_outcome(kind: ConcernKind, outcome: Outcome, answer: str) -> None:
    if outcome not in kind.outcomes:
        raise Invalid({"outcome": N_("Please choose one of the list.")})
    if not answer.strip() and outcome in {Outcome.HIDDEN, Outcome.STAYS_HIDDEN, Outcome.ANSWERED}:
        raise Invalid({"answer": N_("Please write a sentence for the person whom it concerns.")})


def check_reason(reason: str, *, field: str = "reason") -> None:
    if not reason.strip():
        raise Invalid({field: N_("Please write a sentence for the person whom it concerns.")})
