"""The pages."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone

from meetings import capabilities
from meetings.actions.end import end_meeting
from meetings.actions.join import Entry
from meetings.actions.lock import lock_meeting
from meetings.actions.remove import remove_participant
from meetings.actions.start import start_meeting
from meetings.identity import GUEST, Person
from meetings.models import Meeting
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_media(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """These pages are asked for outside a server, where each request has a loop of its own."""
    settings.MEDIA_EMBEDDED = False
    settings.MEDIA_SOCKET = "/nonexistent/media.sock"
    monkeypatch.setattr(capabilities, "TIMEOUT", 0.05)


@pytest.fixture
def meeting() -> Meeting:
    return start_meeting(Person(guest="alice"), "Standup <script>")


def config_of(content: bytes, name: str) -> Any:
    found = re.search(rf'<script id="{name}" type="application/json">(.*?)</script>', content.decode())
    assert found, f"no {name} in the page"
    return json.loads(found[1])


def test_start_page(client: Client, meeting: Meeting) -> None:
    response = client.get("/")
    assert response.status_code == 200
    config = config_of(response.content, "start-config")
    assert config["api"] == "/api/meetings/"
    assert config["mediaHealth"] == "/api/meetings/health/webrtc"
    assert config["csrfToken"]
    assert response.context["may_start"] is True
    assert response.context["recent"] == []


def test_start_page_lists_mine(client: Client) -> None:
    client.post("/api/meetings/", {"title": "Mine"}, content_type="application/json")
    recent = client.get("/").context["recent"]
    assert [one["title"] for one in recent] == ["Mine"]


def test_start_page_where_an_account_is_needed(client: Client, settings: Any) -> None:
    settings.ALLOW_ANONYMOUS_HOSTS = False
    page = client.get("/")
    assert page.context["may_start"] is False
    assert 'href="/account/sign-in/?next=/"' in page.content.decode()
    client.force_login(User.objects.create_user("alice"))
    page = client.get("/")
    assert page.context["may_start"] is True
    assert "Sign in" not in page.content.decode()


def test_meeting_page(client: Client, meeting: Meeting) -> None:
    response = client.get(f"/m/{meeting.code}/")
    assert response.status_code == 200
    config = config_of(response.content, "meeting-config")
    assert re.fullmatch("[0-9a-f]{12}", config.pop("version"))
    assert config.pop("offlineVerdicts")["SITE_UNREACHABLE"]["sentence"].endswith(".")
    assert config == {
        "meetingId": str(meeting.id),
        "code": meeting.code,
        "title": "Standup <script>",
        "joinUrl": f"http://testserver/m/{meeting.code}/",
        "socketUrl": "/ws/signaling/",
        "displayName": "",
        "isHost": False,
        "rtpCapabilities": None,
        "needsPasscode": False,
        "csrfToken": config["csrfToken"],
        "mediaAvailable": False,
        "canInviteBot": True,
        "embedOrigins": [],
        "fileMegabytes": 20,
    }
    assert b"<script>" not in response.content.replace(b"<noscript>", b"")
    # Whoever was on the page is known by their session when the socket opens.
    assert client.session[GUEST]


def test_hosts_page(client: Client) -> None:
    made = client.post("/api/meetings/", {"title": "Mine"}, content_type="application/json").json()
    config = config_of(client.get(f"/m/{made['code']}/").content, "meeting-config")
    assert config["isHost"] is True


def test_page_of_a_meeting_with_a_passcode(client: Client) -> None:
    closed = start_meeting(Person(guest="alice"), "Closed", passcode="sesame")
    config = config_of(client.get(f"/m/{closed.code}/").content, "meeting-config")
    assert config["needsPasscode"] is True


def test_code_in_capitals(client: Client, meeting: Meeting) -> None:
    assert client.get(f"/m/{meeting.code.upper()}/").status_code == 200


def test_pages_of_meetings_that_cannot_be_joined(client: Client, meeting: Meeting) -> None:
    def outcome(code: str = meeting.code) -> tuple[int, str]:
        response = client.get(f"/m/{code}/")
        return response.status_code, response.context["reason"]

    assert outcome("aaa-bbbb-ccc") == (404, "not_found")
    later = start_meeting(Person(guest="alice"), "Later", starts_at=timezone.now() + timedelta(hours=1))
    assert outcome(later.code) == (403, "not_started")
    host = join(meeting.code, Entry(Person(guest="alice"), uuid4()))
    lock_meeting(meeting.id, True, by=host.participant_id)
    assert outcome() == (423, "locked")
    lock_meeting(meeting.id, False, by=host.participant_id)
    client.get(f"/m/{meeting.code}/")
    mallory = join(meeting.code, Entry(Person(guest=client.session[GUEST]), uuid4()))
    remove_participant(meeting.id, mallory.participant_id, by=host.participant_id, ban=True)
    assert outcome() == (403, "removed")
    client.cookies.clear()
    Meeting.objects.filter(id=meeting.id).update(capacity=1)
    assert outcome() == (409, "full")
    end_meeting(meeting.id)
    assert outcome() == (410, "ended")


def test_unknown_page(client: Client) -> None:
    assert client.get("/nowhere/").status_code == 404


def test_security_headers(client: Client, meeting: Meeting) -> None:
    headers = client.get(f"/m/{meeting.code}/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "camera=(self)" in headers["Permissions-Policy"]
    assert "no-store" in headers["Cache-Control"]


def test_static_files_are_served(client: Client) -> None:
    response = client.get("/static/meetings/favicon.svg")
    assert response.status_code == 200
    assert response["Content-Type"] == "image/svg+xml"
    assert response.content.startswith(b"<svg")
    again = client.get("/static/meetings/favicon.svg", headers={"If-None-Match": response["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    part = client.get("/static/meetings/favicon.svg", headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"<svg")
    assert client.head("/static/meetings/favicon.svg").content == b""
    assert client.get("/static/meetings/nothing.svg").status_code == 404
    assert client.get("/favicon.ico").headers["Location"] == "/static/meetings/favicon.svg"
