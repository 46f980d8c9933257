"""Alice's meeting, in which people come and go at times of our own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from meetings.actions.start import start_meeting
from meetings.identity import Person
from meetings.models import ChatMessage, Meeting, Participant

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


def at(minutes: float) -> datetime:
    return NINE + timedelta(minutes=minutes)


def was_there(meeting: Meeting, name: str, since: float, until: float | None, **more: Any) -> Participant:
    """A stay; minutes after nine. Guests are known by their name."""
    over: dict[str, Any] = {} if until is None else {"left_at": at(until), "gone_at": at(until), "left_reason": "left"}
    known: dict[str, Any] = {} if "user" in more or "user_id" in more else {"guest": name.lower()}
    return Participant.objects.create(
        meeting=meeting,
        display_name=name,
        joined_at=at(since),
        connection=uuid4(),
        resume_hash=uuid4().hex,
        **{**known, **over, **more},
    )


def wrote(
    author: Participant, words: str, minutes: float, to: str = "all", recipient: Participant | None = None
) -> Any:
    return ChatMessage.objects.create(
        meeting=author.meeting,
        author=author,
        author_name=author.display_name,
        recipient_type=to,
        recipient=recipient,
        recipient_name="" if recipient is None else recipient.display_name,
        message=words,
        sent_at=at(minutes),
    )


@pytest.fixture
def alice(db: None) -> User:
    return User.objects.create_user("alice", "alice@example.org", first_name="Alice")


@pytest.fixture
def meeting(alice: User) -> Meeting:
    meeting = start_meeting(Person(user_id=alice.pk), "Algebra")
    Meeting.objects.filter(id=meeting.id).update(state="ended", started_at=at(0), ended_at=at(60))
    meeting.refresh_from_db()
    return meeting
