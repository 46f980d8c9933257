"""What the node knows of itself, for those who look: statistics, the last hour's load, traces."""

from .load_history import LoadHistory
from .sampling import Sampler
from .supervisor import Supervisor
from .tracing import Traces


class Insight:
    """Started once the supervisor's slots are there."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.sampler = Sampler(supervisor)
        self.history = LoadHistory(supervisor, self.sampler)
        self.traces = Traces()

    def start(self) -> None:
        """Begin to sample and to remember."""
        self.sampler.start()
        self.history.start()

    async def close(self) -> None:
        """End what goes on by itself."""
        await self.history.close()
        await self.sampler.close()
        await self.traces.close()
