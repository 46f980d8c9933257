"""Celery: a worker answers, the clock ticks, and the queue is short."""

import time
from contextlib import aclosing
from typing import Any

from celery import current_app
from django.conf import settings
from django.utils import timezone

from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow
from meetings.actions.sweep import DEAD_AFTER
from meetings.doctor.asking import from_database
from meetings.doctor.processes import live_processes
from meetings.doctor.redis_server import redis_client
from meetings.doctor.sweeps import last_sweep
from meetings.models import WebProcess

ANSWER_SECONDS = 1.5
# The sweep is due every ten seconds.
SILENT_SECONDS = 60.0
LONG_QUEUE = 100

START_WORKER = "Start one: `celery -A kcs worker`, with the REDIS_URL of the web processes."
START_CLOCK = "Start one, and no more than one: `celery -A kcs beat`."


async def celery() -> Finding:
    """With Redis workers are asked; without it, Celery lives inside the web process and is known by what it does."""
    return await (_with_broker() if settings.REDIS_URL else _embedded())


async def _with_broker() -> Finding:
    async with aclosing(redis_client()) as client:
        waiting = int(await client.llen(current_app.conf.task_default_queue))
    workers = await aside(_workers)
    swept = await aside(last_sweep)
    age = None if swept is None else max(0.0, time.time() - swept)
    heard = "no sweep has been noted" if age is None else f"the last sweep was {age:.0f} s ago"
    said = f"{len(workers)} workers answered ({', '.join(workers) or 'none'}); {heard}; {waiting} jobs wait"
    facts = {"workers": workers, "sweptSecondsAgo": age, "waiting": waiting}
    if not workers:
        return red(f"{said}.", START_WORKER, **facts)
    if age is None or age > SILENT_SECONDS:
        return red(f"{said}: Celery's clock is silent.", START_CLOCK, **facts)
    if waiting > LONG_QUEUE:
        return yellow(f"{said}.", "Start more workers, and see in their log what takes so long.", **facts)
    return green(f"{said}.", **facts)


def _workers() -> list[str]:
    with current_app.connection_for_write(connect_timeout=ANSWER_SECONDS) as connection:
        answers: Any = current_app.control.inspect(timeout=ANSWER_SECONDS, connection=connection).ping()
    return sorted(answers or {})


async def _embedded() -> Finding:
    swept = await aside(last_sweep)
    if swept is not None:
        age = max(0.0, time.time() - swept)
        said = f"Celery runs inside this web process; the last sweep was {age:.0f} s ago."
        return red(said, "Restart the web process.") if age > SILENT_SECONDS else green(said, sweptSecondsAgo=age)

    def look() -> Finding:
        due = timezone.now() - 2 * DEAD_AFTER
        if left := WebProcess.objects.filter(heartbeat_at__lt=due).count():
            return red(
                f"{left} dead web processes have not been swept away: Celery, inside the web process, does nothing.",
                "Start the web process (`manage.py serve`), or restart it.",
            )
        many = live_processes().count()
        return green(f"Celery runs inside the web process, of which {many} hold sockets; nothing is overdue.")

    found = await from_database(look)
    assert isinstance(found, Finding)
    return found
