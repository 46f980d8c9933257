"""Incidents: what is written down, by whom, and how pages' gaps find the one they belong to."""

from __future__ import annotations

import asyncio
import os
import signal
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.contrib.auth.models import User
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from media.incident_log import IncidentLog, incident_log
from media.incidents import Gap, Kind, Report, record, record_gap
from media.models import Incident
from meetings.actions.beat import beat
from meetings.actions.join import Entry
from meetings.actions.missed import note_missed
from meetings.actions.start import start_meeting
from meetings.actions.sweep import sweep
from meetings.database import database_outage, in_database, is_away
from meetings.identity import Person
from meetings.models import Meeting, Participant
from meetings.outages import Outage
from meetings.protocol.codes import Refusal
from tests.live.server import children_of
from tests.live.waiting import eventually
from tests.meetings.coming_in import join
from tests.meetings.conftest import Someone

pytestmark = pytest.mark.django_db(transaction=True)

Json = dict[str, Any]
NO_SUCH_PID = 2**22 + 1


def a_gap(**more: Any) -> Gap:
    values = {
        "meeting": "standup",
        "participant": "alice",
        "kind": Kind.PATH_LOST,
        "milliseconds": 700,
        "began_at": timezone.now() - timedelta(seconds=1),
    }
    return Gap(**{**values, **more})


def a_report(**more: Any) -> Report:
    values = {
        "id": uuid4(),
        "kind": Kind.WORKER_DIED,
        "began_at": timezone.now() - timedelta(seconds=2),
        "meetings": ["standup"],
        "participants": ["alice", "bob"],
    }
    return Report(**{**values, **more})


# Merging


def test_two_processes_that_tell_of_one_incident_make_one_row() -> None:
    first = a_report(node="here", worker=1, details={"pid": 7})
    record(first)
    later = first.began_at + timedelta(seconds=1)
    record(Report(first.id, first.kind, later, later, participants=["carol"], meetings=["other"]))
    row = Incident.objects.get()
    assert (row.began_at, row.ended_at, row.node, row.worker) == (first.began_at, later, "here", 1)
    assert (row.participants, row.meetings) == (["alice", "bob", "carol"], ["standup", "other"])
    assert row.details == {"pid": 7}


def test_a_gap_goes_to_the_incident_that_the_page_was_told_of() -> None:
    told, other = a_report(), a_report()
    record(told)
    record(other)
    assert record_gap(a_gap(incident=told.id)) == told.id
    assert record_gap(a_gap(incident=told.id, milliseconds=300)) == told.id
    assert Incident.objects.get(id=told.id).gaps == {"alice": 700}
    assert Incident.objects.get(id=other.id).gaps == {}


def test_an_incident_of_another_meeting_cannot_be_written_to() -> None:
    told = a_report()
    record(told)
    assert record_gap(a_gap(incident=told.id, meeting="elsewhere")) is None
    assert Incident.objects.get().gaps == {}


def test_a_gap_finds_the_incident_that_hit_its_participant() -> None:
    hit = a_report(kind=Kind.WEB_PROCESS_LOST)
    record(hit)
    record(a_report(participants=["carol"]))
    record(a_report(began_at=timezone.now() - timedelta(hours=1)))
    over = timezone.now() - timedelta(seconds=10)
    record(a_report(began_at=over - timedelta(seconds=1), ended_at=over))
    assert record_gap(a_gap(kind=Kind.SOCKET_LOST)) == hit.id


def test_a_gap_that_nothing_of_ours_explains_is_an_incident_of_its_own_if_it_was_long() -> None:
    assert record_gap(a_gap(milliseconds=900)) is None
    first = record_gap(a_gap(milliseconds=15_000, kind=Kind.NETWORK_LOST))
    assert first is not None
    second = record_gap(a_gap(milliseconds=2_000, kind=Kind.NETWORK_LOST))
    assert first != second
    row = Incident.objects.get(id=first)
    assert (row.kind, row.meetings, row.participants) == ("network-lost", ["standup"], ["alice"])
    assert row.gaps == {"alice": 15_000}
    assert row.ended_at == row.began_at + timedelta(seconds=15)


# The log


async def test_what_is_noted_while_the_database_is_away_is_written_when_it_is_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("media.incident_log.RETRY_SECONDS", 0.01)
    away, written = 3, []

    def write(what: str) -> None:
        nonlocal away
        if away:
            away -= 1
            raise OperationalError("no connection")
        written.append(what)

    def broken() -> None:
        raise ValueError("not the database's fault")

    log = IncidentLog()
    log.note(partial(write, "first"))
    log.note(broken)
    log.note(partial(write, "second"))
    await log.finish()
    assert written == ["first", "second"]


# Sockets


async def gaps_of(incident: UUID) -> Json:
    return await in_database(lambda: dict(Incident.objects.get(id=incident).gaps))


