"""The admin: logging in, looking, ending meetings."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from meetings.actions.join import Entry
from meetings.actions.send_message import Addressed, send_message
from meetings.actions.share_file import share_file
from meetings.actions.start import start_meeting
from meetings.admin.meetings import MeetingAdmin
from meetings.database import in_database
from meetings.identity import Person
from meetings.models import ChatMessage, Meeting, Participant
from tests.meetings.coming_in import join
from tests.meetings.conftest import Someone

# What the form of a meeting sends along.
UNSAID = {"starts_at_0": "", "starts_at_1": "", "notes_by": "everybody"}
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def administrator(client: Client) -> Client:
    User.objects.create_superuser("root", password="a long enough one")
    assert client.login(username="root", password="a long enough one")
    return client


def test_login_page_and_logging_in(client: Client) -> None:
    User.objects.create_superuser("root", password="a long enough one")
    assert client.get("/admin/", follow=True).status_code == 200
    response = client.post("/admin/login/?next=/admin/", {"username": "root", "password": "a long enough one"})
    assert response.status_code == 302


def test_lists_filters_and_search(administrator: Client) -> None:
    meeting = start_meeting(Person(guest="alice"), "Standup")
    joined = join(meeting.code, Entry(Person(display_name="Bob"), uuid4()))
    for model, query in (
        ("meeting", {"q": "stand"}),
        ("meeting", {"q": meeting.code}),
        ("meeting", {"q": str(meeting.id)}),
        ("meeting", {"state": "live"}),
        ("participant", {"q": "bob"}),
        ("participant", {"q": str(joined.participant_id)}),
        ("participant", {"meeting__id__exact": str(meeting.id)}),
        ("participant", {"left_at__isempty": "1"}),
    ):
        response = administrator.get(reverse(f"admin:meetings_{model}_changelist"), query)
        assert response.status_code == 200
        assert response.context["cl"].result_count == 1, (model, query)


def test_what_was_written_in_private_is_private(administrator: Client, settings: Any, tmp_path: Path) -> None:
    meeting = start_meeting(Person(guest="alice"), "Standup")
    alices, bobs = (join(meeting.code, Entry(Person(display_name=name), uuid4())) for name in ("Alice", "Bob"))
    send_message(meeting.id, "For everybody", Addressed("all"), by=bobs.participant_id)
    in_tests = {**settings.STORAGES["files"], "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "files": in_tests}
    to_alice = Addressed("private", alices.participant_id)
    send_message(meeting.id, "For Alice alone", to_alice, by=bobs.participant_id)
    share_file(meeting.id, SimpleUploadedFile("secret.txt", b"x"), "", to_alice, by=bobs.participant_id)
    page = administrator.get(reverse("admin:meetings_chatmessage_changelist")).content.decode()
    assert "For everybody" in page
    assert "(private)" in page
    private = ChatMessage.objects.get(recipient_type="private", file=None)
    page += administrator.get(reverse("admin:meetings_chatmessage_change", args=[private.id])).content.decode()
    page += administrator.get(reverse("admin:meetings_sharedfile_changelist")).content.decode()
    assert "For Alice alone" not in page
    assert "text/plain" in page
    assert "secret.txt" not in page


def test_adding_and_changing_a_meeting(administrator: Client) -> None:
    add = reverse("admin:meetings_meeting_add")
    assert administrator.get(add).status_code == 200
    data = {"title": "Planned", "capacity": "5", "passcode": "sesame", **UNSAID}
    assert administrator.post(add, data).status_code == 302
    meeting = Meeting.objects.get()
    kept = meeting.passcode_hash
    assert kept
    assert "sesame" not in kept
    change = reverse("admin:meetings_meeting_change", args=[meeting.id])
    assert administrator.get(change).status_code == 200
    assert administrator.post(change, {**data, "title": "Moved", "passcode": ""}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.passcode_hash) == ("Moved", kept)


def test_account_takes_a_meeting_over_from_a_guest(administrator: Client) -> None:
    meeting = start_meeting(Person(guest="alice"), "Standup")
    root = User.objects.get(username="root")
    change = reverse("admin:meetings_meeting_change", args=[meeting.id])
    data = {"title": "Standup", "capacity": "100", "passcode": "", **UNSAID}
    assert administrator.post(change, {**data, "host_user": str(root.pk)}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.host_user, meeting.host_guest) == (root, "")


def test_changing_a_meeting_counts_nobody_out(administrator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody comes in between reading the row and writing it."""
    meeting = start_meeting(Person(guest="alice"), "Standup")
    save = MeetingAdmin.save_model

    def meanwhile(*args: Any) -> None:
        join(meeting.code, Entry(Person(), uuid4()))
        save(*args)

    monkeypatch.setattr(MeetingAdmin, "save_model", meanwhile)
    data = {"title": "Moved", "capacity": "5", "passcode": "", **UNSAID}
    change = reverse("admin:meetings_meeting_change", args=[meeting.id])
    assert administrator.post(change, data).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.present, meeting.state) == ("Moved", 1, Meeting.State.LIVE)


