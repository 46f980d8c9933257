"""Files and notes in the summary: what people made in the meeting, and what of it is still there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.test import Client
from django.utils import timezone

from meetings.actions.change_message import delete_message
from meetings.calendars.plan import read_plan
from meetings.files.storing import file_storage, random_place, sweep_files
from meetings.identity import Person
from meetings.models import ChatMessage, Meeting, Notes, Participant, SharedFile
from meetings.planning.plan import plan_meeting
from meetings.retention import purge_messages
from tests.attendance.conftest import NINE, at, was_there, wrote
from tests.meetings.test_file_kinds import PNG

pytestmark = pytest.mark.django_db

NOTES = "First the boats,\nthen <b>the bridges</b>"


@pytest.fixture
def host(alice: User) -> Client:
    client = Client()
    client.force_login(alice)
    return client


@pytest.fixture
def bob(meeting: Meeting) -> Participant:
    return was_there(meeting, "Bob", 0, 60)


@pytest.fixture(autouse=True)
def _folder(settings: Any, tmp_path: Path) -> Iterator[None]:
    """Where files lie."""
    usual = settings.STORAGES["files"]
    settings.STORAGES = {**settings.STORAGES, "files": {**usual, "OPTIONS": {"location": tmp_path}}}
    yield
    vars(storages)["_storages"].pop("files", None)


def shared(author: Participant, name: str, minutes: float, *to: Any) -> ChatMessage:
    place = file_storage().save(random_place(), ContentFile(PNG))
    message: ChatMessage = wrote(author, "", minutes, *to)
    message.file = SharedFile.objects.create(
        meeting=author.meeting, name=name, media_type="image/png", size=2048, place=place, shared_at=at(minutes)
    )
    message.save()
    return message


def wrote_notes(meeting: Meeting, minutes: float) -> None:
    Notes.objects.create(meeting=meeting, text=NOTES, version=3, changed_at=at(minutes))


def got(client: Client, link: str) -> bytes:
    response: Any = client.get(link)
    assert response.status_code == 200

    async def read() -> bytes:
        return b"".join([chunk async for chunk in response])

    return async_to_sync(read)()


def section(client: Client, meeting: Meeting, name: str, query: str = "") -> str:
    response = client.get(f"/meetings/{meeting.code}/summary/{query}")
    assert response.status_code == 200
    after = response.content.decode().partition(f'id="{name}"')[2]
    return unescape(after.partition("</section>")[0].replace("\xa0", " "))


class TestFiles:
    def test_what_when_and_by_whom(self, host: Client, meeting: Meeting, bob: Participant) -> None:
        message = shared(bob, "plan <b>.png", 5)
        shared(bob, "secret.png", 6, "private", bob)
        shown = section(host, meeting, "files")
        assert "2 files were shared." in shown
        assert "1 of them went to hosts or to one person alone" in shown
        assert "secret.png" not in shown
        for words in ("plan <b>.png", "2.0 KB", "Bob", at(5).isoformat()):
            assert words in shown.replace("\xa0", " "), words
        assert message.file is not None
        link = f"/files/{message.file.id}/"
        assert f'href="{link}" download' in shown
        assert got(host, link) == PNG

    @pytest.mark.parametrize("how", ["message deleted", "file swept", "chat purged"])
    def test_what_is_gone_is_not_there(self, how: str, host: Client, meeting: Meeting, bob: Participant) -> None:
        message = shared(bob, "plan.png", 5)
        assert "plan.png" in section(host, meeting, "files")
        if how == "message deleted":
            Participant.objects.filter(id=bob.id).update(left_at=None, left_reason="")
            delete_message(meeting.id, message.id, by=bob.id)
        elif how == "file swept":
            sweep_files(timezone.now() - at(10))
        else:
            purge_messages(timezone.now() - at(10))
        shown = section(host, meeting, "files")
        assert "plan.png" not in shown
        assert "No file was shared, or none is kept any more." in shown

    def test_where_the_site_does_not_show_the_chat(
        self, host: Client, meeting: Meeting, bob: Participant, settings: Any
    ) -> None:
        settings.SUMMARY_CHAT = False
        shared(bob, "plan.png", 5)
        shown = section(host, meeting, "files")
        assert "1 file was shared." in shown
        assert "plan.png" not in shown

    def test_a_site_without_files(self, host: Client, meeting: Meeting, settings: Any) -> None:
        settings.FILE_MEGABYTES = 0
        assert section(host, meeting, "files") == ""
        assert section(host, meeting, "notes") != ""

    def test_who_runs_the_site_sees_what_there_was_and_gets_none_of_it(
        self, meeting: Meeting, bob: Participant
    ) -> None:
        message = shared(bob, "plan.png", 5)
        assert message.file is not None
        root = Client()
        root.force_login(User.objects.create_superuser("root"))
        shown = section(root, meeting, "files")
        assert "plan.png" in shown
        assert "href" not in shown
        assert root.get(f"/files/{message.file.id}/").status_code == 404

    def test_in_the_chat_its_name_stays(self, host: Client, meeting: Meeting, bob: Participant) -> None:
        shared(bob, "plan.png", 5)
        assert "<bdi>plan.png</bdi></p>" in section(host, meeting, "chat")
        sweep_files(timezone.now() - at(10))
        assert "<bdi>plan.png</bdi><span>not kept any more</span>" in section(host, meeting, "chat")


class TestNotes:
    def test_text_and_file(self, host: Client, meeting: Meeting) -> None:
        wrote_notes(meeting, 30)
        shown = host.get(f"/meetings/{meeting.code}/summary/").content.decode()
        assert "then &lt;b&gt;the bridges" in shown
        link = f"/meetings/{meeting.code}/summary/notes.txt"
        assert f'href="{link}" download' in section(host, meeting, "notes")
        saved = host.get(link)
        assert saved.content.decode() == NOTES
        assert saved["Content-Type"] == "text/plain; charset=utf-8"
        assert saved["Content-Disposition"] == f'attachment; filename="notes-{meeting.code}.txt"'
        assert saved["X-Content-Type-Options"] == "nosniff"

    def test_nothing_written(self, host: Client, meeting: Meeting) -> None:
        shown = section(host, meeting, "notes")
        assert "Nobody wrote any notes." in shown
        assert "notes.txt" not in shown
        assert host.get(f"/meetings/{meeting.code}/summary/notes.txt").content == b""

    def test_what_was_written_at_a_later_date_is_none_of_an_earlier_one(
        self, host: Client, meeting: Meeting, alice: User
    ) -> None:
        Meeting.objects.filter(id=meeting.id).update(state="open", ended_at=None)
        plan = read_plan(NINE.replace(tzinfo=None), "UTC", 60, "FREQ=WEEKLY;COUNT=2")
        plan_meeting(meeting.id, plan, by=Person(user_id=alice.pk))
        first, second = meeting.occurrences.order_by("starts_at")
        week = int(timedelta(days=7).total_seconds() / 60)
        wrote_notes(meeting, week + 5)
        assert "at a later date" in section(host, meeting, "notes", f"?occurrence={first.id}")
        assert host.get(f"/meetings/{meeting.code}/summary/notes.txt?occurrence={first.id}").content == b""
        assert "bridges" in section(host, meeting, "notes", f"?occurrence={second.id}")
        # What was written before is what there was then.
        Notes.objects.filter(meeting=meeting).update(changed_at=at(5))
        assert "bridges" in section(host, meeting, "notes", f"?occurrence={second.id}")
