"""What the node knows of itself, for those who look: statistics, the last hour's load, traces, its loop's lag;
and the doors at which somebody may knock."""

import asyncio
from collections import deque
from typing import Final

from media.loop_lag import BOUNDS, LOOK_SECONDS, watch_lag

from .doors import Doors
from .load_history import LoadHistory
from .sampling import Sampler
from .spread import Spread
from .supervisor import Supervisor
from .tracing import Traces

LATEST_SECONDS: Final = 5.0


class Insight:
    """Started once the supervisor's slots are there."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.sampler = Sampler(supervisor)
        self.history = LoadHistory(supervisor, self.sampler)
        self.traces = Traces()
        self.doors = Doors(supervisor)
        self.loop_lag = Spread(BOUNDS)
        self._lags: deque[float] = deque(maxlen=round(LATEST_SECONDS / LOOK_SECONDS))
        self._watching: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to sample and to remember."""
        self._watching = asyncio.create_task(watch_lag(self._note_lag), name="media-loop-lag")
        self.sampler.start()
        self.history.start()

    @property
    def latest_lag(self) -> float:
        """The seconds that the loop was late at most within the last few."""
        return max(self._lags, default=0.0)

    async def close(self) -> None:
        """End what goes on by itself."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        self.doors.close()
        await self.history.close()
        await self.sampler.close()
        await self.traces.close()

    def _note_lag(self, seconds: float) -> None:
        self.loop_lag.note(seconds)
        self._lags.append(seconds)
