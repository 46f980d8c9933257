"""What the node knows of itself, for those who look: statistics, the last hour's load, traces, its loop's lag;
and the doors at which somebody may knock."""

import asyncio

from media.loop_lag import BOUNDS, watch_lag

from .doors import Doors
from .load_history import LoadHistory
from .sampling import Sampler
from .spread import Spread
from .supervisor import Supervisor
from .tracing import Traces


class Insight:
    """Started once the supervisor's slots are there."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.sampler = Sampler(supervisor)
        self.history = LoadHistory(supervisor, self.sampler)
        self.traces = Traces()
        self.doors = Doors(supervisor)
        self.loop_lag = Spread(BOUNDS)
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to sample and to remember."""
        self._watching = asyncio.create_task(watch_lag(self.loop_lag.note), name="media-loop-lag")
        self.sampler.start()
        self.history.start()

    async def close(self) -> None:
        """End what goes on by itself."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        self.doors.close()
        await self.history.close()
        await self.sampler.close()
        await self.traces.close()
