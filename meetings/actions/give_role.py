"""Make somebody co-host, presenter or attendee, or hand the meeting over."""

from uuid import UUID

from django.db import transaction
from django.db.models import Q

from meetings import access
from meetings.actions.actor import By, acting
from meetings.actions.permit import Permitted, change_rules
from meetings.audit import note_act
from meetings.models import BreakoutSeat, Meeting, Participant
from meetings.protocol.codes import Refusal

_ROLE = Participant.Role


def give_role(meeting_id: UUID, target_id: UUID, role: str, *, by: By) -> Permitted:
    """Give the target a role. Made the host, the meeting is theirs from now on, and who was host becomes co-host.

    Raises Refusal NOT_ALLOWED, NOT_IN_MEETING, or a code of `access.stay`. Whom the media node is to be told of.
    """
    with transaction.atomic():
        # Locked first, so that of two who hand the meeting over at once the second finds that it is not theirs.
        Meeting.objects.select_for_update().get(id=meeting_id)
        actor = acting(meeting_id, by)
        there = Participant.objects.filter(meeting_id=meeting_id, left_at=None)
        target = there.filter(id=target_id).first()
        if target is None:
            raise access.act(actor, "set-role") or Refusal("NOT_IN_MEETING", "That participant is not in the meeting.")
        if refusal := access.give_role(actor, target, role):
            raise refusal
        if target.role == role:
            return Permitted()
        note_act(meeting_id, "role", {"role": role, "before": target.role}, by=actor, about=target)
        done = change_rules(there.filter(id=target_id), {"role": role}, skip=[])
        if role == _ROLE.HOST:
            done += change_rules(there.filter(role=_ROLE.HOST).exclude(id=target_id), {"role": _ROLE.CO_HOST}, skip=[])
            owner = {"host_user_id": target.user_id, "host_guest": "" if target.user_id is not None else target.guest}
            Meeting.objects.filter(Q(id=meeting_id) | Q(parent_id=meeting_id)).update(**owner)
        # What they are in breakout rooms, too.
        for one in done.changed:
            BreakoutSeat.objects.filter(participant_id=one.id).update(role=one.role)
        return done
