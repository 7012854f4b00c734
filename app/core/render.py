"""Templates: one environment for pages, fragments and letters, a language bound at each rendering."""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from app.core import i18n, places, text, times
from app.core.compiled import Compiled

TEMPLATES = Path(__file__).parents[2] / "templates"


def render(template: str, *, lang: str, zone: str = "UTC", **values: Any) -> str:
    """The template in this language; `zone` is the one in which `{{ t|when }}` shows a time."""
    return environment(lang).get_template(template).render(lang=lang, dir=i18n.direction(lang), zone=zone, **values)


_compiled = Compiled()


def keep_compiled(folder: Path) -> None:
    """Keep templates as code in this folder: the next start need not compile them again."""
    _compiled.keep_in(folder, made_by=Path(__file__))


@cache
def environment(lang: str) -> Environment:
    """One environment a language: the words are bound when a template is loaded, not looked up in a global."""
    env = Environment(
        loader=FileSystemLoader(TEMPLATES),
        bytecode_cache=_compiled,
        auto_reload=False,  # else it looks at the file at every include; a new version starts anew anyway
        autoescape=_is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    env.install_gettext_translations(i18n.catalogue(lang), newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(
        when=_when,
        zone=_zone,
        city=_city,
        day=_day,
        markdown=text.to_html,
        plain=text.plain,
        initials=text.initials,
        say=_say,
        country=_country,
        tongue=_tongue,
        listed=_listed,
    )
    env.globals.update(comma=i18n.comma(lang), icon=_icon, direction=i18n.direction, languages=i18n.LANGUAGES)
    return env


def _is_html(name: str | None) -> bool:
    return name is None or name.endswith(".html")


@pass_context
def _when(context: Context, instant: datetime, zone: str | None = None, show: str = "full") -> Markup:
    """An instant as `<local-time>`: server text for everybody, the reader's own zone where scripts run.

    `show`: full (day, hour, zone) | short (day, hour) | hour. Letters get the words alone.
    """
    zone = zone or context["zone"]
    words = _SHOW[show](instant, zone, context["lang"])
    if not _is_html(context.name):
        return Markup(words)
    return Markup('<local-time data-show="{}"><time datetime="{}">{}</time></local-time>').format(
        show, instant.isoformat(timespec="seconds"), words
    )


_SHOW: dict[str, Callable[[datetime, str, str], str]] = {
    "full": times.in_words,
    "short": times.day_and_hour,
    "hour": lambda instant, zone, _: times.hour(instant, zone),
}


@pass_context
def _zone(context: Context, instant: datetime, zone: str | None = None) -> str:
    return times.zone_in_words(instant, zone or context["zone"], context["lang"])


@pass_context
def _city(context: Context, zone: str) -> str:
    return times.city(zone, context["lang"])


@pass_context
def _day(context: Context, instant: Any, zone: str | None = None, year: bool = False) -> str:
    day = times.local(instant, zone or context["zone"]).date() if isinstance(instant, datetime) else instant
    return times.day_in_words(day, context["lang"], year=year)


@pass_context
def _country(context: Context, code: str) -> str:
    """`GE` → `Georgia`, in the reader's language."""
    return places.country(code, context["lang"])


@pass_context
def _tongue(context: Context, code: str) -> str:
    """`ka` → `Georgian`, in the reader's language."""
    return places.spoken_language(code, context["lang"])


@pass_context
def _listed(context: Context, names: Iterable[str]) -> str:
    """Names as the reader's language lists them; on a page each keeps its own direction."""
    if not _is_html(context.name):
        return i18n.listed(context["lang"], names)
    return Markup(i18n.comma(context["lang"])).join(Markup("<bdi>{}</bdi>").format(name) for name in names)


@pass_context
def _say(context: Context, sentence: str, **values: object) -> str:
    """A sentence marked with N_() in Python, in the reader's language."""
    return i18n.say(context["lang"], sentence, **values)


_sprite = "/static/icons/sprite.svg"


def use_sprite(url: str) -> None:
    """The address of the icon sprite, with its content's hash."""
    global _sprite
    _sprite = url


def _icon(name: str, flip: bool = False) -> Markup:
    """An outline icon; always beside words, so hidden from assistive technology."""
    return Markup('<svg class="icon{}" aria-hidden="true"><use href="{}#i-{}"/></svg>').format(
        " icon-flip" if flip else "", _sprite, escape(name)
    )
