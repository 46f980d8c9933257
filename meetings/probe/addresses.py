"""Whose an address is."""

from __future__ import annotations

import asyncio
import socket
from urllib.parse import urlsplit


def is_ours(address: str) -> bool:
    """Whether this machine has the address: nobody can listen on one that it does not have. A name is looked up."""
    try:
        family, kind, protocol, _, place = socket.getaddrinfo(address, 0, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as attempt:
            attempt.bind(place)
    except OSError:
        return False
    return True


async def addresses_of(url: str) -> list[str]:
    """The addresses to which the name in a URL leads; none when it leads nowhere."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(urlsplit(url).hostname, None)
    except OSError:
        return []
    return sorted({str(place[0]) for *_, place in found})
