"""What a web process runs beside its pages, and the order in which it ends.

`manage.py serve` calls `start` and `stop` itself; servers that speak ASGI's lifespan protocol (uvicorn, hypercorn)
reach them through `lifespan`.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from kcs.embedded import start_celery, stop_celery
from kcs.metrics.web_loop import start_watching, stop_watching
from media import embedded
from media.client import close_media_client
from media.incident_log import finish_incidents
from meetings.audience import end_audience
from meetings.countdowns import end_countdowns
from meetings.echo_calls import end_echo_calls
from meetings.layer_watch import end_layer_watch
from meetings.presence import end_presence
from meetings.probe.process import allow_probes, stop_probe
from meetings.trace.recorder import finish_recording

log = logging.getLogger(__name__)


async def start() -> None:
    """Start the embedded Celery worker, where there is no broker. The media node starts with the first call to it."""
    allow_probes()
    await start_watching()
    await asyncio.to_thread(start_celery)


async def stop() -> None:
    """End everything this process started: sockets' bookkeeping first, then the link, incidents and events
    that wait to be written, Celery, and the media node."""
    for end in (
        stop_watching,
        end_layer_watch,
        end_audience,
        end_echo_calls,
        end_countdowns,
        end_presence,
        close_media_client,
        finish_incidents,
        finish_recording,
        _end_threads,
    ):
        try:
            await end()
        except Exception:
            log.exception("Stopping went wrong in %s", end.__name__)


async def _end_threads() -> None:
    # Celery waits for its jobs, and a probe takes seconds.
    stop_probe()
    await asyncio.gather(asyncio.to_thread(stop_celery), asyncio.to_thread(embedded.stop))


async def lifespan(
    scope: dict[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    """The lifespan protocol of ASGI."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await stop()
            await send({"type": "lifespan.shutdown.complete"})
            return
