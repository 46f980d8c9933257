"""What has to outlive the processes of the media plane."""

import uuid

from django.db import models
from django.utils import timezone


class Incident(models.Model):
    """Something failed under people who were in a meeting, or might have been.

    `meetings` and `participants` hold the ids of those who were hit, as strings; `gaps` maps participants to the
    milliseconds for which their page showed no new picture (or had no sound, where there was no picture), as far as
    pages have told. `ended_at` is when the system had recovered, which is not when the last page had.
    """

    class Kind(models.TextChoices):
        WORKER_DIED = "worker-died", "worker died"
        WORKER_HUNG = "worker-hung", "worker hung"
        NODE_LOST = "node-lost", "media node lost"
        WEB_PROCESS_LOST = "web-process-lost", "web process lost"
        LAYER_LOST = "layer-lost", "channel layer lost"
        DATABASE_LOST = "database-lost", "database lost"
        NETWORK_LOST = "network-lost", "somebody's network lost"
        PATH_LOST = "path-lost", "somebody's media path lost"
        ADDRESS_CHANGED = "address-changed", "somebody's address changed"
        SOCKET_LOST = "socket-lost", "somebody's socket lost"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=20, choices=Kind)
    node = models.CharField(max_length=255, blank=True)
    worker = models.PositiveSmallIntegerField(null=True, blank=True)
    began_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    meetings = models.JSONField(default=list, blank=True)
    participants = models.JSONField(default=list, blank=True)
    gaps = models.JSONField(default=dict, blank=True)
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-began_at"]
        indexes = [
            models.Index(fields=["-began_at"], name="incident_began"),
            models.Index(fields=["kind", "-began_at"], name="incident_kind_began"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {timezone.localtime(self.began_at):%Y-%m-%d %H:%M:%S}"


class MediaNode(models.Model):
    """A media node that runs, or that went without a goodbye.

    A node writes its row when it starts, its `heartbeat_at` every two seconds, and deletes the row when it stops. `run`
    is another one after each start. `workers` run just now, out of `expected_workers`. `load` is 0 to 1, `headroom` is
    how many consumers the node takes besides those it has.
    """

    class State(models.TextChoices):
        UP = "up", "up"
        DRAINING = "draining", "draining"

    name = models.CharField(max_length=120, unique=True)
    run = models.UUIDField(editable=False)
    address = models.CharField(max_length=255, help_text="How web processes reach it: unix:/path or wss://host:port.")
    host = models.CharField(max_length=255)
    pid = models.PositiveIntegerField()
    version = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State, default=State.UP)
    workers = models.PositiveSmallIntegerField(default=0)
    expected_workers = models.PositiveSmallIntegerField(default=0)
    load = models.FloatField(default=0.0)
    headroom = models.PositiveIntegerField(default=0)
    started_at = models.DateTimeField()
    heartbeat_at = models.DateTimeField(db_index=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class RoomPlacement(models.Model):
    """Which node has a meeting's media. Whoever changes the row decides, so that all web processes agree."""

    meeting = models.CharField(max_length=64, unique=True)
    node = models.ForeignKey(MediaNode, on_delete=models.CASCADE, related_name="placements")
    placed_at = models.DateTimeField()

    class Meta:
        ordering = ["-placed_at"]

    def __str__(self) -> str:
        return f"{self.meeting} on {self.node_id}"


class LiveMedia(models.Model):
    """What lives on the media nodes at this moment. There is no table: this carries the permissions, to look and to
    act, and what was done to it in the admin's log.
    """

    class Meta:
        managed = False
        verbose_name = "live media"
        verbose_name_plural = "live media"
        default_permissions = ()
        permissions = [
            ("view_livemedia", "Can see live media"),
            ("steer_livemedia", "Can steer live media"),
        ]
