"""Where somebody belongs while a meeting is divided."""

from collections.abc import Hashable, Iterable
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q, QuerySet

from meetings.identity import Person
from meetings.models import Breakouts, BreakoutSeat, Meeting, Participant

# What was said of somebody in the meeting, and holds in the rooms as well.
CARRIED: Final = ("role", "microphone", "camera", "screen", "chat")
# For so long after the end of the rooms whoever was in one comes back as who they were.
WAY_BACK: Final = timedelta(minutes=10)


def whole_of(meeting: Meeting) -> UUID:
    """The meeting itself; of a room, the one whose room it is."""
    return meeting.parent_id or meeting.id


def seat_of(meeting: Meeting, person: Person, stay: UUID | None = None) -> BreakoutSeat | None:
    """Where this person belongs in the latest division of the meeting, or of the one whose room it is. `stay` is the
    participant as whom they are there, by whom alone somebody without account and session is known.
    """
    seats = BreakoutSeat.objects.filter(breakouts__meeting_id=whole_of(meeting))
    latest = seats.select_related("breakouts", "room", "participant").order_by("-breakouts__created_at")
    if person.user_id is not None:
        return latest.filter(user_id=person.user_id).first()
    if person.guest:
        return latest.filter(guest=person.guest).first()
    return latest.filter(participant_id=stay, user=None, guest="").first() if stay is not None else None


def seat_for(breakouts: Breakouts, participant: Participant) -> BreakoutSeat:
    """The seat of whoever this participant is; a new one, of no room, where they have none. Call it while the meeting's
    row is locked.
    """
    seat = BreakoutSeat.objects.filter(_same_person(participant), breakouts=breakouts).first()
    return seat or new_seat(breakouts, participant)


def new_seat(breakouts: Breakouts, participant: Participant, room: Meeting | None = None) -> BreakoutSeat:
    """A seat for whoever this participant is, not yet written."""
    return BreakoutSeat(
        breakouts=breakouts,
        room=room,
        user_id=participant.user_id,
        guest=participant.guest,
        participant=participant,
        display_name=participant.display_name,
        **carried_by(participant),
    )


def person_of(participant: Participant) -> Person:
    """Who this participant is."""
    return Person(user_id=participant.user_id, guest=participant.guest)


def carried_by(row: Participant | BreakoutSeat) -> dict[str, object]:
    """What of a participant goes with them from room to room."""
    return {name: getattr(row, name) for name in CARRIED}


def comes_back(meeting: Meeting, seat: BreakoutSeat | None, now: datetime) -> bool:
    """Whether whoever has this seat comes into the meeting out of one of its rooms, and so has a place in it."""
    if seat is None or meeting.parent_id is not None:
        return False
    latest, closed_at = seat.participant, seat.breakouts.closed_at
    # Nothing is left of a stay that came to nothing, on the way between.
    if latest is not None and (latest.meeting_id == meeting.id or latest.left_reason == Participant.Left.REMOVED):
        return False
    return closed_at is None or closed_at > now - WAY_BACK


def stays_in_all_of(meeting_id: UUID) -> QuerySet[Participant]:
    """Who is in a meeting or in one of its rooms at present."""
    return Participant.objects.filter(Q(meeting_id=meeting_id) | Q(meeting__parent_id=meeting_id), left_at=None)


def by_person(there: Iterable[Participant]) -> dict[Hashable, list[Participant]]:
    """The stays of each person, in whichever windows, by `key_of` them or of their seat."""
    stays: dict[Hashable, list[Participant]] = {}
    for one in there:
        stays.setdefault(key_of(one), []).append(one)
    return stays


def key_of(one: Participant | BreakoutSeat) -> Hashable:
    """The same for all stays of one person, and for their seat."""
    if one.user_id is not None:
        return one.user_id
    if one.guest:
        return one.guest
    return one.id if isinstance(one, Participant) else one.participant_id


def _same_person(participant: Participant) -> Q:
    if participant.user_id is not None:
        return Q(user_id=participant.user_id)
    if participant.guest:
        return Q(guest=participant.guest)
    return Q(participant_id=participant.id, user=None, guest="")
