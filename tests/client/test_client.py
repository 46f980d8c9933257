"""The Python client against the API as it is served, and against a site that is in trouble."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.utils import timezone
from kcs_meet_client import (
    ChangedMeanwhile,
    Client,
    NotAllowed,
    NotAuthenticated,
    NotFound,
    NotGenuine,
    RateLimited,
    Refused,
    Unreachable,
    WrongState,
    verify,
)
from kcs_meet_client.transport import Transport

from meetings.access import SCOPES
from meetings.actions.hands import raise_hand
from meetings.actions.join import Entry
from meetings.actions.questions import ask_question
from meetings.actions.tokens import make_token
from meetings.actions.vote import vote
from meetings.identity import Person
from meetings.models import ChatMessage, Meeting
from meetings.models import Participant as Stay
from meetings.webhooks.sending import send_due
from tests.live.server import ROOT
from tests.meetings.coming_in import join
from tests.webhooks.receiver import Receiver, answer

pytestmark = pytest.mark.django_db(transaction=True)

EXAMPLE = ROOT / "client" / "examples" / "weekly.py"


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> Iterator[None]:
    settings.WEBHOOK_ALLOW = ["127.0.0.1"]
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def person() -> Person:
    return Person(user_id=User.objects.create_user("alice", first_name="Alice").pk, display_name="Alice")


@pytest.fixture
def meet(person: Person, live_server: Any) -> Iterator[Client]:
    with Client(live_server.url, make_token(person, "Script", SCOPES)[1], patience=0) as meet:
        yield meet


def test_a_meeting_from_beginning_to_end(meet: Client) -> None:
    begins = timezone.now() + timedelta(hours=1)
    made = meet.start_meeting("Weekly", starts_at=begins, capacity=7, passcode="sesame", guests_allowed=False)
    meeting = meet.meeting(made.code)
    assert (meeting.id, meeting.title, meeting.capacity, meeting.starts_at) == (made.id, "Weekly", 7, begins)
    assert (meeting.is_host, meeting.state, bool(meeting.etag)) == (True, "open", True)
    changed = meet.change_meeting(made.id, etag=meeting.etag, title="Monthly", startsAt=None)
    assert (changed.title, changed.starts_at) == ("Monthly", None)
    with pytest.raises(ChangedMeanwhile):
        meet.change_meeting(made.id, etag=meeting.etag, title="Yearly")
    assert [meet.step(made.id, "start").state, meet.step(made.id, "end").state] == ["live", "ended"]
    with pytest.raises(WrongState) as wrong:
        meet.step(made.id, "cancel")
    assert "reopen" in wrong.value.allowed
    meet.delete_meeting(made.id)
    with pytest.raises(NotFound) as gone:
        meet.meeting(made.id)
    assert (gone.value.code, gone.value.status) == ("MEETING_NOT_FOUND", 404)


def test_lists_go_on_over_pages(meet: Client) -> None:
    for number in range(5):
        meet.start_meeting(f"{number}")
    assert [one.title for one in meet.meetings(ordering="title", page_size=2)] == ["0", "1", "2", "3", "4"]
    since = timezone.now() - timedelta(hours=1)
    assert len(list(meet.meetings(state="open", since=since, search="3"))) == 1
    assert list(meet.meetings(until=since)) == []


def test_people_and_chat(meet: Client) -> None:
    made = meet.start_meeting("Weekly")
    bob = join(made.code, Entry(Person(guest=uuid4().hex, display_name="Bob"), uuid4())).participant_id
    assert [(one.id, one.display_name, one.role) for one in meet.participants(made.code)] == [
        (str(bob), "Bob", "guest")
    ]
    written = [meet.write(made.id, word).id for word in ("One", "Two", "Three")]
    assert [one.id for one in meet.chat(made.id, page_size=2)] == written
    assert [one.message for one in meet.chat(made.id, latest_first=True)] == ["Three", "Two", "One"]
    invited = meet.invite(made.id, "eve@example.org", name="Eve")
    assert invited.join_url.endswith(f"/m/{made.code}/#ticket={invited.ticket.ticket}")
    assert meet.join(made.id).socket_url == "/ws/signaling/"
    meet.remove(made.id, str(bob), ban=True)
    assert list(meet.participants(made.id)) == []
    assert [(one.id, one.display_name) for one in meet.banned(made.id)] == [(str(bob), "Bob")]
    meet.lift_ban(made.id, str(bob))
    assert meet.banned(made.id) == []
    with pytest.raises(NotFound):
        meet.lift_ban(made.id, str(bob))


def test_moderation(meet: Client) -> None:
    made = meet.start_meeting("Weekly")
    bob = str(join(made.code, Entry(Person(guest=uuid4().hex, display_name="Bob"), uuid4())).participant_id)
    assert meet.mute(made.id, bob, "video").id == bob
    assert [meet.mute_all(made.id, spare=bob), meet.mute_all(made.id)] == [0, 1]
    assert meet.ask_to_unmute(made.id, bob).display_name == "Bob"
    raise_hand(UUID(made.id), True, by=UUID(bob))
    assert meet.lower_hand(made.id, bob).id == bob
    assert Stay.objects.get(id=bob).hand_raised_at is None
    meet.spotlight(made.id, bob)
    assert str(Meeting.objects.get(id=made.id).spotlight) == bob
    meet.spotlight(made.id, None)
    assert Meeting.objects.get(id=made.id).spotlight is None
    with pytest.raises(NotFound):
        meet.mute(made.id, made.id)


def test_messages_are_changed_and_deleted(meet: Client, person: Person) -> None:
    made = meet.start_meeting("Weekly")
    join(made.code, Entry(person, uuid4()))
    written = meet.write(made.id, "Helo")
    assert meet.edit_message(made.id, written.id, "Hello").message == "Hello"
    assert (meet.delete_message(made.id, written.id).deleted, [one.message for one in meet.chat(made.id)]) == (
        True,
        [""],
    )
    with pytest.raises(NotFound):
        meet.edit_message(made.id, written.id, "Again")


def test_breakout_rooms(meet: Client) -> None:
    made = meet.start_meeting("Weekly")
    bob = str(join(made.code, Entry(Person(guest=uuid4().hex, display_name="Bob"), uuid4())).participant_id)
    assert meet.breakouts(made.id).state == "none"
    dealt = meet.create_breakouts(made.id, 1, evenly=True)
    assert (dealt.state, [dealt.rooms[str(one.room)] for one in dealt.people]) == ("prepared", ["Room 1"])
    rooms = meet.create_breakouts(made.id, ["Red", "Blue"], closing_seconds=90).rooms
    blue = next(room for room, name in rooms.items() if name == "Blue")
    (seat,) = meet.assign_breakout(made.id, bob, blue).people
    assert (seat.participant, seat.display_name, seat.room, seat.is_in) == (bob, "Bob", blue, None)
    with pytest.raises(WrongState):
        meet.broadcast(made.id, "Too early")
    assert meet.open_breakouts(made.id).state == "open"
    meet.broadcast(made.id, "Five minutes")
    closing = meet.close_breakouts(made.id)
    assert closing.closes_in is not None
    assert 60 < closing.closes_in <= 90
    meet.delete_breakouts(made.id)
    assert (meet.breakouts(made.id).state, meet.breakouts(made.id).rooms) == ("none", {})


def test_polls_and_questions(meet: Client) -> None:
    made = meet.start_meeting("Weekly")
    bob = join(made.code, Entry(Person(guest=uuid4().hex, display_name="Bob"), uuid4())).participant_id
    draft = meet.create_poll(made.id, "Where?", ["Here", "There"], results_for="hosts")
    changed = meet.change_poll(made.id, draft.id, options=["A", "B", "C"], kind="multiple", anonymous=True)
    assert (draft.state, changed.question, changed.options) == ("draft", "Where?", ("A", "B", "C"))
    assert (changed.kind, changed.anonymous, changed.results_for) == ("multiple", True, "hosts")
    assert meet.open_poll(made.id, draft.id).state == "open"
    vote(UUID(made.id), UUID(draft.id), [0, 2], by=bob)
    closed = meet.close_poll(made.id, draft.id)
    assert (closed.state, closed.voters, closed.votes) == ("closed", 1, (1, 0, 1))
    at_once = meet.create_poll(made.id, "When?", ["Now", "Never"], opened=True)
    assert [(one.id, one.state) for one in meet.polls(made.id)] == [(draft.id, "closed"), (at_once.id, "open")]
    meet.delete_poll(made.id, draft.id)
    with pytest.raises(NotFound):
        meet.poll(made.id, draft.id)
    asked = ask_question(UUID(made.id), "Why?", by=bob)["questionId"]
    assert meet.answer_question(made.id, asked).state == "answered"
    assert meet.answer_question(made.id, asked, answered=False).state == "open"
    meet.dismiss_question(made.id, asked)
    assert [(one.author_name, one.state, one.votes) for one in meet.questions(made.id)] == [("Bob", "dismissed", 0)]


def test_webhooks(meet: Client) -> None:
    with Receiver() as receiver:
        hook = meet.make_webhook(receiver.url, events=["meeting.started"])
        assert [(one.id, one.secret) for one in meet.webhooks()] == [(hook.id, "")]
        meet.step(meet.start_meeting("Weekly").id, "start")
        tried = meet.test_webhook(hook.id)
        another = meet.rotate_secret(hook.id)
        send_due()
        log = list(meet.deliveries(hook.id))
        assert (log[0].id, [(one.event, one.state) for one in log]) == (
            tried.id,
            [("webhook.test", "sent"), ("meeting.started", "sent")],
        )
        heard = receiver.heard[0]
        for secret in (hook.secret, another.secret):
            assert verify(secret, heard.headers, heard.body)["meeting"]["title"] == "Weekly"
        for secret, headers, body in (
            ("whsec_other", heard.headers, heard.body),
            (hook.secret, heard.headers, heard.body + b" "),
            (hook.secret, {**heard.headers, "KCS-Webhook-Timestamp": "1"}, heard.body),
            (hook.secret, {}, heard.body),
        ):
            with pytest.raises(NotGenuine):
                verify(secret, headers, body)
        assert meet.change_webhook(hook.id, active=False).active is False
        meet.remove_webhook(hook.id)
        assert meet.webhooks() == []


def test_refusals(meet: Client, person: Person, live_server: Any) -> None:
    with Client(live_server.url, "kcs_nonsense") as nobody, pytest.raises(NotAuthenticated):
        list(nobody.meetings())
    reading = make_token(person, "Reads", ["meetings:read"])[1]
    with Client(live_server.url, reading) as reader, pytest.raises(NotAllowed) as refused:
        reader.start_meeting()
    assert "meetings:write" in refused.value.detail
    with pytest.raises(NotFound):
        meet.meeting("../tokens")
    with pytest.raises(Refused) as bad:
        meet.change_meeting(meet.start_meeting().id, nonsense=True)
    assert bad.value.code == "BAD_REQUEST"


def test_asked_again_when_the_site_says_so(meet: Client, person: Person, live_server: Any) -> None:
    """The real limit, with what waits in the test's hands."""
    token = make_token(person, "Script", SCOPES)[1]
    made = meet.start_meeting()
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        cache.clear()

    def write_on_and_on() -> None:
        while True:
            meet.write(made.id, "Hello")

    with pytest.raises(RateLimited) as limited:
        write_on_and_on()
    assert limited.value.retry_after > 0
    transport = Transport(live_server.url, token, timeout=5, patience=120, sleep=sleep)
    answered = transport.ask("POST", f"meetings/{made.id}/chat/", body={"message": "At last"}, once=True)
    transport.close()
    assert (answered.status_code, len(waits)) == (201, 1)
    assert 0 < waits[0] <= 60


