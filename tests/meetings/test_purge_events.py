"""The event stream is kept for a while, and deleted in chunks."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from meetings.models import JoinAttempt, MeetingEvent
from meetings.tasks import purge_events
from meetings.trace.purge import purge

pytestmark = pytest.mark.django_db(transaction=True)

NOW = timezone.now()


def an_attempt(began: timedelta, *events: timedelta) -> JoinAttempt:
    """One that began so long ago, with events of those ages."""
    attempt = JoinAttempt.objects.create(id=uuid4(), began_at=NOW - began)
    MeetingEvent.objects.bulk_create(
        MeetingEvent(attempt=attempt, side="page", step="socket", outcome="ok", at=NOW - age) for age in events
    )
    return attempt


def test_old_events_and_attempts_are_deleted_and_others_kept(settings: Any) -> None:
    settings.EVENT_DAYS = 30
    an_attempt(timedelta(days=31), timedelta(days=31), timedelta(days=30, minutes=5))
    kept = an_attempt(timedelta(days=29), timedelta(days=29))
    assert purge_events() == (2, 1)
    assert list(JoinAttempt.objects.all()) == [kept]
    assert MeetingEvent.objects.count() == 1


def test_an_attempt_that_goes_on_keeps_what_is_young_of_it(settings: Any) -> None:
    settings.EVENT_DAYS = 30
    attempt = an_attempt(timedelta(days=31), timedelta(days=31), timedelta(days=1))
    assert purge_events() == (1, 0)
    assert attempt.events.count() == 1


def test_events_without_an_attempt_are_deleted_too() -> None:
    MeetingEvent.objects.create(side="node", step="witness", outcome="ok", at=NOW - timedelta(days=31))
    assert purge(timedelta(days=30)) == (1, 0)


def test_no_statement_deletes_more_than_a_chunk() -> None:
    for _ in range(5):
        an_attempt(timedelta(days=40), *[timedelta(days=40)] * 7)
    with CaptureQueriesContext(connection) as queries:
        assert purge(timedelta(days=30), chunk=10) == (35, 5)
    deleting = [query["sql"] for query in queries.captured_queries if query["sql"].startswith("DELETE")]
    assert sum("meetings_meetingevent" in sql and '"id" IN' in sql for sql in deleting) == 4
    assert all(sql.count(",") < 10 for sql in deleting)


def test_celery_purges_once_a_day() -> None:
    assert django_settings.CELERY_BEAT_SCHEDULE["purge-events"] == {
        "task": "meetings.tasks.purge_events",
        "schedule": 24 * 3600.0,
    }
    assert purge_events.name == "meetings.tasks.purge_events"
