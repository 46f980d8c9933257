"""Waiting for events, and remembering which came."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from media.mediasoup.events import EventEmitter

T = TypeVar("T")

LIMIT = 5.0


def next_event(emitter: EventEmitter, name: str) -> asyncio.Future[tuple[Any, ...]]:
    """A future of the arguments of the next `name`. Ask for it before doing what causes the event, then `await
    within(…)`."""
    future: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

    def happened(*args: object) -> None:
        if not future.done():
            future.set_result(args)

    emitter.once(name, happened)
    return future


async def within(future: Awaitable[T], limit: float = LIMIT) -> T:
    """What is awaited, which must come in time."""
    return await asyncio.wait_for(future, limit)


async def until(condition: Callable[[], object], limit: float = LIMIT) -> None:
    """Let the loop turn until the condition holds; fails when it does not in time."""
    deadline = time.monotonic() + limit
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come true in time"
        await asyncio.sleep(0.005)


class Recorder:
    """Lists the events of several objects in the order in which they came: ("producer", "transportclose"), …

    An observer's event carries its object's name and a star: ("producer*", "close")."""

    def __init__(self) -> None:
        self.events: list[tuple[str, str]] = []
        self.arguments: dict[tuple[str, str], tuple[Any, ...]] = {}

    def watch(self, label: str, emitter: EventEmitter, *names: str) -> None:
        for name in names:
            emitter.on(name, lambda *args, name=name: self._note(label, name, args))

    def _note(self, label: str, name: str, args: tuple[Any, ...]) -> None:
        self.events.append((label, name))
        self.arguments[label, name] = args
