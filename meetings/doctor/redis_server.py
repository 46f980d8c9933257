"""Redis: there, and a version that does what we need."""

import time
from contextlib import aclosing
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from redis.asyncio import Redis
from redis.exceptions import RedisError

from media.doctor.finding import Finding, green, red, yellow
from meetings.doctor.asking import from_database
from meetings.doctor.processes import live_processes

PATIENCE = 3.0
SLOW_SECONDS = 0.05
OLDEST = (6, 0)


def redis_client() -> Any:
    """A client that gives up soon. Close it."""
    return Redis.from_url(
        settings.REDIS_URL, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, decode_responses=True
    )


async def redis() -> Finding:
    """Without REDIS_URL there may be one web process, and no more."""
    if not settings.REDIS_URL:
        return await _without()
    parts = urlsplit(settings.REDIS_URL)
    where = f"Redis at {parts.hostname}:{parts.port or 6379}"
    try:
        async with aclosing(redis_client()) as client:
            await client.ping()
            began = time.perf_counter()
            await client.ping()
            took = time.perf_counter() - began
            told = await client.info()
    except (RedisError, OSError) as error:
        said = str(error).strip().partition("\n")[0]
        return red(f"{where} does not answer: {said}", "Start it, or correct REDIS_URL (host, port, password).")
    version = str(told.get("redis_version", "unknown"))
    memory = told.get("used_memory_human", "?")
    said = f"{where}, version {version}, answers within {took * 1000:.1f} ms and uses {memory}B"
    facts = {"version": version, "seconds": round(took, 5), "usedMemory": told.get("used_memory")}
    if tuple(int(part) for part in version.split(".")[:2] if part.isdecimal()) < OLDEST:
        return yellow(f"{said}.", f"Bring it to version {'.'.join(map(str, OLDEST))} or later.", **facts)
    if took > SLOW_SECONDS:
        return yellow(
            f"{said}.", "See what it is busy with (`redis-cli slowlog get`), and how far away it is.", **facts
        )
    return green(f"{said}.", **facts)


async def _without() -> Finding:
    def look() -> Finding:
        many = live_processes().count()
        if many > 1:
            return red(
                f"{many} web processes run without Redis: people in one do not hear of those in another.",
                "Set REDIS_URL, the same for all of them, or run one web process.",
            )
        return green("REDIS_URL is not set, and one process needs none.")

    found = await from_database(look)
    assert isinstance(found, Finding)
    return found
