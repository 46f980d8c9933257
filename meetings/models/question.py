"""Questions that people ask in a meeting, and who wants them answered too."""

import uuid

from django.db import models

from meetings.models.meeting import Meeting
from meetings.models.participant import Participant
from meetings.protocol.shapes import LONGEST_QUESTION


class Question(models.Model):
    """One question. It keeps the name of who asked, which outlives their row; `asker` is a keyed hash of who it was.

    `votes` says how many people want it answered, and changes with the rows of QuestionVote, under a lock on this one;
    `version` counts the changes that people are told of. What is dismissed stays, for the hosts, after the meeting.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        ANSWERED = "answered", "answered"
        DISMISSED = "dismissed", "dismissed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="questions")
    author = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    author_name = models.CharField(max_length=80)
    asker = models.CharField(max_length=64, editable=False)
    question = models.TextField(max_length=LONGEST_QUESTION)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    votes = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    asked_at = models.DateTimeField()

    class Meta:
        # What is open comes first, and of that what most people want to know.
        ordering = ["-state", "-votes", "asked_at", "id"]
        indexes = [models.Index(fields=["meeting", "-state", "-votes", "asked_at"], name="question_in_order")]

    def __str__(self) -> str:
        return self.question


class QuestionVote(models.Model):
    """That one person wants a question answered. `voter` is a keyed hash of who it is."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="up_votes")
    voter = models.CharField(max_length=64, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["question", "voter"], name="question_vote_once")]

    def __str__(self) -> str:
        return "somebody"
