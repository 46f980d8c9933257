"""Delete one's account."""

from uuid import UUID

from django.contrib.auth.models import User
from django.db import transaction

from meetings.actions.end import end_meeting
from meetings.models import Meeting
from meetings.protocol.codes import Refusal


def erase_account(user: User) -> list[UUID]:
    """The account is gone, and the meetings that it hosts have ended: the ids of those that were not over, whose media
    are for the caller to end. What was in meetings stays there under the name that was shown.

    Raises Refusal NOT_ALLOWED for those who run the site.
    """
    if user.is_superuser:
        raise Refusal("NOT_ALLOWED", "Whoever runs the site is deleted in the administration, by somebody else.")
    with transaction.atomic():
        hosted = Meeting.objects.filter(host_user=user).exclude(state=Meeting.State.ENDED)
        ended = [meeting_id for meeting_id in hosted.values_list("id", flat=True) if end_meeting(meeting_id)]
        user.delete()
    return ended
