"""Time travel for every process at once: they all read one file with an offset in seconds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class Clock:
    """`clock.forward(days=2)`, `clock.go_to(instant)`; processes are started with CLOCK=`clock.file`."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._shift = 0.0
        self._write()

    def now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self._shift)

    def forward(self, **by: float) -> datetime:
        """Go on by `days=`, `hours=`, `minutes=`, `seconds=`."""
        self._shift += timedelta(**by).total_seconds()
        self._write()
        return self.now()

    def go_to(self, instant: datetime) -> datetime:
        self._shift = (instant - datetime.now(UTC)).total_seconds()
        self._write()
        return self.now()

    def _write(self) -> None:
        fresh = self.file.with_suffix(".new")
        fresh.write_text(repr(self._shift))
        fresh.replace(self.file)  # nobody ever reads half a number
