"""Which socket a WebSocket path leads to."""

from collections.abc import Awaitable, Callable
from typing import Any

from channels.routing import URLRouter
from django.urls import re_path

from meetings.consumers import MeetingSocket

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


async def nothing_here(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """Refuse the handshake; without a route of its own an unknown path would be a server error."""
    await receive()
    await send({"type": "websocket.close", "code": 4404})


websocket_routes = URLRouter(
    [
        re_path(r"^ws/signaling/?$", MeetingSocket.as_asgi()),
        re_path(r"", nothing_here),  # type: ignore[arg-type]  # Django's types know views only
    ]
)
