"""What the routers can do, for those who are about to join."""

import asyncio
from typing import Any

from media.client import get_media_client
from media.errors import MediaError

# Nobody waits longer for media; they are told that those are away, and joining asks again.
TIMEOUT = 1.5


async def rtp_capabilities() -> dict[str, Any] | None:
    """The capabilities of every router, for a mediasoup `Device`; None while media are away."""
    try:
        async with asyncio.timeout(TIMEOUT):
            return await get_media_client().rtp_capabilities()
    except (MediaError, TimeoutError):
        return None
