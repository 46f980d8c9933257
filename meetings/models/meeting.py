"""Meetings: who hosts them, and when and under what conditions people may come in."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from meetings.codes import new_code
from meetings.models.organisation import Organisation


def default_capacity() -> int:
    return int(settings.MEETING_CAPACITY)


class Meeting(models.Model):
    """One room to meet in. `present` counts the participants who have not left; it changes in the transactions that
    change their rows, which is what keeps the capacity.

    A breakout room is a meeting with a `parent`: for those who belong in it and for the parent's hosts alone, and in
    nobody's list. `divided` tells that a meeting has or had such rooms.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        LIVE = "live", "live"
        ENDED = "ended", "ended"
        CANCELLED = "cancelled", "cancelled"

    class NotesBy(models.TextChoices):
        EVERYBODY = "everybody", "everybody"
        PRESENTERS = "presenters", "hosts and presenters"

    class WaitingRoom(models.TextChoices):
        NOBODY = "nobody", "nobody"
        GUESTS = "guests", "people without an account"
        EVERYBODY = "everybody", "everybody but hosts"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.CASCADE, related_name="rooms", editable=False
    )
    divided = models.BooleanField(default=False, editable=False)
    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    description = models.TextField(max_length=4000, blank=True, help_text="What it is about; goes along in mail.")
    # Of the occurrence that goes on or comes next, where the meeting has a schedule.
    starts_at = models.DateTimeField(null=True, blank=True, help_text="Nobody but the host gets in before.")
    ends_at = models.DateTimeField(null=True, blank=True, help_text="When its time is over.")
    early_minutes = models.PositiveSmallIntegerField(
        default=0, help_text="How long before its start others get in already."
    )
    closes = models.BooleanField(default=False, help_text="Whether it ends by itself when its time is over.")
    remind_minutes = models.PositiveIntegerField(
        default=60, help_text="How long before its start those who are invited are reminded; 0: not at all."
    )
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    emptied_at = models.DateTimeField(null=True, blank=True, editable=False)
    empty_minutes = models.PositiveIntegerField(
        null=True, blank=True, help_text="End it when nobody has been in it for so long; 0: never; empty: as the site."
    )
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    capacity = models.PositiveSmallIntegerField(default=default_capacity)
    present = models.PositiveIntegerField(default=0, editable=False)
    locked = models.BooleanField(default=False, help_text="Nobody but the host gets in.")
    waiting_room = models.CharField(
        max_length=9,
        choices=WaitingRoom,
        default=WaitingRoom.NOBODY,
        help_text="Who has to be let in by a host.",
    )
    guests_allowed = models.BooleanField(default=True, help_text="Whether people without an account may come in.")
    before_host = models.BooleanField(default=True, help_text="Whether others may come in before a host is there.")
    microphone = models.BooleanField(default=True, help_text="Whether attendees may turn their microphone on.")
    camera = models.BooleanField(default=True, help_text="Whether attendees may turn their camera on.")
    screen = models.BooleanField(default=True, help_text="Whether attendees may share their screen.")
    chat = models.BooleanField(default=True, help_text="Whether attendees may write to everybody.")
    chat_history = models.BooleanField(
        default=True, help_text="Whether those who come later read what was written to everybody before."
    )
    notes_by = models.CharField(
        max_length=10, choices=NotesBy, default=NotesBy.EVERYBODY, help_text="Who writes the notes."
    )
    spotlight = models.UUIDField(null=True, blank=True, editable=False)
    passcode_hash = models.CharField(max_length=160, blank=True, editable=False)
    host_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="hosted_meetings"
    )
    host_guest = models.CharField(max_length=40, blank=True, editable=False)
    organisation = models.ForeignKey(
        Organisation,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meetings",
        help_text="Whose administrators see it: that of its host, where none is chosen.",
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "-created_at"], name="meeting_state_created"),
            models.Index(fields=["host_guest"], name="meeting_host_guest", condition=~Q(host_guest="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["ended", "cancelled"], ended_at__isnull=False)
                | (~Q(state__in=["ended", "cancelled"]) & Q(ended_at__isnull=True)),
                name="meeting_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(started_at__isnull=False), name="meeting_live_has_started"
            ),
            models.CheckConstraint(condition=~Q(state="open") | Q(present=0), name="meeting_open_is_empty"),
            models.CheckConstraint(
                condition=~Q(state__in=["ended", "cancelled"]) | Q(present=0), name="meeting_ended_is_empty"
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="meeting_capacity_at_least_one"),
            models.CheckConstraint(condition=Q(host_user=None) | Q(host_guest=""), name="meeting_one_kind_of_host"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.code])
