"""Meetings over HTTP."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from meetings.actions.end import end_meeting
from meetings.actions.join import Entry
from meetings.actions.lock import lock_meeting
from meetings.actions.remove import remove_participant
from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import Meeting
from meetings.tickets import read_ticket
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db

NEVER = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def _fresh_throttles() -> None:
    cache.clear()


@pytest.fixture
def meeting() -> Meeting:
    return start_meeting(Person(guest="alice"), "Standup")


def post(client: Client, path: str, body: Any = None) -> tuple[int, Any]:
    response = client.post(f"/api/meetings/{path}", body if body is not None else {}, content_type="application/json")
    return response.status_code, response.json()


def get(client: Client, path: str) -> tuple[int, Any]:
    response = client.get(f"/api/meetings/{path}")
    return response.status_code, response.json()


class TestStart:
    def test_anybody_may_where_that_is_allowed(self, client: Client) -> None:
        status, made = post(client, "", {"title": "Standup"})
        assert status == 201
        assert set(made) == {"id", "title", "code", "join_url", "host_ticket"}
        assert made["join_url"] == f"http://testserver/m/{made['code']}/"
        ticket = read_ticket(made["host_ticket"])
        assert (str(ticket.meeting), ticket.role) == (made["id"], "host")

    def test_browser_that_started_it_is_its_host(self, client: Client) -> None:
        _, made = post(client, "", {"title": "Standup"})
        _, joined = post(client, f"{made['id']}/join")
        assert read_ticket(joined["ticket"]).role == "host"

    def test_everything_about_it(self, client: Client) -> None:
        begins = timezone.now() + timedelta(days=1)
        wanted = {"title": "Review", "startsAt": begins.isoformat(), "capacity": 12, "passcode": "sesame"}
        status, made = post(client, "", wanted)
        assert status == 201
        meeting = Meeting.objects.get(id=made["id"])
        assert (meeting.capacity, meeting.starts_at) == (12, begins)
        assert "sesame" not in meeting.passcode_hash

    def test_no_title(self, client: Client) -> None:
        assert post(client, "")[1]["title"] == "Meeting"

    def test_not_without_an_account_elsewhere(self, client: Client, settings: Any) -> None:
        settings.ALLOW_ANONYMOUS_HOSTS = False
        status, refusal = post(client, "", {"title": "Standup"})
        assert (status, refusal["code"]) == (403, "NOT_ALLOWED")
        alice = User.objects.create_user("alice", password="wonderland")
        client.force_login(alice)
        status, made = post(client, "", {"title": "Standup"})
        assert status == 201
        assert Meeting.objects.get(id=made["id"]).host_user == alice

    def test_public_address(self, client: Client, settings: Any) -> None:
        settings.PUBLIC_URL = "https://meet.example.org"
        assert post(client, "")[1]["join_url"].startswith("https://meet.example.org/m/")

    @pytest.mark.parametrize(
        ("body", "field"),
        [
            ({"title": 7}, "title"),
            ({"title": "x" * 201}, "title"),
            ({"capacity": 0}, "capacity"),
            ({"capacity": "12"}, "capacity"),
            ({"startsAt": "tomorrow"}, "startsAt"),
            ({"startsAt": "2026-02-31T00:00:00Z"}, "startsAt"),
            ({"colour": "red"}, "colour"),
            ([1], "data"),
        ],
    )
    def test_bad_input_names_the_field(self, client: Client, body: Any, field: str) -> None:
        status, refusal = post(client, "", body)
        assert (status, refusal["code"]) == (400, "BAD_REQUEST")
        assert field in refusal["details"]

    def test_other_formats(self, client: Client) -> None:
        for body, kind in (("{", "application/json"), ("title=x", "application/x-www-form-urlencoded")):
            response = client.post("/api/meetings/", body, content_type=kind)
            assert response.status_code in (400, 415)
            assert response.json()["code"] == "BAD_REQUEST"

    def test_too_many(self, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("rest_framework.throttling.ScopedRateThrottle.get_rate", lambda _self: "2/min")
        assert [post(client, "")[0] for _ in range(3)] == [201, 201, 429]
        response = client.post("/api/meetings/", {}, content_type="application/json")
        assert response.json()["code"] == "RATE_LIMITED"
        assert 0 < response.json()["retryAfter"] <= 60
        assert int(response["Retry-After"]) >= response.json()["retryAfter"]


class TestLook:
    def test_by_id_and_by_code(self, client: Client, meeting: Meeting) -> None:
        join(meeting.code, Entry(Person(display_name="Bob"), uuid4()))
        for reference in (meeting.id, meeting.code, f"{meeting.code}/"):
            status, seen = get(client, f"{reference}")
            assert status == 200
            assert (seen["id"], seen["code"], seen["state"]) == (str(meeting.id), meeting.code, "live")
            assert seen["participants"] == [{"displayName": "Bob"}]
            assert seen["capacity"] == 100

    def test_unknown(self, client: Client) -> None:
        for reference in (NEVER, "aaa-bbbb-ccc", "x"):
            assert get(client, f"{reference}/") == (
                404,
                {
                    "type": "/api/#MEETING_NOT_FOUND",
                    "title": "There is no such meeting",
                    "status": 404,
                    "detail": "No meeting has this id or code.",
                    "code": "MEETING_NOT_FOUND",
                    "message": "There is no such meeting",
                    "details": "No meeting has this id or code.",
                },
            )

    def test_nobody_learns_who_is_behind_a_passcode(self, client: Client) -> None:
        closed = start_meeting(Person(guest="alice"), "Closed", passcode="sesame")
        join(closed.code, Entry(Person(guest="alice"), uuid4()))
        assert get(client, closed.code)[1]["participants"] == []

    def test_wrong_method(self, client: Client, meeting: Meeting) -> None:
        response = client.put(f"/api/meetings/{meeting.id}/")
        assert response.status_code == 405
        assert response["Content-Type"] == "application/problem+json"
        assert response.json()["code"] == "BAD_REQUEST"


class TestJoin:
    def test_ticket(self, client: Client, meeting: Meeting) -> None:
        status, joined = post(client, f"{meeting.code}/join", {"displayName": "Bob"})
        assert status == 200
        assert joined["socketUrl"] == "/ws/signaling/"
        assert joined["expiresIn"] == 300
        ticket = read_ticket(joined["ticket"])
        assert (ticket.meeting, ticket.role, ticket.display_name) == (meeting.id, "attendee", "Bob")
        assert ticket.guest

    def test_program_that_was_banned_is_known_by_its_ticket(self, client: Client, meeting: Meeting) -> None:
        _, joined = post(client, f"{meeting.code}/join", {"displayName": "Mallory"})
        entry = Entry(Person(), uuid4(), ticket=joined["ticket"])
        host = join(meeting.code, Entry(Person(guest="alice"), uuid4()))
        mallory = join(meeting.code, entry)
        remove_participant(meeting.id, mallory.participant_id, by=host.participant_id, ban=True)
        with pytest.raises(Exception, match="REMOVED"):
            join(meeting.code, entry)

    def test_account_is_named(self, client: Client, meeting: Meeting) -> None:
        bob = User.objects.create_user("bob", first_name="Bob", last_name="Builder")
        client.force_login(bob)
        ticket = read_ticket(post(client, f"{meeting.code}/join")[1]["ticket"])
        assert (ticket.user_id, ticket.display_name, ticket.guest) == (bob.pk, "Bob Builder", "")

    def test_refusals(self, client: Client, meeting: Meeting) -> None:
        def refused() -> tuple[int, str]:
            status, refusal = post(client, f"{meeting.code}/join")
            return status, refusal["code"]

        host = join(meeting.code, Entry(Person(guest="alice"), uuid4()))
        lock_meeting(meeting.id, True, by=host.participant_id)
        assert refused() == (423, "MEETING_LOCKED")
        lock_meeting(meeting.id, False, by=host.participant_id)
        Meeting.objects.update(capacity=1)
        assert refused() == (409, "MEETING_FULL")
        end_meeting(meeting.id)
        assert refused() == (410, "MEETING_ENDED")

    def test_not_started(self, client: Client) -> None:
        later = start_meeting(Person(guest="alice"), "Later", starts_at=timezone.now() + timedelta(hours=1))
        status, refusal = post(client, f"{later.code}/join")
        assert (status, refusal["code"]) == (403, "MEETING_NOT_STARTED")

    def test_passcode_and_guessing_it(self, client: Client) -> None:
        closed = start_meeting(Person(guest="alice"), "Closed", passcode="sesame")
        assert post(client, f"{closed.code}/join")[1]["code"] == "WRONG_PASSCODE"
        assert post(client, f"{closed.code}/join", {"passcode": "basil"})[1]["code"] == "WRONG_PASSCODE"
        _, joined = post(client, f"{closed.code}/join", {"passcode": "sesame"})
        # Whoever has the ticket has shown the passcode.
        join(closed.code, Entry(Person(), uuid4(), ticket=joined["ticket"]))
        codes = {post(client, f"{closed.code}/join", {"passcode": str(number)})[1]["code"] for number in range(40)}
        assert codes == {"WRONG_PASSCODE", "RATE_LIMITED"}

    def test_bad_input(self, client: Client, meeting: Meeting) -> None:
        status, refusal = post(client, f"{meeting.code}/join", {"displayName": ["Bob"]})
        assert (status, refusal["code"]) == (400, "BAD_REQUEST")


class TestRecent:
    def test_mine_and_only_mine(self, client: Client, meeting: Meeting) -> None:
        assert get(client, "recent") == (200, [])
        _, made = post(client, "", {"title": "Mine"})
        status, recent = get(client, "recent")
        assert status == 200
        assert [(one["code"], one["title"], one["state"]) for one in recent] == [(made["code"], "Mine", "open")]

    def test_those_i_was_in(self, client: Client, meeting: Meeting) -> None:
        bob = User.objects.create_user("bob")
        client.force_login(bob)
        join(meeting.code, Entry(Person(user_id=bob.pk), uuid4()))
        assert [one["code"] for one in get(client, "recent/")[1]] == [meeting.code]


def test_what_nobody_expected_is_answered_without_internals(
    client: Client, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_reference: str) -> Meeting:
        raise ZeroDivisionError("the secret inside")

    monkeypatch.setattr("meetings.api.views.find_meeting", broken)
    status, refusal = get(client, f"{meeting.id}/")
    assert (status, refusal["code"]) == (500, "INTERNAL_ERROR")
    assert "secret" not in str(refusal)


def test_session_cookies_need_a_csrf_token(meeting: Meeting) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(User.objects.create_user("alice"))
    status, refusal = post(client, "", {"title": "Forged"})
    assert (status, refusal["code"]) == (403, "NOT_ALLOWED")
