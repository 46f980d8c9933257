"""A question that is asked once however many want the answer, of something that may hang."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class OneAtATime(Generic[T]):
    """What hangs keeps one question waiting, and not one for each who asks."""

    def __init__(self, ask: Callable[[], Coroutine[Any, Any, T]]) -> None:
        self._ask = ask
        self._asking: asyncio.Task[T] | None = None

    async def answer(self, patience: float) -> T:
        """The answer to the question under way, or to a new one. Raises TimeoutError after `patience` seconds, or what
        the question raises.
        """
        loop = asyncio.get_running_loop()
        if self._asking is None or self._asking.done() or self._asking.get_loop() is not loop:
            self._asking = loop.create_task(self._ask())
        async with asyncio.timeout(patience):
            return await asyncio.shield(self._asking)
