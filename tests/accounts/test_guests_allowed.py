"""A meeting that takes no guests, at each of its doors."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from meetings import capabilities
from meetings.actions.invite import invite_bot
from meetings.actions.join import Entry, Joined, join
from meetings.actions.start import host_ticket, start_meeting
from meetings.identity import Person
from meetings.models import Meeting, Participant
from meetings.protocol.codes import Refusal
from tests.accounts.test_signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_media(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_EMBEDDED = False
    settings.MEDIA_SOCKET = "/nonexistent/media.sock"
    monkeypatch.setattr(capabilities, "TIMEOUT", 0.05)


@pytest.fixture
def meeting() -> Meeting:
    return start_meeting(Person(guest="alice"), "Staff only", guests_allowed=False)


def refused(meeting: Meeting, person: Person, **more: Any) -> str:
    with pytest.raises(Refusal) as refusal:
        join(meeting.code, Entry(person, uuid4(), **more))
    return refusal.value.code


def test_page_says_so_and_leads_on(client: Client, meeting: Meeting, carol: User) -> None:
    page = client.get(f"/m/{meeting.code}/")
    assert page.status_code == 403
    assert b"This meeting is for people with an account" in page.content
    there = f"/account/sign-in/?next=/m/{meeting.code}/"
    assert f'href="{there}"' in page.content.decode()
    assert sign_in(client, "carol", next=f"/m/{meeting.code}/")["Location"] == f"/m/{meeting.code}/"
    assert client.get(f"/m/{meeting.code}/").status_code == 200


def test_joining(meeting: Meeting, carol: User) -> None:
    assert refused(meeting, Person(guest="bob")) == "ACCOUNT_REQUIRED"
    assert refused(meeting, Person()) == "ACCOUNT_REQUIRED"
    assert isinstance(join(meeting.code, Entry(Person(user_id=carol.pk), uuid4())), Joined)
    host = join(meeting.code, Entry(Person(guest="alice"), uuid4()))
    assert isinstance(host, Joined), "a host is no guest in their own meeting"


def test_tickets(client: Client, meeting: Meeting, carol: User) -> None:
    answer = client.post(f"/api/meetings/{meeting.code}/join", {}, content_type="application/json")
    assert (answer.status_code, answer.json()["code"]) == (403, "ACCOUNT_REQUIRED")
    client.force_login(carol)
    answer = client.post(f"/api/meetings/{meeting.code}/join", {}, content_type="application/json")
    assert answer.status_code == 200
    assert isinstance(join(meeting.code, Entry(Person(), uuid4(), ticket=answer.json()["ticket"])), Joined)
    assert isinstance(join(meeting.code, Entry(Person(), uuid4(), ticket=host_ticket(meeting))), Joined)


def test_ticket_from_before_it_was_said(client: Client, meeting: Meeting) -> None:
    Meeting.objects.update(guests_allowed=True)
    ticket = client.post(f"/api/meetings/{meeting.code}/join", {}, content_type="application/json").json()["ticket"]
    Meeting.objects.update(guests_allowed=False)
    assert refused(meeting, Person(), ticket=ticket) == "ACCOUNT_REQUIRED"


def test_whoever_is_in_stays_in(meeting: Meeting) -> None:
    Meeting.objects.update(guests_allowed=True)
    there = join(meeting.code, Entry(Person(guest="bob"), uuid4()))
    assert isinstance(there, Joined)
    Meeting.objects.update(guests_allowed=False)
    again = join(meeting.code, Entry(Person(guest="bob"), uuid4(), resume_token=there.resume_token))
    assert isinstance(again, Joined)
    assert again.resumed


def test_the_bot_that_is_called_comes(meeting: Meeting, settings: Any) -> None:
    settings.INVITE_BOT = True
    host = join(meeting.code, Entry(Person(guest="alice"), uuid4()))
    assert isinstance(host, Joined)
    ticket = invite_bot(meeting.id, by=host.participant_id)
    assert isinstance(join(meeting.code, Entry(Person(), uuid4(), ticket=ticket)), Joined)


def test_saying_so(client: Client, carol: User) -> None:
    client.force_login(carol)
    made = client.post("/api/meetings/", {"guestsAllowed": False}, content_type="application/json")
    assert made.status_code == 201
    meeting = Meeting.objects.get(id=made.json()["id"])
    assert meeting.guests_allowed is False
    assert (
        client.post("/api/meetings/", {"guestsAllowed": "no"}, content_type="application/json").json()["code"]
        == "BAD_REQUEST"
    )
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    change = reverse("admin:meetings_meeting_change", args=[meeting.id])
    root.post(
        change,
        {
            "title": "Open",
            "capacity": "5",
            "notes_by": "everybody",
            "guests_allowed": "on",
            "host_user": str(carol.pk),
        },
    )
    meeting.refresh_from_db()
    assert meeting.guests_allowed is True
    assert not Participant.objects.exists()
