"""What we ask of a password and what people say about themselves. Pure."""

import re
from collections.abc import Collection

from app.core.errors import Invalid
from app.core.words import N_

SHORTEST = 10
LONGEST = 200

TOPICS = {
    "floods": N_("Floods and rivers"),
    "drainage": N_("Drainage and heavy rain"),
    "slopes": N_("Landslides and erosion"),
    "heat": N_("Heat and health"),
    "green": N_("Trees and green space"),
    "water": N_("Water and drought"),
    "mobility": N_("Streets and mobility"),
    "finance": N_("Finance"),
    "housing": N_("Housing and public buildings"),
    "data": N_("Data and maps"),
    "participation": N_("Taking part"),
    "law": N_("Law and competences"),
    "energy": N_("Energy"),
    "waste": N_("Waste"),
}


def theme_in_words(theme: str) -> str:
    """A theme is one of the topics or somebody's own words; either way to be said in the reader's language."""
    return TOPICS.get(theme, theme)


ORGANISATION_KINDS = {
    "municipality": N_("City or municipality"),
    "municipal_company": N_("Municipal company"),
    "association": N_("Association"),
    "ministry": N_("Ministry or agency"),
    "university": N_("University or institute"),
    "donor": N_("Funder"),
    "organiser": N_("Organiser"),
    "other": N_("Something else"),
}


def check_password(password: str, *, breached: Collection[str], about: Collection[str] = ()) -> None:
    """Long enough, not on the list every attacker has, not the person's own name or address."""
    plain = password.casefold()
    if len(password) < SHORTEST:
        raise _refused(N_("Please use at least 10 characters. Three or four words in a row are good and easy to keep."))
    if len(password) > LONGEST:
        raise _refused(N_("Please use at most 200 characters."))
    if plain in breached or len(set(plain)) < 5:
        raise _refused(N_("This password is on lists that are tried everywhere. Please think of another one."))
    if any(len(word) > 3 and word.casefold() in plain for word in about) and len(password) < 16:
        raise _refused(N_("This password holds your name or address. Please think of another one."))


def as_address(email: str) -> str:
    """An address as it is stored and looked for: without spaces, in small letters, `(at)` read as @."""
    plain = re.sub(r"\s*[(\[{]\s*at\s*[)\]}]\s*", "@", email.strip(), flags=re.IGNORECASE)
    return plain.casefold()


def masked(address: str) -> str:
    """`nino@example.org` → `n…@example.org`: known to its owner, and not to who looks at a shared screen."""
    name, _, house = address.partition("@")
    return f"{name[:1]}…@{house}" if house else "–"


def device_in_words(agent: str) -> str:
    """`Firefox, Linux` from what a browser says of itself; "" when it says nothing we know."""
    browsers = (
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
    )
    systems = (
        ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )  # fmt: skip
    found = [next((name for mark, name in known if mark in agent), "") for known in (browsers, systems)]
    return ", ".join(name for name in found if name)


def _refused(sentence: str) -> Invalid:
    return Invalid({"password": sentence})
