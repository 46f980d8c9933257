"""What the synthetic participants found last."""

from datetime import timedelta

from django.conf import settings
from django.utils import timezone

from media.doctor.finding import Finding, green, red, yellow
from meetings.models import ProbeRun

# It is due every minute, unless PROBE_SECONDS says otherwise; of several in a row one may have been left out.
STALE = timedelta(minutes=5)
LEFT_OUT = 3
RUN_ONE = "Run one: `manage.py media_probe`; and see what `celery` says, whose clock runs one every minute."


def latest_probe() -> Finding:
    """The latest run, and how old it is."""
    run = ProbeRun.objects.first()
    if run is None:
        return yellow("No probe call has been made yet.", RUN_ONE)
    age = timezone.now() - run.began_at
    facts = {"ok": run.ok, "code": run.code, "ageSeconds": round(age.total_seconds()), "workers": run.workers}
    when = f"The probe call of {age.total_seconds():.0f} s ago"
    if not run.ok:
        return red(
            f"{when} failed: {run.code} {run.sentence}".rstrip(),
            "Do what this says, then `manage.py media_probe`.",
            **facts,
        )
    if settings.PROBE_SECONDS > 0 and age > max(STALE, timedelta(seconds=LEFT_OUT * settings.PROBE_SECONDS)):
        return red(f"{when} went well, and there has been none since.", RUN_ONE, **facts)
    return green(
        f"{when} went well: seen and heard over {len(run.workers)} workers within {run.seconds:.1f} s.", **facts
    )
