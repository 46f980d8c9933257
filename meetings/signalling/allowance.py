"""How many requests a socket may make: a token bucket."""

import math
import time

from meetings.protocol.codes import Refusal


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


def too_many(wait: float) -> Refusal:
    """Refused until `wait` seconds have passed."""
    return Refusal("RATE_LIMITED", "Wait before you ask again.", retryAfter=math.ceil(wait * 100) / 100)
