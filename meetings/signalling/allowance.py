"""How many requests a socket may make: a token bucket."""

import time


class Allowance:
    """`burst` requests at once, refilled at `rate` a second."""

    def __init__(self, rate: float, burst: float) -> None:
        self._rate = rate
        self._burst = burst
        self._left = burst
        self._seen = time.monotonic()

    def take(self) -> float:
        """Take one. 0 when there was one; else the seconds until there is."""
        now = time.monotonic()
        self._left = min(self._burst, self._left + (now - self._seen) * self._rate)
        self._seen = now
        if self._left >= 1:
            self._left -= 1
            return 0.0
        return (1 - self._left) / self._rate

    def charge(self, extra: float) -> None:
        """Make what was just done cost `extra` more. The debt is never more than one burst."""
        self._left = max(-self._burst, self._left - extra)
