"""How a division stands: for those who lead it, and for each who comes in."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from meetings.actions.actor import By, acting_as
from meetings.actions.breakouts.assign import way_to
from meetings.actions.breakouts.running import rooms_of, running
from meetings.actions.breakouts.seats import key_of, stays_in_all_of, whole_of
from meetings.lifecycle import STEPS
from meetings.models import BreakoutSeat, Meeting
from meetings.snapshots import breakouts_status

Json = dict[str, Any]


def breakouts_state(meeting_id: UUID, *, by: By) -> Json:
    """The contract's BREAKOUTS: the rooms, who belongs in which, and who is where.

    Raises Refusal NOT_ALLOWED, or a code of `access.stay`.
    """
    whole = whole_of(acting_as(meeting_id, by, "breakouts").meeting)
    breakouts = running(whole)
    rooms = [] if breakouts is None else rooms_of(whole)
    there = list(stays_in_all_of(whole).select_related("meeting"))
    belongs = {} if breakouts is None else {key_of(seat): seat.room_id for seat in breakouts.seats.all()}
    return {
        **breakouts_status(breakouts, timezone.now()),
        "rooms": [{"roomId": str(room.id), "name": room.title} for room in rooms],
        "people": [
            {
                "participantId": str(one.id),
                "displayName": one.display_name,
                "role": one.role,
                "roomId": _text(belongs.get(key_of(one))),
                "isIn": _text(one.meeting_id if one.meeting.parent_id is not None else None),
            }
            for one in there
        ],
    }


def breakout_of(meeting: Meeting, seat: BreakoutSeat | None) -> Json | None:
    """The contract's BREAKOUT for whoever has come into the meeting or the room with this seat; None where it is not
    divided, or its rooms are not open.
    """
    breakouts = running(whole_of(meeting))
    if meeting.parent_id is None and (breakouts is None or breakouts.opened_at is None):
        return None
    whole = meeting if meeting.parent_id is None else Meeting.objects.get(id=meeting.parent_id)
    is_seated = seat is not None and breakouts is not None and seat.breakouts_id == breakouts.id
    room = seat.room if seat is not None and is_seated else None
    if room is not None and room.state not in STEPS["end"]:
        room = None
    return {
        **breakouts_status(breakouts, timezone.now()),
        "main": way_to(whole),
        "isIn": _text(meeting.id if meeting.parent_id is not None else None),
        "room": None if room is None else way_to(room),
        "called": seat is not None and room is not None and seat.called,
    }


def _text(key: UUID | None) -> str | None:
    return None if key is None else str(key)
