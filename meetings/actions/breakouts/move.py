"""Go to a breakout room oneself, or back."""

from typing import Any
from uuid import UUID

from django.db import transaction

from meetings import access
from meetings.actions.actor import acting_as
from meetings.actions.breakouts.assign import way_to
from meetings.actions.breakouts.running import demand_open, leading, room_of
from meetings.actions.breakouts.seats import seat_for
from meetings.models import BreakoutSeat, Meeting
from meetings.protocol.codes import Refusal


def move_to_breakout(meeting_id: UUID, room_id: UUID, *, by: UUID) -> dict[str, Any]:
    """The way to a room: to the one where they belong, or, for hosts, to any. Joining it is another step.

    Raises Refusal NOT_ALLOWED, WRONG_STATE unless rooms are open, MEETING_NOT_FOUND, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor, meeting = leading(meeting_id, by, "move-to-breakout")
        breakouts = demand_open(meeting.id)
        room = room_of(meeting.id, room_id)
        seat = seat_for(breakouts, actor)
        is_host = actor.role in access.HOSTS
        if refusal := access.visit_room(seat, room, is_host=is_host):
            raise refusal
        # Hosts come and go, and are called nowhere.
        seat.room, seat.called = room, not is_host
        seat.save()
        return way_to(room)


def leave_breakout(meeting_id: UUID, *, by: UUID) -> dict[str, Any]:
    """The way back from the room in which they are; they are not called to it again.

    Raises Refusal WRONG_STATE for whoever is in no room, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor = acting_as(meeting_id, by, "leave-breakout")
        if actor.meeting.parent_id is None:
            raise Refusal("WRONG_STATE", "You are in no breakout room.")
        BreakoutSeat.objects.filter(participant=actor).update(called=False)
        return way_to(Meeting.objects.get(id=actor.meeting.parent_id))
