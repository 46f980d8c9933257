"""Where a socket came from, as its handshake tells."""

from typing import Any

from meetings.whence import client_address


def whence_of(scope: dict[str, Any]) -> dict[str, str]:
    """`address` of the other end and the `host` that it asked for, for the stream, and the browser as `client`."""
    headers = {name: value.decode("latin-1") for name, value in scope["headers"]}
    peer, _ = scope.get("client") or ("", 0)
    return {
        "address": client_address(peer, headers.get(b"x-forwarded-for", "")),
        "host": headers.get(b"host", "")[:200],
        "client": headers.get(b"user-agent", "")[:200],
    }
