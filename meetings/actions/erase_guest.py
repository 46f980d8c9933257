"""Erase somebody who has no account."""

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from meetings.actions.end import end_meeting
from meetings.actions.erase_account import leave_all
from meetings.erasing.erasing import erase
from meetings.erasing.traces import Traces
from meetings.models import Meeting, Participant


def erase_guests(chosen: Iterable[Participant]) -> list[UUID]:
    """Erase the guests of these stays, in all meetings in which their browsers were; stays of accounts are left alone.
    The meetings that they host end: the ids of those, whose media are for the caller to end.
    """
    guests = [one for one in chosen if one.user_id is None]
    keys = {one.guest for one in guests if one.guest}
    with transaction.atomic():
        everywhere = Participant.objects.filter(user=None, guest__in=keys)
        traces = Traces.of_stays({one.id: one for one in (*everywhere, *guests)}.values())
        hosted = Meeting.objects.filter(host_guest__in=keys).exclude(state=Meeting.State.ENDED)
        ended = [meeting_id for meeting_id in hosted.values_list("id", flat=True) if end_meeting(meeting_id)]
        leave_all(traces)
        erase(traces)
    return ended
