"""An icon that is asked for by name is in the sprite; a missing one would only be an empty square."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
ASKED = re.compile(r"""(?:icon\(\s*|icon_name=\s*|"icon":\s*)"([a-z-]+)\"""")


def test_every_icon_that_templates_and_places_name_exists() -> None:
    sprite = set(re.findall(r'id="i-([a-z-]+)"', (ROOT / "static/icons/sprite.svg").read_text()))
    texts = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    asked = {name for text in texts for name in ASKED.findall(text)}
    asked |= set(re.findall(r'N_\("[^"]+"\), "([a-z-]+)", (?:True|False)\)', (ROOT / "app/main.py").read_text()))
    assert {"gear", "home", "reply"} <= asked, "the patterns still find what is written"
    assert asked <= sprite
