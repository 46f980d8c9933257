"""Who sees what stays of a meeting once they have left it: on the page and over the API alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from meetings.calendars.plan import read_plan
from meetings.identity import GUEST, Person
from meetings.models import Meeting, Participant
from meetings.planning.plan import plan_meeting
from tests.attendance.conftest import NINE, was_there

pytestmark = pytest.mark.django_db

WEEK = int(timedelta(days=7).total_seconds() / 60)


def paths(meeting: Meeting) -> list[str]:
    page, api = f"/meetings/{meeting.code}/summary", f"/api/meetings/{meeting.id}"
    return [
        *(f"{page}/{one}" for one in ("", "attendance.csv", "attendance.json", "notes.txt")),
        *(f"{api}/{one}" for one in ("attendance/", "attendance.csv")),
    ]


def looks(client: Client, meeting: Meeting, query: str = "") -> int:
    (status,) = {client.get(f"{path}{query}").status_code for path in paths(meeting)}
    return status


@pytest.fixture
def carol(db: None) -> User:
    return User.objects.create_user("carol")


@pytest.fixture
def hers(carol: User) -> Client:
    client = Client()
    client.force_login(carol)
    return client


@pytest.mark.parametrize(
    ("role", "more", "status"),
    [
        ("co_host", {}, 200),
        ("co_host", {"left_reason": "ended"}, 200),
        ("co_host", {"left_reason": "disconnected"}, 200),
        ("co_host", {"left_reason": "removed"}, 404),
        ("co_host", {"left_reason": "removed", "banned": True}, 404),
        ("presenter", {}, 404),
        ("attendee", {}, 404),
    ],
)
def test_what_they_were_when_they_left(
    role: str, more: Any, status: int, meeting: Meeting, carol: User, hers: Client
) -> None:
    was_there(meeting, "Carol", 0, 50, user=carol, role=role, **more)
    assert looks(hers, meeting) == status


def test_a_guest_may_not(meeting: Meeting) -> None:
    was_there(meeting, "Gus", 0, 50, role="co_host")
    client = Client()
    session = client.session
    session[GUEST] = "gus"
    session.save()
    assert looks(client, meeting) == 404


def test_the_last_time_counts(meeting: Meeting, carol: User, hers: Client) -> None:
    was_there(meeting, "Carol", 0, 20, user=carol, role="co_host")
    assert looks(hers, meeting) == 200
    was_there(meeting, "Carol", 30, 50, user=carol, role="attendee")
    assert looks(hers, meeting) == 404


def test_while_there_it_is_what_one_is(meeting: Meeting, carol: User, hers: Client) -> None:
    was_there(meeting, "Carol", 0, 20, user=carol, role="co_host")
    was_there(meeting, "Carol", 30, None, user=carol, role="attendee")
    pages, api = paths(meeting)[:4], paths(meeting)[4:]
    assert {hers.get(path).status_code for path in pages} == {404}
    assert {hers.get(path).status_code for path in api} == {403}


def test_whoever_leads_a_breakout_room_leads_no_meeting(meeting: Meeting, carol: User, hers: Client) -> None:
    room = Meeting.objects.create(parent=meeting, title="Room 1", code="aaa-bbbb-ccc")
    was_there(meeting, "Carol", 0, 20, user=carol, role="attendee")
    was_there(room, "Carol", 20, 50, user=carol, role="co_host")
    assert looks(hers, meeting) == 404
    Participant.objects.filter(meeting=meeting, user=carol).update(role="co_host")
    assert looks(hers, meeting) == 200
    Participant.objects.filter(meeting=room, user=carol).update(left_reason="removed")
    assert looks(hers, meeting) == 404


def test_only_of_the_dates_at_which_they_were(meeting: Meeting, carol: User, hers: Client, alice: User) -> None:
    Meeting.objects.filter(id=meeting.id).update(state="open", ended_at=None)
    plan = read_plan(NINE.replace(tzinfo=None), "UTC", 60, "FREQ=WEEKLY;COUNT=3")
    plan_meeting(meeting.id, plan, by=Person(user_id=alice.pk))
    first, second, third = (f"?occurrence={one.id}" for one in meeting.occurrences.order_by("starts_at"))
    was_there(meeting, "Carol", 0, 50, user=carol, role="co_host")
    was_there(meeting, "Dora", WEEK, WEEK + 50)
    was_there(meeting, "Carol", 2 * WEEK, 2 * WEEK + 50, user=carol, role="attendee")
    assert [looks(hers, meeting, one) for one in ("", first, second, third)] == [200, 200, 404, 404]
    told = hers.get(f"/api/meetings/{meeting.id}/attendance/").json()
    assert [one["displayName"] for one in told["people"]] == ["Carol"]
    assert "Other dates" not in hers.get(f"/meetings/{meeting.code}/summary/").content.decode()


def test_the_page_of_the_meeting_leads_them_there(meeting: Meeting, carol: User, hers: Client) -> None:
    link = f"/meetings/{meeting.code}/summary/"
    assert link not in hers.get(f"/m/{meeting.code}/").content.decode()
    was_there(meeting, "Carol", 0, 50, user=carol, role="co_host")
    assert link in hers.get(f"/m/{meeting.code}/").content.decode()
