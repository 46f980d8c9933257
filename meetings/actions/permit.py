"""Say what people may send: one of them, or everybody who is no host."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, QuerySet

from meetings import access, facts
from meetings.actions.actor import By, acting, acting_as, knows, target_of
from meetings.audit import note_act
from meetings.models import Meeting, Participant
from meetings.sends import sends
from meetings.snapshots import meeting_entry, participant_entry


@dataclass(frozen=True, slots=True)
class Permitted:
    """Who may have come to be allowed something else than before."""

    changed: tuple[Participant, ...] = ()

    @property
    def sends(self) -> dict[UUID, dict[str, Any]]:
        """What the media node is to be told of each."""
        return {one.id: sends(one, one.meeting) for one in self.changed}

    def __add__(self, other: "Permitted") -> "Permitted":
        return Permitted(self.changed + other.changed)


def permit(meeting_id: UUID, target_id: UUID, said: Mapping[str, bool], *, by: By) -> Permitted:
    """Say of the target alone what they may send, by kind (`access.KINDS`).

    Raises Refusal NOT_ALLOWED, NOT_IN_MEETING, or a code of `access.stay`. Nothing is turned on by this; telling the
    media node is for the caller, and done anyway by whichever process holds the target's socket.
    """
    with transaction.atomic():
        actor = acting(meeting_id, by)
        target = target_of(actor, target_id, "set-permissions")
        note_act(meeting_id, "permissions", said, by=actor, about=target)
        return change_rules(Participant.objects.filter(id=target.id), dict(said), skip=knows(by))


def permit_all(meeting_id: UUID, said: Mapping[str, bool], *, by: By) -> Permitted:
    """Say what everybody may send who is there or comes later and is no host, co-host or presenter. What was said of
    somebody alone is taken back. Raises as `permit` does.
    """
    with transaction.atomic():
        # The meeting's row is locked first: whoever comes in meanwhile comes in under the new rules.
        meeting = Meeting.objects.select_for_update().get(id=meeting_id)
        actor = acting_as(meeting_id, by, "set-permissions")
        note_act(meeting_id, "permissions", said, by=actor)
        for kind, allowed in said.items():
            setattr(meeting, kind, allowed)
        meeting.save(update_fields=list(said))
        facts.publish(meeting_id, "meeting-updated", meeting_entry(meeting), skip=knows(by))
        under_them = Participant.objects.filter(meeting_id=meeting_id, left_at=None).exclude(
            role__in=access.UNLESS_TOLD
        )
        return change_rules(under_them, dict.fromkeys(said), skip=[])


def change_rules(whose: QuerySet[Participant], columns: dict[str, Any], *, skip: list[UUID]) -> Permitted:
    """Change what decides over what these people of one meeting may send, and tell everybody. Inside a transaction."""
    ids = list(whose.values_list("id", flat=True))
    Participant.objects.filter(id__in=ids).update(rules_version=F("rules_version") + 1, **columns)
    changed = list(Participant.objects.filter(id__in=ids).select_related("meeting"))
    if changed:
        entries = [participant_entry(one, one.meeting) for one in changed]
        facts.publish_each(changed[0].meeting_id, "participant-updated", entries, skip=skip)
    return Permitted(tuple(changed))
