"""Mail about probes: one alert after two failures, one when it is well again, whoever asks and however often."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.utils import timezone

from meetings.models import Meeting, ProbeRun
from meetings.probe import TITLE, causes
from meetings.probe.alerts import alert
from meetings.probe.process import allow_probes, run_probe, stop_probe
from meetings.probe.recording import record
from meetings.probe.report import CallReport, ProbeReport
from meetings.probe.rooms import close_room, open_room
from meetings.probe.tally import counted
from meetings.tasks import probe_media, purge_probes

pytestmark = pytest.mark.django_db(transaction=True)

URL = "https://meet.example.org"
TARGET = [{"ip": "203.0.113.9", "port": 44444, "protocol": "udp"}]
WRONG = causes.not_connected("send", ("failed", "failed"), TARGET, ours=False, site_addresses=["192.0.2.7"])


@pytest.fixture(autouse=True)
def _people_to_tell(settings: Any) -> None:
    settings.ALERT_EMAIL = ["ops@example.org", "boss@example.org"]
    settings.PUBLIC_URL = URL


def ran(*, ok: bool) -> ProbeRun:
    failure = None if ok else WRONG
    return record(ProbeReport(URL, 0.0, (CallReport(node="media-1", worker=0, failure=failure),)))


def test_one_mail_when_it_fails_twice_and_one_when_it_recovers() -> None:
    said = []
    for ok in (True, False, False, False, False, True, True, False, True):
        ran(ok=ok)
        said.append(alert())
    assert said == [False, False, True, False, False, True, False, False, False]
    failed, well = mail.outbox
    assert failed.to == ["ops@example.org", "boss@example.org"]
    assert failed.subject == "[KCS Meet] Calls fail: WRONG_ANNOUNCED_ADDRESS"
    second = ProbeRun.objects.filter(ok=False).reverse()[1]
    first = ProbeRun.objects.filter(ok=False).reverse()[0]
    body = str(failed.body)
    assert f"since {first.began_at:%Y-%m-%d %H:%M:%S} UTC" in body
    assert "Browsers are told to send media to 203.0.113.9:44444 (udp)" in body
    assert "Set MEDIASOUP_ANNOUNCED_IP" in body
    assert "'siteAddresses': ['192.0.2.7']" in body
    assert f"{URL}/admin/meetings/proberun/{second.id}/change/" in body
    assert well.subject == "[KCS Meet] Calls work again"
    assert "WRONG_ANNOUNCED_ADDRESS" in str(well.body)


def test_it_fails_again_after_it_was_well() -> None:
    for ok in (False, False, True, False, False, True):
        ran(ok=ok)
        alert()
    assert [message.subject.split("] ")[1].split(":")[0] for message in mail.outbox] == [
        "Calls fail",
        "Calls work again",
    ] * 2


def test_many_workers_at_once_send_one_mail() -> None:
    ran(ok=False)
    ran(ok=False)

    def ask(_: int) -> bool:
        try:
            return alert()
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(ask, range(24))) == 1
    assert len(mail.outbox) == 1


def test_admins_are_told_where_nobody_else_is_named(settings: Any) -> None:
    settings.ALERT_EMAIL, settings.ADMINS = [], [("Ann", "ann@example.org")]
    ran(ok=False)
    ran(ok=False)
    assert alert()
    assert mail.outbox[0].to == ["ann@example.org"]


def test_nobody_to_tell_is_told_to_the_log_once(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.ALERT_EMAIL, settings.ADMINS = [], []
    ran(ok=False)
    ran(ok=False)
    assert alert()
    assert not alert()
    assert mail.outbox == []
    assert sum("Calls fail" in record.message for record in caplog.records) == 1


def test_fault_mail_server_is_away_and_the_next_run_tells(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", 1
    ran(ok=False)
    ran(ok=False)
    assert not alert()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    ran(ok=False)
    assert alert()
    assert len(mail.outbox) == 1


class TestTask:
    """The task as Celery runs it, with the process that it starts, on the database of this test."""

    @pytest.fixture(autouse=True)
    def _site_that_does_not_answer(
        self, settings: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
    ) -> Iterator[None]:
        settings.PROBE_URL, settings.PROBE_SECONDS = "http://localhost:1", 0
        monkeypatch.setenv("PROBE_URL", "http://localhost:1")
        monkeypatch.setenv("KCS_VAR", str(tmp_path))
        monkeypatch.setenv("DATABASE_URL", f"sqlite:///{connection.settings_dict['NAME']}")
        allow_probes()
        yield
        allow_probes()

    def test_two_runs_one_mail_and_one_when_well(self) -> None:
        for _ in range(3):
            assert probe_media()
        assert [run.code for run in ProbeRun.objects.all()] == ["SITE_UNREACHABLE"] * 3
        assert len(mail.outbox) == 1
        assert "refused" in str(mail.outbox[0].body)
        assert counted() == {"ok": 0, "failed": 3}
        ran(ok=True)
        assert alert()
        assert len(mail.outbox) == 2

    def test_not_again_when_one_has_just_been(self, settings: Any) -> None:
        assert probe_media()
        settings.PROBE_SECONDS = 60
        assert not probe_media()
        assert ProbeRun.objects.count() == 1

    def test_one_at_a_time(self) -> None:
        def run(_: int) -> bool:
            try:
                return run_probe()
            finally:
                connection.close()

        with ThreadPoolExecutor(3) as threads:
            assert sum(threads.map(run, range(3))) == 1

    def test_fault_process_that_cannot_run_is_a_failed_run(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "no.such.settings")
        assert run_probe()
        run = ProbeRun.objects.get()
        assert (run.ok, run.code) == (False, "PROBE_FAILED")
        assert "no.such" in run.sentence or "No module" in run.sentence

    def test_none_is_begun_while_the_process_stops(self) -> None:
        stop_probe()
        assert not run_probe()
        assert not ProbeRun.objects.exists()


def test_old_runs_and_their_meetings_are_purged(settings: Any) -> None:
    settings.PROBE_DAYS = 7
    old, young = ran(ok=False), ran(ok=True)
    before = timezone.now() - timedelta(days=8)
    ProbeRun.objects.filter(id=old.id).update(began_at=before)
    evidence, _ = open_room()
    recent, _ = open_room()
    Meeting.objects.filter(id=evidence.id).update(created_at=before)
    close_room(evidence, failed=True)
    theirs = Meeting.objects.create(title=TITLE, host_guest="somebody")
    Meeting.objects.filter(id=theirs.id).update(created_at=before)
    assert purge_probes() == 1
    assert list(ProbeRun.objects.all()) == [young]
    assert set(Meeting.objects.all()) == {recent, theirs}
