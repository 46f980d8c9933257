"""People's facts: meetings, who is and was in them, and the web processes that hold their sockets.

Media live in the media node and never in these rows.
"""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse

from meetings.codes import new_code


def default_capacity() -> int:
    return int(settings.MEETING_CAPACITY)


class Meeting(models.Model):
    """One room to meet in. `present` counts the participants who have not left; it changes in the transactions that
    change their rows, which is what keeps the capacity.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        LIVE = "live", "live"
        ENDED = "ended", "ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(max_length=12, unique=True, default=new_code, editable=False)
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    starts_at = models.DateTimeField(null=True, blank=True, help_text="Nobody but the host gets in before.")
    started_at = models.DateTimeField(null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    capacity = models.PositiveSmallIntegerField(default=default_capacity)
    present = models.PositiveIntegerField(default=0, editable=False)
    locked = models.BooleanField(default=False, help_text="Nobody but the host gets in.")
    passcode_hash = models.CharField(max_length=160, blank=True, editable=False)
    host_user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="hosted_meetings"
    )
    host_guest = models.CharField(max_length=40, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(fields=["state", "-created_at"], name="meeting_state_created"),
            models.Index(fields=["host_guest"], name="meeting_host_guest", condition=~Q(host_guest="")),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="ended", ended_at__isnull=False) | (~Q(state="ended") & Q(ended_at__isnull=True)),
                name="meeting_ended_has_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(started_at__isnull=False), name="meeting_live_has_started"
            ),
            models.CheckConstraint(condition=~Q(state="open") | Q(present=0), name="meeting_open_is_empty"),
            models.CheckConstraint(condition=~Q(state="ended") | Q(present=0), name="meeting_ended_is_empty"),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="meeting_capacity_at_least_one"),
            models.CheckConstraint(condition=Q(host_user=None) | Q(host_guest=""), name="meeting_one_kind_of_host"),
        ]

    def __str__(self) -> str:
        return f"{self.title} ({self.code})"

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.code])


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


class Participant(models.Model):
    """One person's stay in a meeting, from joining to leaving. The same person in two tabs is two participants.

    `connection` is the socket that speaks for the participant. While `disconnected_at` is set that socket is gone and
    the grace period runs.
    """

    class Role(models.TextChoices):
        HOST = "host", "host"
        CO_HOST = "co_host", "co-host"
        PRESENTER = "presenter", "presenter"
        ATTENDEE = "attendee", "attendee"

    class Left(models.TextChoices):
        LEFT = "left", "left"
        DISCONNECTED = "disconnected", "connection lost"
        REMOVED = "removed", "removed by the host"
        ENDED = "ended", "meeting ended"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="participations"
    )
    guest = models.CharField(max_length=40, blank=True)
    display_name = models.CharField(max_length=80)
    role = models.CharField(max_length=10, choices=Role, default=Role.ATTENDEE)
    joined_at = models.DateTimeField()
    left_at = models.DateTimeField(null=True, blank=True)
    left_reason = models.CharField(max_length=12, choices=Left, blank=True)
    banned = models.BooleanField(default=False)
    connection = models.UUIDField()
    disconnected_at = models.DateTimeField(null=True, blank=True)
    served_by = models.ForeignKey(
        WebProcess, null=True, blank=True, on_delete=models.SET_NULL, related_name="participants"
    )
    resume_hash = models.CharField(max_length=64, unique=True, editable=False)

    class Meta:
        ordering = ["joined_at", "id"]
        indexes = [
            models.Index(fields=["meeting", "joined_at"], name="participant_present", condition=Q(left_at=None)),
            models.Index(fields=["connection"], name="participant_connection", condition=Q(left_at=None)),
            models.Index(
                fields=["disconnected_at"],
                name="participant_away",
                condition=Q(left_at=None, disconnected_at__isnull=False),
            ),
            models.Index(fields=["guest", "-joined_at"], name="participant_guest", condition=~Q(guest="")),
            models.Index(fields=["meeting"], name="participant_banned", condition=Q(banned=True)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at=None, left_reason="") | (Q(left_at__isnull=False) & ~Q(left_reason="")),
                name="participant_left_has_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(banned=False) | Q(left_reason="removed"), name="participant_banned_was_removed"
            ),
        ]

    def __str__(self) -> str:
        return self.display_name


class JoinAttempt(models.Model):
    """One try to come into a meeting, from the opened page to the end of the call, and what came of it.

    Its id is made by whoever tries and is known to nobody else; `report` is what people may copy and hand on. What
    stands in its events is the truth; `outcome`, `code` and `sentence` are the latest verdict on them. Meeting and
    participant are no constraints of the database: an attempt is written down even when what it was for is gone.
    """

    class Outcome(models.TextChoices):
        TRYING = "trying", "under way"
        WELL = "well", "well"
        IMPAIRED = "impaired", "impaired"
        FAILED = "failed", "failed"

    class Purpose(models.TextChoices):
        JOIN = "join", "join"
        TEST = "test", "test page"
        PROBE = "probe", "probe"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    purpose = models.CharField(max_length=5, choices=Purpose, default=Purpose.JOIN)
    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, db_constraint=False, on_delete=models.CASCADE, related_name="attempts"
    )
    participant = models.ForeignKey(
        Participant, null=True, blank=True, db_constraint=False, on_delete=models.SET_NULL, related_name="attempts"
    )
    display_name = models.CharField(max_length=80, blank=True)
    guest = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        null=True,
        blank=True,
        db_constraint=False,
        on_delete=models.SET_NULL,
        related_name="attempts",
    )
    client = models.CharField(max_length=200, blank=True, help_text="The browser, as it names itself.")
    address = models.CharField(max_length=64, blank=True, help_text="Where its requests came from.")
    began_at = models.DateTimeField()
    joined_at = models.DateTimeField(null=True, blank=True)
    media_at = models.DateTimeField(null=True, blank=True, help_text="When the first way for media was through.")
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=24, blank=True)
    outcome = models.CharField(max_length=8, choices=Outcome, default=Outcome.TRYING)
    code = models.CharField(
        max_length=40, blank=True, help_text="The cause, when something was wrong: the worst so far."
    )
    sentence = models.TextField(blank=True)
    now_code = models.CharField(max_length=40, blank=True, help_text="What is wrong at present; empty when nothing is.")

    class Meta:
        ordering = ["-began_at"]
        indexes = [
            models.Index(fields=["-began_at"], name="attempt_began"),
            models.Index(fields=["meeting", "-began_at"], name="attempt_meeting"),
            models.Index(fields=["code", "-began_at"], name="attempt_code", condition=~Q(code="")),
        ]

    def __str__(self) -> str:
        return f"{self.report} {self.display_name}".strip()

    @property
    def report(self) -> str:
        """What people may hand on: enough to find the attempt, too little to speak for it."""
        return report_of(self.id)


def report_of(attempt: uuid.UUID) -> str:
    """The report id of an attempt: its first eight hexadecimal digits as `ABCD-1234`."""
    digits = attempt.hex[:8].upper()
    return f"{digits[:4]}-{digits[4:]}"


class MeetingEvent(models.Model):
    """One event of the stream (see `meetings.trace.steps`). Never changed once it is written."""

    meeting = models.ForeignKey(
        Meeting, null=True, blank=True, db_constraint=False, on_delete=models.CASCADE, related_name="events"
    )
    participant = models.ForeignKey(
        Participant, null=True, blank=True, db_constraint=False, on_delete=models.CASCADE, related_name="events"
    )
    attempt = models.ForeignKey(
        JoinAttempt, null=True, blank=True, db_constraint=False, on_delete=models.CASCADE, related_name="events"
    )
    side = models.CharField(max_length=4)
    step = models.CharField(max_length=24)
    outcome = models.CharField(max_length=8)
    at = models.DateTimeField()
    data = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [
            models.Index(fields=["attempt", "at"], name="event_attempt"),
            models.Index(fields=["meeting", "step", "at"], name="event_meeting_step"),
            models.Index(fields=["at"], name="event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.side} {self.step} {self.outcome}"


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
