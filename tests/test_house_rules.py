"""The house rules that run: what a reviewer would otherwise have to see by eye. Each message says how to mend it."""

import ast
import importlib
import pkgutil
import re
import subprocess
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment
from starlette.routing import Route

import app as product
import realtime
import workers
from app.core.doors import Door
from app.core.jobs import Work
from app.main import _own_routes, slice_routes
from app.programs import main as command_line
from app.settings import Settings
from realtime import gate, protocol
from tests.support.site import Site
from workers import registry

ROOT = Path(__file__).parent.parent
TEMPLATES = ROOT / "templates"
LONGEST_FILE, LONGEST_TEST = 300, 450

WITHOUT_DOOR = {
    "core.static": "public by nature, the same for everybody",
    "core.health": "for the machines that watch; tells no person anything",
    "core.file": "the address itself is the permission: signed, short-lived",
}
BINDS_NOBODY = {"Fortnight", "UTC", "HTML", "PDF", "QR", "JSON", "CSV", "iCalendar"}  # the same in every language


# --- routes -----------------------------------------------------------------------------------------------------------


@cache
def routes() -> list[Route]:
    return [route for route in [*_own_routes(), *slice_routes(demo=True)] if isinstance(route, Route)]


def test_every_route_declares_who_may_use_it() -> None:
    undeclared = {
        route.name for route in routes() if not isinstance(getattr(route.endpoint, "door", None), Door)
    } - WITHOUT_DOOR.keys()
    assert undeclared == set(), "make them with get() or post() of app.core.pages, with who="


def test_every_write_goes_through_the_checked_door() -> None:
    """A route that takes POST, PUT or DELETE without `pages.post` would not check the form's token."""
    unchecked = {
        route.name for route in routes() if route.methods - {"GET", "HEAD"} and not hasattr(route.endpoint, "door")
    }
    assert unchecked == set()


@pytest.mark.postgres
async def test_no_write_is_taken_without_its_token(site: Site) -> None:
    """Every POST there is, sent by a stranger without a token, is refused: as forged, or earlier at its door."""
    stranger = site.stranger()
    taken = []
    for route in slice_routes(demo=False):
        if isinstance(route, Route) and "POST" in (route.methods or ()):
            answer = await stranger.send_form(_filled(route.path), {}, token="", quiet=True)
            if answer.status_code not in {401, 403, 404}:
                taken.append((route.path, answer.status_code))
    assert taken == []
    forged = await stranger.send_form("/language", {"lang": "de"}, token="wrong.token", quiet=True)
    assert forged.status_code == 403
    assert (await stranger.send_form("/language", {"lang": "de"}, quiet=True)).status_code == 200


def _filled(path: str) -> str:
    return re.sub(r"\{\w+:int\}", "1", re.sub(r"\{\w+(:str|:path)?\}", "x", path))


# --- jobs, topics, messages -------------------------------------------------------------------------------------------


@cache
def everything() -> list[str]:
    """Every module of the product, imported."""
    found = []
    for package in (product, realtime, workers):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
                found.append(module.name)
    return found


