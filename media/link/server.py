"""The node's end of the link: accepts web processes on a unix socket and hands their requests to a service."""

import asyncio
import logging
import os
import socket
from collections import deque
from pathlib import Path
from typing import Protocol

from websockets.asyncio.server import Server, ServerConnection, unix_serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request as HttpRequest
from websockets.http11 import Response
from websockets.typing import Subprotocol

from media.errors import BAD_REQUEST

from . import frames

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
        log.warning("A link sent a bad frame and is cut: %s", bad.reason)
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


class LinkServer:
    """Listens on a unix socket that only this user may open. An async context manager.

    Whoever starts one must hold the lock of that socket: a file that is in the way is taken for a dead node's and
    removed.
    """

    def __init__(self, path: Path, service: LinkService) -> None:
        self._path = path
        self._service = service
        self._server: Server | None = None

    async def __aenter__(self) -> "LinkServer":
        listener = bind_private(self._path)
        self._server = await unix_serve(
            self._converse,
            sock=listener,
            subprotocols=[Subprotocol(frames.SUBPROTOCOL)],
            process_request=_refuse_other_versions,
            compression=None,
            max_size=frames.MAX_FRAME_BYTES,
            close_timeout=1,
            ping_interval=20,
            ping_timeout=20,
            logger=websocket_log,
        )
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        if self._server is not None:
            self._server.close(code=1001, reason="the media node stops")
            await self._server.wait_closed()
        self._path.unlink(missing_ok=True)

    async def _converse(self, connection: ServerConnection) -> None:
        await NodeLink(connection).converse(self._service)


def bind_private(path: Path) -> socket.socket:
    """A listening socket's beginning at `path`, readable by this user only, in place of whatever socket was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(str(path))
        # Nobody can connect before listen(), so there is no moment in which the socket is open to others.
        os.chmod(path, 0o600)
    except OSError:
        listener.close()
        raise
    return listener


def _refuse_other_versions(connection: ServerConnection, request: HttpRequest) -> Response | None:
    offered = [name.strip() for value in request.headers.get_all("Sec-WebSocket-Protocol") for name in value.split(",")]
    if frames.SUBPROTOCOL in offered:
        return None
    said = ", ".join(offered) or "no subprotocol"
    log.warning("A link was refused: it offers %s", said[:200])
    reason = f"This media node speaks {frames.SUBPROTOCOL}, and was offered {said[:200]}: restart whichever is older."
    return connection.respond(400, reason + "\n")
