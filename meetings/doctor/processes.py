"""The web processes that hold sockets."""

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from media.doctor.finding import Finding, green, yellow
from meetings.actions.sweep import DEAD_AFTER
from meetings.models import WebProcess


def live_processes() -> "QuerySet[WebProcess]":
    """Those that were heard of lately."""
    return WebProcess.objects.filter(heartbeat_at__gte=timezone.now() - DEAD_AFTER)


def web_processes() -> Finding:
    """A process without sockets has no row."""
    now = timezone.now()
    rows = WebProcess.objects.annotate(present=Count("participants", filter=Q(participants__left_at=None)))
    told, stale = [], []
    for row in rows.order_by("host", "pid"):
        age = (now - row.heartbeat_at).total_seconds()
        told.append(f"{row} {row.present} people, heard of {age:.0f} s ago")
        if now - row.heartbeat_at > DEAD_AFTER:
            stale.append(str(row))
    if not told:
        return green("No web process holds a socket just now.")
    said = f"{len(told)} web processes: {'; '.join(told)}."
    if stale:
        return yellow(
            f"{said} Not heard of any more: {', '.join(stale)}.",
            "They died, and the sweep has not come by: see what `celery` says.",
            stale=stale,
        )
    return green(said, processes=len(told))
