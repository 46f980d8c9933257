"""The web process's end of the link: keeps one connection to a media node, and makes calls over it."""

import asyncio
import logging
import random
import socket
import ssl
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from websockets.asyncio.client import ClientConnection, connect, unix_connect
from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.typing import Subprotocol

from media.errors import BAD_REQUEST, MEDIA_UNAVAILABLE, MediaError
from media.log_fields import trace

from . import frames
from .address import LinkAddress, TcpAddress, UnixAddress
from .calls import PendingCalls
from .security import LinkMisconfigured, LinkSecurity

log = logging.getLogger(__name__)
# At DEBUG it writes down whole handshakes, the secret with them.
websocket_log = logging.getLogger(f"{__name__}.websocket")
websocket_log.setLevel(logging.WARNING)

FIRST_DELAY = 0.05
LONGEST_DELAY = 2.0
OPEN_TIMEOUT = 5.0
# How long a call may wait for a link that is just being opened, or that went down just now, before it is refused.
PATIENCE = 3.0
# The same at the very first, for a process that may have to start the node itself: on a busy machine that takes longer.
PATIENCE_AT_START = 8.0


# A machine that lost its power says no goodbye; a node that does not answer a ping for so long is gone.
PING_EVERY = 5.0
PING_PATIENCE = 5.0
LONGEST_ANSWER = 300


class NotSent(MediaError):
    """There was no link to send the request over: asking another node does nothing twice."""


class LinkRefused(Exception):
    """The other end cannot be talked to; the text says why."""


class Trouble(NamedTuple):
    """Why there is no link: `said` to participants, without addresses; `logged` for an operator, with the remedy."""

    said: str
    logged: str


class LinkDialer:
    """Keeps a link to the node at an address until closed, and reconnects with back-off when it drops.

    `on_event`, `on_up`, `on_down` and `on_failed` are called in the loop and must not block. `on_down` is called once
    per loss of a link that was up, with a sentence, and `on_failed` after each attempt that led to no link, with
    whether it took too long: the delay may have been on this side. `before_dial` runs before each attempt; what it
    raises counts as a failed attempt. `security` is needed over TCP. `patience` is how many seconds a call waits for a
    link that went down just now.
    """

    def __init__(
        self,
        address: LinkAddress,
        *,
        on_event: Callable[[frames.Event], None],
        on_up: Callable[[frames.Hello], None],
        on_down: Callable[[str], None],
        on_failed: Callable[[bool], None] = lambda timed_out: None,
        before_dial: Callable[[], Awaitable[None]] | None = None,
        security: LinkSecurity | None = None,
        patience: float = PATIENCE,
    ) -> None:
        self._address, self._security = address, security or LinkSecurity()
        self._on_event, self._on_up, self._on_down, self._on_failed = on_event, on_up, on_down, on_failed
        self._before_dial = before_dial
        self._patience = patience
        self._calls = PendingCalls()
        self._connection: ClientConnection | None = None
        self._up = asyncio.Event()
        self._patient_until = 0.0
        self._trouble = "The media node has not been reached yet."
        self._told = ""
        self._task: asyncio.Task[None] | None = None

    @property
    def is_up(self) -> bool:
        """Whether there is a link, as far as is known."""
        return self._up.is_set()

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
        closed = "The link to the media node was closed."
        self._fall(Trouble(closed, closed), tell=False)

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
            # Over a link that hangs; one that is being opened has run out of patience long before.
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
                raise NotSent(MEDIA_UNAVAILABLE, self._trouble) from None
        assert self._connection is not None
        return self._connection

    async def _keep_linked(self) -> None:
        delay = FIRST_DELAY
        while True:
            try:
                if self._before_dial is not None:
                    await self._before_dial()
                async with dial(self._address, self._security) as connection:
                    self._begin(connection, await greeting(connection))
                    delay = FIRST_DELAY
                    await self._read(connection)
            except FAILURES as error:
                self._fall(explain(error, self._address), timed_out=isinstance(error, TimeoutError))
            except Exception as error:
                log.exception("The link to the media node broke in an unforeseen way")
                broke = f"The link to the media node broke ({type(error).__name__})."
                self._fall(Trouble(broke, broke))
            await asyncio.sleep(delay * random.uniform(0.8, 1.2))
            delay = min(delay * 2, LONGEST_DELAY)

    def _begin(self, connection: ClientConnection, hello: frames.Hello) -> None:
        self._connection = connection
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

    def _fall(self, trouble: Trouble, *, timed_out: bool = False, tell: bool = True) -> None:
        was_up, self._connection = self._up.is_set(), None
        self._up.clear()
        if was_up:
            self._patient_until = asyncio.get_running_loop().time() + self._patience
        # A node that is not there yet is no trouble before it had its time to start.
        late = asyncio.get_running_loop().time() >= self._patient_until
        if tell and (was_up or late) and trouble.logged != self._told:
            log.warning("No link to the media node at %s: %s", self._address, trouble.logged)
            self._told = trouble.logged
        self._trouble = trouble.said
        self._calls.fail_all(MediaError(MEDIA_UNAVAILABLE, trouble.said))
        if tell:
            if was_up:
                self._on_down(trouble.said)
            else:
                self._on_failed(timed_out)


