"""The audit trail: what people did to a meeting or to each other, in the one stream of events."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from meetings.models import ACT, Act, Meeting, MeetingEvent, Participant


def note_act(
    meeting_id: UUID | None,
    act: str,
    data: Mapping[str, Any] | None = None,
    *,
    by: Participant | None,
    about: Participant | None = None,
) -> None:
    """Write down that `by` (None: the site itself) did this, to `about` if it was done to somebody.

    `act` and `data` are those of `meetings.trace.steps`. Call it in the transaction of the act. Names are kept with it:
    the trail outlives the rows of those who were there.
    """
    who = {"by": _person(by)} | ({"about": _person(about)} if about is not None else {})
    MeetingEvent.objects.create(
        meeting_id=meeting_id,
        # A host who is not in the meeting is nobody there.
        participant=None if by is None or by._state.adding else by,
        side=ACT,
        step=act,
        outcome="ok",
        at=timezone.now(),
        data={**(data or {}), **who},
    )


def outlive(meeting: Meeting) -> None:
    """Keep what people did in a meeting that is about to be deleted, and in its breakout rooms. Call it in the
    transaction of that.
    """
    acts = list(Act.objects.filter(Q(meeting=meeting) | Q(meeting__parent=meeting)).select_related("meeting"))
    for one in acts:
        where = one.meeting or meeting
        one.data |= {"code": where.code, "title": where.title}
        if meeting.organisation_id is not None:
            one.data["organisation"] = meeting.organisation_id
        one.meeting = one.participant = None
    Act.objects.bulk_update(acts, ["data", "meeting", "participant"], batch_size=500)


def _person(participant: Participant | None) -> dict[str, Any] | None:
    if participant is None:
        return None
    account = {} if participant.user_id is None else {"userId": str(participant.user_id)}
    return {"participantId": str(participant.id), "displayName": participant.display_name, **account}
