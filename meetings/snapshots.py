"""Rows as the contract shows them."""

from datetime import datetime
from typing import Any

from meetings import access
from meetings.models import Knock, Meeting, Participant

Json = dict[str, Any]


def meeting_entry(meeting: Meeting) -> Json:
    """The contract's MEETING."""
    return {
        "id": str(meeting.id),
        "code": meeting.code,
        "title": meeting.title,
        "state": meeting.state,
        "locked": meeting.locked,
        "capacity": meeting.capacity,
        "waitingRoom": meeting.waiting_room,
        "permissions": {kind: getattr(meeting, kind) for kind in access.KINDS},
        "spotlight": None if meeting.spotlight is None else str(meeting.spotlight),
        "startsAt": _time(meeting.starts_at),
        "startedAt": _time(meeting.started_at),
        "endedAt": _time(meeting.ended_at),
    }


def participant_entry(participant: Participant, meeting: Meeting) -> Json:
    """The contract's PARTICIPANT."""
    entry: Json = {
        "participantId": str(participant.id),
        "displayName": participant.display_name,
        "role": participant.role,
        "joinedAt": _time(participant.joined_at),
        "permissions": access.sending(participant, meeting).as_json(),
        "handRaisedAt": _time(participant.hand_raised_at),
    }
    if participant.user_id is not None:
        entry["userId"] = str(participant.user_id)
    return entry


def present_participants(meeting: Meeting) -> list[Json]:
    """Everybody who is in the meeting, in the order in which they came."""
    return [participant_entry(one, meeting) for one in meeting.participants.filter(left_at=None)]


def waiting_entry(knock: Knock) -> Json:
    """The contract's WAITING."""
    entry: Json = {
        "participantId": str(knock.id),
        "displayName": knock.display_name,
        "askedAt": _time(knock.asked_at),
        "for": "admission" if knock.asks_host else "host",
    }
    if knock.user_id is not None:
        entry["userId"] = str(knock.user_id)
    return entry


def waiting_people(meeting: Meeting) -> list[Json]:
    """Everybody who waits to come in, in the order in which they asked."""
    return [waiting_entry(one) for one in meeting.knocks.filter(decided_at=None)]


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
