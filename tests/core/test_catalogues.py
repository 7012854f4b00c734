"""Catalogues of words, compiled by whoever needs them first."""

import gettext
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

from app.core import i18n


def test_a_catalogue_that_several_programs_compile_at_the_same_moment_is_whole_for_all_of_them(tmp_path: Path) -> None:
    source, compiled = tmp_path / "messages.po", tmp_path / "messages.mo"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\nmsgid "Today"\nmsgstr "Heute"\n'
    )

    def at_once(_: int) -> None:
        together.wait()
        i18n._compile(source, compiled, "de")

    for _ in range(20):
        together = Barrier(4)
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(at_once, range(4)))
    with compiled.open("rb") as file:
        assert gettext.GNUTranslations(file).gettext("Today") == "Heute"
    assert sorted(tmp_path.iterdir()) == [compiled, source]