async def test_those_in_it_see_what_was_changed(bob: Someone, meeting: Meeting, client: Client) -> None:
    socket, _ = await bob.join(meeting)

    def rename() -> int:
        User.objects.create_superuser("root", password="a long enough one")
        client.login(username="root", password="a long enough one")
        data = {"title": "Moved", "capacity": "5", "passcode": "", **UNSAID}
        return client.post(reverse("admin:meetings_meeting_change", args=[meeting.id]), data).status_code

    assert await in_database(rename) == 302
    assert (await socket.push("meeting-updated"))["title"] == "Moved"


def test_participants_are_looked_at_only(administrator: Client) -> None:
    joined = join(start_meeting(Person(guest="alice"), "Standup").code, Entry(Person(), uuid4()))
    change = reverse("admin:meetings_participant_change", args=[joined.participant_id])
    assert administrator.get(change).status_code == 200
    assert administrator.post(change, {"display_name": "Eve"}).status_code == 403
    assert administrator.get(reverse("admin:meetings_participant_add")).status_code == 403


def test_live_meetings_are_not_deleted(administrator: Client) -> None:
    meeting = start_meeting(Person(guest="alice"), "Standup")
    join(meeting.code, Entry(Person(), uuid4()))
    delete = reverse("admin:meetings_meeting_delete", args=[meeting.id])
    assert administrator.post(delete, {"post": "yes"}).status_code == 403
    data = {"action": "delete_selected", "_selected_action": [str(meeting.id)], "post": "yes"}
    administrator.post(reverse("admin:meetings_meeting_changelist"), data)
    assert Meeting.objects.filter(id=meeting.id).exists()


def end(client: Client, meeting: Meeting) -> int:
    data = {"action": "end", "_selected_action": [str(meeting.id)]}
    return client.post(reverse("admin:meetings_meeting_changelist"), data).status_code


def test_ending_a_meeting(administrator: Client) -> None:
    meeting = start_meeting(Person(guest="alice"), "Standup")
    joined = join(meeting.code, Entry(Person(), uuid4()))
    for _ in range(2):
        assert end(administrator, meeting) == 302
    meeting.refresh_from_db()
    assert meeting.state == Meeting.State.ENDED
    assert Participant.objects.get(id=joined.participant_id).left_reason == "ended"


async def test_those_in_it_are_told(bob: Someone, meeting: Meeting, client: Client) -> None:
    socket, _ = await bob.join(meeting)

    def as_administrator() -> int:
        User.objects.create_superuser("root", password="a long enough one")
        client.login(username="root", password="a long enough one")
        return end(client, meeting)

    assert await in_database(as_administrator) == 302
    assert await socket.push("meeting-ended") == {}
    await socket.refusal("NOT_IN_MEETING", "leave-meeting")
