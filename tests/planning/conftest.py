"""Alice's weekly class: Mondays at nine in Berlin, from the next one on, an hour each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from meetings.actions.start import start_meeting
from meetings.calendars.plan import Plan, read_plan
from meetings.identity import Person
from meetings.models import Meeting, Occurrence


@pytest.fixture
def alice(db: None) -> Person:
    user = User.objects.create_user("alice@example.org", "alice@example.org", first_name="Alice", last_name="Ames")
    return Person(user_id=user.pk, display_name="Alice Ames")


@pytest.fixture
def bob(db: None) -> Person:
    user = User.objects.create_user("bob@example.org", "bob@example.org", first_name="Bob")
    return Person(user_id=user.pk, display_name="Bob")


@pytest.fixture
def meeting(alice: Person, settings: Any) -> Meeting:
    settings.PUBLIC_URL = "https://meet.example.org"
    settings.DEFAULT_FROM_EMAIL = settings.CALENDAR_EMAIL = "meet@example.org"
    return start_meeting(alice, "Algebra")


def next_monday() -> datetime:
    """Nine o'clock of it, as a clock on the wall shows it."""
    today = timezone.now().replace(tzinfo=None, hour=9, minute=0, second=0, microsecond=0)
    return today + timedelta(days=7 - today.weekday() + 7)


def weekly(count: int = 4, hour: int = 9, first: datetime | None = None) -> Plan:
    begins = (first or next_monday()).replace(hour=hour)
    return read_plan(begins, "Europe/Berlin", 60, f"FREQ=WEEKLY;COUNT={count}")


def once(at: datetime, minutes: int = 60) -> Plan:
    return read_plan(at.replace(tzinfo=None), "UTC", minutes)


def told(meeting: Meeting) -> list[str]:
    """When it is to be, in Berlin."""
    with timezone.override("Europe/Berlin"):
        rows = Occurrence.objects.filter(meeting=meeting, cancelled=False)
        return [f"{timezone.localtime(one.starts_at):%a %H:%M}" for one in rows]
