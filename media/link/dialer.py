"""The web process's end of the link: keeps one connection to a media node, and makes calls over it."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from typing import Any

from websockets.asyncio.client import ClientConnection, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from media.errors import BAD_REQUEST, MEDIA_UNAVAILABLE, MediaError
from media.log_fields import trace

from . import frames
from .calls import PendingCalls

log = logging.getLogger(__name__)

FIRST_DELAY = 0.05
LONGEST_DELAY = 2.0
OPEN_TIMEOUT = 5.0
# How long a call may wait for a link that is just being opened, or that went down just now, before it is refused.
PATIENCE = 3.0
# The same at the very first, for a process that may have to start the node itself: on a busy machine that takes longer.
PATIENCE_AT_START = 8.0


class LinkRefused(Exception):
    """The other end cannot be talked to; the text says why."""


class LinkDialer:
    """Keeps a link to the node at a unix socket until closed, and reconnects with back-off when it drops.

    `on_event`, `on_up` and `on_down` are called in the loop and must not block. `on_down` is called once per loss of
    a link that was up, with a sentence. `before_dial` runs before each attempt; what it raises counts as a failed
    attempt. `node` is the name of the node that it is, or was, linked to.
    """

    def __init__(
        self,
        path: str,
        *,
        on_event: Callable[[frames.Event], None],
        on_up: Callable[[frames.Hello], None],
        on_down: Callable[[str], None],
        before_dial: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._path = path
        self._on_event, self._on_up, self._on_down = on_event, on_up, on_down
        self._before_dial = before_dial
        self._calls = PendingCalls()
        self._connection: ClientConnection | None = None
        self.node = ""
        self._up = asyncio.Event()
        self._patient_until = 0.0
        self._trouble = "The media node has not been reached yet."
        self._told = ""
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to dial. Does nothing when already begun."""
        if self._task is None:
            patience = PATIENCE if self._before_dial is None else PATIENCE_AT_START
            self._patient_until = asyncio.get_running_loop().time() + patience
            self._task = asyncio.create_task(self._keep_linked(), name="media-link")

    async def close(self) -> None:
        """Hang up and stop dialling; fails what is pending. Idempotent."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._fall("The link to the media node was closed.", tell=False)

    @property
    def latency(self) -> float | None:
        """Seconds that the last ping over the link took, 0 before the first; None while there is no link."""
        return None if self._connection is None else self._connection.latency

    async def call(
        self,
        verb: str,
        meeting: str,
        participant: str,
        data: dict[str, Any],
        timeout: float,  # noqa: ASYNC109  # the refusal is a MediaError, not a TimeoutError
    ) -> dict[str, Any]:
        """One request and its reply.

        Raises `MediaError`: the node's own, or MEDIA_UNAVAILABLE for a lost link or `timeout` seconds.
        """
        self.start()
        try:
            async with asyncio.timeout(timeout):
                connection = await self._connected()
                return await self._exchange(connection, verb, meeting, participant, data)
        except TimeoutError:
            raise MediaError(MEDIA_UNAVAILABLE, f"The media node did not answer within {timeout:g} seconds.") from None

    async def _exchange(
        self, connection: ClientConnection, verb: str, meeting: str, participant: str, data: dict[str, Any]
    ) -> dict[str, Any]:
        if frames.nested_too_deeply(data):
            raise MediaError(BAD_REQUEST, "The data is nested too deeply.")
        call_id, reply = self._calls.open()
        try:
            text = frames.encode(frames.Request(call_id, verb, meeting, participant, data, trace()))
            if len(text) > frames.MAX_FRAME_BYTES:
                raise MediaError(BAD_REQUEST, "The data is too large.")
            await connection.send(text)
            return await reply
        except ConnectionClosed:
            raise MediaError(MEDIA_UNAVAILABLE, "The link to the media node was lost.") from None
        finally:
            self._calls.drop(call_id)

    async def _connected(self) -> ClientConnection:
        if not self._up.is_set():
            try:
                async with asyncio.timeout_at(max(self._patient_until, asyncio.get_running_loop().time())):
                    await self._up.wait()
            except TimeoutError:
                raise MediaError(MEDIA_UNAVAILABLE, self._trouble) from None
        assert self._connection is not None
        return self._connection

    async def _keep_linked(self) -> None:
        delay = FIRST_DELAY
        while True:
            try:
                if self._before_dial is not None:
                    await self._before_dial()
                async with unix_connect(
                    self._path,
                    "ws://media-node/",
                    subprotocols=[Subprotocol(frames.SUBPROTOCOL)],
                    compression=None,
                    max_size=frames.MAX_FRAME_BYTES,
                    open_timeout=OPEN_TIMEOUT,
                    close_timeout=1,
                ) as connection:
                    await self._greet(connection)
                    delay = FIRST_DELAY
                    await self._read(connection)
            except (OSError, TimeoutError, WebSocketException, LinkRefused, frames.BadFrame) as error:
                self._fall(explain(error))
            except Exception as error:
                log.exception("The link to the media node broke in an unforeseen way")
                self._fall(f"The link to the media node broke ({type(error).__name__}).")
            await asyncio.sleep(delay * random.uniform(0.8, 1.2))
            delay = min(delay * 2, LONGEST_DELAY)

    async def _greet(self, connection: ClientConnection) -> None:
        async with asyncio.timeout(OPEN_TIMEOUT):
            hello = frames.decode_from_node(await connection.recv())
        if not isinstance(hello, frames.Hello):
            raise LinkRefused("The media node did not say hello.")
        if hello.version != frames.VERSION:
            raise LinkRefused(
                f"The media node speaks link version {hello.version} and this web process version {frames.VERSION}: "
                "restart whichever of them is older."
            )
        self._connection = connection
        self.node = hello.node
        self._told = ""
        self._up.set()
        self._on_up(hello)

    async def _read(self, connection: ClientConnection) -> None:
        while True:
            frame = frames.decode_from_node(await connection.recv())
            if isinstance(frame, frames.Event):
                self._on_event(frame)
            elif isinstance(frame, frames.Reply):
                if frame.id is None:
                    raise LinkRefused(f"The media node could not read what it was sent: {frame.details}")
                if self._calls.settle(frame):
                    # Let the caller go on before an event that the node sent after this reply is delivered.
                    await asyncio.sleep(0)

    def _fall(self, reason: str, tell: bool = True) -> None:
        was_up, self._connection = self._up.is_set(), None
        self._up.clear()
        if was_up:
            self._patient_until = asyncio.get_running_loop().time() + PATIENCE
        # A node that is not there yet is no trouble before it had its time to start.
        late = asyncio.get_running_loop().time() >= self._patient_until
        if tell and (was_up or late) and reason != self._told:
            log.warning("No link to the media node: %s", reason)
            self._told = reason
        self._trouble = reason
        self._calls.fail_all(MediaError(MEDIA_UNAVAILABLE, reason))
        if was_up and tell:
            self._on_down(reason)


def explain(error: Exception) -> str:
    """One sentence for a person, about why a link could not be opened or was lost."""
    match error:
        case FileNotFoundError() | ConnectionRefusedError():
            return "No media node is running."
        case PermissionError():
            return "This process may not open the media node's socket; both must run as the same user."
        case InvalidStatus():
            said = bytes(error.response.body or b"").decode("utf-8", "replace").strip()
            return said or f"The media node refused the link with status {error.response.status_code}."
        case ConnectionClosed():
            said = error.rcvd.reason if error.rcvd is not None else ""
            return f"The media node closed the link: {said}" if said else "The media node closed the link."
        case TimeoutError():
            return "The media node did not answer."
        case LinkRefused():
            return str(error)
        case _:
            return f"The link to the media node failed ({type(error).__name__})."
