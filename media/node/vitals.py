"""What a node measures of itself, for whoever collects numbers."""

import asyncio

from media.loop_lag import BOUNDS, watch_lag

from .bitrates import BitrateRounds
from .spread import Spread


class Vitals:
    """An async context manager: measures from when it is entered until it is left."""

    def __init__(self) -> None:
        self.loop_lag = Spread(BOUNDS)
        self.bitrates = BitrateRounds()
        self._watching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Vitals":
        self._watching = asyncio.create_task(watch_lag(self.loop_lag.note), name="media-loop-lag")
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        await self.bitrates.close()
