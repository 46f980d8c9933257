"""The database, from the event loop.

A few threads with a connection each serve all sockets of a process. One thread for everybody (what asgiref does by
default) lets a slow query hold everybody up; one a socket is a connection a socket, more than PostgreSQL gives.
"""

import asyncio
import contextvars
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from django.db import InterfaceError, OperationalError, connections

from media.incidents import Kind
from meetings.outages import Outage
from meetings.protocol.codes import Refusal

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
CONNECTION_AGE = 600
SOUND_SECONDS = 1.0
# Classes of SQLSTATE: connection exceptions, too few resources, shut down by somebody.
AWAY_CLASSES = ("08", "53", "57")


def _keep_connections() -> None:
    """Connections of these threads outlive a call, unlike those of requests, which come and go with their threads."""
    for connection in connections.all():
        connection.settings_dict = {
            **connection.settings_dict,
            "CONN_MAX_AGE": CONNECTION_AGE,
            "CONN_HEALTH_CHECKS": True,
        }


_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="meetings-db", initializer=_keep_connections)


async def in_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function` in a database thread.

    A caller who is cancelled waits all the same until the function has ended: a thread cannot be stopped, and whoever
    cleans up afterwards must find what it did. Raises Refusal SERVICE_UNAVAILABLE when the database cannot be reached.
    """
    call = partial(contextvars.copy_context().run, _with_sound_connections, partial(function, *args, **kwargs))
    running = asyncio.get_running_loop().run_in_executor(_threads, call)
    try:
        done = await asyncio.shield(running)
    except (OperationalError, InterfaceError) as error:
        if not is_away(error):
            raise
        database_outage().failed(error)
        raise Refusal("SERVICE_UNAVAILABLE", "The database cannot be reached just now.", retryAfter=1.0) from error
    except asyncio.CancelledError:
        await asyncio.wait([running])
        if not running.cancelled():
            running.exception()
        raise
    database_outage().works()
    return done


def is_away(error: Exception) -> bool:
    """Whether a database error says that the database cannot be reached or used, and not that a query is wrong or lost
    a race.
    """
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    if name := getattr(error.__cause__, "sqlite_errorname", None):
        return bool(name != "SQLITE_ERROR")
    state = getattr(error.__cause__, "sqlstate", None)
    return state is None or state[:2] in AWAY_CLASSES


_outages: WeakKeyDictionary[asyncio.AbstractEventLoop, Outage] = WeakKeyDictionary()


def database_outage() -> Outage:
    """Whether the database is away, as the running loop has found it."""
    loop = asyncio.get_running_loop()
    if loop not in _outages:
        _outages[loop] = Outage(Kind.DATABASE_LOST, "The database")
    return _outages[loop]


class _Use(threading.local):
    """When a thread used its connections last (`time.monotonic`)."""

    ended = 0.0


_use = _Use()


def _with_sound_connections(function: Callable[[], T]) -> T:
    try:
        _drop_broken_connections()
        return function()
    finally:
        _drop_broken_connections()
        _use.ended = time.monotonic()


def _drop_broken_connections() -> None:
    """What was used a moment ago and did not fail is not asked again whether it works, which is a query."""
    rested = time.monotonic() - _use.ended > SOUND_SECONDS
    for connection in connections.all(initialized_only=True):
        if rested or connection.errors_occurred:
            connection.close_if_unusable_or_obsolete()
