"""Change a meeting, start it before anybody is there, cancel it, open it again, or delete it."""

from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from meetings import access, facts, lifecycle
from meetings.actions.actor import By, acting, knows
from meetings.actions.end import end_rooms
from meetings.actions.knock import open_door, send_away
from meetings.audit import note_act, outlive
from meetings.mail.due import announce_all_cancelled, announce_changed
from meetings.models import Meeting, Participant
from meetings.snapshots import meeting_entry
from meetings.webhooks.events import STARTED
from meetings.webhooks.telling import nothing_else, tell

# What those who are invited have in their calendars.
_TOLD = frozenset({"title", "description"})


def change(meeting_id: UUID, columns: dict[str, Any], *, by: By) -> Meeting:
    """Change what the host decides of it (title, times, capacity, passcode, who waits). Raises Refusal NOT_ALLOWED,
    WRONG_STATE with what is `allowed`, or a code of `access.stay`.
    """
    with transaction.atomic():
        meeting, actor = _stepping(meeting_id, "change", by)
        for name, value in columns.items():
            setattr(meeting, name, value)
        if columns:
            meeting.save(update_fields=list(columns))
            # Only which: a passcode is nothing to be written down.
            note_act(meeting_id, "changed", {"what": sorted(columns)}, by=actor)
            if columns.get("before_host"):
                # Nobody waits any more for what nobody has to wait for.
                open_door(meeting)
            if columns.keys() & _TOLD:
                announce_changed(meeting)
            facts.publish(meeting_id, "meeting-updated", meeting_entry(meeting), skip=knows(by))
    return meeting


def start(meeting_id: UUID, *, by: By) -> Meeting:
    """Open the doors: from now on others come in, also before the host does. Raises as `change` does."""
    with transaction.atomic():
        meeting, actor = _stepping(meeting_id, "start", by)
        meeting.state = Meeting.State.LIVE
        meeting.started_at = meeting.started_at or timezone.now()
        # Started and left alone, it is as empty as one that everybody left.
        meeting.emptied_at = timezone.now()
        meeting.save(update_fields=["state", "started_at", "emptied_at"])
        note_act(meeting_id, "started", by=actor)
        tell(meeting, {STARTED: nothing_else})
        open_door(meeting)
        facts.publish(meeting_id, "meeting-updated", meeting_entry(meeting), skip=knows(by))
    return meeting


def cancel(meeting_id: UUID, *, by: By) -> Meeting:
    """Say that it will not be. Raises as `change` does."""
    with transaction.atomic():
        meeting, actor = _stepping(meeting_id, "cancel", by)
        meeting.state, meeting.ended_at = Meeting.State.CANCELLED, timezone.now()
        meeting.save(update_fields=["state", "ended_at"])
        note_act(meeting_id, "cancelled", by=actor)
        announce_all_cancelled(meeting)
        send_away(meeting_id)
        end_rooms(meeting_id)
        facts.publish(meeting_id, "meeting-ended", {}, skip=knows(by))
    return meeting


def reopen(meeting_id: UUID, *, by: By) -> Meeting:
    """Let people in again after the end, under the same link. Who was told that it is cancelled is told that it is not.
    Raises as `change` does.
    """
    with transaction.atomic():
        meeting, actor = _stepping(meeting_id, "reopen", by)
        was_cancelled = meeting.state == Meeting.State.CANCELLED
        meeting.state, meeting.ended_at = Meeting.State.OPEN, None
        meeting.save(update_fields=["state", "ended_at"])
        note_act(meeting_id, "reopened", by=actor)
        if was_cancelled:
            announce_changed(meeting)
    return meeting


def delete(meeting_id: UUID, *, by: By) -> None:
    """Delete it, with all that belongs to it. Raises as `change` does."""
    with transaction.atomic():
        meeting, actor = _stepping(meeting_id, "delete", by)
        told = {"code": meeting.code, "title": meeting.title}
        note_act(None, "deleted", told, by=Participant(display_name=actor.display_name, user_id=actor.user_id))
        end_rooms(meeting_id)
        outlive(meeting)
        meeting.delete()


def _stepping(meeting_id: UUID, step: str, by: By) -> tuple[Meeting, Participant]:
    """The meeting, locked, and who takes the step; of two who end it at once the second finds it ended."""
    meeting = Meeting.objects.select_for_update().get(id=meeting_id)
    actor = acting(meeting_id, by)
    if refusal := access.act(actor, f"{step}-meeting") or lifecycle.take(meeting, step):
        raise refusal
    return meeting, actor
