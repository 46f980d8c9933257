"""Celery inside the web process, for sites without a broker: a worker and its clock, in daemon threads.

Jobs in the queue are lost with the process. Whatever must survive is a row that a periodic task finds again.
"""

import logging
import threading
from typing import Any

from celery.beat import EmbeddedService, Scheduler
from celery.worker import WorkController
from django.conf import settings

from kcs.celery import app

log = logging.getLogger(__name__)

STOP_TIMEOUT = 5.0
_guard = threading.Lock()
_running: "EmbeddedCelery | None" = None


class EmbeddedCelery:
    """Running from construction until `stop`."""

    def __init__(self, concurrency: int = 2) -> None:
        app.loader.import_default_modules()
        self._worker: Any = WorkController(
            app=app,
            pool_cls="threads",
            concurrency=concurrency,
            loglevel="WARNING",
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        # Celery's default clock keeps its state in a file; ours has nothing to remember.
        clock: Any = EmbeddedService(app, thread=True, scheduler_cls=Scheduler)
        self._clock = clock
        self._thread = threading.Thread(target=self._worker.start, name="celery-worker", daemon=True)
        self._thread.start()
        self._clock.start()

    def stop(self) -> bool:
        """Stop the clock, let running jobs end, stop the worker. True when that took no longer than five seconds."""
        self._clock.service.stop(wait=False)
        self._worker.stop()
        self._thread.join(STOP_TIMEOUT)
        return not self._thread.is_alive()


def start_celery() -> None:
    """Start the embedded worker when this site has no broker. Calling it again is harmless."""
    global _running
    with _guard:
        if _running is None and not settings.REDIS_URL:
            _running = EmbeddedCelery()


def stop_celery() -> None:
    """Stop what `start_celery` started."""
    global _running
    with _guard:
        worker, _running = _running, None
    if worker is not None and not worker.stop():
        log.warning("The embedded Celery worker did not stop within %g seconds", STOP_TIMEOUT)
