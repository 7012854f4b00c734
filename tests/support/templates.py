"""Templates compiled once on this machine, not once in every process of every run: that takes two seconds each time."""

from pathlib import Path

from app.core import render

render.keep_compiled(Path(__file__).parents[2] / ".pytest_cache" / "templates")
render.environment.cache_clear()


def compile_all() -> None:
    """So that processes made from this one have them all."""
    env = render.environment("en")
    for name in env.list_templates(("html", "txt")):
        env.get_template(name)
