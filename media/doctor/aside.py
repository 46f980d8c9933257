"""Doing what blocks in a thread that nobody waits for when it hangs."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import ParamSpec, TypeVar

from django.db import connections

P = ParamSpec("P")
T = TypeVar("T")


async def aside(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Call `function` in a thread of its own, and close the database connections that it opened.

    Unlike those of a pool, the thread keeps neither an event loop nor the process from ending.
    """
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[T] = loop.create_future()

    def tell(result: T | None, error: BaseException | None) -> None:
        if answer.done():
            return  # nobody waits any more
        if error is not None:
            answer.set_exception(error)
        else:
            answer.set_result(result)  # type: ignore[arg-type]  # there is one where there is no error

    def work() -> None:
        result, failure = None, None
        try:
            result = function(*args, **kwargs)
        except Exception as error:
            failure = error
        finally:
            connections.close_all()
        with suppress(RuntimeError):  # the loop has been closed meanwhile
            loop.call_soon_threadsafe(tell, result, failure)

    threading.Thread(target=work, name=f"doctor-{getattr(function, '__name__', 'check')}", daemon=True).start()
    return await answer
