"""The event stream of a long call, written and read: `python -m bench.call_events [--postgresql]`.

Samples of quality are made by the page's own code (bench/call_samples.mjs), noted as a socket's handler notes them, and
written to a database of their own. Told is how many bytes an hour takes on the wire and in the database, indexes
included, and how much of a core drawing the meeting's quality timeline takes.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import subprocess
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import UUID

import django
from django.db import connections

from tests.meetings.debian_services import postgresql

SAMPLES = Path(__file__).parent / "call_samples.mjs"
BEGAN = 1_772_445_600.0
BUSY = {"worker": 0, "cpu": 0.21, "lagMs": 2}
VIEWS = 5
MB = 1_000_000
GOAL = 0.3

Json = dict[str, Any]


def told_samples(people: int, minutes: int) -> list[tuple[int, int, Json]]:
    """Who tells what in which second."""
    command = ["node", str(SAMPLES), str(people), str(60 * minutes)]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [(person, second, sample) for person, second, sample in map(json.loads, told.splitlines())]


def noted(samples: list[tuple[int, int, Json]], people: int, minutes: int) -> list[tuple[int, Any]]:
    """What is to be written of them: whose it is, and the event."""
    from meetings.trace.attempt import Attempt
    from meetings.trace.event import Event

    found: list[tuple[int, Event]] = []

    def put(attempt: Attempt, event: Event | None) -> None:
        if event is not None:
            found.append((attempt.id.int, event))

    attempts = [Attempt(UUID(int=place), put, BEGAN) for place in range(people)]
    for attempt in attempts:
        attempt.note("web", "admitted", at=BEGAN, resumed=False, ms=12)
    for person, second, sample in samples:
        attempts[person].note("page", "quality", at=BEGAN + second, **sample, us=BUSY)
    for attempt in attempts:
        attempt.note("web", "ended", at=BEGAN + 60 * minutes, reason="left")
    return found


def write_down(events: list[tuple[int, Any]], people: int) -> Any:
    """The meeting that they become."""
    from meetings.models import Meeting, Participant
    from meetings.trace.writing import Batch, Row, moment, write

    meeting = Meeting.objects.create(title="An hour")
    batch = Batch()
    who = []
    for place in range(people):
        participant = Participant.objects.create(
            meeting=meeting,
            guest=f"guest-{place}",
            display_name=f"Person {place}",
            joined_at=moment(BEGAN),
            id=UUID(f"0c0ffee0-0000-4000-8000-{place:012}"),
            connection=UUID(int=place),
            resume_hash=str(place),
        )
        who.append(participant.id)
        batch.begun[UUID(int=place)] = BEGAN
        batch.columns[UUID(int=place)] = {"meeting_id": meeting.id, "participant_id": participant.id}
    batch.rows = [Row(event, UUID(int=place), meeting.id, who[place]) for place, event in events]
    write(batch)
    return meeting


def database_bytes() -> int:
    """What everything in the database takes."""
    from django.db import connection

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()")
        else:
            cursor.execute("SELECT pg_database_size(current_database())")
        return int(cursor.fetchone()[0])


def view(meeting: Any) -> tuple[float, int]:
    """The quickest of some views of the timeline: seconds of a core, and bytes of the page."""
    from django.contrib.auth.models import User
    from django.test import Client

    from meetings.admin.timeline import timeline_url

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(User.objects.create_superuser("root"))
    took = []
    for _ in range(VIEWS):
        began = time.process_time()
        page = client.get(timeline_url(meeting.id))
        took.append(time.process_time() - began)
        assert page.status_code == 200
    return min(took), len(page.content)


def main(people: int, minutes: int) -> None:
    """Print what it takes."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    samples = told_samples(people, minutes)
    began = time.process_time()
    events = noted(samples, people, minutes)
    noting = (time.process_time() - began) / len(samples)
    before = database_bytes()
    meeting = write_down(events, people)
    grown = database_bytes() - before
    told, rows = len(samples), len(events)
    sent = sum(len(json.dumps(sample, separators=(",", ":"))) for *_, sample in samples)
    kept = sum(len(json.dumps(event.data)) for _, event in events)
    # No web process has these to look through when it collects garbage.
    del samples, events
    gc.collect()
    seconds, size = view(meeting)
    hours = minutes / 60
    print(f"{people} people, {minutes} minutes, {told} samples:")
    print(f"  told by pages    {sent / hours / MB:6.2f} MB an hour, {sent / told:.0f} bytes a sample")
    print(
        f"  in the database  {grown / hours / MB:6.2f} MB an hour, {kept / hours / MB:.2f} MB of it data in {rows} rows"
    )
    print(f"  noting takes     {noting * 1e6:6.1f} µs a sample")
    print(f"  the timeline     {seconds:6.2f} s of a core (goal: under {GOAL:g} s), a page of {size / 1000:.0f} kB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--minutes", type=int, default=60)
    parser.add_argument("--postgresql", action="store_true", help="in place of SQLite")
    asked = parser.parse_args()
    with ExitStack() as stack:
        directory = stack.enter_context(tempfile.TemporaryDirectory(prefix="kcs-bench-"))
        os.environ |= {"DJANGO_SETTINGS_MODULE": "kcs.settings", "KCS_VAR": directory, "LOG_LEVEL": "ERROR"}
        os.environ |= {"DATABASE_URL": stack.enter_context(postgresql())} if asked.postgresql else {}
        django.setup()
        main(asked.people, asked.minutes)
        connections.close_all()
