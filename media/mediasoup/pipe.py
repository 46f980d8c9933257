"""The pipe to one worker: requests and notifications down; replies, notifications and log lines up."""

from __future__ import annotations

import asyncio
import logging
import math
import socket
from collections.abc import Callable
from typing import Any

from media.mediasoup.codec import UNREADABLE, Body, BodyDecoders, Codec
from media.mediasoup.codec_prepared import PreparedRequest
from media.mediasoup.errors import (
    CodecError,
    HandlerNotFound,
    InvalidRequest,
    MessageTooLarge,
    PipeClosed,
    RequestRejected,
    RequestTimeout,
)
from media.mediasoup.pipe_reader import LARGEST_MESSAGE, MessageReader
from media.mediasoup.pipe_writer import MessageWriter

logger = logging.getLogger(__name__)

REQUEST_TIMEOUT = 10.0  # seconds

_LAST_ID = 2**32 - 1
_LOG_LEVELS = {"D": logging.DEBUG, "W": logging.WARNING, "E": logging.ERROR, "X": logging.INFO}
_REJECTIONS = {"TypeError": InvalidRequest, "NotFoundError": HandlerNotFound}

OnNotification = Callable[[str, Body | None], None]


# A request whose reply has not come: its future (None when nobody waits for it), method, handler id, deadline, and what
# is to be read of the reply (None for all).
_Pending = tuple[asyncio.Future[Any] | None, str, str, float, BodyDecoders | None]


