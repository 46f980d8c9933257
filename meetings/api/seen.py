"""Rows as the API shows them: the contract's, and what belongs to them outside of a call."""

from typing import Any

from meetings.audit_table import label_of
from meetings.identity import Person
from meetings.models import Act, Meeting, Participant
from meetings.snapshots import meeting_entry

Json = dict[str, Any]


def meeting_seen(meeting: Meeting, person: Person) -> Json:
    """`answers.SEEN`, for this person."""
    return {
        **meeting_entry(meeting),
        "createdAt": meeting.created_at.isoformat(),
        "beforeHost": meeting.before_host,
        "guestsAllowed": meeting.guests_allowed,
        "emptyMinutes": meeting.empty_minutes,
        "hasPasscode": bool(meeting.passcode_hash),
        "isHost": person.is_host_of(meeting),
    }


def meeting_detail(meeting: Meeting, person: Person) -> Json:
    """`answers.DETAIL`. Who is in it is told only where no passcode is asked."""
    present = Participant.objects.none() if meeting.passcode_hash else meeting.participants.filter(left_at=None)
    names = present.values_list("display_name", flat=True)
    return {**meeting_seen(meeting, person), "participants": [{"displayName": name} for name in names]}


def act_seen(act: Act) -> Json:
    """`answers.ACT`."""
    data = dict(act.data)
    by, about = data.pop("by", None), data.pop("about", None)
    return {
        "at": act.at.isoformat(),
        "act": act.step,
        "label": label_of(act),
        "by": by,
        "about": about,
        "data": data,
    }
