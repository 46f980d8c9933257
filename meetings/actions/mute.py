"""Turn off what others send, and let them turn it on again."""

from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from meetings import access, facts
from meetings.actions.actor import By, acting, acting_as, target_of
from meetings.actions.permit import Permitted, change_rules
from meetings.audit import note_act
from meetings.models import Participant

# The permission behind each kind of media.
PERMISSION: Final = {"audio": "microphone", "video": "camera"}


def mute(meeting_id: UUID, target_id: UUID, kind: str, *, by: By) -> Permitted:
    """Turn off the target's microphone (`audio`) or camera (`video`), until a host lets them turn it on again.

    Raises Refusal NOT_ALLOWED, NOT_IN_MEETING, or a code of `access.stay`. Telling the media node is for the caller,
    and done anyway by whichever process holds the target's socket.
    """
    with transaction.atomic():
        actor = acting(meeting_id, by)
        target = target_of(actor, target_id, "mute-participant")
        note_act(meeting_id, "muted", {"kind": kind}, by=actor, about=target)
        return _mute(Participant.objects.filter(id=target.id), kind, actor)


def mute_all(meeting_id: UUID, spared: UUID | None = None, *, by: By) -> Permitted:
    """Turn off the microphones of all who are there and no hosts, but of `spared`. Raises as `mute` does."""
    with transaction.atomic():
        actor = acting_as(meeting_id, by, "mute-all")
        there = Participant.objects.filter(meeting_id=meeting_id, left_at=None)
        others = there.exclude(role__in=access.HOSTS).exclude(id__in=[actor.id, spared or actor.id])
        note_act(meeting_id, "muted-all", by=actor)
        return _mute(others, "audio", actor)


def ask_to_unmute(meeting_id: UUID, target_id: UUID, *, by: By) -> Permitted:
    """Let the target turn their microphone on, and ask them to. Raises as `mute` does."""
    with transaction.atomic():
        actor = acting(meeting_id, by)
        target = target_of(actor, target_id, "ask-to-unmute")
        note_act(meeting_id, "asked-to-unmute", by=actor, about=target)
        said = None if actor.meeting.microphone else True
        done = change_rules(Participant.objects.filter(id=target.id), {"microphone": said}, skip=[])
        facts.publish(
            meeting_id, "unmute-requested", {"by": str(actor.id), "byName": actor.display_name}, only=[target_id]
        )
        return done


def _mute(whose: QuerySet[Participant], kind: str, actor: Participant) -> Permitted:
    done = change_rules(whose, {PERMISSION[kind]: False}, skip=[])
    if done.sends:
        who = {"kind": kind, "by": str(actor.id), "byName": actor.display_name}
        facts.publish(actor.meeting_id, "muted-by-host", who, only=done.sends)
        told = [
            {"participantId": str(one.id), "permissions": access.sending(one, actor.meeting).as_json()}
            for one in done.changed
        ]
        facts.publish_each(actor.meeting_id, "participant-media-updated", told)
    return done
