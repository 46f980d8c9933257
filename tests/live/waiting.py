"""Waiting for a condition, with a limit."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, overload

T = TypeVar("T")


@overload
async def eventually(
    what: str, look: Callable[[], Awaitable[T | None]], *, within: float = ..., every: float = ...
) -> T: ...
@overload
async def eventually(what: str, look: Callable[[], T | None], *, within: float = ..., every: float = ...) -> T: ...
async def eventually(
    what: str, look: Callable[[], Awaitable[T | None] | T | None], *, within: float = 10.0, every: float = 0.1
) -> T:
    """Look until something truthy is seen, and return it. Fails with `what` and the last thing seen after
    `within` seconds.
    """
    ends = time.monotonic() + within
    while True:
        seen = look()
        if isinstance(seen, Awaitable):
            seen = await seen
        if seen:
            return seen
        if time.monotonic() > ends:
            raise AssertionError(f"not within {within:g} s: {what} (last seen: {seen!r})")
        await asyncio.sleep(every)


def eventually_blocking(what: str, look: Callable[[], T | None], *, within: float = 10.0, every: float = 0.05) -> T:
    """The same without an event loop."""
    ends = time.monotonic() + within
    while not (seen := look()):
        if time.monotonic() > ends:
            raise AssertionError(f"not within {within:g} s: {what} (last seen: {seen!r})")
        time.sleep(every)
    return seen
