"""What webhooks are told: by what happens in meetings, once, and of one's own meetings alone."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from meetings.actions.change import start
from meetings.actions.end import end_meeting
from meetings.actions.join import Entry
from meetings.actions.leave import leave
from meetings.actions.send_message import Addressed, send_message
from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import Meeting, Membership, Organisation, Webhook, WebhookDelivery
from meetings.webhooks.events import EVENTS
from meetings.webhooks.keeping import change_webhook, make_webhook
from meetings.webhooks.telling import nothing_else, tell
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db

URL = "https://example.org/hook"
BOB = Person(guest="bob", display_name="Bob")


def told(hook: Webhook) -> list[str]:
    return list(hook.deliveries.order_by("created_at").values_list("event", flat=True))


def come(meeting: Meeting, person: Person) -> Any:
    return join(meeting.code, Entry(person, uuid4())).participant_id


@pytest.fixture
def hook(host: Person) -> Webhook:
    return make_webhook(host, URL)


def test_a_meeting_from_beginning_to_end(hook: Webhook, meeting: Meeting, host: Person) -> None:
    come(meeting, host)
    bob = come(meeting, BOB)
    leave(bob)
    end_meeting(meeting.id)
    assert told(hook) == [
        "meeting.started",
        "participant.joined",
        "participant.joined",
        "participant.left",
        "participant.left",
        "meeting.ended",
    ]
    joined = hook.deliveries.filter(event="participant.joined").order_by("created_at").last()
    assert joined is not None
    assert joined.payload["id"] == str(joined.id)
    assert joined.payload["meeting"] == {
        "id": str(meeting.id),
        "code": meeting.code,
        "title": "Standup",
        "state": "live",
        "startsAt": None,
        "startedAt": joined.payload["meeting"]["startedAt"],
        "endedAt": None,
        "parentId": None,
    }
    participant = joined.payload["participant"]
    assert (participant["participantId"], participant["displayName"], participant["role"]) == (str(bob), "Bob", "guest")
    reasons = [one.payload["participant"]["reason"] for one in hook.deliveries.filter(event="participant.left")]
    assert sorted(reasons) == ["ended", "left"]
    ended = hook.deliveries.get(event="meeting.ended").payload["meeting"]
    assert (ended["state"], ended["endedAt"] is not None) == ("ended", True)


def test_empty_and_live_again(hook: Webhook, meeting: Meeting) -> None:
    leave(come(meeting, BOB))
    come(meeting, BOB)
    assert [one for one in told(hook) if one.startswith("meeting")] == [
        "meeting.started",
        "meeting.emptied",
        "meeting.started",
    ]


def test_started_by_its_host_it_does_not_start_again_with_who_comes(
    hook: Webhook, meeting: Meeting, host: Person
) -> None:
    start(meeting.id, by=host)
    come(meeting, BOB)
    assert told(hook).count("meeting.started") == 1


def test_what_is_taken_back_is_told_to_nobody(hook: Webhook, meeting: Meeting) -> None:
    with transaction.atomic():
        come(meeting, BOB)
        assert told(hook) != []
        transaction.set_rollback(True)
    assert told(hook) == []


def test_what_people_write_only_for_whoever_asks_and_only_what_is_for_all(
    hook: Webhook, meeting: Meeting, host: Person
) -> None:
    asked = make_webhook(host, URL, ["chat.message"])
    come(meeting, host)
    bob = come(meeting, BOB)
    send_message(meeting.id, "To everybody", Addressed("all"), by=bob)
    send_message(meeting.id, "To hosts", Addressed("host"), by=bob)
    assert [one.payload["message"]["message"] for one in asked.deliveries.all()] == ["To everybody"]
    assert "chat.message" not in told(hook)


def test_of_nobody_elses_meetings(hook: Webhook) -> None:
    other = User.objects.create_user("mallory")
    come(start_meeting(Person(user_id=other.pk), "Theirs"), BOB)
    come(start_meeting(Person(guest="carol"), "A guest's"), BOB)
    assert told(hook) == []


def test_turned_off_and_not_of_somebody_who_is_gone(hook: Webhook, meeting: Meeting) -> None:
    change_webhook(hook, {"active": False})
    come(meeting, BOB)
    change_webhook(hook, {"active": True})
    User.objects.filter(username="alice").update(is_active=False)
    come(meeting, BOB)
    assert told(hook) == []


def test_of_a_room_it_is_said_whose(hook: Webhook, meeting: Meeting) -> None:
    room = Meeting.objects.create(parent=meeting, title="Room 1", host_user_id=meeting.host_user_id)
    tell(room, {"meeting.started": nothing_else})
    assert hook.deliveries.get().payload["meeting"]["parentId"] == str(meeting.id)


class TestOrganisation:
    @pytest.fixture
    def organisation(self, account: User) -> Organisation:
        made = Organisation.objects.create(name="Acme")
        Membership.objects.create(user=account, organisation=made, role=Membership.Role.ADMIN)
        return made

    @pytest.fixture
    def colleague(self, organisation: Organisation) -> Person:
        user = User.objects.create_user("carol")
        Membership.objects.create(user=user, organisation=organisation)
        return Person(user_id=user.pk)

    def test_all_of_its_meetings_and_no_others(self, host: Person, colleague: Person) -> None:
        hook = make_webhook(host, URL, for_organisation=True)
        come(start_meeting(colleague, "Ours"), BOB)
        elsewhere = User.objects.create_user("mallory")
        bee = Organisation.objects.create(name="Bee")
        Membership.objects.create(user=elsewhere, organisation=bee, role=Membership.Role.ADMIN)
        come(start_meeting(Person(user_id=elsewhere.pk), "Theirs"), BOB)
        assert {one.payload["meeting"]["title"] for one in hook.deliveries.all()} == {"Ours"}

    def test_only_while_its_owner_runs_it(self, host: Person, colleague: Person) -> None:
        hook = make_webhook(host, URL, for_organisation=True)
        membership = Membership.objects.get(user__username="alice")
        membership.role = Membership.Role.MEMBER
        membership.save()
        come(start_meeting(colleague, "Ours"), BOB)
        assert told(hook) == []


def test_queries(host: Person, meeting: Meeting, django_assert_num_queries: Any) -> None:
    """One where nobody listens; as many for twenty who leave as for one."""
    with django_assert_num_queries(1):
        tell(meeting, {"meeting.started": nothing_else})
    make_webhook(host, URL, EVENTS)
    with django_assert_num_queries(3):
        tell(meeting, {"participant.left": lambda _: [{} for _ in range(20)], "meeting.ended": nothing_else})
    assert WebhookDelivery.objects.count() == 21