def sources(*folders: str) -> Iterator[tuple[Path, str]]:
    for folder in folders or ("app", "realtime", "workers"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path, path.read_text()


def test_every_job_has_exactly_one_handler() -> None:
    everything()
    registry.load()
    wanted = {work.name for work in _descendants(Work) if work.__module__.startswith("app.")}  # type: ignore[attr-defined]
    assert wanted - registry.names() == set(), "nobody does this work: @handles(…) in workers/"
    done = {name for name in registry.names() if not name.startswith("test.")}  # tests bring work of their own
    assert done - wanted == set(), "nobody asks for this work any more"


def test_every_topic_has_a_gate() -> None:
    """What nobody may follow is announced to nobody; `standing` is heard by the processes themselves."""
    announced = {
        (found[1], str(path.relative_to(ROOT)))
        for path, text in sources("app", "workers")
        for found in re.finditer(r"announce\(\s*\w+,\s*f\"(\w+):", text)
    }
    assert len(announced) > 3
    assert {(kind, where) for kind, where in announced if kind not in gate.KINDS and kind != gate.STANDING} == set()


def test_every_message_of_the_live_line_is_documented() -> None:
    described = (ROOT / "docs" / "protocol.md").read_text()
    written = set(re.findall(r'_written\(type="(\w+)"', (ROOT / "realtime" / "protocol.py").read_text()))
    assert len(written) > 3
    assert {name for name in written | protocol._READERS.keys() if f'"type":"{name}"' not in described} == set()


# --- templates --------------------------------------------------------------------------------------------------------


def templates() -> list[Path]:
    return [path for path in sorted(TEMPLATES.rglob("*")) if path.suffix in {".html", ".txt", ".xml"}]


def test_every_template_is_used() -> None:
    words = "\n".join(text for _, text in sources()) + "\n".join(path.read_text() for path in templates())
    named = set(re.findall(r"""["']([\w/.-]+\.(?:html|txt|xml))["']""", words))
    parts = set(re.findall(r"""["'](mail/[\w/-]+)["']""", words))  # of gathered letters, as text and as HTML
    letters = {f"mail/{letter}/" for letter in re.findall(r"""["']([\w-]+/[\w-]+)["']""", words)}
    unused = [
        name
        for path in templates()
        if (name := path.relative_to(TEMPLATES).as_posix()) not in named
        and name.rpartition(".")[0] not in parts
        and name.rpartition("/")[0] + "/" not in letters
        and name.rpartition("/")[2] not in {Path(n).name for n in named if "/" not in n}
    ]
    assert unused == [], "delete them, or use them"


ATTRIBUTE = re.compile(r"""[\w-]+=("[^"]*"|'[^']*')""")  # macros write attributes outside of any tag

ADDRESS = re.compile(r"/[\w/?=&-]*")


class Texts(HTMLParser):
    """What a person reads on a page: text and speaking attributes, with line numbers."""

    SPEAKING = frozenset({"title", "alt", "placeholder", "aria-label", "aria-description", "data-label", "data-words"})
    SILENT = frozenset({"script", "style", "svg", "code"})

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[int, str]] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self._silent += tag in self.SILENT
        for name, value in attributes:
            if name in self.SPEAKING and value:
                self.found.append((self.getpos()[0], value))

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in self.SILENT and self._silent > 0

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append((self.getpos()[0], ATTRIBUTE.sub("", data)))


def literal_text(path: Path) -> list[tuple[int, str]]:
    """The template's own words: what stands there outside of expressions and translated blocks."""
    environment = Environment(extensions=["jinja2.ext.i18n"])
    kept: list[str] = []
    translated = False
    opening = ""
    for _, kind, value in environment.lex(path.read_text()):
        if kind == "block_begin":
            opening = "?"
        elif opening == "?" and kind == "name":
            translated = value == "trans" if value in {"trans", "endtrans"} else translated
            opening = ""
        kept.append(value if kind == "data" and not translated else "\n" * value.count("\n"))
    text = "".join(kept)
    if path.suffix != ".html":
        return [(number, ADDRESS.sub("", line)) for number, line in enumerate(text.splitlines(), 1)]
    parser = Texts()
    parser.feed(text)
    return parser.found


def test_no_untranslated_text_in_templates() -> None:
    untranslated = [
        f"{path.relative_to(ROOT)}:{line}: {text.strip()!r}"
        for path in templates()
        if "styleguide" not in path.parts
        for line, text in literal_text(path)
        if set(re.findall(r"[^\W\d_]{2,}", text)) - BINDS_NOBODY
    ]
    assert untranslated == [], 'write {{ _("…") }} or {% trans %}'


def test_the_search_for_untranslated_text_finds_some(tmp_path: Path) -> None:
    template = tmp_path / "page.html"
    template.write_text(
        '<p title="Shown">{{ _("said") }} {% trans %}fine{% endtrans %}</p>\n<b>Bare words</b><script>let x</script>'
    )
    assert literal_text(template) == [(1, "Shown"), (1, " "), (1, "\n"), (2, "Bare words")]


def test_nothing_inline_that_the_policy_forbids() -> None:
    inline = re.compile(r"<style|\sstyle=|\son[a-z]+=[\"']|<script(?![^>]*\bsrc=)(?![^>]*\bnonce=)[^>]*>")
    pages = [path for path in templates() if path.suffix == ".html" and "mail" not in path.relative_to(TEMPLATES).parts]
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in pages
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if inline.search(line)
    ]
    assert found == []


# --- documentation ----------------------------------------------------------------------------------------------------


def test_every_setting_is_documented() -> None:
    described = (ROOT / "docs" / "settings.md").read_text()
    names = {name.upper() for name in Settings.model_fields}
    assert {name for name in names if f"| `{name}` |" not in described} == set()
    rows = set(re.findall(r"^\| `([A-Z_]+)` \|", described, re.MULTILINE))
    assert rows - names == set(), "settings.md describes settings that do not exist"


def test_every_setting_does_something() -> None:
    read = "\n".join(text for path, text in sources("app", "workers") if path.name != "settings.py")
    own = (ROOT / "app" / "settings.py").read_text()
    unread = {
        name
        for name in Settings.model_fields
        if not re.search(rf"\.{name}\b", read) and not re.search(rf"self\.{name}\b", own)
    }
    assert unread - {"clock"} == set(), "nobody reads them (CLOCK is read by core/times, before everything else)"


