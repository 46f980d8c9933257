"""How late the event loop is in which this process serves pages and sockets."""

import asyncio

from prometheus_client import Histogram

from media.loop_lag import BOUNDS, watch_lag

LOOP_LAG = Histogram(
    "kcs_event_loop_lag_seconds", "Time by which this web process's event loop was late, sampled.", buckets=BOUNDS
)
_watching: asyncio.Task[None] | None = None


async def start_watching() -> None:
    """Measure in the running loop from now on."""
    global _watching
    _watching = asyncio.create_task(watch_lag(LOOP_LAG.observe), name="loop lag")


async def stop_watching() -> None:
    """Measure no more."""
    global _watching
    task, _watching = _watching, None
    if task is not None:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
