"""Templates as code, kept: in memory for the other languages, and in a folder for the next start.

Languages differ in words, not in code, so the second one need not compile what the first one did. Jinja knows kept code by
the source it was made from and by its own version; the file's name adds what else decides it: how we set Jinja up.
"""

import contextlib
import hashlib
import os
from pathlib import Path

from jinja2 import BytecodeCache, FileSystemBytecodeCache
from jinja2.bccache import Bucket


class Compiled(BytecodeCache):
    """Jinja's cache of compiled templates for all our environments."""

    def __init__(self) -> None:
        self._here: dict[str, object] = {}
        self._kept: BytecodeCache | None = None

    def keep_in(self, folder: Path, *, made_by: Path) -> None:
        """Look into this folder, too, from now on; `made_by` is the module that says how templates become code."""
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            return  # nothing may be written here: every start compiles anew
        way = hashlib.sha256(made_by.read_bytes()).hexdigest()[:8]
        self._kept = FileSystemBytecodeCache(str(folder), f"{way}-%s")

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._here.get(bucket.key + bucket.checksum)  # type: ignore[assignment]
        if bucket.code is None and self._kept is not None:
            self._kept.load_bytecode(bucket)
            if bucket.code is not None:
                self._here[bucket.key + bucket.checksum] = bucket.code

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._here[bucket.key + bucket.checksum] = bucket.code
        if self._kept is not None:
            self._kept.dump_bytecode(bucket)
