"""Templates compiled once on this machine, not once in every process of every run: that takes two seconds each time.

Jinja knows compiled code by the source it was made from, so what was changed is compiled anew.
"""

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket

from app.core import render


class _Kept(BytecodeCache):
    """In memory first, as in the product, then on disk."""

    def __init__(self) -> None:
        self._near, self._far = render._compiled, FileSystemBytecodeCache()

    def load_bytecode(self, bucket: Bucket) -> None:
        self._near.load_bytecode(bucket)
        if bucket.code is None:
            self._far.load_bytecode(bucket)
            if bucket.code is not None:
                self._near.dump_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._near.dump_bytecode(bucket)
        self._far.dump_bytecode(bucket)


render._compiled = _Kept()  # type: ignore[assignment]
render.environment.cache_clear()


def compile_all() -> None:
    """So that processes made from this one have them all."""
    env = render.environment("en")
    for name in env.list_templates(("html", "txt")):
        env.get_template(name)