def dial(address: LinkAddress, security: LinkSecurity) -> connect:
    """A WebSocket to the node, to be entered with `async with`. Raises `LinkMisconfigured`, and one of `FAILURES` when
    entered.
    """
    options: dict[str, Any] = {
        "subprotocols": [Subprotocol(frames.SUBPROTOCOL)],
        "compression": None,
        "max_size": frames.MAX_FRAME_BYTES,
        "open_timeout": OPEN_TIMEOUT,
        "close_timeout": 1,
        "ping_interval": PING_EVERY,
        "ping_timeout": PING_PATIENCE,
        "logger": websocket_log,
    }
    if isinstance(address, UnixAddress):
        return unix_connect(str(address.path), "ws://media-node/", **options)
    return connect(
        f"{address}/",
        ssl=security.for_dialling(),
        additional_headers={"Authorization": security.credentials()},
        # Not through whatever proxy the environment names for pages: the secret is for the node alone.
        proxy=None,
        **options,
    )


async def greeting(connection: ClientConnection) -> frames.Hello:
    """What the node says first. Raises `LinkRefused` when it is no node, or one of another version."""
    async with asyncio.timeout(OPEN_TIMEOUT):
        hello = frames.decode_from_node(await connection.recv())
    if not isinstance(hello, frames.Hello):
        raise LinkRefused("The media node did not say hello.")
    if hello.version != frames.VERSION:
        raise LinkRefused(
            f"The media node speaks link version {hello.version} and this web process version {frames.VERSION}: "
            "restart whichever of them is older."
        )
    return hello


FAILURES = (OSError, TimeoutError, WebSocketException, LinkRefused, LinkMisconfigured, frames.BadFrame)
"""What opening and reading a link may fail with."""


def explain(error: Exception, address: LinkAddress) -> Trouble:
    """Why a link could not be opened or was lost."""
    over_tcp = isinstance(address, TcpAddress)
    match error:
        case FileNotFoundError() | ConnectionRefusedError():
            remedy = "no media node listens there; start one, or mend its MEDIA_LINK_ADDRESS."
            return Trouble("No media node is running.", remedy if over_tcp else "No media node is running.")
        case PermissionError():
            said = "This process may not open the media node's socket; both must run as the same user."
        case InvalidStatus() if error.response.status_code == 401:
            return Trouble("The media node refused this web process.", _answer(error))
        case InvalidStatus():
            said = _answer(error)
        case ConnectionClosed():
            reason = error.rcvd.reason if error.rcvd is not None else ""
            said = f"The media node closed the link: {reason}" if reason else "The media node closed the link."
        case TimeoutError():
            remedy = "it does not answer; its MEDIA_LINK_ADDRESS must be an address that this machine reaches."
            return Trouble("The media node did not answer.", remedy if over_tcp else "The media node did not answer.")
        case ssl.SSLCertVerificationError():
            logged = (
                f"its certificate is not the one to expect ({error.verify_message.rstrip('.')}); set MEDIA_LINK_CA to "
                "whoever signed it, or MEDIA_LINK_CERT to the node's own."
            )
            return Trouble("The media node could not prove who it is.", logged)
        case ssl.SSLError():
            logged = (
                f"it does not speak TLS 1.3 there ({(error.reason or 'no TLS').lower()}); is it a media node's port?"
            )
            return Trouble("The media node does not speak TLS.", logged)
        case socket.gaierror():
            return Trouble("The media node's name is not known.", f"its name cannot be resolved ({error.strerror}).")
        case LinkMisconfigured():
            return Trouble("The link to the media node is not set up.", str(error))
        case LinkRefused():
            said = str(error)
        case frames.BadFrame():
            said = f"The media node sent what cannot be read ({error.reason})."
        case OSError() if over_tcp:
            logged = f"{error.strerror or error}; its MEDIA_LINK_ADDRESS must be an address that this machine reaches."
            return Trouble("The media node cannot be reached.", logged)
        case _:
            said = f"The link to the media node failed ({type(error).__name__})."
    return Trouble(said, said)


def _answer(error: InvalidStatus) -> str:
    body = bytes(error.response.body or b"")[:LONGEST_ANSWER]
    said = body.decode("utf-8", "replace").strip()
    return said or f"The media node refused the link with status {error.response.status_code}."