async def test_gap_report_is_written_down_and_answered_at_once(alice: Someone, meeting: Meeting) -> None:
    socket, joined = await alice.join(meeting)
    me = joined["participantId"]
    hit = a_report(meetings=[str(meeting.id)], participants=[me])
    await in_database(record, hit)
    report = {"cause": "media-lost", "gapMs": 640, "agoMs": 900, "incidentId": str(hit.id)}
    assert await socket.ask("gap-report", report) == {}

    async def written() -> bool:
        return await gaps_of(hit.id) == {me: 640}

    await eventually("the gap is written", written)


async def test_gap_report_bad_input_is_refused(alice: Someone, meeting: Meeting) -> None:
    socket = await alice.socket()
    fine = {"cause": "path-lost", "gapMs": 1, "agoMs": 1}
    await socket.refusal("NOT_IN_MEETING", "gap-report", fine)
    socket, _ = await alice.join(meeting)
    for wrong in ({"gapMs": -1}, {"gapMs": 10**9}, {"agoMs": "now"}, {"cause": "bad luck"}, {"more": 1}):
        await socket.refusal("BAD_REQUEST", "gap-report", {**fine, **wrong})
    # An id that is none is no reason to lose the gap.
    assert await socket.ask("gap-report", {**fine, "incidentId": "none"}) == {}
    for _ in range(9):
        await socket.ask("gap-report", fine)
    await socket.refusal("RATE_LIMITED", "gap-report", fine)


async def test_worker_sigkill_writes_an_incident_with_whom_it_hit(alice: Someone, meeting: Meeting) -> None:
    socket, joined = await alice.join(meeting)
    worker = next(pid for pid, name in children_of(os.getpid()).items() if name.startswith("mediasoup"))
    os.kill(worker, signal.SIGKILL)
    lost = await socket.push("media-lost")
    assert lost["gone"] is True
    await socket.push("media-restored")

    async def over() -> Json | None:
        rows: list[Json] = await in_database(
            lambda: [dict(row) for row in Incident.objects.filter(id=lost["incidentId"]).values()]
        )
        return rows[0] if rows and rows[0]["ended_at"] else None

    row = await eventually("the incident is written and over", over)
    assert (row["kind"], row["worker"]) == ("worker-died", 0)
    # Peers of earlier tests may still be waiting for their people.
    assert str(meeting.id) in row["meetings"]
    assert joined["participantId"] in row["participants"]
    assert row["details"]["pid"] == worker


# The database away


class Cause(Exception):
    def __init__(self, **attributes: str) -> None:
        super().__init__()
        vars(self).update(attributes)


@pytest.mark.parametrize(
    ("kind", "cause", "away"),
    [
        (OperationalError, {"sqlite_errorname": "SQLITE_BUSY"}, True),
        (OperationalError, {"sqlite_errorname": "SQLITE_FULL"}, True),
        (OperationalError, {"sqlite_errorname": "SQLITE_ERROR"}, False),
        (OperationalError, {}, True),
        (InterfaceError, {}, True),
        (OperationalError, {"sqlstate": "57P01"}, True),
        (OperationalError, {"sqlstate": "53300"}, True),
        (OperationalError, {"sqlstate": "40P01"}, False),
        (ValueError, {}, False),
    ],
)
def test_which_errors_say_that_the_database_is_away(kind: type[Exception], cause: Json, away: bool) -> None:
    error = kind("something")
    error.__cause__ = Cause(**cause)
    assert is_away(error) is away


def unreachable() -> None:
    raise OperationalError("connection refused")


async def test_database_away_refuses_with_a_code_and_becomes_one_incident() -> None:
    for _ in range(3):
        with pytest.raises(Refusal) as refusal:
            await in_database(unreachable)
        assert refusal.value.code == "SERVICE_UNAVAILABLE"
        assert refusal.value.extra == {"retryAfter": 1.0}
    outage = database_outage()
    assert outage.lasts
    meeting, participant = uuid4(), uuid4()
    outage.hit(meeting, participant)
    await in_database(lambda: None)
    assert not outage.lasts
    await incident_log().finish()
    row = await in_database(Incident.objects.get)
    assert row.kind == "database-lost"
    assert row.ended_at is not None
    assert (row.meetings, row.participants) == ([str(meeting)], [str(participant)])
    assert row.details == {"failures": 3}


async def test_a_query_that_is_wrong_is_no_outage() -> None:
    def wrong() -> None:
        with connection.cursor() as cursor:
            cursor.execute("select * from nowhere")

    with pytest.raises(Exception, match="nowhere"):
        await in_database(wrong)
    assert not database_outage().lasts


