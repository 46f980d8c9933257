"""The part that every object with a counterpart in the worker shares: its id, its notifications, its end."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from media.mediasoup.errors import InvalidStateError, RequestRejected
from media.mediasoup.events import ObservedEmitter

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from media.mediasoup.pipe import Pipe

logger = logging.getLogger(__name__)

Body = dict[str, Any]
AppData = dict[str, Any]


class WorkerObject(ObservedEmitter):
    """Our side of an object that lives in a worker.

    Attributes are read-only for callers, but for `app_data`. `closed` never goes back to False. Requests of a closed
    object raise `InvalidStateError` without asking the worker.

    State that hardly ever differs from its default stands in the class, so that making thousands of these stays cheap.
    """

    closed: bool = False
    _early: list[tuple[str, Body | None]] | None = None

    def __init__(self, pipe: Pipe, object_id: str, app_data: AppData | None) -> None:
        if app_data is not None and not isinstance(app_data, dict):
            raise TypeError("if given, app_data must be a dict")
        self.id = object_id
        self.app_data: AppData = {} if app_data is None else app_data
        self._pipe = pipe

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id}{' closed' if self.closed else ''}>"

    async def _request(self, method: str, body_type: str | None = None, body: Body | None = None) -> Any:
        """Ask the worker on this object's behalf. Raises InvalidStateError when closed, else what `Pipe.request`
        raises."""
        self._check_open()
        return await self._pipe.request(method, self.id, body_type, body)

    def _tell(self, method: str, body_type: str | None = None, body: Body | None = None) -> None:
        """Ask the worker on this object's behalf and do not wait. Whether it answers, and what, does not matter."""
        self._pipe.post(method, self.id, body_type, body)

    def _check_open(self) -> None:
        if self.closed:
            raise InvalidStateError(f"{type(self).__name__} {self.id} is closed")

    # Notifications

    def _notified(self, event: str, body: Body | None) -> None:
        if self._early is not None:
            self._early.append((event, body))
        else:
            self._handle(event, body)

    def _handle(self, event: str, body: Any) -> None:
        """Take in one notification. Subclasses handle theirs and leave what they do not know to this one."""
        logger.error("%r ignores the unknown event %s", self, event)

    def _emit_and_observe(self, name: str, *args: Any) -> None:
        self.emit(name, *args)
        self.observe(name, *args)

    # Beginning and end

    async def _create_in_worker(self, parent: WorkerObject, method: str, body_type: str, body: Body) -> Any:
        """Have the worker make this object and answer its reply; see `_created`."""
        return await self._created(parent, lambda: self._pipe.request(method, parent.id, body_type, body))

    async def _created(self, parent: WorkerObject, request: Callable[[], Awaitable[Any]]) -> Any:
        """Send the `request` that has the worker make this object, and answer its reply.

        The handler is in place before the request goes out, as the worker notifies before we have read its reply.
        Whatever goes wrong, neither a handler stays behind here nor an object there: one that may exist after a
        time-out or a cancellation is closed.
        """
        parent._check_open()
        self._early = []
        self._pipe.subscribe(self.id, self._notified)
        try:
            sent = request()
        except BaseException:
            self._detach()
            raise
        try:
            reply = await sent
        except RequestRejected:
            self._detach()
            raise
        except BaseException:
            self._detach()
            self._tell_close()
            raise
        if parent.closed:
            # The worker closed this object along with its parent.
            self._detach()
            raise InvalidStateError(f"{parent!r} was closed while it made a {type(self).__name__}")
        return reply

    def _begin(self) -> None:
        """The object is complete. Notifications that came early follow in the next turn of the loop: whoever awaits the
        object may add listeners first."""
        if self._early:
            asyncio.get_running_loop().call_soon(self._deliver_early)
        else:
            self._early = None

    def _deliver_early(self) -> None:
        early, self._early = self._early, None
        for event, body in early or ():
            if self.closed:
                return
            self._handle(event, body)

    def close(self) -> None:
        """Close it with everything that was made on it. Idempotent; tells the worker, and does not wait for it.

        Emits nothing but the observer's `close`, here and, with their parents' events, on what it closes:
        docs/closures.md has all arrows."""
        if self.closed:
            return
        self._detach()
        self._tell_close()
        self._end(None)

    def _closed_by(self, event: str | None) -> bool:
        """Close because something else did; the worker knows. False when it was closed already."""
        if self.closed:
            return False
        self._detach()
        self._end(event)
        return True

    def _detach(self) -> None:
        """Closed from now on, and deaf to the worker."""
        self.closed = True
        self._pipe.unsubscribe(self.id)

    def _end(self, event: str | None) -> None:
        self._leave_parent()
        self._close_children()
        if event is not None:
            self.emit(event)
        self.observe("close")

    def _tell_close(self) -> None:
        """Ask the worker to close this object's counterpart, without waiting."""
        raise NotImplementedError

    def _leave_parent(self) -> None:
        """Take itself out of the tables of those above it."""

    def _close_children(self) -> None:
        """Close what was made on it, without telling the worker."""