def test_every_command_is_documented() -> None:
    described = (ROOT / "docs" / "operations.md").read_text()
    assert [name for name in command_line.commands if f"`fortnight {name}" not in described] == []


def test_every_command_explains_itself() -> None:
    assert [name for name, command in command_line.commands.items() if not command.help] == []


# --- files ------------------------------------------------------------------------------------------------------------


def tracked() -> list[Path]:
    """The files of the repository; in a tree without git everything but what was made."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0:
        return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]
    folders = ("app", "realtime", "workers", "templates", "static", "tests", "docs", "migrations", "scripts", "locale")
    return [path for folder in folders for path in (ROOT / folder).rglob("*") if path.is_file()]


def test_files_are_short() -> None:
    code = [path for path in tracked() if path.suffix in {".py", ".js", ".html"} and "vendor" not in path.parts]
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in code
        if "versions" not in path.parts
        and (lines := len(path.read_text().splitlines())) > (LONGEST_TEST if "tests" in path.parts else LONGEST_FILE)
    }
    assert long == {}, "look for the noun that wants out"


def test_every_promise_names_a_test_that_is_there() -> None:
    named = re.findall(r"`([\w/]+\.py)::(\w+)` \|$", (ROOT / "docs" / "complaints.md").read_text(), re.MULTILINE)
    assert len(named) == 25
    gone = [
        f"{path}::{name}"
        for path, name in named
        if not (ROOT / "tests" / path).exists() or f"def {name}(" not in (ROOT / "tests" / path).read_text()
    ]
    assert gone == []


def test_nothing_reads_from_outside_the_repository() -> None:
    outside = re.compile(r"\.\./shared|/shared/(?!python)|/work/")
    texts = [p for p in tracked() if p.suffix in {".py", ".js", ".html", ".yaml", ".toml", ".md", ".txt", ".css", ""}]
    guilty = [
        path.relative_to(ROOT).as_posix()
        for path in texts
        if path != Path(__file__) and outside.search(path.read_text(errors="ignore"))
    ]
    assert guilty == [], "copy what the product needs into it"


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_locks_name_no_address_and_are_hashed(lock: str) -> None:
    text = (ROOT / lock).read_text()
    assert "://" not in text
    pinned = re.findall(r"^[\w.-]+(?:\[[\w,]+\])?==\S+.*\\$", text, re.MULTILINE)
    assert len(pinned) > 30
    assert len(pinned) == len(re.findall(r"^[\w.-]+.*==", text, re.MULTILINE)), "every line has its hashes"


def test_only_transaction_commits() -> None:
    guilty = [str(p.relative_to(ROOT)) for p, text in sources() if re.search(r"\.(commit|rollback)\(", text)]
    assert guilty == ["app/core/db.py", "app/core/glances.py"]  # the second only ends its own looking


def test_tables_live_in_models_or_core() -> None:
    everything()
    elsewhere = {
        f"{table.__module__}.{table.__name__}"
        for table in _descendants(importlib.import_module("app.core.db").Row)
        if not re.fullmatch(r"app\.core\.\w+|app\.\w+\.models(_\w+)?", table.__module__)
    }
    assert elsewhere == set(), "app/schema.py would not find them"


def test_no_page_selects_by_itself() -> None:
    guilty = [
        str(path.relative_to(ROOT))
        for path, text in sources("app")
        if _is_web(path)
        and re.search(r"^from sql(model|alchemy)[\w.]* import .*\b(select|update|delete)\b", text, re.M)
    ]
    assert guilty == [], "every SELECT has a name in queries.py"


def test_handlers_catch_nothing() -> None:
    guilty = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path, text in sources("app")
        if _is_web(path) or "actions" in path.relative_to(ROOT).as_posix()
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Try)
    ]
    assert guilty == [], "a refusal is shown by the page that was sent; nothing else is expected"


def _is_web(path: Path) -> bool:
    return path.stem.startswith("web") or path.parent.name == "web"


def _descendants(kind: type) -> set[type]:
    return {kind_below for sub in kind.__subclasses__() for kind_below in ({sub} | _descendants(sub))}


def test_every_piece_of_work_has_a_name_of_its_own() -> None:
    everything()
    names = [work.name for work in _descendants(Work)]  # type: ignore[attr-defined]
    assert len(names) == len(set(names)), "two kinds of work with one name would be done by one handler"


def test_no_sentence_hides_in_an_f_string() -> None:
    """What stands inside an f-string's braces is not collected for translation."""
    hidden = re.compile(r"""f["'].*\{[^}]*\bN_\(""")
    places = [path for folder in ("app", "realtime", "workers") for path in (ROOT / folder).rglob("*.py")]
    assert [str(path) for path in places if hidden.search(path.read_text())] == []
