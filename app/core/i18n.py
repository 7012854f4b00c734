"""Languages: catalogues, the choice among them, and what is written from right to left."""

import gettext as _gettext
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import get_ident

from babel.core import negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from app.core.errors import Refused

LOCALE = Path(__file__).parents[2] / "locale"
DEFAULT = "en"


@dataclass(frozen=True)
class Language:
    code: str
    name: str  # as its speakers write it
    dir: str = "ltr"


LANGUAGES = (
    Language("en", "English"),
    Language("de", "Deutsch"),
    Language("fr", "Français"),
    Language("es", "Español"),
    Language("pt", "Português"),
    Language("ru", "Русский"),
    Language("uk", "Українська"),
    Language("ar", "العربية", "rtl"),
)
CODES = tuple(language.code for language in LANGUAGES)


def language(code: str) -> Language:
    """The language with this code; English for one we do not speak."""
    return next((known for known in LANGUAGES if known.code == code), LANGUAGES[0])


def direction(code: str) -> str:
    """`rtl` or `ltr`, also for languages people write in that the interface does not speak."""
    return "rtl" if code.split("-")[0] in {"ar", "fa", "he", "ur"} else "ltr"


def comma(code: str) -> str:
    """What stands between the parts of a list in this language, with its space."""
    return "، " if code.split("-")[0] in {"ar", "fa", "ur"} else ", "


def listed(code: str, names: Iterable[str]) -> str:
    """`Kiel, Kutaisi`, `كيل، كوتايسي`: names one after the other, as this language lists them."""
    return comma(code).join(names)


def preferred(accept_language: str) -> str:
    """The best of our languages for an Accept-Language header."""
    wanted = [part.split(";")[0].strip() for part in accept_language.split(",") if part.strip()]
    return negotiate_locale([w.replace("-", "_") for w in wanted], list(CODES)) or _base(wanted) or DEFAULT


def say(lang: str, sentence: str, **values: object) -> str:
    """`sentence` in this language, its `{fields}` filled; a value with a text per language says the right one."""
    words = catalogue(lang).gettext(sentence) if sentence else ""
    texts = {name: (v.get(lang) or v["en"]) if isinstance(v, Mapping) else v for name, v in values.items()}
    return words.format(**texts) if texts else words


def counted(lang: str, forms: tuple[str, str], count: int) -> str:
    """The form of a sentence (marked by NN_) that this language uses for `count` things."""
    return catalogue(lang).ngettext(*forms, count).format(count=count)


def say_refusal(lang: str, refusal: Refused) -> str:
    return say(lang, refusal.sentence, **refusal.values)


@cache
def catalogue(lang: str) -> _gettext.NullTranslations:
    """The catalogue of this language, compiled when its text is newer than the compiled form."""
    source = LOCALE / lang / "LC_MESSAGES" / "messages.po"
    if lang == DEFAULT or not source.exists():
        return _gettext.NullTranslations()
    compiled = source.with_suffix(".mo")
    if not compiled.exists() or compiled.stat().st_mtime < source.stat().st_mtime:
        _compile(source, compiled, lang)
    with compiled.open("rb") as file:
        return _gettext.GNUTranslations(file)


def _compile(source: Path, compiled: Path, lang: str) -> None:
    with source.open("rb") as file:
        messages = read_po(file, locale=lang)
    fresh = compiled.with_suffix(f".{os.getpid()}-{get_ident()}.new")  # several programs may begin at the same moment
    with fresh.open("wb") as file:
        write_mo(file, messages)
    fresh.replace(compiled)


def _base(wanted: list[str]) -> str | None:
    return next((w.split("-")[0] for w in wanted if w.split("-")[0] in CODES), None)
