"""Writing down what webhooks are to be told."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import uuid4

from django.db.models import Q
from django.utils import timezone

from meetings.models import Meeting, Membership, Participant, Webhook, WebhookDelivery
from meetings.snapshots import meeting_entry, participant_entry
from meetings.webhooks.events import TEST

Json = dict[str, Any]
Data = Callable[[Meeting], Iterable[Json]]
"""What belongs to an event besides the meeting, once for each time that it happened: made where somebody wants it."""

_OF_MEETING = ("id", "code", "title", "state", "startsAt", "startedAt", "endedAt")
_OF_PARTICIPANT = ("participantId", "displayName", "role", "joinedAt", "userId")


def nothing_else(_: Meeting) -> list[Json]:
    """An event of the meeting itself."""
    return [{}]


def tell(meeting: Meeting, happened: Mapping[str, Data]) -> None:
    """Have the webhooks that want to hear of it told what happened in the meeting. Call it in the transaction of that,
    after the rows are as they will be: what is taken back is told to nobody.

    Asks the database once where nobody wants to hear of it, and never where the meeting is a guest's.
    """
    if meeting.host_user_id is None and meeting.organisation_id is None:
        return
    wanting = [(hook, event) for hook in _listening(meeting) for event in happened if event in hook.events]
    if not wanting:
        return
    seen = Meeting.objects.get(id=meeting.id)
    data = {event: list(happened[event](seen)) for event in {event for _, event in wanting}}
    about = {name: value for name, value in meeting_entry(seen).items() if name in _OF_MEETING}
    about["parentId"] = None if seen.parent_id is None else str(seen.parent_id)
    WebhookDelivery.objects.bulk_create(
        [
            _delivery(hook, event, {"meeting": about, **one}, seen)
            for event in happened
            for hook, wanted in wanting
            if wanted == event
            for one in data[event]
        ],
        batch_size=500,
    )


def tell_test(hook: Webhook) -> WebhookDelivery:
    """Have a webhook told that somebody tries it, whether it is active or not."""
    delivery = _delivery(hook, TEST, {}, None)
    delivery.save(force_insert=True)
    return delivery


def participant_told(participant: Participant, meeting: Meeting) -> Json:
    """Somebody who came or left, as webhooks are told of them."""
    entry = participant_entry(participant, meeting)
    told: Json = {name: entry[name] for name in _OF_PARTICIPANT if name in entry}
    if participant.left_at is not None:
        told |= {"leftAt": participant.left_at.isoformat(), "reason": participant.left_reason}
    return {"participant": told}


def _listening(meeting: Meeting) -> Iterable[Webhook]:
    its = Q(organisation=None, owner=meeting.host_user_id)
    if meeting.organisation_id is not None:
        its |= Q(
            organisation=meeting.organisation_id,
            owner__membership__organisation=meeting.organisation_id,
            owner__membership__role=Membership.Role.ADMIN,
        )
    return Webhook.objects.filter(its, active=True, owner__is_active=True)


def _delivery(hook: Webhook, event: str, data: Json, meeting: Meeting | None) -> WebhookDelivery:
    now, key = timezone.now(), uuid4()
    return WebhookDelivery(
        id=key,
        webhook=hook,
        meeting=meeting,
        event=event,
        payload={"id": str(key), "event": event, "createdAt": now.isoformat(), **data},
        created_at=now,
        due_at=now,
    )
