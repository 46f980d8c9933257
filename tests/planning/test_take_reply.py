"""Answers that come by mail, through the command that a mail server calls."""

from __future__ import annotations

import io
import sys
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from meetings.identity import Person
from meetings.models import Invitee, Meeting
from meetings.planning.invitees import Wanted, invite_people, uninvite
from meetings.planning.plan import plan_meeting
from tests.calendars.test_replies import CALENDAR, mail

from .conftest import weekly


@pytest.fixture
def eve(meeting: Meeting, alice: Person) -> Invitee:
    plan_meeting(meeting.id, weekly(), by=alice)
    return invite_people(meeting.id, [Wanted("eve@example.org")], by=alice)[0]


def take(content: bytes, monkeypatch: pytest.MonkeyPatch) -> str:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": io.BytesIO(content)}))
    call_command("take_reply", stdout=out)
    return out.getvalue()


def reply(uid: Any, **changes: str) -> bytes:
    text = CALENDAR.replace("4d0b1c1e-1c2b-4b51-a4d0-b2b1b1b1b1b1", str(uid))
    for old, new in changes.items():
        text = text.replace(old, new)
    return mail(text)


def test_an_answer_counts(eve: Invitee, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    assert take(reply(meeting.schedules.get().id), monkeypatch) == "eve@example.org: accepted\n"
    eve.refresh_from_db()
    assert eve.answer == "accepted"


@pytest.mark.parametrize("what", ["another event", "another person", "not invited any more", "no answer"])
def test_malice_what_does_not_count(
    what: str, eve: Invitee, meeting: Meeting, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    uid = meeting.schedules.get().id
    if what == "not invited any more":
        uninvite(meeting.id, eve.id, by=alice)
    content = {
        "another event": reply(uuid4()),
        "another person": reply(uid, **{"MAILTO:Eve@": "MAILTO:Finn@"}),
        "not invited any more": reply(uid),
        "no answer": b"From: eve@example.org\r\n\r\nYes!",
    }[what]
    with pytest.raises(CommandError) as refused:
        take(content, monkeypatch)
    assert refused.value.returncode == 65
    eve.refresh_from_db()
    assert eve.answer == "none"
