"""A person's data: handed out to them, and erased so that nothing names them any more."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from meetings.actions.erase_account import erase_account
from meetings.actions.invite_person import make_out
from meetings.actions.join import Entry
from meetings.actions.start import start_meeting
from meetings.actions.tokens import make_token
from meetings.actions.voter import voter_of
from meetings.audit import note_act, outlive
from meetings.erasing.traces import NOBODY
from meetings.files.storing import file_storage, random_place
from meetings.identity import GUEST, NAME, Person
from meetings.models import (
    Act,
    Breakouts,
    BreakoutSeat,
    ChatMessage,
    IdempotencyKey,
    Invitation,
    JoinAttempt,
    Knock,
    Meeting,
    MeetingEvent,
    Membership,
    Organisation,
    Participant,
    Poll,
    PollVote,
    Profile,
    Question,
    SharedFile,
    Webhook,
    WebhookDelivery,
)
from meetings.planning.invitees import Wanted, invite_people
from tests.attendance.conftest import at, was_there, wrote
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = ("wilhelmina", "wonderland")


def everything() -> Iterator[str]:
    """Each value of each row of each table, and what is in sessions."""
    for model in apps.get_models():
        if not model._meta.managed:
            continue
        for row in model._default_manager.all().values():
            yield from (f"{model.__name__}.{name}: {value}" for name, value in row.items())
    for session in Session.objects.all():
        yield f"session: {session.get_decoded()}"


def named() -> list[str]:
    return [one for one in everything() if any(word in one.lower() for word in WORDS)]


@pytest.fixture
def wilhelmina(meeting: Meeting, alice: User) -> User:
    """Somebody who has left something in every table in which somebody can."""
    user = User.objects.create_user("wilhelmina", "w@wonderland.example", first_name="Wilhelmina")
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    Profile.objects.create(user=user, time_zone="Europe/Berlin")
    Membership.objects.create(user=user, organisation=Organisation.objects.create(name="School"))
    client = Client()
    client.force_login(user)
    session = client.session
    session[NAME] = "Wilhelmina"
    session.save()
    mine = was_there(meeting, "Wilhelmina W.", 0, 20, user=user)
    host = was_there(meeting, "Alice", 0, 60, user=alice, role="host")
    wrote(mine, "I live in Wonderland", 5)
    wrote(host, "Only for you", 6, "private", mine)
    note_act(meeting.id, "muted", {"kind": "audio"}, by=host, about=mine)
    note_act(meeting.id, "invited", {"people": ["w@wonderland.example", "x@example.org"]}, by=host)
    attempt = JoinAttempt.objects.create(
        id=uuid4(), meeting=meeting, participant=mine, user=user, display_name="Wilhelmina", began_at=at(0)
    )
    MeetingEvent.objects.create(
        attempt=attempt, meeting=meeting, side="web", step="x", outcome="ok", at=at(0), data={"host": "wonderland"}
    )
    Knock.objects.create(meeting=meeting, user=user, display_name="Wilhelmina", asked_at=at(0), connection=uuid4())
    invite_people(meeting.id, [Wanted("w@wonderland.example", "Wilhelmina")], by=Person(user_id=alice.pk))
    make_out(Invitation(email="W@wonderland.example", invited_by=alice))
    hers = start_meeting(Person(user_id=user.pk), "Wilhelmina's office hours")
    note_act(hers.id, "locked", {}, by=was_there(hers, "Wilhelmina", 0, 10, user=user, role="host"))
    gone = start_meeting(Person(user_id=user.pk), "Nothing")
    note_act(gone.id, "locked", {}, by=was_there(gone, "Wilhelmina", 0, 10, user=user, role="host"))
    outlive(gone)
    gone.delete()
    poll = Poll.objects.create(
        meeting=meeting,
        author_name="Wilhelmina W.",
        question="Tea?",
        options=["Yes", "No"],
        kind="single",
        anonymous=False,
        results_for="everybody",
        state="closed",
        counts=[1, 0],
        voters=1,
        created_at=at(1),
        opened_at=at(1),
        closed_at=at(2),
    )
    PollVote.objects.create(
        poll=poll, voter=voter_of(mine, poll.id), chosen=[0], participant=mine, voter_name="Wilhelmina W."
    )
    Question.objects.create(
        meeting=meeting, author=mine, author_name="Wilhelmina W.", asker="x", question="Is this it?", asked_at=at(3)
    )
    divided = Breakouts.objects.create(meeting=meeting, created_at=at(4), closed_at=at(5), closing_seconds=5)
    BreakoutSeat.objects.create(breakouts=divided, participant=mine, display_name="Wilhelmina W.", role="attendee")
    ChatMessage.objects.create(
        meeting=hers, author_name="Wilhelmina", recipient_type="all", message="From Wonderland, by API", sent_at=at(1)
    )
    program = Webhook.objects.create(owner=alice, url="https://example.org/")
    for told in ({"participant": {"id": str(mine.id), "displayName": "Wilhelmina W."}}, {"participant": {"id": "x"}}):
        WebhookDelivery.objects.create(
            webhook=program, meeting=meeting, event="participant.left", payload=told, created_at=at(1), due_at=at(1)
        )
    make_token(Person(user_id=user.pk), "Wilhelmina's script", ["meetings:read"])
    IdempotencyKey.objects.create(
        person=f"account {user.pk}", key="k", body="b", answer={"n": "Wilhelmina"}, created_at=timezone.now()
    )
    LogEntry.objects.create(
        user=alice,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(user.pk),
        object_repr="wilhelmina",
        action_flag=2,
        change_message="Changed Wilhelmina",
    )
    return user


class TestAccounts:
    def test_nothing_names_them_afterwards(self, wilhelmina: User) -> None:
        assert len({one.partition(".")[0] for one in named()}) >= 10, "there was much to erase"
        erase_account(wilhelmina)
        assert named() == []

    def test_what_others_did_and_wrote_stays(self, wilhelmina: User, meeting: Meeting) -> None:
        erase_account(wilhelmina)
        assert [one.payload for one in WebhookDelivery.objects.all()] == [{"participant": {"id": "x"}}]
        here = ChatMessage.objects.filter(meeting=meeting)
        told = [(one.author_name, one.recipient_name, one.message) for one in here]
        assert told == [(NOBODY, "", ""), ("Alice", NOBODY, "Only for you")]
        muted = Act.objects.get(step="muted")
        assert (muted.data["by"]["displayName"], muted.data["about"]["displayName"]) == ("Alice", NOBODY)
        invited = [act.data["people"] for act in Act.objects.filter(step="invited").order_by("id")]
        assert invited == [[NOBODY, "x@example.org"], [NOBODY]]
        vote = PollVote.objects.get()
        assert (vote.voter_name, vote.chosen, vote.poll.counts) == (NOBODY, [0], [1, 0])
        stay = Participant.objects.get(display_name=NOBODY, meeting=meeting)
        assert (stay.joined_at, stay.left_at, stay.user) == (at(0), at(20), None)

    def test_what_they_shared_is_gone(self, wilhelmina: User, settings: Any, tmp_path: Path) -> None:
        here = {"BACKEND": settings.STORAGES["files"]["BACKEND"], "OPTIONS": {"location": tmp_path}}
        settings.STORAGES = {**settings.STORAGES, "files": here}
        place = file_storage().save(random_place(), ContentFile(b"Wonderland"))
        said = ChatMessage.objects.get(message="I live in Wonderland")
        said.file = SharedFile.objects.create(
            meeting=said.meeting, name="wonderland.txt", media_type="text/plain", size=10, place=place, shared_at=at(5)
        )
        said.save()
        erase_account(wilhelmina)
        assert named() == []
        assert not (tmp_path / place).exists()

    def test_who_is_named_alike_is_left_alone(self, wilhelmina: User, meeting: Meeting) -> None:
        other = was_there(meeting, "Wilhelmina", 0, 20)
        wrote(other, "I am another one", 3)
        erase_account(wilhelmina)
        other.refresh_from_db()
        assert other.display_name == "Wilhelmina"
        assert ChatMessage.objects.get(author=other).message == "I am another one"

    def test_they_are_in_no_meeting_any_more(self, wilhelmina: User, alice: User) -> None:
        elsewhere = start_meeting(Person(user_id=alice.pk), "Elsewhere")
        join(elsewhere.code, Entry(Person(user_id=wilhelmina.pk, display_name="Wilhelmina"), uuid4()))
        erase_account(wilhelmina)
        elsewhere.refresh_from_db()
        assert elsewhere.present == 0
        assert elsewhere.participants.get().left_reason == "disconnected"
        assert named() == []

    def test_an_address_that_was_never_confirmed_is_not_theirs(self, alice: User, wilhelmina: User) -> None:
        EmailAddress.objects.create(user=alice, email="w@wonderland.example", verified=False)
        before = Knock.objects.count(), ChatMessage.objects.count()
        erase_account(alice)
        assert any("w@wonderland.example" in one for one in named())
        assert User.objects.get() == wilhelmina
        assert before == (Knock.objects.count(), ChatMessage.objects.count())

    def test_deleted_in_the_admin_it_is_the_same(self, wilhelmina: User) -> None:
        client = Client()
        client.force_login(User.objects.create_superuser("root"))
        client.post(f"/admin/auth/user/{wilhelmina.pk}/delete/", {"post": "yes"})
        assert not User.objects.filter(username="wilhelmina").exists()
        assert named() == []


class TestGuests:
    @pytest.fixture
    def guest(self, meeting: Meeting, settings: Any) -> Participant:
        settings.ALLOW_ANONYMOUS_HOSTS = True
        client = Client()
        session = client.session
        session[GUEST], session[NAME] = "key-of-wonderland", "Wilhelmina"
        session.save()
        mine = was_there(meeting, "Wilhelmina", 0, 20, guest="key-of-wonderland")
        wrote(mine, "Greetings from Wonderland", 5)
        note_act(meeting.id, "removed", {}, by=None, about=mine)
        JoinAttempt.objects.create(
            id=uuid4(), meeting=meeting, guest="key-of-wonderland", display_name="Wilhelmina", began_at=at(0)
        )
        hers = start_meeting(Person(guest="key-of-wonderland"), "Wilhelmina's")
        was_there(hers, "Wilhelmina", 0, 20, guest="key-of-wonderland", role="host")
        return mine

    def erase(self, by: User, *chosen: Participant) -> Any:
        client = Client()
        client.force_login(by)
        data = {"action": "erase", "_selected_action": [str(one.pk) for one in chosen]}
        return client.post("/admin/meetings/participant/", data, follow=True)

    def test_by_one_of_their_stays(self, guest: Participant, meeting: Meeting, alice: User) -> None:
        account = was_there(meeting, "Alice", 0, 30, user=alice)
        assert named()
        answer = self.erase(User.objects.create_superuser("root"), guest, account)
        assert named() == []
        account.refresh_from_db()
        assert account.display_name == "Alice"
        assert b"1 selected belong to accounts" in answer.content
        assert set(Meeting.objects.values_list("state", flat=True)) == {"ended"}

    def test_only_by_those_who_run_the_site(self, guest: Participant, meeting: Meeting) -> None:
        mine = Organisation.objects.create(name="Mine")
        Meeting.objects.filter(id=meeting.id).update(organisation=mine)
        admin = User.objects.create_user("admin", is_staff=True)
        Membership.objects.create(user=admin, organisation=mine, role="admin")
        self.erase(admin, guest)
        guest.refresh_from_db()
        assert guest.display_name == "Wilhelmina"

    def test_they_are_still_one_person_in_a_meeting(self, guest: Participant, meeting: Meeting) -> None:
        again = was_there(meeting, "Wilhelmina", 30, 50, guest=guest.guest)
        self.erase(User.objects.create_superuser("root"), guest)
        keys = set(Participant.objects.values_list("meeting", "guest"))
        assert len(keys) == len({guest for _, guest in keys}) == 2
        again.refresh_from_db()
        assert again.guest.startswith("erased-")


class TestExport:
    def test_all_of_it(self, wilhelmina: User, meeting: Meeting) -> None:
        client = Client()
        client.force_login(wilhelmina)
        assert b"/account/data.json" in client.get("/account/").content
        answer = client.get("/account/data.json")
        assert answer["Content-Disposition"] == 'attachment; filename="kcs-meet-data.json"'
        told = answer.json()
        assert told["account"]["emails"] == [{"email": "w@wonderland.example", "verified": True, "primary": True}]
        assert (told["account"]["organisation"], told["account"]["timeZone"]) == ("School", "Europe/Berlin")
        assert [one["title"] for one in told["meetingsHosted"]] == ["Wilhelmina's office hours"]
        assert {one["meetingCode"] for one in told["stays"]} > {meeting.code}
        assert [one["message"] for one in told["messagesWritten"]] == ["I live in Wonderland"]
        assert [one["message"] for one in told["messagesReceivedAlone"]] == ["Only for you"]
        assert [one["question"] for one in told["questionsAsked"]] == ["Is this it?"]
        assert [one["chosen"] for one in told["votes"]] == [[0]]
        assert [one["email"] for one in told["invitedTo"]] == ["w@wonderland.example"]
        assert len(told["triesToComeIn"]) == len(told["waitedAtTheDoor"]) == len(told["apiTokens"]) == 1
        assert [one["step"] for one in told["whatYouDidAsHost"]] == ["locked", "locked"]

    def test_nothing_of_others_and_no_secrets(self, wilhelmina: User, meeting: Meeting, alice: User) -> None:
        wrote(was_there(meeting, "Bob", 0, 30), "Bob's own words", 7)
        client = Client()
        client.force_login(wilhelmina)
        text = client.get("/account/data.json").content.decode()
        for word in ("Bob", "alice@example.org", wilhelmina.password, "resume", "digest", "key"):
            assert word not in text, word

    def test_for_nobody_else(self, client: Client) -> None:
        assert client.get("/account/data.json")["Location"].startswith("/account/sign-in/")


def test_the_next_one_of_a_recurring_meeting_is_not_hosted_by_nobody(wilhelmina: User) -> None:
    """It ends with the account."""
    hers = Meeting.objects.get(host_user=wilhelmina)
    Meeting.objects.filter(id=hers.id).update(starts_at=timezone.now() + timedelta(days=1))
    assert erase_account(wilhelmina) == [hers.id]
    hers.refresh_from_db()
    assert (hers.state, hers.title, hers.host_user) == ("ended", "Meeting", None)