class Pipe:
    """Speaks with one worker over a pair of sockets, in the event loop in which it is made.

    Nothing here blocks. A request goes out at once when no other is under way, otherwise together with all others of
    the same turn of the loop. Replies settle the futures of their requests in the order in which they come;
    notifications are handed to their subscribers while they are read, so a subscriber must not block and had better
    be there before the request that makes its object goes out (ids are chosen on this side).
    """

    def __init__(
        self,
        codec: Codec,
        down: socket.socket,
        up: socket.socket,
        *,
        worker_logger: logging.Logger = logger,
        request_timeout: float = REQUEST_TIMEOUT,
        on_lost: Callable[[str], None] = lambda reason: None,
    ) -> None:
        """`down` carries to the worker (its descriptor 3), `up` from it (its descriptor 4); the pipe owns both now.

        `worker_logger` gets the worker's log messages. `on_lost(reason)` is called once if the pipe ends without
        `close()`; it is closed then and what was pending has failed.
        """
        self.codec = codec
        self.closed = False
        self.request_timeout = request_timeout
        self._loop = asyncio.get_running_loop()
        self._open = codec.open
        self._response_bodies = codec.response_bodies
        self._worker_logger = worker_logger
        self._on_lost = on_lost
        self._last_id = 0
        self._pending: dict[int, _Pending] = {}
        self._subscribers: dict[str, OnNotification] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = math.inf
        self._writer = MessageWriter(self._loop, down, lambda error: self._lost(f"cannot write: {error}"))
        self._reader = MessageReader(self._loop, up, self._read, self._ended)

    # Down

    def request(
        self,
        method: str,
        handler_id: str = "",
        body_type: str | None = None,
        body: Body | None = None,
        *,
        timeout: float | None = None,
    ) -> asyncio.Future[Any]:
        """Send a request and give a future of its reply's body (None where a reply has none).

        `method` is a member of `FBS.Request.Method`, `body_type` of `FBS.Request.Body`; `timeout` is in seconds,
        default `request_timeout`. The request is on its way when this returns, awaited or not.
        Raises here, with nothing sent: `PipeClosed`, `MessageTooLarge`, `UnfitValue` (unknown request, unfit body).
        The future raises `RequestRejected` or one of its kinds, `RequestTimeout` (a later reply is ignored),
        `PipeClosed`, `CodecError` (the reply cannot be read).
        """
        if self.closed:
            raise PipeClosed(method, handler_id, "the pipe is closed")
        future: asyncio.Future[Any] = self._loop.create_future()
        request_id = self._next_id()
        message = self.codec.encode_request(request_id, method, handler_id, body_type, body)
        self._send(request_id, message, future, method, handler_id, timeout)
        return future

    def request_prepared(
        self,
        prepared: PreparedRequest,
        handler_id: str,
        *values: Any,
        part: BodyDecoders | None = None,
        timeout: float | None = None,
    ) -> asyncio.Future[Any]:
        """Like `request`, for one that was prepared: `values` are those of its blanks.

        With `part` (see `Codec.response_part`), only that of the reply's body is decoded.
        """
        if self.closed:
            raise PipeClosed(prepared.method, handler_id, "the pipe is closed")
        future: asyncio.Future[Any] = self._loop.create_future()
        request_id = self._next_id()
        message = prepared.frame(request_id, handler_id, *values)
        self._send(request_id, message, future, prepared.method, handler_id, timeout, part)
        return future

    def post(self, method: str, handler_id: str = "", body_type: str | None = None, body: Body | None = None) -> None:
        """Send a request whose outcome nobody waits for. A closed pipe or a refusal is not an error here."""
        if not self.closed:
            request_id = self._next_id()
            message = self.codec.encode_request(request_id, method, handler_id, body_type, body)
            self._send(request_id, message, None, method, handler_id, None)

    def notify(self, event: str, handler_id: str = "", body_type: str | None = None, body: Body | None = None) -> None:
        """Send a notification. Raises `PipeClosed`, `UnfitValue`, `MessageTooLarge`."""
        if self.closed:
            raise PipeClosed(event, handler_id, "the pipe is closed")
        message = self.codec.encode_notification(event, handler_id, body_type, body)
        if len(message) > LARGEST_MESSAGE:
            raise MessageTooLarge(event, len(message), LARGEST_MESSAGE)
        self._writer.gather(message)

    def _next_id(self) -> int:
        request_id = self._last_id + 1
        if request_id > _LAST_ID:
            request_id = 1
        while request_id in self._pending:
            request_id += 1
        self._last_id = request_id
        return request_id

    def _send(
        self,
        request_id: int,
        message: bytes,
        future: asyncio.Future[Any] | None,
        method: str,
        handler_id: str,
        timeout: float | None,
        part: BodyDecoders | None = None,
    ) -> None:
        if len(message) > LARGEST_MESSAGE:
            raise MessageTooLarge(method, len(message), LARGEST_MESSAGE)
        deadline = self._loop.time() + (self.request_timeout if timeout is None else timeout)
        if deadline < self._timer_at:
            self._set_timer(deadline)
        if self._pending:
            self._writer.gather(message)
        else:
            self._writer.write(message)
        self._pending[request_id] = (future, method, handler_id, deadline, part)

    # Up

    def subscribe(self, handler_id: str, callback: OnNotification) -> None:
        """Call `callback(event, body)` at each notification for `handler_id`.

        `event` is a member of `FBS.Notification.Event`.
        """
        self._subscribers[handler_id] = callback

    def has_subscriber(self, handler_id: str) -> bool:
        """Whether something subscribed under this id, which must be unique in the worker."""
        return handler_id in self._subscribers

    def unsubscribe(self, handler_id: str) -> None:
        """Ignore notifications for `handler_id` from now on."""
        self._subscribers.pop(handler_id, None)

    def _read(self, buffer: bytes, at: int) -> None:
        try:
            kind, fields = self._open(buffer, at)
        except UNREADABLE as error:
            logger.error("the worker sent a message that cannot be read: %r", error)
            return
        if kind == self.codec.response_kind:
            self._reply(buffer, *fields)
        elif kind == self.codec.notification_kind:
            self._notification(buffer, *fields)
        else:
            self._log(*fields)

    def _reply(
        self,
        buffer: bytes,
        request_id: int,
        accepted: bool,
        body_number: int,
        body_at: int,
        error: str | None,
        reason: str | None,
    ) -> None:
        pending = self._pending.pop(request_id, None)
        if pending is None:
            logger.debug("reply to request %d, for which nobody waits any more", request_id)
            return
        future, method, handler_id, _, part = pending
        if future is None:
            if not accepted:
                logger.debug("%s [%s] was refused: %s", method, handler_id, reason)
        elif future.done():
            pass  # cancelled by whoever awaited it
        elif accepted:
            try:
                body = (part or self._response_bodies)[body_number](buffer, body_at) if body_number else None
            except UNREADABLE as malformed:
                future.set_exception(CodecError(f"the reply to {method} cannot be read: {malformed!r}"))
            else:
                future.set_result(body)
        else:
            kind = _REJECTIONS.get(error or "", RequestRejected)
            future.set_exception(kind(method, handler_id, reason or error or "refused without a reason"))

    def _notification(self, buffer: bytes, handler_id: str | None, event: int, body_number: int, body_at: int) -> None:
        name = self.codec.event_names.get(event)
        subscriber = self._subscribers.get(handler_id or "")
        if name is None or subscriber is None:
            logger.debug("%s for %s, to which nobody listens", name or event, handler_id)
            return
        try:
            body = self.codec.notification_bodies[body_number](buffer, body_at) if body_number else None
        except UNREADABLE as error:
            logger.error("the worker sent %s for %s, which cannot be read: %r", name, handler_id, error)
            return
        try:
            subscriber(name, body)
        except Exception:
            logger.exception("the handler of %s for %s raised", name, handler_id)

    def _log(self, text: str | None) -> None:
        if text:
            self._worker_logger.log(_LOG_LEVELS.get(text[0], logging.WARNING), "%s", text[1:])

    # Time-outs: one timer, at the earliest deadline that was known when it was set.

    def _set_timer(self, deadline: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(deadline, self._expire)
        self._timer_at = deadline

    def _expire(self) -> None:
        self._timer, self._timer_at = None, math.inf
        now = self._loop.time()
        for request_id in [number for number, pending in self._pending.items() if pending[3] <= now]:
            future, method, handler_id, *_ = self._pending.pop(request_id)
            if future is not None and not future.done():
                future.set_exception(RequestTimeout(method, handler_id, "no reply in time"))
            logger.warning("%s [%s]: no reply in time", method, handler_id)
        if self._pending:
            self._set_timer(min(pending[3] for pending in self._pending.values()))

    # The end

    def close(self) -> None:
        """Send what was gathered, as far as the worker takes it; fail what is pending with `PipeClosed`. Idempotent."""
        self._close("the pipe was closed")

    def _close(self, reason: str) -> None:
        if self.closed:
            return
        self.closed = True
        self._reader.close()
        self._writer.close()
        self._subscribers.clear()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        for future, method, handler_id, *_ in self._pending.values():
            if future is not None and not future.done():
                future.set_exception(PipeClosed(method, handler_id, reason))
        self._pending.clear()

    def _ended(self, error: Exception | None) -> None:
        self._lost("the worker closed it" if error is None else str(error))

    def _lost(self, reason: str) -> None:
        if not self.closed:
            self._close(f"the pipe was lost: {reason}")
            self._on_lost(reason)
