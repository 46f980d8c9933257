"""Delete an account."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from meetings.actions.depart import depart
from meetings.actions.end import end_meeting
from meetings.erasing.erasing import erase
from meetings.erasing.traces import Traces
from meetings.models import Meeting, Participant
from meetings.protocol.codes import Refusal


def erase_own_account(user: User) -> list[UUID]:
    """`erase_account`, by whose it is. Raises Refusal NOT_ALLOWED for those who run the site."""
    if user.is_superuser:
        raise Refusal("NOT_ALLOWED", "Whoever runs the site is deleted in the administration, by somebody else.")
    return erase_account(user)


def erase_account(user: User) -> list[UUID]:
    """The account is gone, and the meetings that it hosts have ended: the ids of those that were not over, whose media
    are for the caller to end. They are in no meeting any more, and nothing that is kept names them
    (`meetings.erasing`).
    """
    with transaction.atomic():
        hosted = Meeting.objects.filter(host_user=user).exclude(state=Meeting.State.ENDED)
        ended = [meeting_id for meeting_id in hosted.values_list("id", flat=True) if end_meeting(meeting_id)]
        traces = Traces.of_account(user)
        leave_all(traces)
        erase(traces)
        user.delete()
    return ended


def leave_all(traces: Traces) -> None:
    """They leave every meeting that they are in. Their sockets hear of it."""
    there = Participant.objects.filter(id__in=traces.stays, left_at=None)
    for participant_id in list(there.values_list("id", flat=True)):
        depart(participant_id, Participant.Left.DISCONNECTED)
