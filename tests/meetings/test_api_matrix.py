"""Every operation of the API by everybody: what stands here is written by hand, the rules are not."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator

from meetings import capabilities
from meetings.actions.breakouts.create import create_breakouts
from meetings.actions.join import Entry
from meetings.actions.leave import leave
from meetings.actions.polls import create_poll
from meetings.actions.questions import ask_question
from meetings.actions.remove import remove_participant
from meetings.actions.send_message import Addressed, send_message
from meetings.actions.start import start_meeting
from meetings.actions.tokens import make_token
from meetings.calendars.plan import read_plan
from meetings.identity import GUEST, Person
from meetings.models import Knock, Meeting, Participant
from meetings.planning.invitees import Wanted, invite_people
from meetings.planning.plan import plan_meeting
from meetings.webhooks.keeping import make_webhook
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db

Json = dict[str, Any]
PEOPLE = ("host", "co-host", "attendee", "guest", "stranger", "anonymous", "co-host who left", "guest who co-hosted")
NOWHERE = "00000000-0000-4000-8000-000000000000"

HOST_ALONE = (200, 403, 403, 403, 404, 404, 404, 404)
HOSTS = (200, 200, 403, 403, 404, 404, 404, 404)
# Those of accounts who have left, too.
HOSTS_AFTERWARDS = (200, 200, 403, 403, 404, 404, 200, 404)
THERE = (200, 200, 200, 200, 404, 404, 404, 404)
ACCOUNTS = (200, 200, 200, 401, 200, 401, 200, 401)
ANYBODY = (200,) * len(PEOPLE)


def done(*, status: int, by: tuple[int, ...]) -> tuple[int, ...]:
    """The same with another word for success."""
    return tuple(status if one == 200 else one for one in by)


POLL: Json = {
    "question": "Where?",
    "options": ["Here", "There"],
    "kind": "single",
    "anonymous": False,
    "resultsFor": "everybody",
}
# What they are answered in the order of PEOPLE; {bob} has no rights, {dora} waits at the door.
TABLE: dict[tuple[str, str], tuple[Json | bytes | None, tuple[int, ...]]] = {
    ("GET", "tokens/"): (None, ACCOUNTS),
    ("POST", "tokens/"): ({"name": "Script", "scopes": ["meetings:read"]}, done(status=201, by=ACCOUNTS)),
    # It is somebody else's.
    ("DELETE", "tokens/{token}/"): (None, done(status=404, by=ACCOUNTS)),
    ("GET", "webhooks/"): (None, ACCOUNTS),
    ("POST", "webhooks/"): ({"url": "https://example.org/hook"}, done(status=201, by=ACCOUNTS)),
    ("GET", "webhooks/{webhook}/"): (None, done(status=404, by=ACCOUNTS)),
    ("PATCH", "webhooks/{webhook}/"): ({"active": False}, done(status=404, by=ACCOUNTS)),
    ("DELETE", "webhooks/{webhook}/"): (None, done(status=404, by=ACCOUNTS)),
    ("POST", "webhooks/{webhook}/secret/"): ({}, done(status=404, by=ACCOUNTS)),
    ("POST", "webhooks/{webhook}/test/"): ({}, done(status=404, by=ACCOUNTS)),
    ("GET", "webhooks/{webhook}/deliveries/"): (None, done(status=404, by=ACCOUNTS)),
    ("GET", "meetings/"): (None, ANYBODY),
    ("POST", "meetings/"): ({}, done(status=201, by=ANYBODY)),
    ("GET", "meetings/recent/"): (None, ANYBODY),
    ("GET", "meetings/{reference}/"): (None, ANYBODY),
    ("PATCH", "meetings/{reference}/"): ({"title": "Mine"}, HOSTS),
    # A meeting in which people are is not deleted.
    ("DELETE", "meetings/{reference}/"): (None, done(status=409, by=HOST_ALONE)),
    ("POST", "meetings/{reference}/join/"): ({}, ANYBODY),
    ("POST", "meetings/{reference}/start/"): ({}, done(status=409, by=HOSTS)),
    ("POST", "meetings/{reference}/extend/"): ({"minutes": 15}, HOSTS),
    ("POST", "meetings/{reference}/end/"): ({}, HOST_ALONE),
    ("POST", "meetings/{reference}/cancel/"): ({}, done(status=409, by=HOST_ALONE)),
    ("POST", "meetings/{reference}/reopen/"): ({}, done(status=409, by=HOST_ALONE)),
    ("GET", "meetings/{reference}/participants/"): (None, THERE),
    ("POST", "meetings/{reference}/participants/"): ({"email": "eve@example.org"}, done(status=201, by=HOSTS)),
    ("GET", "meetings/{reference}/chat/"): (None, THERE),
    ("POST", "meetings/{reference}/chat/"): ({"message": "Hello"}, done(status=201, by=THERE)),
    ("DELETE", "meetings/{reference}/participants/{bob}/"): (None, done(status=204, by=HOSTS)),
    ("PUT", "meetings/{reference}/participants/{bob}/role/"): ({"role": "presenter"}, HOSTS),
    ("PATCH", "meetings/{reference}/participants/{bob}/permissions/"): ({"camera": False}, HOSTS),
    ("POST", "meetings/{reference}/participants/{bob}/mute/"): ({"kind": "audio"}, HOSTS),
    ("POST", "meetings/{reference}/participants/{bob}/ask-to-unmute/"): ({}, HOSTS),
    ("POST", "meetings/{reference}/participants/{bob}/lower-hand/"): ({}, HOSTS),
    ("POST", "meetings/{reference}/mute-all/"): ({}, HOSTS),
    ("GET", "meetings/{reference}/bans/"): (None, HOSTS),
    ("DELETE", "meetings/{reference}/bans/{ned}/"): (None, done(status=204, by=HOSTS)),
    ("PUT", "meetings/{reference}/spotlight/"): ({"participantId": None}, HOSTS),
    # The host wrote it.
    ("PATCH", "meetings/{reference}/chat/{message}/"): ({"message": "Better"}, HOST_ALONE),
    ("DELETE", "meetings/{reference}/chat/{message}/"): (None, HOSTS),
    ("GET", "meetings/{reference}/schedule/"): (None, HOSTS),
    ("PUT", "meetings/{reference}/schedule/"): (
        {"first": "2030-01-07T09:00", "zone": "Europe/Berlin", "minutes": 60, "rule": "FREQ=WEEKLY;COUNT=3"},
        HOSTS,
    ),
    ("GET", "meetings/{reference}/occurrences/"): (None, HOSTS),
    ("PATCH", "meetings/{reference}/occurrences/{occurrence}/"): ({"cancelled": True}, HOSTS),
    ("GET", "meetings/{reference}/invitees/"): (None, HOSTS),
    ("POST", "meetings/{reference}/invitees/"): ({"people": [{"email": "eve@example.org"}]}, HOSTS),
    ("DELETE", "meetings/{reference}/invitees/{invitee}/"): (None, done(status=204, by=HOSTS)),
    # The form has no file.
    ("POST", "meetings/{reference}/files/"): (b"--x--", done(status=400, by=THERE)),
    ("GET", "meetings/{reference}/waiting/"): (None, HOSTS),
    ("POST", "meetings/{reference}/waiting/admit-all/"): ({}, HOSTS),
    ("POST", "meetings/{reference}/waiting/{dora}/admit/"): ({}, done(status=204, by=HOSTS)),
    ("POST", "meetings/{reference}/waiting/{dora}/deny/"): ({}, done(status=204, by=HOSTS)),
    ("GET", "meetings/{reference}/analytics/"): (None, HOSTS),
    ("GET", "meetings/{reference}/attendance/"): (None, HOSTS_AFTERWARDS),
    ("GET", "meetings/{reference}/attendance.csv/"): (None, HOSTS_AFTERWARDS),
    ("GET", "meetings/{reference}/live-stats/"): (None, HOSTS),
    ("GET", "meetings/{reference}/webrtc-config/"): (None, THERE),
    ("GET", "meetings/{reference}/audit/"): (None, HOSTS),
    ("GET", "meetings/{reference}/audit.csv/"): (None, HOSTS),
    ("GET", "meetings/{reference}/notes/"): (None, HOSTS),
    ("GET", "meetings/{reference}/notes.txt/"): (None, HOSTS),
    ("GET", "meetings/{reference}/breakouts/"): (None, HOSTS),
    ("POST", "meetings/{reference}/breakouts/"): ({"count": 2, "assign": "evenly"}, done(status=201, by=HOSTS)),
    ("DELETE", "meetings/{reference}/breakouts/"): (None, done(status=204, by=HOSTS)),
    ("PUT", "meetings/{reference}/breakouts/people/{bob}/"): ({"roomId": None}, HOSTS),
    ("POST", "meetings/{reference}/breakouts/open/"): ({}, HOSTS),
    ("POST", "meetings/{reference}/breakouts/close/"): ({"seconds": 30}, HOSTS),
    # Its rooms are not open yet.
    ("POST", "meetings/{reference}/breakouts/broadcast/"): ({"text": "Soon"}, done(status=409, by=HOSTS)),
    ("GET", "meetings/{reference}/polls/"): (None, HOSTS),
    ("POST", "meetings/{reference}/polls/"): (POLL, done(status=201, by=HOSTS)),
    ("GET", "meetings/{reference}/polls/{poll}/"): (None, HOSTS),
    ("PATCH", "meetings/{reference}/polls/{poll}/"): ({"question": "When?"}, HOSTS),
    ("DELETE", "meetings/{reference}/polls/{poll}/"): (None, done(status=204, by=HOSTS)),
    ("POST", "meetings/{reference}/polls/{poll}/open/"): ({}, HOSTS),
    # It is a draft.
    ("POST", "meetings/{reference}/polls/{poll}/close/"): ({}, done(status=409, by=HOSTS)),
    ("GET", "meetings/{reference}/questions/"): (None, HOSTS),
    ("PATCH", "meetings/{reference}/questions/{question}/"): ({"answered": True}, HOSTS),
    ("DELETE", "meetings/{reference}/questions/{question}/"): (None, done(status=204, by=HOSTS)),
}
# For whoever tries to join, and for load balancers: nothing of anybody's is in them.
OF_NOBODY = {("POST", "meetings/attempts/{attempt}/steps"), ("GET", "meetings/health/webrtc/")}
THINGS = ("poll", "question", "message")
WITH_SOMETHING = [(known, name) for known in TABLE for name in THINGS if f"{{{name}}}" in known[1]]
WITH_SOMEBODY = [known for known in TABLE if any(name in known[1] for name in ("{bob}", "{dora}", "{ned}"))]


class World:
    """Alice's meeting, with everybody in it who belongs there."""

    def __init__(self) -> None:
        accounts = {name: User.objects.create_user(name) for name in ("alice", "carol", "abby", "mallory", "lena")}
        alice = Person(user_id=accounts["alice"].pk, display_name="Alice")
        self.meeting = start_meeting(alice, "Standup")
        self.enter(alice)
        carol = self.enter(Person(user_id=accounts["carol"].pk))
        Participant.objects.filter(id=carol).update(role="co_host")
        self.enter(Person(user_id=accounts["abby"].pk))
        self.enter(Person(guest="gus"))
        gone = [self.enter(Person(user_id=accounts["lena"].pk)), self.enter(Person(guest="leo"))]
        Participant.objects.filter(id__in=gone).update(role="co_host")
        for one in gone:
            leave(one)
        self.bob = self.enter(Person(guest="bob"))
        self.ned = self.enter(Person(guest="ned"))
        remove_participant(self.meeting.id, self.ned, by=alice, ban=True)
        self.dora = self.knock(self.meeting)
        plan_meeting(self.meeting.id, read_plan(datetime.fromisoformat("2031-01-06T09:00"), "UTC", 60), by=alice)
        self.occurrence = self.meeting.occurrences.get().id
        self.invitee = invite_people(self.meeting.id, [Wanted("finn@example.org")], by=alice)[0].id
        create_breakouts(self.meeting.id, ["Red"], evenly=False, closing_seconds=60, by=alice)
        self.things = self.make_things(self.meeting, alice, self.bob)
        zoe = Person(user_id=User.objects.create_user("zoe").pk)
        self.token = make_token(zoe, "Hers", ["meetings:read"])[0].id
        self.webhook = make_webhook(zoe, "https://example.org/hers").id
        self.clients = {
            "host": signed_in(accounts["alice"]),
            "co-host": signed_in(accounts["carol"]),
            "attendee": signed_in(accounts["abby"]),
            "guest": guest("gus"),
            "stranger": signed_in(accounts["mallory"]),
            "anonymous": Client(),
            "co-host who left": signed_in(accounts["lena"]),
            "guest who co-hosted": guest("leo"),
        }

    def enter(self, person: Person) -> Any:
        return join(self.meeting.code, Entry(person, uuid4())).participant_id

    def make_things(self, meeting: Meeting, host: Person, somebody: UUID) -> dict[str, Any]:
        """A poll, a question and a message, by what they are called in paths."""
        poll = create_poll(
            meeting.id, "Where?", ["A", "B"], "single", anonymous=False, results_for="hosts", opened=False, by=host
        )
        question = ask_question(meeting.id, "Why?", by=somebody)
        message = send_message(meeting.id, "Hello", Addressed("all"), by=host)
        return {"poll": poll["pollId"], "question": question["questionId"], "message": message["messageId"]}

    def knock(self, meeting: Meeting) -> Any:
        made = Knock.objects.create(
            meeting=meeting, guest="dora", display_name="Dora", asked_at=timezone.now(), connection=uuid4()
        )
        return made.id

    def ask(self, who: str, method: str, path: str, body: Json | bytes | None, **names: Any) -> Any:
        at = {"token": self.token, "webhook": self.webhook, "bob": self.bob, "dora": self.dora, "ned": self.ned}
        at |= names
        at.setdefault("reference", self.meeting.id)
        at |= {**self.things, "occurrence": self.occurrence, "invitee": self.invitee} | names
        address = f"/api/{path.format(**at)}".replace(".csv/", ".csv").replace(".txt/", ".txt")
        return self.clients[who].generic(method, address, *encoded(body))


