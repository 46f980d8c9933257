"""When the sweep last ran: what Celery's clock and a worker of it have done together."""

import time

from django.core.cache import cache

KEY = "meetings.last-sweep"


def note_sweep() -> None:
    """It has just run."""
    cache.set(KEY, time.time(), None)


def last_sweep() -> float | None:
    """Seconds since the epoch. None: never, or in another process where processes share no cache."""
    found = cache.get(KEY)
    return found if isinstance(found, float) else None
