"""Keeping what a probe found."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from meetings.models import ProbeRun
from meetings.probe.report import CallReport, ProbeReport


def record(report: ProbeReport) -> ProbeRun:
    """The row of a run that has just ended."""
    failure = report.first_failure
    return ProbeRun.objects.create(
        began_at=timezone.now() - timedelta(seconds=report.seconds),
        seconds=round(report.seconds, 2),
        ok=report.ok,
        code=failure.code if failure is not None else "",
        sentence=report.sentence,
        workers=report.as_json()["workers"] or _without_workers(report),
    )


def purge_runs() -> int:
    """Delete those that are older than PROBE_DAYS. How many."""
    old = ProbeRun.objects.filter(began_at__lt=timezone.now() - timedelta(days=settings.PROBE_DAYS))
    count = old.count()
    old.delete()
    return count


def _without_workers(report: ProbeReport) -> list[dict[str, object]]:
    """What kept a run from calling at all, in the shape of a call, for its remedy and evidence are wanted too."""
    return [] if report.failure is None else [CallReport(failure=report.failure).as_json()]
