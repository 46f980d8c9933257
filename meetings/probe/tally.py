"""How many probes there were, by outcome: counted in the cache, which all processes share where there is Redis."""

from __future__ import annotations

from django.core.cache import cache

OUTCOMES = ("ok", "failed")


def count(outcome: str) -> None:
    """One more of this outcome."""
    cache.add(_key(outcome), 0, None)
    cache.incr(_key(outcome))


def counted() -> dict[str, int]:
    """By outcome, since the process or Redis began."""
    found = cache.get_many(map(_key, OUTCOMES))
    return {outcome: int(found.get(_key(outcome), 0)) for outcome in OUTCOMES}


def _key(outcome: str) -> str:
    return f"probe-runs-{outcome}"
