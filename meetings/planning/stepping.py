"""Taking a step in the plan of a meeting."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meetings import access, facts, lifecycle
from meetings.actions.actor import By, acting
from meetings.audit import note_act
from meetings.models import Meeting, Occurrence, Participant
from meetings.planning.spread import show_next
from meetings.protocol.codes import Refusal
from meetings.snapshots import meeting_entry


@dataclass(slots=True)
class Step:
    """A meeting, locked, who plans it, and the moment."""

    meeting: Meeting
    actor: Participant
    now: datetime

    def note(self, act: str, **data: Any) -> None:
        """Write it into the audit trail."""
        note_act(self.meeting.id, act, data, by=self.actor)

    def occurrence(self, occurrence_id: UUID) -> Occurrence:
        """One of the meeting's that has not begun. Raises Refusal NOT_FOUND or WRONG_STATE."""
        found = Occurrence.objects.select_related("schedule").filter(meeting=self.meeting, id=occurrence_id).first()
        if found is None:
            raise Refusal("NOT_FOUND", "The meeting has no such occurrence.")
        if found.starts_at <= self.now:
            raise Refusal("WRONG_STATE", "It has begun, or is over.", allowed=[])
        return found


@contextmanager
def planning(meeting_id: UUID, by: By, event: str = "plan-meeting") -> Iterator[Step]:
    """A step in a transaction; at its end the meeting shows what comes next, and those who are there are told.

    Raises Refusal NOT_ALLOWED, WRONG_STATE, or a code of `access.stay`.
    """
    with transaction.atomic():
        meeting = Meeting.objects.select_for_update().get(id=meeting_id)
        actor = acting(meeting_id, by)
        if refusal := access.act(actor, event) or lifecycle.take(meeting, "plan"):
            raise refusal
        step = Step(meeting, actor, timezone.now())
        yield step
        if show_next(meeting, step.now):
            facts.publish(meeting_id, "meeting-updated", meeting_entry(meeting))
