"""Mail about the probe: one when it has failed twice in a row, and one when it is well again."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from meetings.links import public
from meetings.models import ProbeRun
from meetings.probe.address import own_url

log = logging.getLogger(__name__)

# One failure may be a start, a restart, or a moment.
FAILURES = 2


def alert() -> bool:
    """Send what is due now. Whether anything was. Harmless however often and from how many processes it is called: the
    run's row decides who sends.
    """
    claimed = _claim()
    if claimed is None:
        return False
    run, since = claimed
    subject, text = recovered(run, since) if run.ok else failed(run, since)
    to = recipients()
    log.log(logging.INFO if run.ok else logging.ERROR, "%s %s", subject, run.sentence)
    if not to:
        return True
    try:
        send_mail(subject, text, None, to)
    except OSError as error:
        # Whoever comes next tries again.
        ProbeRun.objects.filter(id=run.id).update(alerted=False)
        log.warning("The alert could not be mailed to %s: %s", ", ".join(to), error)
        return False
    return True


def recipients() -> list[str]:
    """Who is told: ALERT_EMAIL, else ADMINS."""
    return list(settings.ALERT_EMAIL) or [address for _, address in settings.ADMINS]


def failed(run: ProbeRun, first: ProbeRun) -> tuple[str, str]:
    """Subject and text of the alert."""
    lines = [
        f"Two bots that call each other through {own_url()} could not do so twice in a row, since {_time(first)}.",
        "",
        f"What failed: {run.sentence}",
        f"Code: {run.code}",
        "",
        *_workers(run.workers),
        *_link(run),
        "You will get one more mail, when it is well again.",
    ]
    return f"[KCS Meet] Calls fail: {run.code}", "\n".join(lines)


def recovered(run: ProbeRun, alerted: ProbeRun) -> tuple[str, str]:
    """Subject and text of the good news."""
    lines = [
        f"Two bots that call each other through {own_url()} could do so again at {_time(run)}.",
        "",
        f"What had failed: {alerted.sentence} ({alerted.code}, alert of {_time(alerted)})",
        "",
        *_link(run),
    ]
    return "[KCS Meet] Calls work again", "\n".join(lines)


def _claim() -> tuple[ProbeRun, ProbeRun] | None:
    """The run about which a mail is due, marked as told of; with the first of the failures, or with the run whose
    alert is over. None when nothing is due.
    """
    with transaction.atomic():
        # Locked, so that of two processes the second sees what the first has marked.
        runs = list(ProbeRun.objects.select_for_update().order_by("-began_at")[:FAILURES])
        if not runs or runs[0].alerted:
            return None
        latest = runs[0]
        told = ProbeRun.objects.filter(alerted=True).first()
        trouble_told = told is not None and not told.ok
        if latest.ok and trouble_told:
            about = told
        elif not trouble_told and len(runs) == FAILURES and not any(run.ok for run in runs):
            about = _first_failure(latest)
        else:
            return None
        if not ProbeRun.objects.filter(id=latest.id, alerted=False).update(alerted=True):
            return None
    assert about is not None, "trouble that was told of is a run"
    return latest, about


def _first_failure(latest: ProbeRun) -> ProbeRun:
    """The first of the unbroken row of failures that ends with `latest`."""
    before = ProbeRun.objects.filter(began_at__lt=latest.began_at, ok=True).first()
    since = Q(began_at__gt=before.began_at) if before is not None else Q()
    return ProbeRun.objects.filter(since, ok=False).last() or latest


def _workers(calls: Sequence[dict[str, object]]) -> list[str]:
    lines: list[str] = []
    for call in calls:
        name = f"{call['node']}, worker {call['worker']}" if call.get("node") else "The site"
        if call["ok"]:
            lines += [f"{name}: well."]
            continue
        lines += [f"{name}: {call['sentence']}", f"  What to do: {call['action']}", f"  Evidence: {call['evidence']}"]
    return [*lines, ""] if lines else []


def _link(run: ProbeRun) -> list[str]:
    return [f"In the admin: {public(reverse('admin:meetings_proberun_change', args=[run.pk]))}", ""]


def _time(run: ProbeRun) -> str:
    return f"{run.began_at:%Y-%m-%d %H:%M:%S} UTC"
