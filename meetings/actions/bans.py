"""Who was put out of a meeting for good, and letting them come again."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from meetings.actions.actor import By, acting_as
from meetings.actions.breakouts.seats import person_of, whole_of
from meetings.audit import note_act
from meetings.models import Meeting, Participant
from meetings.protocol.codes import Refusal


def banned_people(meeting: Meeting) -> list[Participant]:
    """Everybody who was put out of the meeting, or of one of its rooms, for good: each once, as the participant that
    they were, the last to be put out first.
    """
    known: dict[object, Participant] = {}
    for one in _banned(whole_of(meeting)).order_by("-left_at", "-id"):
        known.setdefault(one.user_id or one.guest or one.id, one)
    return list(known.values())


def lift_ban(meeting_id: UUID, participant_id: UUID, *, by: By) -> None:
    """Let whoever was this participant come again, as everybody may come.

    Raises Refusal NOT_IN_MEETING when nobody of this id was put out for good, NOT_ALLOWED, or a code of `access.stay`.
    """
    with transaction.atomic():
        actor = acting_as(meeting_id, by, "lift-ban")
        banned = _banned(whole_of(actor.meeting))
        was = banned.filter(id=participant_id).first()
        if was is None:
            raise Refusal("NOT_IN_MEETING", "Nobody of this id was put out for good.")
        theirs = banned.filter(Q(id=was.id) | Q(id__in=person_of(was).stays.values("id")))
        # Of two who lift it at once, one does.
        lifted = Participant.objects.filter(id__in=list(theirs.values_list("id", flat=True)), banned=True)
        if lifted.update(banned=False):
            note_act(meeting_id, "ban-lifted", by=actor, about=was)


def _banned(whole: UUID) -> QuerySet[Participant]:
    return Participant.objects.filter(Q(meeting_id=whole) | Q(meeting__parent_id=whole), banned=True)
