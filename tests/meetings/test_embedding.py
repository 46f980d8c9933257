"""Meetings in frames of other sites' pages: of those that the site names, and of no others."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client

from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import Meeting

pytestmark = pytest.mark.django_db


@pytest.fixture
def meeting(settings: Any) -> Meeting:
    settings.MEDIA_EMBEDDED = False
    settings.MEDIA_SOCKET = "/nonexistent/media.sock"
    return start_meeting(Person(guest="alice"), "Standup")


def ancestors(response: Any) -> str:
    directives = response["Content-Security-Policy"].split(";")
    (found,) = [one.strip() for one in directives if "frame-ancestors" in one]
    return str(found)


def test_nobody_by_default(client: Client, meeting: Meeting) -> None:
    response = client.get(meeting.get_absolute_url())
    assert (response["X-Frame-Options"], ancestors(response)) == ("DENY", "frame-ancestors 'none'")
    assert '"embedOrigins": []' in response.content.decode()


def test_those_who_are_named(client: Client, meeting: Meeting, settings: Any) -> None:
    settings.EMBED_ORIGINS = ["https://course.example", "http://localhost:8080", "https://x.example; script-src *"]
    response = client.get(meeting.get_absolute_url())
    assert "X-Frame-Options" not in response
    assert ancestors(response) == "frame-ancestors https://course.example http://localhost:8080"
    assert "script-src *" not in response["Content-Security-Policy"]
    assert '"embedOrigins": ["https://course.example", "http://localhost:8080"]' in response.content.decode()
    # Why there is none is shown in the frame, too.
    Meeting.objects.update(locked=True)
    assert ancestors(client.get(meeting.get_absolute_url())).endswith(":8080")


@pytest.mark.parametrize("path", ["/", "/test/", "/account/login/", "/admin/login/", "/api/"])
def test_no_other_page(path: str, client: Client, settings: Any) -> None:
    settings.EMBED_ORIGINS = ["https://course.example"]
    response = client.get(path)
    assert (response["X-Frame-Options"], ancestors(response)) == ("DENY", "frame-ancestors 'none'")


def test_the_script_has_an_address_that_stays(client: Client) -> None:
    assert client.get("/embed.js")["Location"].endswith("/meetings/js/embed.js")


def test_what_is_no_origin_is_named_by_check(settings: Any) -> None:
    settings.EMBED_ORIGINS = ["https://course.example", "course.example", "https://course.example/", "*"]
    settings.WEBHOOK_ALLOW = ["10.0.0.0/8", "example.org"]
    found = [one.msg for one in run_checks() if one.id in ("meetings.W006", "meetings.W007")]
    assert len(found) == 4
    for text in ("course.example", "https://course.example/", "*", "example.org"):
        assert any(f"has {text!r}," in one for one in found), text
