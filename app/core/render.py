"""Templates: one environment for pages, fragments and letters, a language bound at each rendering."""

from collections.abc import Callable
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from app.core import i18n, places, text, times

TEMPLATES = Path(__file__).parents[2] / "templates"


def render(template: str, *, lang: str, zone: str = "UTC", **values: Any) -> str:
    """The template in this language; `zone` is the one in which `{{ t|when }}` shows a time."""
    return environment(lang).get_template(template).render(lang=lang, dir=i18n.direction(lang), zone=zone, **values)


class _Compiled(BytecodeCache):
    """The languages differ in words, not in code: the second one need not compile what the first one did."""

    def __init__(self) -> None:
        self._code: dict[str, Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get(bucket.key + bucket.checksum)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._code[bucket.key + bucket.checksum] = bucket.code


_compiled = _Compiled()


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
    )
    env.globals.update(icon=_icon, direction=i18n.direction, languages=i18n.LANGUAGES)
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
def _day(context: Context, instant: Any, zone: str | None = None) -> str:
    day = times.local(instant, zone or context["zone"]).date() if isinstance(instant, datetime) else instant
    return times.day_in_words(day, context["lang"])


@pass_context
def _country(context: Context, code: str) -> str:
    """`GE` → `Georgia`, in the reader's language."""
    return places.country(code, context["lang"])


@pass_context
def _tongue(context: Context, code: str) -> str:
    """`ka` → `Georgian`, in the reader's language."""
    return places.spoken_language(code, context["lang"])


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
