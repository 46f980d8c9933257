"""The division of a meeting that is under way, and telling everybody in all of its rooms."""

from typing import Any
from uuid import UUID

from django.utils import timezone

from meetings import facts, lifecycle
from meetings.actions.actor import By, acting_as
from meetings.actions.breakouts.seats import whole_of
from meetings.actions.knock import tell_hosts
from meetings.lifecycle import STEPS
from meetings.models import Breakouts, Meeting, Participant
from meetings.protocol.codes import Refusal
from meetings.snapshots import breakouts_status

Json = dict[str, Any]


def leading(meeting_id: UUID, by: By, event: str) -> tuple[Participant, Meeting]:
    """Who leads, from the meeting itself or from one of its rooms, and the whole meeting, locked: of two who divide or
    reunite it at once the second finds what the first did. Raises Refusal NOT_ALLOWED, WRONG_STATE for a host who asks
    from outside of a meeting that is over, or a code of `access.stay`.
    """
    actor = acting_as(meeting_id, by, event)
    meeting = Meeting.objects.select_for_update().get(id=whole_of(actor.meeting))
    if refusal := lifecycle.take(meeting, "change"):
        raise refusal
    return actor, meeting


def running(meeting_id: UUID) -> Breakouts | None:
    """The division that is prepared, open or closing, if there is one."""
    return Breakouts.objects.filter(meeting_id=meeting_id, closed_at=None).first()


def demand_running(meeting_id: UUID) -> Breakouts:
    """It. Raises Refusal WRONG_STATE where there is none."""
    breakouts = running(meeting_id)
    if breakouts is None:
        raise Refusal("WRONG_STATE", "There are no breakout rooms; make them first.")
    return breakouts


def demand_open(meeting_id: UUID) -> Breakouts:
    """It, when its rooms can be joined. Raises Refusal WRONG_STATE."""
    breakouts = demand_running(meeting_id)
    if breakouts.opened_at is None:
        raise Refusal("WRONG_STATE", "The breakout rooms are not open yet.")
    return breakouts


def rooms_of(meeting_id: UUID) -> list[Meeting]:
    """The rooms that have not ended, in the order in which they were named."""
    return list(Meeting.objects.filter(parent_id=meeting_id, state__in=STEPS["end"]).order_by("created_at", "id"))


def room_of(meeting_id: UUID, room_id: UUID) -> Meeting:
    """One of them. Raises Refusal MEETING_NOT_FOUND."""
    room = Meeting.objects.filter(id=room_id, parent_id=meeting_id, state__in=STEPS["end"]).first()
    if room is None:
        raise Refusal("MEETING_NOT_FOUND", "There is no such breakout room.")
    return room


def tell_everywhere(meeting_id: UUID, event: str, data: Json, *, skip: list[UUID]) -> None:
    """Tell everybody in the meeting and in its rooms."""
    for one in (meeting_id, *(room.id for room in rooms_of(meeting_id))):
        facts.publish(one, event, data, skip=skip)


def tell_status(breakouts: Breakouts) -> None:
    """Tell everybody how things stand."""
    status = breakouts_status(breakouts, timezone.now())
    tell_everywhere(breakouts.meeting_id, "breakouts-updated", status, skip=[])


def tell_leaders(breakouts: Breakouts) -> None:
    """Tell those who see who belongs where that it has changed."""
    status = breakouts_status(breakouts, timezone.now())
    for one in (breakouts.meeting_id, *(room.id for room in rooms_of(breakouts.meeting_id))):
        tell_hosts(one, "breakouts-updated", status)
