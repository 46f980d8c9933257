"""The probe that Celery runs: a process of its own at low priority, so that its pictures cost nobody's sockets time."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
import threading
from datetime import timedelta

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone

from meetings.bot_process import be_modest
from meetings.models import ProbeRun
from meetings.probe.address import own_url
from meetings.probe.causes import broken
from meetings.probe.recording import record
from meetings.probe.report import ProbeReport
from meetings.probe.tally import count

log = logging.getLogger(__name__)

# Calls so short still show some ten pictures each way, and several pitches of the scale.
CALL_SECONDS = 1.0
PATIENCE = 240.0
RUNNING = "probe-running"

_guard = threading.Lock()
_process: subprocess.Popen[str] | None = None
_stopping = False


def run_probe() -> bool:
    """Run one and wait for its end; its findings are a row then, whatever becomes of the process. False when another
    one runs, here or elsewhere, or has just ended.
    """
    if _is_fresh() or not cache.add(RUNNING, 1, PATIENCE + 30):
        return False
    try:
        before = ProbeRun.objects.first()
        code, said = _run()
        if code is None:
            return False
        found = ProbeRun.objects.first()
        if found is None or found == before:
            why = f"it ended with {code} and said: {said[-300:].strip() or 'nothing'}"
            log.warning("The probe could not be run: %s", why)
            found = record(ProbeReport(own_url(), 0.0, failure=broken(why)))
    finally:
        cache.delete(RUNNING)
    count("ok" if found.ok else "failed")
    return True


def allow_probes() -> None:
    """This process begins, perhaps again."""
    global _stopping
    _stopping = False


def stop_probe() -> None:
    """End the one that runs in this process, which stops. There is none after it."""
    global _stopping
    with _guard:
        _stopping = True
        if _process is not None:
            _process.kill()


def _is_fresh() -> bool:
    """Whether one ended so lately that several clocks must be at work."""
    latest = ProbeRun.objects.first()
    half = timedelta(seconds=settings.PROBE_SECONDS / 2)
    return latest is not None and timezone.now() - half < latest.began_at


def _run() -> tuple[int | None, str]:
    """The exit code and what was said on standard error. No code when this process is stopping."""
    global _process
    with _guard:
        if _stopping:
            return None, ""
        _process = started = subprocess.Popen(
            [sys.executable, "manage.py", "media_probe", "--json", "--record", f"--seconds={CALL_SECONDS}"],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            # Ctrl-C in a terminal is for us; we end it ourselves.
            start_new_session=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
    be_modest(started.pid)
    try:
        _, said = started.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        started.kill()
        _, said = started.communicate()
        said = f"{said}\nIt was ended after {PATIENCE:g} seconds."
    finally:
        with _guard:
            _process = None
    return (None if _stopping else started.returncode), said
