"""What the synthetic participants found."""

import uuid

from django.db import models


class ProbeRun(models.Model):
    """One run of the synthetic participants. `workers` holds what `meetings.probe` reports of each worker."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    began_at = models.DateTimeField()
    seconds = models.FloatField(default=0.0)
    ok = models.BooleanField(default=False)
    code = models.CharField(max_length=40, blank=True)
    sentence = models.TextField(blank=True)
    workers = models.JSONField(default=list, blank=True)
    alerted = models.BooleanField(default=False, help_text="Whether mail went out because of this run.")

    class Meta:
        ordering = ["-began_at"]
        indexes = [models.Index(fields=["-began_at"], name="probe_began")]

    def __str__(self) -> str:
        return f"{'well' if self.ok else 'failed'}, {self.began_at:%Y-%m-%d %H:%M:%S}"
