"""What the database tells: who failed to join, what failed underneath, and how the last probe went."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from media.models import Incident
from meetings.doctor.database import database, migrations
from meetings.doctor.probe import latest_probe
from meetings.doctor.processes import web_processes
from meetings.doctor.recently import failures, incidents, unreached
from meetings.models import JoinAttempt, MeetingEvent, ProbeRun, WebProcess
from meetings.verdicts.catalogue import cause

from .findings import ask, only_one

pytestmark = pytest.mark.django_db(transaction=True)


def attempts(count: int, outcome: str = "failed", code: str = "", **more: Any) -> None:
    for _ in range(count):
        JoinAttempt.objects.create(
            id=uuid4(),
            outcome=outcome,
            code=code,
            sentence=f"Sentence of {code}." if code else "",
            **{"began_at": timezone.now(), **more},
        )


async def test_a_database_that_is_well() -> None:
    only_one([await database()], "green", "answers within")
    only_one([await migrations()], "green", "migrations are applied")


# Join attempts


def test_nobody_came() -> None:
    only_one(failures(), "green", "Nobody tried")
    only_one([unreached()], "green", "No browser")


def test_all_went_well() -> None:
    attempts(5, "well")
    only_one(failures(), "green", "Of 5 attempts", "0 failed")


def test_what_was_only_noticed_is_told_where_all_went_well() -> None:
    attempts(5, "well")
    attempts(2, "well", code="TURN_UNREACHABLE")
    attempts(3, "well", code="MEDIA_PORT_BLOCKED", address="8.8.4.4")
    whole, *noticed = failures()
    only_one([whole], "green", "Of 10 attempts", "0 failed and 0 were impaired")
    assert [(one.colour, one.evidence.split(":")[0]) for one in noticed] == [
        ("yellow", "MEDIA_PORT_BLOCKED"),
        ("yellow", "TURN_UNREACHABLE"),
    ]
    only_one([unreached()], "green", "None of 10 browsers")


def test_fault_many_attempts_failed() -> None:
    attempts(6, "well")
    attempts(4, code="TURN_REFUSED")
    attempts(1, code="MICROPHONE_DENIED")
    attempts(9, code="NO_WORKER", began_at=timezone.now() - timedelta(days=2))
    attempts(9, code="NO_WORKER", purpose="probe")
    whole, turned, denied = failures()
    only_one([whole], "red", "Of 11 attempts", "5 failed")
    latest = JoinAttempt.objects.filter(code="TURN_REFUSED").first()
    assert latest is not None
    only_one([turned], "red", "TURN_REFUSED: 4 attempts", "Sentence of TURN_REFUSED.", latest.report)
    only_one([denied], "yellow", "MICROPHONE_DENIED: 1 attempt.")


def test_causes_are_told_as_the_rules_find_them() -> None:
    attempts(4, code="MICROPHONE_DENIED")
    [attempt, *_] = JoinAttempt.objects.all()
    now = timezone.now()
    told = [
        ("page", "page-opened", "ok", {"version": "", "userAgent": "Firefox", "secure": True, "online": True}),
        ("page", "microphone", "failed", {"reason": "denied"}),
        ("page", "join-asked", "ok", {"with": []}),
        ("web", "joined", "ok", {"ms": 20}),
        ("web", "verdict", "failed", {"code": "MICROPHONE_DENIED"}),
    ]
    for number, (side, step, outcome, data) in enumerate(told):
        MeetingEvent.objects.create(
            attempt=attempt, side=side, step=step, outcome=outcome, data=data, at=now + timedelta(seconds=number)
        )
    words = cause("MICROPHONE_DENIED").admin
    _, denied = failures()
    assert attempt.report in denied.evidence
    assert words.sentence.split("{")[0] in denied.evidence
    assert denied.remedy.startswith(words.action.split("{")[0])


def test_few_failures_are_no_alarm() -> None:
    attempts(30, "well")
    attempts(2, code="CAMERA_BUSY")
    assert {finding.colour for finding in failures()} == {"yellow"}


def test_fault_browsers_do_not_reach_what_we_announce() -> None:
    attempts(3, "well", address="10.0.0.4")
    attempts(3, code="WRONG_ANNOUNCED_ADDRESS", address="8.8.4.4")
    attempts(1, code="MEDIA_PORT_BLOCKED", address="10.0.0.9")
    found = only_one(
        [unreached()], "red", "4 of 7 browsers", "WRONG_ANNOUNCED_ADDRESS 3", "3 from 8.8.4.4", "1 from private"
    )
    assert "MEDIASOUP_ANNOUNCED_IP" in found.remedy


def test_a_single_narrow_network_is_no_alarm() -> None:
    attempts(20, "well")
    attempts(1, code="MEDIA_PORT_BLOCKED", address="8.8.4.4")
    only_one([unreached()], "yellow", "1 of 21 browsers")


# Incidents, processes, probes


def test_incidents_of_ours() -> None:
    only_one([incidents()], "green", "Nothing of ours")
    Incident.objects.create(kind=Incident.Kind.NETWORK_LOST)
    only_one([incidents()], "green", "Nothing of ours")
    Incident.objects.create(kind=Incident.Kind.WORKER_HUNG, ended_at=timezone.now())
    only_one([incidents()], "yellow", "worker hung 1")
    Incident.objects.create(kind=Incident.Kind.DATABASE_LOST)
    only_one([incidents()], "yellow", "database lost 1", "1 of them are not over")


def test_fault_a_dead_web_process_is_not_swept_away() -> None:
    only_one([web_processes()], "green", "No web process")
    WebProcess.objects.create(host="web-1", pid=71, heartbeat_at=timezone.now())
    only_one([web_processes()], "green", "web-1 [pid:71] 0 people")
    WebProcess.objects.create(host="web-2", pid=72, heartbeat_at=timezone.now() - timedelta(minutes=3))
    only_one([web_processes()], "yellow", "Not heard of any more: web-2 [pid:72]")


async def test_fault_celery_inside_the_web_process_does_nothing() -> None:
    await WebProcess.objects.acreate(host="web-2", pid=72, heartbeat_at=timezone.now() - timedelta(minutes=3))
    found = only_one(await ask("celery"), "red", "1 dead web processes")
    assert "serve" in found.remedy


async def test_fault_two_web_processes_share_no_redis() -> None:
    await WebProcess.objects.acreate(host="web-1", pid=71, heartbeat_at=timezone.now())
    only_one(await ask("redis"), "green", "needs none")
    await WebProcess.objects.acreate(host="web-1", pid=72, heartbeat_at=timezone.now())
    found = only_one(await ask("redis"), "red", "2 web processes")
    assert "REDIS_URL" in found.remedy


def test_the_latest_probe() -> None:
    found = only_one([latest_probe()], "yellow", "No probe call")
    assert "media_probe" in found.remedy
    ProbeRun.objects.create(began_at=timezone.now(), ok=True, seconds=3.2, workers=[{}, {}])
    only_one([latest_probe()], "green", "2 workers within 3.2 s")


def test_fault_the_latest_probe_failed() -> None:
    ProbeRun.objects.create(began_at=timezone.now() - timedelta(minutes=2), ok=True)
    ProbeRun.objects.create(began_at=timezone.now(), ok=False, code="DTLS_FAILED", sentence="No handshake.")
    only_one([latest_probe()], "red", "DTLS_FAILED No handshake.")


def test_fault_the_latest_probe_is_old() -> None:
    ProbeRun.objects.create(began_at=timezone.now() - timedelta(minutes=9), ok=True)
    found = only_one([latest_probe()], "red", "none since")
    assert "celery" in found.remedy


# Several nodes


async def test_fault_a_node_that_went_without_a_goodbye(settings: Any, tmp_path: Any) -> None:
    """Rows are looked at where there may be several nodes."""
    from media.models import MediaNode  # noqa: PLC0415  # not the node itself, which other tests run

    settings.DATABASE_URL, settings.MEDIA_SOCKET = "postgresql://anything", str(tmp_path / "media.sock")
    now = timezone.now()
    rows: dict[str, Any] = {"pid": 1, "version": "mediasoup 0.0.0", "started_at": now}
    await MediaNode.objects.acreate(
        name="gone",
        run=uuid4(),
        host="media-9",
        address="wss://127.0.0.1:9",
        heartbeat_at=now - timedelta(minutes=2),
        **rows,
    )
    await MediaNode.objects.acreate(
        name="hidden", run=uuid4(), host="media-8", address="unix:/run/media.sock", heartbeat_at=now, **rows
    )
    gone, hidden = await ask("nodes")
    only_one([gone], "red", "gone at wss://127.0.0.1:9", "last heard of 12")
    assert "media-9" in gone.remedy
    only_one([hidden], "red", "its own host only", "Yet it was last heard of")
