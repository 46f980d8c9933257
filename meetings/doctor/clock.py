"""Clocks: those of the hosts must agree, for TURN credentials, certificates and the order of events."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from django.conf import settings
from django.db import connection

from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow
from meetings.doctor.redis_server import redis_client
from meetings.doctor.site import look_at_page
from meetings.links import site_url

PATIENCE = 4.0
OFF, FAR_OFF = 2.0, 30.0


@dataclass(frozen=True, slots=True)
class Clock:
    """Somebody's clock. `ahead` answers the seconds by which it is before ours; it may raise anything."""

    name: str
    ahead: Callable[[], Awaitable[float]]


async def clock(clocks: Sequence[Clock] | None = None) -> Finding:
    """Ours against those of whom we deal with; those that do not answer are left out, for other checks tell of them."""
    asked = list(_clocks() if clocks is None else clocks)
    found = await asyncio.gather(*map(_ask, asked))
    offsets = {one.name: ahead for one, ahead in zip(asked, found, strict=True) if ahead is not None}
    if not offsets:
        return green("There is no other clock to compare ours with.")
    told = ", ".join(f"{name} {ahead:+.1f} s" for name, ahead in offsets.items())
    said = f"Against this host's clock: {told}."
    facts = {"offsets": {name: round(ahead, 3) for name, ahead in offsets.items()}}
    most = max(map(abs, offsets.values()))
    remedy = "Have all hosts keep the time: `timedatectl set-ntp true`, and see `timedatectl timesync-status`."
    if most > FAR_OFF:
        return red(said, remedy, **facts)
    return yellow(said, remedy, **facts) if most > OFF else green(said, **facts)


def _clocks() -> list[Clock]:
    found = []
    if connection.vendor == "postgresql":
        found.append(Clock("the database", lambda: aside(_database_ahead)))
    if settings.REDIS_URL:
        found.append(Clock("Redis", _redis_ahead))
    if settings.PUBLIC_URL:
        found.append(Clock(site_url(), _site_ahead))
    return found


async def _ask(one: Clock) -> float | None:
    try:
        async with asyncio.timeout(PATIENCE):
            return await one.ahead()
    except Exception:
        return None


def _database_ahead() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")  # so that connecting is not counted
        cursor.fetchone()
        began = time.time()
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        told = float(cursor.fetchone()[0])
        return told - (began + time.time()) / 2


async def _redis_ahead() -> float:
    async with aclosing(redis_client()) as client:
        await client.ping()
        began = time.time()
        seconds, microseconds = await client.time()
        told = float(seconds) + float(microseconds) / 1e6
        return told - (began + time.time()) / 2


async def _site_ahead() -> float:
    return (await aside(look_at_page))[1]
