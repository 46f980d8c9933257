"""The notes that people in a meeting write together."""

import uuid

from django.db import models

from meetings.models.meeting import Meeting
from meetings.models.participant import Participant


class Notes(models.Model):
    """The text of a meeting's notes, after `version` edits."""

    meeting = models.OneToOneField(Meeting, primary_key=True, on_delete=models.CASCADE, related_name="notes")
    text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "notes"

    def __str__(self) -> str:
        return f"Notes of {self.meeting}"


class NotesEdit(models.Model):
    """One of the last edits, by which those are carried forward that were made to an older text. `edit_id` is its
    author's: asked for again, it is not made again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    notes = models.ForeignKey(Notes, on_delete=models.CASCADE, related_name="edits")
    version = models.PositiveIntegerField(help_text="Of the text after it.")
    edit_id = models.UUIDField()
    author = models.ForeignKey(Participant, null=True, on_delete=models.SET_NULL, related_name="+")
    changes = models.JSONField()

    class Meta:
        ordering = ["version"]
        constraints = [
            models.UniqueConstraint(fields=["notes", "version"], name="notes_edit_one_a_version"),
            models.UniqueConstraint(fields=["notes", "edit_id"], name="notes_edit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.notes}, version {self.version}"
