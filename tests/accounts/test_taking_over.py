"""What somebody did as a guest is their account's once they sign in."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from meetings import capabilities
from meetings.actions.join import Entry, join
from meetings.actions.knock import Waiting
from meetings.actions.remove import remove_participant
from meetings.actions.start import start_meeting
from meetings.identity import GUEST, Person
from meetings.models import Knock, Meeting, Membership, Organisation, Participant
from meetings.recent import recent_meetings
from tests.accounts.conftest import PASSWORD, account
from tests.accounts.test_signing_in import sign_in

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_media(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_EMBEDDED = False
    settings.MEDIA_SOCKET = "/nonexistent/media.sock"
    monkeypatch.setattr(capabilities, "TIMEOUT", 0.05)


def start(client: Client) -> Meeting:
    made = client.post("/api/meetings/", {"title": "Mine"}, content_type="application/json").json()
    return Meeting.objects.get(id=made["id"])


def is_host(client: Client, meeting: Meeting) -> bool:
    return '"isHost": true' in client.get(f"/m/{meeting.code}/").content.decode()


@pytest.mark.parametrize("way", ["sign-in", "sign-up"])
def test_meetings_come_along(client: Client, carol: User, way: str) -> None:
    Membership.objects.create(user=carol, organisation=Organisation.objects.create(name="School"))
    meeting = start(client)
    assert is_host(client, meeting)
    if way == "sign-in":
        sign_in(client, "carol")
    else:
        client.post("/account/sign-up/", {"name": "Alice", "email": "alice@example.org", "password1": PASSWORD})
    user = User.objects.get(username="carol" if way == "sign-in" else "alice")
    meeting.refresh_from_db()
    assert (meeting.host_user, meeting.host_guest) == (user, "")
    assert (meeting.organisation is not None) == (way == "sign-in")
    assert is_host(client, meeting)
    assert [one["code"] for one in recent_meetings(Person(user_id=user.pk))] == [meeting.code]
    client.post("/account/sign-out/")
    assert not is_host(client, meeting), "the browser keeps nothing of it"
    assert not is_host(Client(), meeting)


def test_nobody_elses_do(client: Client, carol: User) -> None:
    meeting = start(Client())
    start(client)
    sign_in(client, "carol")
    meeting.refresh_from_db()
    assert meeting.host_user is None
    assert not is_host(client, meeting)
    # Programs have no session: an empty key is nobody's.
    nobodys = start_meeting(Person(), "Nobody's")
    other = Client()
    account("Dave")
    sign_in(other, "dave")
    nobodys.refresh_from_db()
    assert nobodys.host_user is None


def test_who_was_removed_for_good_stays_removed(client: Client, carol: User) -> None:
    meeting = start_meeting(Person(guest="alice"), "Standup")
    host = join(meeting.code, Entry(Person(guest="alice"), uuid4()))
    assert not isinstance(host, Waiting)
    client.get(f"/m/{meeting.code}/")
    stay = join(meeting.code, Entry(Person(guest=client.session[GUEST]), uuid4()))
    assert not isinstance(stay, Waiting)
    remove_participant(meeting.id, stay.participant_id, by=host.participant_id, ban=True)
    sign_in(client, "carol")
    assert client.get(f"/m/{meeting.code}/").context["reason"] == "removed"
    assert Participant.objects.get(id=stay.participant_id).user == carol


def test_place_at_the_door_comes_along(client: Client, carol: User) -> None:
    meeting = start_meeting(Person(guest="alice"), "Standup")
    Meeting.objects.update(waiting_room="everybody")
    client.get(f"/m/{meeting.code}/")
    assert isinstance(join(meeting.code, Entry(Person(guest=client.session[GUEST]), uuid4())), Waiting)
    sign_in(client, "carol")
    waits = join(meeting.code, Entry(Person(user_id=carol.pk), uuid4()))
    assert isinstance(waits, Waiting)
    assert Knock.objects.get().user == carol
