"""What the latest probe found, for those who show it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from meetings.models import ProbeRun

Json = dict[str, Any]

# What is said of a call to everybody; the evidence, which holds addresses, is for the admin.
FOR_EVERYBODY = (
    "node",
    "worker",
    "ok",
    "joinedMs",
    "connectedMs",
    "framesSent",
    "framesSeen",
    "loss",
    "glassToGlassMs",
    "soundHeard",
    "soundDelayMs",
    "phase",
    "code",
)


@dataclass(frozen=True, slots=True)
class Latest:
    """The latest run, and whether it and the one before failed."""

    run: ProbeRun
    failed_twice: bool

    @property
    def age_seconds(self) -> float:
        return max(0.0, (timezone.now() - self.run.began_at).total_seconds())

    def as_json(self) -> Json:
        """For everybody."""
        run = self.run
        failed = {} if run.ok else {"code": run.code, "sentence": run.sentence}
        return {
            "ok": run.ok,
            "at": run.began_at.isoformat(),
            "ageSeconds": round(self.age_seconds, 1),
            "seconds": run.seconds,
            **failed,
            "workers": [{key: call[key] for key in FOR_EVERYBODY if key in call} for call in run.workers],
        }


def latest_run() -> Latest | None:
    """None before the first. Reads the database."""
    runs = list(ProbeRun.objects.all()[:2])
    if not runs:
        return None
    return Latest(runs[0], len(runs) == 2 and not any(run.ok for run in runs))
