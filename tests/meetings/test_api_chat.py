"""The chat over the API: by the rules of the socket, and to those who are there at once."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import AsyncClient, Client

from meetings.actions.join import Entry
from meetings.actions.send_message import Addressed, send_message
from meetings.actions.start import start_meeting
from meetings.actions.tokens import make_token
from meetings.identity import Person
from meetings.models import ChatMessage, Delivery, Invitee, Meeting
from tests.meetings.coming_in import join
from tests.meetings.conftest import Someone

Json = dict[str, Any]


@pytest.fixture(autouse=True)
def _fresh_throttles() -> None:
    cache.clear()


async def test_who_is_in_the_meeting_has_it_at_once(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting, async_client: AsyncClient
) -> None:
    """Alice hosts, and is not in it; then she is, and her own window shows what she wrote elsewhere."""
    async_client.cookies["sessionid"] = alice.session_key
    sockets = {one.name: (await one.join(meeting)) for one in (bob, mallory)}
    at = f"/api/meetings/{meeting.code}/chat"

    async def write(**body: Any) -> Json:
        answer = await async_client.post(at, body, content_type="application/json")
        assert answer.status_code == 201, answer.content
        written: Json = answer.json()
        return written

    written = await write(message="Good morning")
    assert (written["mine"], written["participantId"], written["displayName"]) == (True, None, "Alice")
    for socket, _ in sockets.values():
        assert await socket.push("new-message") == {**written, "mine": False}
    alone = {"message": "To you alone", "recipientId": sockets["Bob"][1]["participantId"]}
    refused = await async_client.post(at, alone, content_type="application/json")
    assert (refused.status_code, refused.json()["code"]) == (403, "NOT_ALLOWED"), "he could not answer"
    hers, joined = await alice.join(meeting)
    written = await write(message="I am here, too")
    assert written["participantId"] == joined["participantId"]
    assert await hers.push("new-message") == written
    await write(**alone)
    assert (await hers.push("new-message"))["message"] == "To you alone"
    for name, heard in (("Bob", ["I am here, too", "To you alone"]), ("Mallory", ["I am here, too"])):
        assert [(await sockets[name][0].push("new-message"))["message"] for _ in heard] == heard
    assert "new-message" not in await sockets["Mallory"][0].pushes_so_far()
    await sockets["Bob"][0].ask("send-message", {"message": "Secret", "recipientType": "host"})
    assert (await hers.push("new-message"))["message"] == "Secret"
    told = (await async_client.get(f"{at}/?ordering=-sentAt")).json()["results"]
    assert [one["message"] for one in told] == ["Secret", "To you alone", "I am here, too", "Good morning"]


class TestByToken:
    pytestmark = pytest.mark.django_db

    @pytest.fixture
    def host(self) -> Person:
        return Person(user_id=User.objects.create_user("alice").pk, display_name="Alice")

    @pytest.fixture
    def meeting(self, host: Person) -> Meeting:
        return start_meeting(host, "Standup")

    @pytest.fixture
    def token(self, host: Person) -> str:
        return make_token(host, "Script", ["chat:read", "chat:write", "people:write"])[1]

    def ask(self, method: str, path: str, token: str, body: Any = None, **headers: str) -> Any:
        told = {"Authorization": f"Bearer {token}", **{name.replace("_", "-"): one for name, one in headers.items()}}
        text = "" if body is None else json.dumps(body)
        return Client().generic(method, f"/api/meetings/{path}", text, "application/json", headers=told)

    def test_pages(self, token: str, meeting: Meeting) -> None:
        bob = join(meeting.code, Entry(Person(guest="bob"), uuid4())).participant_id
        for number in range(5):
            send_message(meeting.id, f"{number}", Addressed("all"), by=bob)
        seen, address = [], f"{meeting.code}/chat/?pageSize=2"
        while address:
            page = self.ask("GET", address, token).json()
            seen += [one["message"] for one in page["results"]]
            address = (page["next"] or "").partition("/api/meetings/")[2]
        assert seen == ["0", "1", "2", "3", "4"]

    def test_sent_again_it_is_written_once(self, token: str, meeting: Meeting) -> None:
        body = {"message": "Once"}
        first = self.ask("POST", f"{meeting.code}/chat/", token, body, Idempotency_Key="7")
        again = self.ask("POST", f"{meeting.code}/chat/", token, body, Idempotency_Key="7")
        assert (first.status_code, first.json()) == (again.status_code, again.json())
        assert ChatMessage.objects.count() == 1

    def test_who_is_not_there_reads_and_writes_nothing(self, meeting: Meeting) -> None:
        mallory = Person(user_id=User.objects.create_user("mallory").pk)
        _, theirs = make_token(mallory, "Script", ["chat:read", "chat:write"])
        for method, body in (("GET", None), ("POST", {"message": "Hello"})):
            refused = self.ask(method, f"{meeting.code}/chat/", theirs, body)
            assert (refused.status_code, refused.json()["code"]) == (404, "MEETING_NOT_FOUND")

    def test_who_may_not_write_to_everybody(self, meeting: Meeting) -> None:
        carol = Person(user_id=User.objects.create_user("carol").pk)
        _, hers = make_token(carol, "Script", ["chat:write"])
        join(meeting.code, Entry(carol, uuid4()))
        Meeting.objects.update(chat=False)
        refused = self.ask("POST", f"{meeting.code}/chat/", hers, {"message": "Hello"})
        assert (refused.status_code, refused.json()["code"]) == (403, "NOT_ALLOWED")
        to_hosts = self.ask("POST", f"{meeting.code}/chat/", hers, {"message": "Hello", "recipientType": "host"})
        assert to_hosts.status_code == 201

    @pytest.mark.parametrize(
        "body",
        [
            {},
            {"message": " "},
            {"message": "x" * 2001},
            {"message": "x", "recipientType": "private"},
            {"message": "x", "recipientType": "all", "recipientId": "00000000-0000-4000-8000-000000000000"},
            {"message": "x", "participantId": "somebody"},
        ],
    )
    def test_bad_input(self, body: Json, token: str, meeting: Meeting) -> None:
        refused = self.ask("POST", f"{meeting.code}/chat/", token, body)
        assert (refused.status_code, refused.json()["code"]) == (400, "BAD_REQUEST")

    def test_invited_they_come_in_as_who_they_are(self, token: str, meeting: Meeting, settings: Any) -> None:
        settings.PUBLIC_URL = "https://meet.example.org"
        body = {"email": "Eve@example.org", "name": "Eve", "role": "presenter"}
        invited = self.ask("POST", f"{meeting.code}/participants/", token, body)
        assert invited.status_code == 201, invited.content
        told = invited.json()
        assert (told["email"], told["name"], told["role"]) == ("eve@example.org", "Eve", "presenter")
        assert told["joinUrl"] == f"https://meet.example.org/m/{meeting.code}/#ticket={told['ticket']}"
        assert self.ask("POST", f"{meeting.code}/participants/", token, body).json()["id"] == told["id"]
        assert (Invitee.objects.count(), Delivery.objects.count()) == (1, 1), "she gets one mail"
        joined = join(meeting.code, Entry(Person(), uuid4(), ticket=told["ticket"]))
        assert (joined.display_name, joined.role) == ("Eve", "presenter")
