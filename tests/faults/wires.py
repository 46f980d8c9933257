"""Ways of breaking the path between one browser and its worker."""

from __future__ import annotations

import random
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from tests.live.server import RunningServer, free_port
from tests.live.window import Window
from tests.recovery.udp_relay import DOWN, REDIRECT, UP, UdpRelay

Swallows = Callable[[str, bytes], bool]


class WiredServer(RunningServer):
    """A server with one worker, whose port is known, so that a relay can stand before it."""

    def __init__(self, **environment: Any) -> None:
        self.media_port = free_media_port()
        super().__init__(MEDIASOUP_WORKERS="1", MEDIASOUP_PORT=str(self.media_port), **environment)


def free_media_port() -> int:
    """A port of 127.0.0.1 that is free over UDP and TCP."""
    while True:
        port = free_port()
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


@asynccontextmanager
async def wire(window: Window, server: WiredServer) -> AsyncIterator[UdpRelay]:
    """From now on, all media of the window go over this, and over nothing else: put it in before the page is opened."""
    relay = UdpRelay(server.media_port)
    await relay.open()
    await window.context.add_init_script(REDIRECT.replace("RELAYS", f"{{{server.media_port}: {relay.port}}}"))
    try:
        yield relay
    finally:
        relay.close()


def is_handshake(data: bytes) -> bool:
    """DTLS, by its first byte (RFC 7983)."""
    return 20 <= data[0] <= 63


def is_media(data: bytes) -> bool:
    """RTP and not RTCP, by its first two bytes (RFC 7983, RFC 5761)."""
    return 128 <= data[0] <= 191 and not 192 <= data[1] <= 223


def handshakes(direction: str, data: bytes) -> bool:
    """Swallow those."""
    return is_handshake(data)


def media_up(direction: str, data: bytes) -> bool:
    """Swallow what is sent."""
    return direction == UP and is_media(data)


def media_down(direction: str, data: bytes) -> bool:
    """Swallow what is received."""
    return direction == DOWN and is_media(data)


def ends_of_pictures_down(direction: str, data: bytes) -> bool:
    """Swallow the last packet of each picture, which is marked (RFC 3550), so that none is whole. Sound is smaller."""
    return media_down(direction, data) and bool(data[1] & 0x80) and len(data) > 200


def some_of(swallows: Swallows, share: float) -> Swallows:
    """Swallow so much of it, at random, the same each time."""
    dice = random.Random(7)
    return lambda direction, data: swallows(direction, data) and dice.random() < share
