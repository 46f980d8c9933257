"""Say in which breakout room somebody belongs."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import transaction

from meetings import facts
from meetings.actions.actor import By
from meetings.actions.breakouts.running import demand_running, leading, room_of, tell_leaders
from meetings.actions.breakouts.seats import by_person, key_of, seat_for, stays_in_all_of
from meetings.audit import note_act
from meetings.models import Meeting, Participant
from meetings.protocol.codes import Refusal


def assign_breakout(meeting_id: UUID, target_id: UUID, room_id: UUID | None, *, by: By) -> None:
    """Say that somebody who is in the meeting, or in one of its rooms, belongs in this room, or (None) in none. While
    rooms are open they are called there, or back.

    Raises Refusal NOT_ALLOWED, NOT_IN_MEETING, WRONG_STATE where there are no rooms, MEETING_NOT_FOUND for a room that
    is none of them, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor, meeting = leading(meeting_id, by, "assign-breakout")
        there = list(stays_in_all_of(meeting.id))
        target = next((one for one in there if one.id == target_id), None)
        if target is None:
            raise Refusal("NOT_IN_MEETING", "That participant is not in the meeting.")
        breakouts = demand_running(meeting.id)
        room = None if room_id is None else room_of(meeting.id, room_id)
        seat = seat_for(breakouts, target)
        seat.room, seat.called = room, True
        seat.save()
        note_act(meeting.id, "breakout-assigned", {"room": "" if room is None else room.title}, by=actor, about=target)
        tell_leaders(breakouts)
        if breakouts.opened_at is not None:
            goes_to = room or meeting
            theirs = by_person(there)[key_of(target)]
            call_to(goes_to, [one for one in theirs if one.meeting_id != goes_to.id])


def call_to(place: Meeting, stays: Iterable[Participant]) -> None:
    """Call these to a room, or to the whole meeting."""
    for one in stays:
        facts.publish(one.meeting_id, "breakout-assigned", way_to(place), only=[one.id])


def way_to(place: Meeting) -> dict[str, Any]:
    """The contract's WAY_TO: a room, or (`roomId` is null) the whole meeting."""
    room_id = None if place.parent_id is None else str(place.id)
    return {"roomId": room_id, "name": place.title, "code": place.code}
