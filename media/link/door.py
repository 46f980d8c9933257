"""Who is let in to a node over TCP: TLS first, then the version and the secret. Whoever is not is named in the log."""

import asyncio
import logging
import ssl
from collections.abc import Callable
from typing import Any, cast

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from . import frames
from .security import LinkSecurity

log = logging.getLogger(__name__)

TLS_TIMEOUT = 5.0
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


class TlsConnection(ServerConnection):
    """A connection that speaks TLS before anything else. asyncio's own listener drops whoever does not without a word.

    A subclass for one listener sets `context` and `refuse`.
    """

    context: ssl.SSLContext
    refuse: Refuse
    opening: set["asyncio.Task[None]"]
    _made = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        raw = cast(asyncio.Transport, transport)
        # What arrives belongs to TLS.
        raw.pause_reading()
        task = self.loop.create_task(self._open(raw), name="media-link-tls")
        self.opening.add(task)
        task.add_done_callback(self.opening.discard)

    async def _open(self, raw: asyncio.Transport) -> None:
        peer = peer_name(raw)
        try:
            secure = await self.loop.start_tls(
                raw, self, self.context, server_side=True, ssl_handshake_timeout=TLS_TIMEOUT
            )
        except (OSError, TimeoutError) as error:
            type(self).refuse(peer, why_no_tls(error))
            raw.abort()
            return
        if secure is None or secure.is_closing():
            # It went away in the very moment.
            raw.abort()
            return
        self._made = True
        super().connection_made(secure)

    def connection_lost(self, error: Exception | None) -> None:
        # asyncio tells of the end of what never began.
        if self._made:
            super().connection_lost(error)


def tls_connections(context: ssl.SSLContext, refuse: Refuse) -> type[TlsConnection]:
    """The class of one listener's connections."""
    attributes: dict[str, Any] = {"context": context, "refuse": staticmethod(refuse), "opening": set()}
    return type("ListenersTlsConnection", (TlsConnection,), attributes)


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
