"""Who sees what stays of a meeting, and of which of its times."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from meetings import access
from meetings.actions.actor import acting_as
from meetings.attendance.sitting import Sitting, one_of, sittings_of
from meetings.identity import Person
from meetings.models import Meeting, Participant
from meetings.protocol.codes import Refusal

_STILL_THERE: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Look:
    """What somebody looks at: one of the `sittings` that they see. `reader` is who they are in the meeting now; None
    where they are not in it.
    """

    sitting: Sitting
    sittings: list[Sitting]
    reader: Participant | None = None


def look(meeting: Meeting, person: Person, occurrence_id: UUID | None = None) -> Look:
    """What stays of a meeting, for this person: of all its times for those who may see its attendance now, else of
    those at which they led it. Raises Refusal NOT_ALLOWED, NOT_IN_MEETING, or NOT_FOUND for an occurrence that it does
    not have for them.
    """
    sittings = sittings_of(meeting)
    try:
        reader = acting_as(meeting.id, person, "see-attendance")
    except Refusal as refusal:
        reader, sittings = None, _seen_afterwards(meeting, person, sittings)
        if refusal.code != "NOT_IN_MEETING" or not sittings:
            raise
    return Look(one_of(sittings, occurrence_id), sittings, reader)


def _seen_afterwards(meeting: Meeting, person: Person, sittings: Iterable[Sitting]) -> list[Sitting]:
    stays = sorted(person.stays.filter(Q(meeting=meeting) | Q(meeting__parent=meeting)), key=_end)
    removed = bool(stays) and stays[-1].left_reason == Participant.Left.REMOVED
    put_out = removed or any(one.banned for one in stays)
    # Whoever leads a breakout room leads no meeting.
    last_first = [one for one in reversed(stays) if one.meeting_id == meeting.id]

    def was_in(sitting: Sitting) -> Participant | None:
        return next((one for one in last_first if sitting.holds(one.joined_at)), None)

    return [one for one in sittings if access.sees_afterwards(was_in(one), put_out=put_out)]


def _end(stay: Participant) -> tuple[datetime, datetime]:
    return stay.left_at or _STILL_THERE, stay.joined_at
