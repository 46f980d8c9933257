"""Files that people share in the chat."""

import uuid

from django.db import models
from django.db.models import Q

from meetings.models.meeting import Meeting


class SharedFile(models.Model):
    """What is known of one file; what is in it lies in the storage `files` at `place`, until `gone_at`.

    It belongs to the one message that carries it, and is for whoever may read that.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="shared_files")
    name = models.CharField(max_length=120)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField(help_text="Bytes.")
    place = models.CharField(max_length=80, blank=True, editable=False)
    shared_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["shared_at", "id"]
        indexes = [
            models.Index(fields=["shared_at"], name="shared_file_there", condition=Q(gone_at=None)),
            models.Index(fields=["place"], name="shared_file_place"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(gone_at=None) & ~Q(place="") | Q(gone_at__isnull=False, place=""),
                name="shared_file_lies_somewhere_until_gone",
            ),
        ]

    def __str__(self) -> str:
        return self.name