def encoded(body: Json | bytes | None) -> tuple[str | bytes, str]:
    if isinstance(body, bytes):
        return body, "multipart/form-data; boundary=x"
    return ("", "application/octet-stream") if body is None else (json.dumps(body), "application/json")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def guest(key: str) -> Client:
    client = Client()
    session = client.session
    session[GUEST] = key
    session.save()
    return client


@pytest.fixture(autouse=True)
def _without_media(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each request has a loop of its own here."""
    cache.clear()
    settings.MEDIA_EMBEDDED = False
    settings.MEDIA_SOCKET = "/nonexistent/media.sock"
    monkeypatch.setattr(capabilities, "TIMEOUT", 0.05)


@pytest.fixture
def world() -> World:
    return World()


def test_every_operation_stands_here() -> None:
    paths = SchemaGenerator().get_schema(request=None, public=True)["paths"]  # type: ignore[no-untyped-call]
    served = {(method.upper(), path.removeprefix("/api/")) for path, methods in paths.items() for method in methods}
    here = {
        (
            method,
            path.replace("{bob}", "{participant}")
            .replace("{dora}", "{participant}")
            .replace("{ned}", "{participant}")
            .replace(".csv/", ".csv")
            .replace(".txt/", ".txt"),
        )
        for method, path in TABLE
    }
    assert here | OF_NOBODY == served


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("known", TABLE, ids=" ".join)
def test_who_may(known: tuple[str, str], who: str, world: World) -> None:
    body, answers = TABLE[known]
    response = world.ask(who, *known, body)
    assert response.status_code == answers[PEOPLE.index(who)], response.content


@pytest.mark.parametrize("known", [one for one in TABLE if "{reference}" in one[1]], ids=" ".join)
@pytest.mark.parametrize("who", PEOPLE)
def test_a_meeting_of_others_is_as_unknown_as_none(known: tuple[str, str], who: str, world: World) -> None:
    body, answers = TABLE[known]
    if answers == ANYBODY:
        return
    others = start_meeting(Person(guest="somebody"), "Elsewhere")
    refused = world.ask(who, *known, body, reference=others.id)
    nothing = world.ask(who, *known, body, reference=NOWHERE)
    assert (refused.status_code, refused.json()["code"]) == (404, "MEETING_NOT_FOUND")
    assert refused.json() == nothing.json()


@pytest.mark.parametrize("known", WITH_SOMEBODY, ids=" ".join)
def test_somebody_of_another_meeting_is_as_unknown_as_nobody(known: tuple[str, str], world: World) -> None:
    body, _ = TABLE[known]
    others = start_meeting(Person(guest="somebody"), "Elsewhere")
    theirs = join(others.code, Entry(Person(guest="x"), uuid4())).participant_id
    refused = world.ask("host", *known, body, bob=theirs, ned=theirs, dora=world.knock(others))
    nobody = world.ask("host", *known, body, bob=NOWHERE, ned=NOWHERE, dora=NOWHERE)
    nonsense = world.ask("host", *known, body, bob="x", ned="x", dora="x")
    assert (refused.status_code, refused.json()["code"]) == (404, "NOT_IN_MEETING")
    assert refused.json() == nobody.json()
    assert (nonsense.status_code, nonsense.json()["code"]) == (404, "NOT_IN_MEETING")


@pytest.mark.parametrize(("known", "name"), WITH_SOMETHING, ids=str)
def test_something_of_another_meeting_is_as_unknown_as_nothing(known: tuple[str, str], name: str, world: World) -> None:
    body, _ = TABLE[known]
    somebody = Person(guest="somebody")
    others = start_meeting(somebody, "Elsewhere")
    asker = join(others.code, Entry(Person(guest="x"), uuid4())).participant_id
    theirs = world.make_things(others, somebody, asker)[name]
    refused = world.ask("host", *known, body, **{name: theirs})
    assert (refused.status_code, refused.json()["code"]) == (404, f"{name.upper()}_NOT_FOUND")
    for other in (NOWHERE, "x"):
        assert world.ask("host", *known, body, **{name: other}).json() == refused.json()
