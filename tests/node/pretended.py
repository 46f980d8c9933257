"""Ends of the link that do what a test wants."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from websockets.asyncio.client import unix_connect
from websockets.asyncio.server import ServerConnection, unix_serve
from websockets.typing import Subprotocol

from media.link import frames

HELLO = frames.Hello(frames.VERSION, "a node", 1, {"codecs": []})


def raw_link(path: Path, subprotocol: str = frames.SUBPROTOCOL) -> Any:
    """A link without a client's manners."""
    return unix_connect(str(path), "ws://media-node/", subprotocols=[Subprotocol(subprotocol)])


@asynccontextmanager
async def pretended_node(path: Path, serve: Callable[[ServerConnection], Any]) -> AsyncIterator[None]:
    """A node that does what `serve` does with each link, after the handshake, until the block ends."""
    serving: set[asyncio.Task[None]] = set()

    async def handle(connection: ServerConnection) -> None:
        task = asyncio.ensure_future(serve(connection))
        serving.add(task)
        await asyncio.wait([task])

    async with unix_serve(handle, str(path), subprotocols=[Subprotocol(frames.SUBPROTOCOL)], close_timeout=0.2):
        try:
            yield
        finally:
            for task in serving:
                task.cancel()
            await asyncio.gather(*serving, return_exceptions=True)
