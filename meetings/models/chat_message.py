"""What people write to each other in a meeting."""

import uuid

from django.db import models
from django.db.models import Q

from meetings.models.meeting import Meeting
from meetings.models.participant import Participant
from meetings.models.shared_file import SharedFile
from meetings.protocol.shapes import LONGEST_MESSAGE


class ChatMessage(models.Model):
    """One message. It keeps the names of its author and of whom it was written to: they outlive their rows.

    Deleting it takes away the words and the file and leaves the row, so that everybody sees that something stood there.
    """

    class To(models.TextChoices):
        ALL = "all", "everybody"
        HOST = "host", "hosts"
        PRIVATE = "private", "one person"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="chat_messages")
    author = models.ForeignKey(Participant, null=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=80)
    recipient_type = models.CharField(max_length=7, choices=To)
    recipient = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    recipient_name = models.CharField(max_length=80, blank=True)
    message = models.TextField(max_length=LONGEST_MESSAGE, blank=True)
    file = models.OneToOneField(
        SharedFile, null=True, blank=True, on_delete=models.SET_NULL, related_name="message", editable=False
    )
    sent_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["sent_at", "id"]
        indexes = [models.Index(fields=["meeting", "sent_at", "id"], name="chat_message_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(recipient_type="private") | Q(recipient=None), name="chat_message_to_one_is_private"
            ),
            models.CheckConstraint(
                condition=Q(deleted_at=None) | Q(message="", file=None), name="chat_message_deleted_is_empty"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.author_name}, {self.sent_at:%Y-%m-%d %H:%M:%S}"
