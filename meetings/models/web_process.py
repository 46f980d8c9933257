"""The web processes that hold the sockets of the people in meetings."""

import uuid

from django.db import models


class WebProcess(models.Model):
    """A process that holds sockets. One whose heartbeat is old has died, and its participants are swept."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    started_at = models.DateTimeField(auto_now_add=True)
    heartbeat_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural = "web processes"

    def __str__(self) -> str:
        return f"{self.host} [pid:{self.pid}]"
