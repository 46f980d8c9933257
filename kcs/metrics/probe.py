"""What the latest probe found, in numbers."""

import asyncio
import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from django.db import connection
from prometheus_client import Metric
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily

from kcs.metrics.node_families import WORKER
from kcs.one_at_a_time import OneAtATime
from meetings.probe.latest import Latest, latest_run
from meetings.probe.tally import counted

log = logging.getLogger(__name__)

PATIENCE = 1.5
# A thread of its own, so that a database that hangs takes none of those that serve people.
_thread = ThreadPoolExecutor(1, thread_name_prefix="probe-db")

Found = tuple[Latest | None, dict[str, int]]


async def latest_probe() -> Found:
    """The latest run, if there was one and the database says so, and how many there were by outcome."""
    try:
        return await _question.answer(PATIENCE)
    except Exception as error:
        # A scrape fails for no reason that a database has.
        log.debug("The database does not tell of probes: %s: %s", type(error).__name__, error)
        return None, {}


async def _ask() -> Found:
    return await asyncio.get_running_loop().run_in_executor(_thread, _read)


_question = OneAtATime(_ask)


def _read() -> Found:
    try:
        return latest_run(), counted()
    finally:
        connection.close()


def probe_families(found: Found) -> Iterator[Metric]:
    """All families, also before the first run."""
    latest, runs = found
    ok = GaugeMetricFamily("kcs_probe_ok", "1 when the latest probe could call through every worker.")
    age = GaugeMetricFamily("kcs_probe_age_seconds", "Time since the latest probe began.")
    delay = GaugeMetricFamily(
        "kcs_probe_glass_to_glass_seconds",
        "From the drawing of a picture to its decoding at the other side, median of the latest probe.",
        labels=WORKER,
    )
    total = CounterMetricFamily("kcs_probe_runs", "Probes, by outcome.", labels=["outcome"])
    if latest is not None:
        ok.add_metric([], float(latest.run.ok))
        age.add_metric([], latest.age_seconds)
        for call in latest.run.workers:
            milliseconds = call["glassToGlassMs"]["median"]
            if milliseconds is not None and call["worker"] is not None:
                delay.add_metric([call["node"], str(call["worker"])], milliseconds / 1000)
    for outcome, count in runs.items():
        total.add_metric([outcome], count)
    yield from (ok, age, delay, total)
