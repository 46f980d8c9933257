"""One event of the stream, as it is while it has not become a row yet."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Event:
    """Somebody on `side` saw `step` come out like `outcome`, at `at` (seconds since the epoch, by this site's clock).

    Sides, steps and outcomes are those of `meetings.trace.steps`; `data` is what stands with the step there.
    """

    side: str
    step: str
    outcome: str
    at: float
    data: Json = field(default_factory=dict)
