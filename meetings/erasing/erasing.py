"""Erasing somebody, table by table."""

import json
from uuid import uuid4

from django.contrib.admin.models import LogEntry
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.models import Session
from django.db.models import Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from meetings.actions.start import UNTITLED
from meetings.erasing.acts import erase_from_acts
from meetings.erasing.traces import NOBODY, SHORTEST_NAME, Traces
from meetings.erasing.votes import erase_from_votes
from meetings.identity import GUEST
from meetings.models import (
    ACT,
    ChatMessage,
    IdempotencyKey,
    Invitation,
    Invitee,
    JoinAttempt,
    Knock,
    Meeting,
    MeetingEvent,
    Occurrence,
    Participant,
    SharedFile,
    WebhookDelivery,
)


def erase(traces: Traces) -> None:
    """Leave nothing that names them, nor what they wrote: of their stays it stays that somebody was there. Call it in a
    transaction, when they are in no meeting, and before their account is deleted.
    """
    _written(traces)
    _told_to_programs(traces)
    _hosted(traces)
    _tries(traces)
    erase_from_acts(traces)
    _invitations(traces)
    erase_from_votes(traces)
    _stays(traces)
    keys = [f"guest {one}" for one in traces.guests]
    keys += [] if traces.user_id is None else [f"account {traces.user_id}"]
    IdempotencyKey.objects.filter(person__in=keys).delete()
    _sessions(traces)
    _log_of_the_admin(traces)


def _hosted(traces: Traces) -> None:
    hosted = Meeting.objects.filter(traces.rows(guest="host_guest", user="host_user_id"))
    for meeting in hosted:
        if traces.named_in(meeting.title):
            meeting.title = UNTITLED
        if traces.named_in(meeting.description):
            meeting.description = ""
        meeting.host_guest, meeting.host_user = "", None
        meeting.save(update_fields=["title", "description", "host_guest", "host_user"])
    for occurrence in Occurrence.objects.filter(meeting__in=[one.pk for one in hosted]).exclude(title=""):
        if traces.named_in(occurrence.title):
            Occurrence.objects.filter(pk=occurrence.pk).update(title="")


def _written(traces: Traces) -> None:
    # A host who writes over the API without being there has no stay.
    hosted = Meeting.objects.filter(traces.rows(guest="host_guest", user="host_user_id"))
    absent = Q(author=None, author_name__in=traces.names, meeting__in=hosted)
    written = Q(author__in=traces.stays) | absent
    SharedFile.objects.filter(message__in=ChatMessage.objects.filter(written)).delete()
    ChatMessage.objects.filter(written).update(
        author_name=NOBODY, message="", deleted_at=Coalesce("deleted_at", timezone.now())
    )
    ChatMessage.objects.filter(recipient__in=traces.stays).update(recipient_name=NOBODY)


def _told_to_programs(traces: Traces) -> None:
    stays = [str(one) for one in traces.stays]
    there = Q(meeting__participants__in=traces.stays)
    hosted = Q(meeting__in=Meeting.objects.filter(traces.rows(guest="host_guest", user="host_user_id")))
    for delivery in list(WebhookDelivery.objects.filter(there | hosted).distinct()):
        told = json.dumps(delivery.payload, ensure_ascii=False)
        if traces.named_in(told) or any(one in told for one in stays):
            delivery.delete()


def _tries(traces: Traces) -> None:
    JoinAttempt.objects.filter(traces.rows() | Q(participant__in=traces.stays)).delete()
    MeetingEvent.objects.filter(participant__in=traces.stays).exclude(side=ACT).delete()
    Knock.objects.filter(traces.rows() | Q(id__in=traces.stays)).delete()


def _invitations(traces: Traces) -> None:
    addressed = Q(pk__in=())
    for email in traces.emails:
        addressed |= Q(email__iexact=email)
    Invitee.objects.filter(addressed).delete()
    if traces.user_id is not None:
        Invitation.objects.filter(accepted_by=traces.user_id).delete()
    Invitation.objects.filter(addressed).delete()


def _stays(traces: Traces) -> None:
    stays = Participant.objects.filter(id__in=traces.stays)
    for meeting_id in set(stays.values_list("meeting_id", flat=True)):
        # One person still in each meeting, and not the same one in two.
        stays.filter(meeting_id=meeting_id).update(display_name=NOBODY, user=None, guest=f"erased-{uuid4().hex}")


def _sessions(traces: Traces) -> None:
    for session in Session.objects.filter(expire_date__gt=timezone.now()).iterator():
        content = session.get_decoded()
        if content.get(GUEST) in traces.guests or content.get(SESSION_KEY) == str(traces.user_id):
            session.delete()


def _log_of_the_admin(traces: Traces) -> None:
    for word in traces.names | traces.emails:
        how = "icontains" if len(word) >= SHORTEST_NAME else "iexact"
        LogEntry.objects.filter(**{f"object_repr__{how}": word}).update(object_repr=NOBODY)
        LogEntry.objects.filter(**{f"change_message__{how}": word}).update(change_message="")
