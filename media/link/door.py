"""Who is let in to a node over TCP: TLS first, then the version and the secret. Whoever is not is named in the log."""

import asyncio
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, cast

from websockets.asyncio.server import Server, ServerConnection
from websockets.exceptions import WebSocketException
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from . import frames
from .security import LinkSecurity

log = logging.getLogger(__name__)

TLS_TIMEOUT = 5.0
HANDSHAKE_TIMEOUT = 10.0
ACCEPT_AGAIN = 0.5
SAID_AGAIN_AFTER = 600.0
MOST_REMEMBERED = 1000

_TRUST = "give it MEDIA_LINK_CA, or the same MEDIA_LINK_CERT as the node has."

Refuse = Callable[[str, str], None]


class Complaints:
    """Warns of what is wrong with a peer once, and again when it is still so ten minutes later: peers try for ever."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], float] = {}

    def about(self, peer: str, reason: str) -> None:
        """Warn that a link from `peer` was refused for `reason`."""
        now, host = asyncio.get_running_loop().time(), peer.rpartition(":")[0] or peer
        last = self._said.get((host, reason))
        if last is not None and now - last < SAID_AGAIN_AFTER:
            return
        if len(self._said) >= MOST_REMEMBERED:
            self._said.clear()
        self._said[host, reason] = now
        log.warning("A link from %s was refused: %s", peer, reason)


class TlsServer:
    """Accepts WebSockets over TLS on a listening socket, and hands those that `check` lets in to `converse`. An async
    context manager: leaving it hangs up on everybody with `reason`.

    Connections are accepted here and not by the event loop, whose listeners drop whoever fails at TLS without a word.
    """

    def __init__(
        self,
        listener: socket.socket,
        context: ssl.SSLContext,
        *,
        converse: Callable[[ServerConnection], Awaitable[None]],
        check: Callable[[ServerConnection, Request], Response | None],
        refuse: Refuse,
        options: dict[str, Any],
        reason: str,
    ) -> None:
        self._listener, self._context = listener, context
        self._converse, self._check, self._refuse = converse, check, refuse
        self._options, self._reason = options, reason
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: set[ServerConnection] = set()
        self._serving = False
        # What a connection needs of its server.
        self.handler_tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> "TlsServer":
        self._listener.setblocking(False)
        self._serving = True
        self._own(self._accept(), "media-link-accept")
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        self._serving = False
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._listener.close()
        closing = (connection.close(1001, self._reason) for connection in list(self._open))
        await asyncio.gather(*closing, *self.handler_tasks, return_exceptions=True)

    def is_serving(self) -> bool:
        """Whether handshakes are still answered."""
        return self._serving

    async def handler(self, connection: ServerConnection) -> None:
        """Serve one connection, from after TLS to its end."""
        try:
            async with asyncio.timeout(HANDSHAKE_TIMEOUT):
                await connection.handshake(self._check)
            if connection.protocol.state is State.OPEN:
                self._open.add(connection)
                connection.start_keepalive()
                async with connection:
                    await self._converse(connection)
        except (TimeoutError, WebSocketException, OSError) as error:
            log.debug("A link from %s ended: %s", peer_name(connection.transport), error)
        except Exception:
            log.exception("A link failed")
        finally:
            self._open.discard(connection)
            connection.transport.abort()
            self.handler_tasks.discard(cast("asyncio.Task[None]", asyncio.current_task()))

    async def _accept(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, address = await loop.sock_accept(self._listener)
            except OSError as error:
                # Out of descriptors, for instance: whoever waits is accepted when there are some again.
                log.error("No link can be accepted: %s", error)
                await asyncio.sleep(ACCEPT_AGAIN)
                continue
            self._own(self._admit(accepted, f"{address[0]}:{address[1]}"), "media-link-tls")

    async def _admit(self, accepted: socket.socket, peer: str) -> None:
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                self._connection, accepted, ssl=self._context, ssl_handshake_timeout=TLS_TIMEOUT
            )
        except (OSError, TimeoutError) as error:
            self._refuse(peer, why_no_tls(error))
            accepted.close()

    def _connection(self) -> ServerConnection:
        options = dict(self._options)
        names = ("subprotocols", "max_size", "logger")
        protocol = ServerProtocol(**{name: options.pop(name) for name in names})
        return ServerConnection(protocol, cast(Server, self), **options)

    def _own(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def why_no_tls(error: Exception) -> str:
    """What a failed TLS handshake says about the caller, with the remedy."""
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or "").lower()
        if "alert" in reason and ("unknown_ca" in reason or "certificate" in reason):
            return f"it does not take our certificate; {_TRUST}"
        if "alert" not in reason:
            return "it does not speak TLS 1.3, which links over TCP must; dial wss:// addresses only."
        return f"TLS failed ({reason.replace('_', ' ')})."
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return f"it hung up before TLS was agreed on; if it does not take our certificate, {_TRUST}"
    if isinstance(error, TimeoutError | ConnectionAbortedError):
        return f"it did not begin TLS within {TLS_TIMEOUT:g} seconds."
    return f"TLS failed ({type(error).__name__})."


def refuse_other_versions(connection: ServerConnection, request: Request, refuse: Refuse) -> Response | None:
    """The answer to a caller of another version; None when it speaks ours."""
    offered = [name.strip() for value in request.headers.get_all("Sec-WebSocket-Protocol") for name in value.split(",")]
    if frames.SUBPROTOCOL in offered:
        return None
    said = (", ".join(offered) or "no subprotocol")[:200]
    refuse(peer_name(connection.transport), f"it offers {said}, and this node speaks {frames.SUBPROTOCOL}.")
    reason = f"This media node speaks {frames.SUBPROTOCOL}, and was offered {said}: restart whichever is older."
    return connection.respond(400, reason + "\n")


def refuse_without_secret(
    connection: ServerConnection, request: Request, security: LinkSecurity, refuse: Refuse
) -> Response | None:
    """The answer to a caller that does not show the secret; None when it does."""
    offered = request.headers.get_all("Authorization")
    if len(offered) == 1 and security.lets_in(offered[0]):
        return None
    what = "is wrong" if offered else "is missing"
    refuse(peer_name(connection.transport), f"its secret {what}; MEDIA_LINK_SECRET must be the same on both ends.")
    return connection.respond(401, f"The secret {what}: MEDIA_LINK_SECRET must be the same on both ends.\n")


def peer_name(transport: asyncio.BaseTransport) -> str:
    """`address:port`, or what stands for whoever comes over the socket file."""
    name = transport.get_extra_info("peername")
    return f"{name[0]}:{name[1]}" if isinstance(name, tuple) else "the socket file"
