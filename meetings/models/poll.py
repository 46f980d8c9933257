"""Polls, and who voted for what."""

import uuid

from django.db import models
from django.db.models import Q

from meetings.models.meeting import Meeting
from meetings.models.participant import Participant
from meetings.protocol.shapes import LONGEST_POLL_OPTION, LONGEST_POLL_QUESTION, MOST_POLL_OPTIONS


class Poll(models.Model):
    """One question with answers to choose from. `options` are their texts; votes name them by their place, from 0.

    `counts` says how many votes each option has, `voters` how many people voted. Both change with the votes, under a
    lock on this row, so that nobody ever has to count. `version` counts the changes that people are told of, votes too,
    by which they tell newer news from older.
    """

    class Kind(models.TextChoices):
        SINGLE = "single", "one answer"
        MULTIPLE = "multiple", "several answers"

    class State(models.TextChoices):
        DRAFT = "draft", "draft"
        OPEN = "open", "open"
        CLOSED = "closed", "closed"

    class ResultsFor(models.TextChoices):
        EVERYBODY = "everybody", "everybody, as votes come in"
        HOSTS = "hosts", "hosts and presenters, until it is closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="polls")
    author_name = models.CharField(max_length=80)
    question = models.CharField(max_length=LONGEST_POLL_QUESTION)
    options = models.JSONField(help_text=f"At most {MOST_POLL_OPTIONS} texts of {LONGEST_POLL_OPTION} characters.")
    kind = models.CharField(max_length=8, choices=Kind)
    anonymous = models.BooleanField()
    results_for = models.CharField(max_length=9, choices=ResultsFor)
    state = models.CharField(max_length=6, choices=State, default=State.DRAFT)
    counts = models.JSONField(editable=False)
    voters = models.PositiveIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["created_at", "id"]
        indexes = [models.Index(fields=["meeting", "created_at"], name="poll_in_order")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="draft", opened_at=None, closed_at=None)
                | Q(state="open", opened_at__isnull=False, closed_at=None)
                | Q(state="closed", opened_at__isnull=False, closed_at__isnull=False),
                name="poll_state_has_its_times",
            ),
            models.CheckConstraint(condition=~Q(state="draft") | Q(voters=0), name="poll_draft_has_no_votes"),
        ]

    def __str__(self) -> str:
        return self.question

    def count(self, before: list[int] | None, chosen: list[int] | None) -> None:
        """Count that somebody who chose `before` chooses this now; None is no vote. The caller has the row locked, and
        saves `counts`, `voters` and `version`.
        """
        for option in before or ():
            self.counts[option] -= 1
        for option in chosen or ():
            self.counts[option] += 1
        self.voters += (chosen is not None) - (before is not None)
        self.version += 1


class PollVote(models.Model):
    """One person's vote in a poll, in whichever window: the places of the options that they chose.

    `voter` is a keyed hash of who it is (`meetings.actions.voter`). In an anonymous poll nothing else is kept: no
    participant, no name, no time.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    poll = models.ForeignKey(Poll, on_delete=models.CASCADE, related_name="votes")
    voter = models.CharField(max_length=64, editable=False)
    chosen = models.JSONField()
    participant = models.ForeignKey(Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    voter_name = models.CharField(max_length=80, blank=True)

    class Meta:
        ordering = ["voter_name", "id"]
        constraints = [models.UniqueConstraint(fields=["poll", "voter"], name="poll_vote_once")]

    def __str__(self) -> str:
        return self.voter_name or "somebody"
