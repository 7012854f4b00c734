"""`make migration`: write the next migration from the models; before the first release, write 0001 anew.

The database it compares with is a fresh SQLite file brought to the newest migration.
"""

import sys
import tempfile
from pathlib import Path

from app import migrate

FIRST_LINE_OF_SEARCH = "    # the full-text table, as each database knows it\n    search.create_index(op.get_bind())\n"


def main() -> None:
    message = sys.argv[1] if len(sys.argv) > 1 else ""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite+aiosqlite:///{Path(folder) / 'compare.db'}"
        if message:
            migrate.upgrade(url)
            migrate.write_revision(url, message=message, number=f"{int(migrate.head() or 0) + 1:04}")
        else:
            for old in (migrate.FOLDER / "versions").glob("0001_*.py"):
                old.unlink()
            migrate.write_revision(url, message="the first tables", number="0001")
            _with_search(next((migrate.FOLDER / "versions").glob("0001_*.py")))


def _with_search(path: Path) -> None:
    text = path.read_text()
    text = text.replace(
        "\n\n\ndef downgrade() -> None:\n",
        f"\n{FIRST_LINE_OF_SEARCH}\n\ndef downgrade() -> None:\n    search.drop_index(op.get_bind())\n",
    )
    path.write_text(text)


if __name__ == "__main__":
    main()
