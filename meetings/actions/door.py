"""Say who has to be let in by a host."""

from uuid import UUID

from django.db import transaction

from meetings import facts
from meetings.actions.actor import By, acting_as, knows
from meetings.actions.knock import decide
from meetings.audit import note_act
from meetings.models import Knock, Meeting
from meetings.snapshots import meeting_entry


def set_waiting_room(meeting_id: UUID, who: str, *, by: By) -> None:
    """Have nobody, guests, or everybody but hosts wait at the door from now on. Who waits there and need not any more
    is let in. Raises Refusal NOT_ALLOWED, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor = acting_as(meeting_id, by, "set-waiting-room")
        if not Meeting.objects.filter(id=meeting_id).exclude(waiting_room=who).update(waiting_room=who):
            return
        note_act(meeting_id, "waiting-room", {"who": who}, by=actor)
        facts.publish(meeting_id, "meeting-updated", meeting_entry(Meeting.objects.get(id=meeting_id)), skip=knows(by))
        waiting = Knock.objects.filter(meeting_id=meeting_id, asks_host=True)
        if who == Meeting.WaitingRoom.GUESTS:
            waiting = waiting.filter(user_id__isnull=False)
        if who != Meeting.WaitingRoom.EVERYBODY:
            decide(waiting, Knock.Decision.ADMITTED, by=actor)
