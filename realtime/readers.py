"""Who asks at the live line: the wall around the application has looked at the session cookie."""

from starlette.requests import HTTPConnection

from app.core import i18n
from app.core.security import SESSION, Cookies, Someone
from app.main import find_person
from realtime.conversation import Reader


def reader_of(connection: HTTPConnection) -> Reader | None:
    """Who is signed in here, or None."""
    someone: Someone | None = connection.scope["state"].get("person")
    if someone is None:
        return None
    cookies: Cookies = connection.scope["state"]["cookies"]
    token, person = connection.cookies.get(cookies.name(SESSION), ""), someone.id

    async def still_here() -> bool:
        found = await find_person(token)
        return found is not None and found.id == person

    return Reader(person, language_of(connection, someone), still_here)


def language_of(connection: HTTPConnection, someone: Someone | None = None) -> str:
    chosen = connection.cookies.get("lang") or (someone.lang if someone else "")
    return chosen if chosen in i18n.CODES else i18n.preferred(connection.headers.get("accept-language", ""))
