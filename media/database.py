"""The database for the media plane's own rows, from an event loop: two threads, apart from those that serve people."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, InterfaceError, connections

P = ParamSpec("P")
T = TypeVar("T")

THREADS = 2
CONNECTION_AGE = 600


class DatabaseAway(Exception):
    """The database did not do what it was asked. The text says why, for an operator."""


def keep_connections() -> None:
    """Have this thread's connections outlive a call, and be tried before each."""
    for connection in connections.all():
        connection.settings_dict = {
            **connection.settings_dict,
            "CONN_MAX_AGE": CONNECTION_AGE,
            "CONN_HEALTH_CHECKS": True,
        }


_threads = ThreadPoolExecutor(THREADS, thread_name_prefix="media-db", initializer=keep_connections)


async def in_media_database(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run `function` in a database thread. Raises `DatabaseAway`."""
    return await asyncio.get_running_loop().run_in_executor(
        _threads, partial(with_sound_connections, partial(function, *args, **kwargs))
    )


def with_sound_connections(function: Callable[[], T]) -> T:
    """Call `function` in this thread, over connections that work. Raises `DatabaseAway`."""
    try:
        _drop_broken_connections()
        return function()
    except (DatabaseError, InterfaceError) as error:
        raise DatabaseAway((str(error).strip() or type(error).__name__).splitlines()[0]) from error
    finally:
        _drop_broken_connections()


def _drop_broken_connections() -> None:
    for connection in connections.all(initialized_only=True):
        connection.close_if_unusable_or_obsolete()
