"""How measured times are spread, counted from the start on, so that whoever collects them can take differences."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any

Json = dict[str, Any]


class Spread:
    """Counts of times by class. A time that is equal to a bound belongs to that bound's class."""

    def __init__(self, bounds: Sequence[float]) -> None:
        self._bounds = tuple(bounds)
        self._counts = [0] * (len(bounds) + 1)
        self._sum = 0.0

    def note(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(self._bounds, seconds)] += 1
        self._sum += seconds

    def as_json(self) -> Json:
        """`{bounds, counts, sum}`: `counts` has one entry a bound and one more, for what is above the last."""
        return {"bounds": list(self._bounds), "counts": list(self._counts), "sum": self._sum}