async def test_join_while_the_database_is_away_is_refused_and_works_afterwards(
    alice: Someone, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    socket = await alice.socket()
    with monkeypatch.context() as patch:
        patch.setattr("meetings.handlers.joining._join", lambda *args: unreachable())
        refused = await socket.refusal("SERVICE_UNAVAILABLE", "join-meeting", {"meetingId": str(meeting.id)})
    assert refused.data["retryAfter"] == 1.0
    assert (await socket.ask("join-meeting", {"meetingId": str(meeting.id)}))["participantId"]


async def test_a_socket_that_drops_while_the_database_is_away_is_noted_when_it_is_back(
    alice: Someone, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("meetings.presence.RETRY_SECONDS", 0.05)
    socket, joined = await alice.join(meeting)

    def is_noted() -> bool:
        return Participant.objects.get(id=joined["participantId"]).disconnected_at is not None

    with monkeypatch.context() as patch:
        patch.setattr("meetings.signalling.session.disconnect", lambda connection: unreachable())
        patch.setattr("meetings.presence.disconnect", lambda connection: unreachable())
        await socket.drop()
        assert not await in_database(is_noted)

    async def noted() -> bool:
        return await in_database(is_noted)

    await eventually("the drop is noted", noted)


def test_api_says_that_it_is_away(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meetings.api.views.find_meeting", lambda reference: unreachable())
    answer = client.get("/api/meetings/abc-defg-hjk/")
    assert answer.status_code == 503
    assert answer.json()["code"] == "SERVICE_UNAVAILABLE"
    assert answer["Retry-After"] == "1"


def test_page_says_that_it_is_away_and_loads_itself_again(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("meetings.views.find_meeting", lambda reference: unreachable())
    answer = client.get("/m/abc-defg-hjk/")
    assert answer.status_code == 503
    assert answer["Retry-After"] == "3"
    assert 'http-equiv="refresh"' in answer.content.decode()


# Web processes


def a_stay(process: UUID) -> Participant:
    meeting = start_meeting(Person(guest="alice"), "Swept")
    return Participant.objects.get(id=join(str(meeting.id), Entry(Person(), uuid4(), served_by=process)).participant_id)


def test_a_process_that_takes_the_place_of_a_dead_one_writes_that_down() -> None:
    dead, alive, elsewhere, me = uuid4(), uuid4(), uuid4(), uuid4()
    beat(dead, "here", NO_SUCH_PID)
    beat(alive, "here", os.getpid())
    beat(elsewhere, "there", NO_SUCH_PID)
    stay = a_stay(dead)
    assert note_missed("here", me) == 1
    row = Incident.objects.get()
    assert (row.id, row.kind) == (dead, "web-process-lost")
    assert (row.meetings, row.participants) == ([str(stay.meeting_id)], [str(stay.id)])
    assert row.details["pid"] == NO_SUCH_PID
    # Whoever notices later adds nothing.
    ended = row.ended_at
    sweep(timezone.now() + timedelta(minutes=2))
    assert Incident.objects.get(id=dead).ended_at == ended


def test_the_sweep_writes_down_which_process_died() -> None:
    dead = uuid4()
    beat(dead, "there", NO_SUCH_PID)
    stay = a_stay(dead)
    sweep(timezone.now() + timedelta(minutes=2))
    row = Incident.objects.get()
    assert (row.id, row.participants, row.details["noticedBy"]) == (dead, [str(stay.id)], "sweep")


async def test_an_outage_without_an_end_is_there_too() -> None:
    outage = Outage(Kind.LAYER_LOST, "The channel layer")
    outage.failed("gone\nand a second line")
    outage.failed("gone")
    await incident_log().finish()
    row = await in_database(Incident.objects.get)
    assert (row.kind, row.ended_at) == ("layer-lost", None)


# The admin


def test_admin_lists_filters_and_shows_incidents_and_changes_none(client: Client) -> None:
    User.objects.create_superuser("root", password="a long enough one")
    client.login(username="root", password="a long enough one")
    hit = a_report(node="here-1", worker=0, ended_at=timezone.now(), details={"pid": 7})
    record(hit)
    record_gap(a_gap(incident=hit.id, milliseconds=640))
    record(a_report(kind=Kind.LAYER_LOST, participants=[], meetings=[]))
    url = reverse("admin:media_incident_changelist")
    page = client.get(url).content.decode()
    assert "0.64 s" in page
    assert "2 people in 1 meeting" in page
    assert "not known to be over" in page
    day = timezone.now()
    for query, count in (
        ({"kind": "worker-died"}, 1),
        ({"q": "alice"}, 1),
        ({"q": "here-1"}, 1),
        ({"began_at__year": day.year, "began_at__month": day.month, "began_at__day": day.day}, 2),
        ({"kind": "worker-hung"}, 0),
    ):
        assert client.get(url, query).context["cl"].result_count == count, query
    change = reverse("admin:media_incident_change", args=[hit.id])
    detail = client.get(change).content.decode()
    assert "640 ms" in detail
    assert "not told" in detail
    assert client.post(change, {"kind": "node-lost"}).status_code == 403
    assert client.get(reverse("admin:media_incident_add")).status_code == 403
    assert client.post(reverse("admin:media_incident_delete", args=[hit.id])).status_code == 403


async def test_nothing_waits_for_the_log(alice: Someone) -> None:
    """Noting is a matter of no time, whatever the database does."""
    began = asyncio.get_running_loop().time()
    for _ in range(100):
        incident_log().note(lambda: None)
    assert asyncio.get_running_loop().time() - began < 0.1
    await incident_log().finish()