def test_made_once_though_the_answer_was_lost() -> None:
    keys: list[str] = []

    def lose_the_first(handler: BaseHTTPRequestHandler) -> None:
        keys.append(handler.headers["Idempotency-Key"])
        if len(keys) == 1:
            handler.connection.close()
        else:
            answer(201, b'{"done": true}', Content_Type="application/json")(handler)

    with Receiver() as site:
        site.behave = lose_the_first
        transport = Transport(site.url.removesuffix("/hook"), "kcs_x", timeout=5, patience=10, sleep=lambda _: None)
        assert transport.ask("POST", "meetings/", body={}, once=True).json() == {"done": True}
        assert len(keys) == 2
        assert len(set(keys)) == 1
        # Of what is not safe to send twice it is told.
        keys.clear()
        with pytest.raises(Unreachable):
            transport.ask("POST", "meetings/x/end/", body={})
        transport.close()


@pytest.mark.parametrize("body", [b"<html>Bad gateway</html>", b"[]", b"{}"])
def test_something_that_is_no_site(body: bytes) -> None:
    with Receiver() as site:
        site.behave = answer(502, body)
        with Client(site.url.removesuffix("/hook"), "kcs_x", patience=0) as meet, pytest.raises(Unreachable):
            meet.meeting("x")


def test_example(person: Person, live_server: Any) -> None:
    token = make_token(person, "Script", SCOPES)[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "client"),
        "KCS_MEET_SITE": live_server.url,
        "KCS_MEET_TOKEN": token,
    }

    def run(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, str(EXAMPLE), *arguments],
            env={**environment, **more},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    done = run("ada@example.org", "bob@example.org")
    assert done.returncode == 0, done.stderr
    meeting = Meeting.objects.get(title="Weekly")
    assert [one.email for one in meeting.invitees.all()] == ["ada@example.org", "bob@example.org"]
    assert ChatMessage.objects.count() == 1
    assert done.stdout.splitlines()[-1].endswith(f"/m/{meeting.code}/")
    refused = run(KCS_MEET_TOKEN="kcs_nonsense")
    assert (refused.returncode, refused.stderr.startswith("NOT_AUTHENTICATED: ")) == (1, True)
