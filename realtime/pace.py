"""How often somebody may do something: a bucket that fills with time. Pure; the caller brings the clock."""

from dataclasses import dataclass


@dataclass(slots=True)
class Pace:
    """`rate` times a second in the long run, `burst` times at once."""

    rate: float
    burst: float
    _left: float = -1.0
    _at: float = 0.0

    def take(self, at: float) -> bool:
        """One more at second `at` (of any clock that only runs forward); False if that is too often."""
        full = self.burst if self._left < 0 else min(self.burst, self._left + (at - self._at) * self.rate)
        self._at = at
        if full < 1:
            self._left = full
            return False
        self._left = full - 1
        return True
