"""What somebody did as a guest is their account's once they sign in."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client

from meetings import capabilities
from meetings.actions.join import Entry, join
from meetings.actions.knock import Waiting
from meetings.actions.polls import create_poll, list_polls
from meetings.actions.questions import ask_question, list_questions, vote_question
from meetings.actions.remove import remove_participant
from meetings.actions.start import start_meeting
from meetings.actions.vote import vote
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


@pytest.mark.parametrize("voted_before", [False, True])
def test_nobody_votes_again_by_signing_in(client: Client, carol: User, voted_before: bool) -> None:
    """Neither in a poll nor for a question; and what was asked is theirs still."""
    meeting = start_meeting(Person(guest="alice"), "Lesson")
    host, account_stay = stay(meeting, Person(guest="alice")), stay(meeting, Person(user_id=carol.pk))
    client.get(f"/m/{meeting.code}/")
    guest = stay(meeting, Person(guest=client.session[GUEST]))
    made = create_poll(
        meeting.id, "Tea?", ["Yes", "No"], "single", anonymous=True, results_for="hosts", opened=True, by=host
    )
    poll, question = UUID(made["pollId"]), UUID(ask_question(meeting.id, "Why?", by=guest)["questionId"])
    for one, option in ((guest, 0), (account_stay, 1)) if voted_before else ((guest, 0),):
        vote(meeting.id, poll, [option], by=one)
        vote_question(meeting.id, question, True, by=one)

    sign_in(client, "carol")
    known = list_polls(meeting.id, by=host)[0]["results"]
    assert known == {"voters": 1, "votes": [0, 1] if voted_before else [1, 0]}, "the account's own vote counts"
    asked = list_questions(meeting.id, None, 1, by=guest)["questions"][0]
    assert (asked["mine"], asked["voted"], asked["votes"]) == (True, True, 1)
    for one in (guest, account_stay):
        assert list_polls(meeting.id, by=one)[0]["mine"] == [1 if voted_before else 0]
    for one in (guest, account_stay):
        vote(meeting.id, poll, [1], by=one)
        vote_question(meeting.id, question, True, by=one)
    assert list_polls(meeting.id, by=host)[0]["results"] == {"voters": 1, "votes": [0, 1]}
    assert list_questions(meeting.id, None, 1, by=host)["questions"][0]["votes"] == 1


def stay(meeting: Meeting, person: Person) -> UUID:
    joined = join(meeting.code, Entry(person, uuid4()))
    assert not isinstance(joined, Waiting)
    return joined.participant_id
