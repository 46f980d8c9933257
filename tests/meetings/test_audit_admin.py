"""The audit trail in the admin."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Permission, User
from django.test import Client
from django.urls import reverse

from meetings.actions.change import change, delete, reopen
from meetings.actions.end import end_meeting
from meetings.actions.join import Entry
from meetings.actions.lock import lock_meeting
from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import Act, Meeting
from tests.meetings.coming_in import join

pytestmark = pytest.mark.django_db
EVIL = Person(guest="alice", display_name="=cmd()")


@pytest.fixture
def meeting(settings: Any) -> Meeting:
    settings.ALLOW_ANONYMOUS_HOSTS = True
    meeting = start_meeting(EVIL, "Standup")
    lock_meeting(meeting.id, True, by=EVIL)
    change(meeting.id, {"title": "Daily"}, by=EVIL)
    end_meeting(meeting.id)
    return meeting


@pytest.fixture
def auditor(client: Client) -> Client:
    user = User.objects.create_user("audra", is_staff=True)
    user.user_permissions.add(Permission.objects.get(codename="view_act"))
    client.force_login(user)
    return client


def rows(client: Client, query: str = "") -> str:
    response = client.get(reverse("admin:meetings_act_changelist") + query)
    assert response.status_code == 200
    return response.content.decode()


def test_who_what_and_when(auditor: Client, meeting: Meeting) -> None:
    page = rows(auditor)
    for words in ("Locked", "Changed", "Ended", "the site itself", "=cmd()", "locked: yes", "what: title", "Daily"):
        assert words in page


def test_it_is_narrowed_and_searched(auditor: Client, meeting: Meeting) -> None:
    assert "what: title" not in rows(auditor, "?act=locked")
    assert "locked: yes" not in rows(auditor, "?q=nobody+of+this+name")
    assert "locked: yes" in rows(auditor, "?q=cmd")
    assert "locked: yes" in rows(auditor, f"?meeting={meeting.id}")


def test_the_trail_outlives_the_meeting(auditor: Client, meeting: Meeting) -> None:
    delete(meeting.id, by=EVIL)
    page = rows(auditor)
    for words in ("Deleted", "Locked", "Ended", "Daily"):
        assert words in page


def test_it_outlives_what_an_administrator_deletes(auditor: Client, meeting: Meeting) -> None:
    # Who was in it goes with it.
    reopen(meeting.id, by=EVIL)
    join(str(meeting.id), Entry(EVIL, uuid4()))
    end_meeting(meeting.id)
    root = Client()
    root.force_login(User.objects.create_superuser("root"))
    root.post(reverse("admin:meetings_meeting_delete", args=[meeting.pk]), {"post": "yes"})
    assert not Meeting.objects.exists()
    assert "Locked" in rows(auditor)


def test_as_csv_no_name_becomes_a_formula(auditor: Client, meeting: Meeting) -> None:
    chosen = list(Act.objects.values_list("pk", flat=True))
    data = {"action": "as_csv", "_selected_action": chosen}
    response = auditor.post(reverse("admin:meetings_act_changelist"), data)
    lines = b"".join(response.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert lines[0].startswith("time,meeting,code,act,who")
    assert len(lines) == 4
    assert "'=cmd()" in lines[1]


def test_nobody_changes_it_and_not_everybody_sees_it(auditor: Client, meeting: Meeting) -> None:
    act = Act.objects.first()
    assert act is not None
    assert auditor.post(reverse("admin:meetings_act_delete", args=[act.pk]), {"post": "yes"}).status_code == 403
    assert auditor.get(reverse("admin:meetings_act_add")).status_code == 403
    auditor.force_login(User.objects.create_user("bob", is_staff=True))
    assert auditor.get(reverse("admin:meetings_act_changelist")).status_code == 403
