"""Let in who waits at the door, or turn them away."""

from uuid import UUID

from django.db import transaction

from meetings.actions.actor import By, acting_as
from meetings.actions.knock import decide
from meetings.audit import note_act
from meetings.models import Knock, Participant
from meetings.protocol.codes import Refusal


def let_in(meeting_id: UUID, knock_id: UUID, *, by: By) -> None:
    """Let somebody in who waits. Raises Refusal NOT_ALLOWED, NOT_IN_MEETING when they do not wait (any more), or a
    code of `access.stay`.
    """
    _decide_one(meeting_id, knock_id, Knock.Decision.ADMITTED, "admit-participant", by)


def turn_away(meeting_id: UUID, knock_id: UUID, *, by: By) -> None:
    """Do not let somebody in; they may ask again. Raises as `let_in` does."""
    _decide_one(meeting_id, knock_id, Knock.Decision.DENIED, "deny-participant", by)


def let_all_in(meeting_id: UUID, *, by: By) -> int:
    """Let in everybody who waits. How many. Raises Refusal NOT_ALLOWED, or a code of `access.stay`."""
    with transaction.atomic():
        actor = acting_as(meeting_id, by, "admit-all")
        decided = decide(Knock.objects.filter(meeting_id=meeting_id), Knock.Decision.ADMITTED, by=actor)
        for one in decided:
            _note(one, actor)
        return len(decided)


def _decide_one(meeting_id: UUID, knock_id: UUID, decision: Knock.Decision, event: str, by: By) -> None:
    with transaction.atomic():
        actor = acting_as(meeting_id, by, event)
        decided = decide(Knock.objects.filter(id=knock_id, meeting_id=meeting_id), decision, by=actor)
        if not decided:
            raise Refusal("NOT_IN_MEETING", "Nobody of this id waits to come in.")
        _note(decided[0], actor)


def _note(knock: Knock, actor: Participant) -> None:
    about = Participant(id=knock.id, display_name=knock.display_name, user_id=knock.user_id)
    note_act(knock.meeting_id, knock.decision, by=actor, about=about)
