"""Work for later about people; handled in workers/."""

from dataclasses import dataclass

from app.core.jobs import Work


@dataclass(frozen=True)
class SendSignInLink(Work):
    """Somebody asked for a link at this address. Whether we know it is found out later: the answer takes as long."""

    email: str
    goes_to: str = "/"
    newcomer: str = (
        ""  # with a name here, somebody we do not know becomes known: they hold a link that lets them take part
    )
    lang: str = "en"
    key: str = ""  # of the letter: however often this is tried, it is one
