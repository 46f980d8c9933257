"""The node's end of the link: accepts web processes on a unix socket, and over TLS where it is told to, and hands their
requests to a service.
"""

import asyncio
import logging
import os
import socket
from collections import deque
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol

from websockets.asyncio.server import ServerConnection, serve, unix_serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response
from websockets.typing import Subprotocol

from media.errors import BAD_REQUEST

from . import frames
from .address import TcpAddress, UnixAddress
from .door import Complaints, peer_name, refuse_other_versions, refuse_without_secret, tls_connections
from .security import LinkSecurity

log = logging.getLogger(__name__)
# Every link that comes and goes, at INFO, in words about WebSockets: of use when something is wrong with it.
websocket_log = logging.getLogger(f"{__name__}.websocket")
websocket_log.setLevel(logging.WARNING)

# A web process that stopped reading while this much waits for it is cut, so that it cannot fill the node's memory.
MOST_WAITING_BYTES = 64 * 1024 * 1024


class LinkService(Protocol):
    """What a `LinkServer` serves. All of it is called in the loop and must not block."""

    def hello(self) -> frames.Hello:
        """The frame that greets a new link."""

    def request(self, link: "NodeLink", request: frames.Request) -> None:
        """Take in a request. The service sends exactly one reply to it, now or later."""

    def link_closed(self, link: "NodeLink") -> None:
        """The link is gone; what is sent to it from now on is dropped."""


class NodeLink:
    """One web process, as the node sees it. Frames arrive there in the order in which they were given to `send`."""

    def __init__(self, connection: ServerConnection) -> None:
        self._connection = connection
        self._waiting: deque[str] = deque()
        self._waiting_bytes = 0
        self._wake = asyncio.Event()
        self.closed = False

    def send(self, frame: frames.FromNode) -> None:
        """Send a frame; returns at once. Dropped when the link is gone."""
        if self.closed:
            return
        text = frames.encode(frame)
        self._waiting.append(text)
        self._waiting_bytes += len(text)
        self._wake.set()
        if self._waiting_bytes > MOST_WAITING_BYTES:
            log.error("A web process does not read its link; it is cut")
            self.closed = True
            self._connection.transport.abort()

    async def converse(self, service: LinkService) -> None:
        """Serve the link until it ends."""
        self.send(service.hello())
        writer = asyncio.create_task(self._write(), name="media-link-writer")
        try:
            await self._read(service)
        except ConnectionClosed:
            pass
        finally:
            self.closed = True
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            service.link_closed(self)

    async def _read(self, service: LinkService) -> None:
        while True:
            message = await self._connection.recv()
            try:
                request = frames.decode_request(message)
            except frames.BadFrame as bad:
                await self._cut(bad)
                return
            service.request(self, request)

    async def _cut(self, bad: frames.BadFrame) -> None:
        """Say what was wrong, and hang up: who sends one bad frame is no web process of ours."""
        log.warning("A link from %s sent a bad frame and is cut: %s", peer_name(self._connection.transport), bad.reason)
        reply = frames.Reply(bad.request_id, code=BAD_REQUEST, details=f"Bad frame: {bad.reason}.")
        await self._connection.send(frames.encode(reply))
        await self._connection.close(1002, f"bad frame: {bad.reason}"[:120])

    async def _write(self) -> None:
        try:
            while True:
                await self._wake.wait()
                self._wake.clear()
                while self._waiting:
                    text = self._waiting.popleft()
                    self._waiting_bytes -= len(text)
                    await self._connection.send(text)
        except ConnectionClosed:
            self.closed = True


class CannotListen(Exception):
    """Nothing can be listened on there. The text says why and what helps."""


@dataclass(frozen=True, slots=True)
class TcpListener:
    """A port to listen on besides the socket file."""

    address: TcpAddress
    security: LinkSecurity


class LinkServer:
    """Listens on a unix socket that only this user may open, and on `tcp`. An async context manager.

    Whoever starts one must hold the lock of that socket: a file that is in the way is taken for a dead node's and
    removed. Raises `CannotListen` or `LinkMisconfigured`, and then listens on nothing.
    """

    def __init__(self, path: Path, service: LinkService, tcp: TcpListener | None = None) -> None:
        self._path = path
        self._service = service
        self._tcp = tcp
        self._refuse = Complaints().about
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "LinkServer":
        async with AsyncExitStack() as stack:
            if self._tcp is not None:
                await self._listen_over_tls(stack, self._tcp)
            listener = bind_private(self._path)
            stack.callback(self._path.unlink, missing_ok=True)
            await self._listen(stack, unix_serve, sock=listener, process_request=self._check_version)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._stack.aclose()

    async def _listen_over_tls(self, stack: AsyncExitStack, tcp: TcpListener) -> None:
        connections = tls_connections(tcp.security.for_listening(), self._refuse)
        listener, check = bind_tcp(tcp.address), partial(self._check_secret, tcp.security)
        await self._listen(stack, serve, sock=listener, process_request=check, create_connection=connections)
        stack.callback(lambda: [task.cancel() for task in connections.opening])
        log.info("The media node can be reached at %s", tcp.address)

    async def _listen(self, stack: AsyncExitStack, how: Any, **options: Any) -> None:
        server = await how(
            self._converse,
            subprotocols=[Subprotocol(frames.SUBPROTOCOL)],
            compression=None,
            max_size=frames.MAX_FRAME_BYTES,
            close_timeout=1,
            ping_interval=20,
            ping_timeout=20,
            logger=websocket_log,
            **options,
        )

        async def close() -> None:
            server.close(code=1001, reason="the media node stops")
            await server.wait_closed()

        stack.push_async_callback(close)

    async def _converse(self, connection: ServerConnection) -> None:
        await NodeLink(connection).converse(self._service)

    def _check_version(self, connection: ServerConnection, request: HttpRequest) -> Response | None:
        return refuse_other_versions(connection, request, self._refuse)

    def _check_secret(
        self, security: LinkSecurity, connection: ServerConnection, request: HttpRequest
    ) -> Response | None:
        # Whoever does not know the secret learns nothing, not even our version.
        refusal = refuse_without_secret(connection, request, security, self._refuse)
        return refusal or refuse_other_versions(connection, request, self._refuse)


def bind_private(path: Path) -> socket.socket:
    """A listening socket's beginning at `path`, readable by this user only, in place of whatever socket was there.

    Raises `CannotListen`.
    """
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and not path.is_socket():
            raise CannotListen(f"{path} is no socket: move it away, or set MEDIA_SOCKET to another path.")
        path.unlink(missing_ok=True)
        listener.bind(str(path))
        # Nobody can connect before listen(), so there is no moment in which the socket is open to others.
        os.chmod(path, 0o600)
    except OSError as error:
        listener.close()
        raise CannotListen(
            f"Cannot listen on {UnixAddress(path)}: {error.strerror or error}; set MEDIA_SOCKET to a path that this "
            "user can write."
        ) from None
    except CannotListen:
        listener.close()
        raise
    return listener


def bind_tcp(address: TcpAddress) -> socket.socket:
    """A listening socket's beginning at `address`. Raises `CannotListen`."""
    try:
        found = socket.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, _, _, _, where = found[0]
        return socket.create_server((str(where[0]), address.port), family=family)
    except OSError as error:
        raise CannotListen(
            f"Cannot listen on {address}: {error.strerror or error}; name an address of this machine and a free port."
        ) from None
