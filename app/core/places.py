"""Countries and languages by their names in the reader's language (from Babel's data). Pure."""

from functools import cache

from babel import Locale
from babel.core import UnknownLocaleError

# Codes that are no country: unions, test values, outlying areas. XK is the user-assigned code for Kosovo.
_NOT_COUNTRIES = {"EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"}


@cache
def countries(lang: str) -> list[tuple[str, str]]:
    """(code, name) of all countries and territories, by name."""
    known = _locale(lang).territories
    found = [(code, str(name)) for code, name in known.items() if len(code) == 2 and code.isalpha()]
    return sorted((each for each in found if each[0] not in _NOT_COUNTRIES), key=lambda each: _sortable(each[1]))


@cache
def country_codes() -> frozenset[str]:
    return frozenset(code for code, _ in countries("en"))


def country(code: str, lang: str) -> str:
    """`GE` → `Georgien`; what nobody knows stays as it is."""
    return str(_locale(lang).territories.get(code, code)) if code else ""


@cache
def spoken_languages(lang: str) -> list[tuple[str, str]]:
    """(code, name) of the languages people may say they speak, by name; without regional varieties."""
    known = _locale(lang).languages
    found = [(code, str(known[code])) for code in _living() if code in known]
    return sorted(found, key=lambda each: _sortable(each[1]))


def spoken_language(code: str, lang: str) -> str:
    return str(_locale(lang).languages.get(code.split("-")[0], code)) if code else ""


@cache
def _living() -> frozenset[str]:
    """Two-letter languages: those that a person may have as mother tongue or have learnt."""
    dead = {"ae", "cu", "ie", "io", "la", "pi", "sa", "vo", "ia"}
    return frozenset(code for code in Locale("en").languages if len(code) == 2 and code not in dead)


@cache
def _locale(lang: str) -> Locale:
    try:
        return Locale.parse(lang.replace("-", "_"))
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def _sortable(name: str) -> str:
    table = str.maketrans("ÄÖÜÅÉÇÑäöüåéçñı", "AOUAECNaouaecni")
    return name.translate(table).casefold()
