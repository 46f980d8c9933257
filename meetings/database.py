"""The database, from the event loop.

A few threads with a connection each serve all sockets of a process. One thread for everybody (what asgiref does by
default) lets a slow query hold everybody up; one a socket is a connection a socket, more than PostgreSQL gives.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 8
CONNECTION_AGE = 600


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
    cleans up afterwards must find what it did.
    """
    call = partial(contextvars.copy_context().run, _with_sound_connections, partial(function, *args, **kwargs))
    running = asyncio.get_running_loop().run_in_executor(_threads, call)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        if not running.cancelled():
            running.exception()
        raise


def _with_sound_connections(function: Callable[[], T]) -> T:
    try:
        _drop_broken_connections()
        return function()
    finally:
        _drop_broken_connections()


def _drop_broken_connections() -> None:
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
