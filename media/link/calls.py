"""The calls that a web process has sent over one link and that wait for their reply."""

import asyncio
from typing import Any

from media.errors import MediaError

from .frames import Reply


class PendingCalls:
    """Matches replies to callers.

    A call leaves the table when its reply arrives, when its caller stops waiting, or when the link fails: nothing
    stays, and a reply that comes late finds nobody.
    """

    def __init__(self) -> None:
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._last_id = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def open(self) -> tuple[int, "asyncio.Future[dict[str, Any]]"]:
        """A new id and the future that its reply will settle. The caller must `drop` the id in the end."""
        self._last_id += 1
        future: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._waiting[self._last_id] = future
        return self._last_id, future

    def drop(self, call_id: int) -> None:
        """Forget a call; harmless when it was settled already."""
        self._waiting.pop(call_id, None)

    def settle(self, reply: Reply) -> bool:
        """Hand a reply to its caller. False when nobody waits for it (any more)."""
        future = self._waiting.pop(reply.id, None) if reply.id is not None else None
        if future is None or future.done():
            return False
        if reply.code is None:
            future.set_result(reply.data or {})
        else:
            future.set_exception(MediaError(reply.code, reply.details))
        return True

    def fail_all(self, error: MediaError) -> None:
        """Fail every call that waits."""
        waiting, self._waiting = self._waiting, {}
        for future in waiting.values():
            if not future.done():
                future.set_exception(MediaError(error.code, error.details))
