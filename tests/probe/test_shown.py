"""Where the latest probe is shown: health, metrics, the admin."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.test import AsyncClient, Client
from prometheus_client.parser import text_string_to_metric_families

from media.client import close_media_client
from meetings.api.health import with_probe
from meetings.database import in_database
from meetings.models import ProbeRun
from meetings.probe import causes
from meetings.probe.latest import latest_run
from meetings.probe.recording import record
from meetings.probe.report import CallReport, ProbeReport
from meetings.probe.tally import count

URL = "https://meet.example.org"
TARGET = [{"ip": "203.0.113.9", "port": 44444, "protocol": "udp"}]
WRONG = causes.not_connected("send", ("failed", "failed"), TARGET, ours=False, site_addresses=["192.0.2.7"])
WELL = CallReport(
    node="media-1", worker=0, joined_ms=30, connected_ms=150, frames_sent=40, frames_seen=40, loss=0.0,
    glass_to_glass_ms=12, glass_to_glass_worst_ms=30, sound_heard=True, sound_delay_ms=110,
)  # fmt: skip
HEALTHY = {"status": "healthy", "workers": 2, "activeRooms": 0, "totalParticipants": 0}


def well() -> ProbeRun:
    return record(ProbeReport(URL, 2.0, (WELL,)))


def bad() -> ProbeRun:
    return record(ProbeReport(URL, 2.0, (WELL, CallReport(node="media-1", worker=1, failure=WRONG))))


class TestHealth:
    @pytest.fixture(autouse=True)
    async def _no_media(self, transactional_db: None, settings: Any) -> Any:
        await close_media_client()
        settings.MEDIA_EMBEDDED, settings.MEDIA_SOCKET = False, "/nonexistent/media.sock"
        yield
        await close_media_client()

    async def test_the_plain_answer_is_as_it_was(self, async_client: AsyncClient) -> None:
        await in_database(bad)
        answer = await async_client.get("/api/meetings/health/webrtc")
        assert answer.status_code == 503
        assert set(answer.json()) == {"status", "message", "workers"}

    async def test_deep_before_the_first_run_and_after(self, async_client: AsyncClient) -> None:
        path = "/api/meetings/health/webrtc?deep=1"
        assert (await async_client.get(path)).json()["probe"] is None
        await in_database(bad)
        answer = await async_client.get(path)
        assert answer.status_code == 503
        probe = answer.json()["probe"]
        assert (probe["ok"], probe["code"], probe["seconds"]) == (False, "WRONG_ANNOUNCED_ADDRESS", 2.0)
        assert probe["sentence"].startswith("1 of 2 workers failed.")
        assert 0 <= probe["ageSeconds"] < 60
        assert [call["ok"] for call in probe["workers"]] == [True, False]
        assert "evidence" not in probe["workers"][1]


@pytest.mark.django_db
class TestTwoInARow:
    def test_degraded(self) -> None:
        bad()
        assert with_probe(HEALTHY, latest_run())["status"] == "healthy"
        bad()
        assert with_probe(HEALTHY, latest_run())["status"] == "degraded"
        assert with_probe({"status": "error"}, latest_run())["status"] == "error"
        well()
        content = with_probe(HEALTHY, latest_run())
        assert content["status"] == "healthy"
        assert content["probe"]["workers"][0]["glassToGlassMs"] == {"median": 12, "worst": 30}


async def test_metrics(async_client: AsyncClient, transactional_db: None, settings: Any) -> None:
    await close_media_client()
    settings.MEDIA_EMBEDDED, settings.MEDIA_SOCKET = False, "/nonexistent/media.sock"

    async def scrape() -> dict[str, list[tuple[dict[str, str], float]]]:
        text = (await async_client.get("/metrics")).content.decode()
        return {
            family.name: [(sample.labels, sample.value) for sample in family.samples]
            for family in text_string_to_metric_families(text)
        }

    before = await scrape()
    assert before["kcs_probe_ok"] == before["kcs_probe_age_seconds"] == []
    assert {labels["outcome"]: value for labels, value in before["kcs_probe_runs"]} == {"ok": 0, "failed": 0}
    await in_database(bad)
    await in_database(count, "failed")
    after = await scrape()
    await close_media_client()
    assert after["kcs_probe_ok"] == [({}, 0)]
    assert 0 <= after["kcs_probe_age_seconds"][0][1] < 60
    assert after["kcs_probe_glass_to_glass_seconds"] == [({"node": "media-1", "worker": "0"}, 0.012)]
    assert {labels["outcome"]: value for labels, value in after["kcs_probe_runs"]} == {"ok": 0, "failed": 1}


@pytest.mark.django_db
class TestAdmin:
    def test_first_page_tells_of_each_worker(self, admin_client: Client) -> None:
        assert "No probe has been run yet" in admin_client.get("/admin/").content.decode()
        run = bad()
        page = admin_client.get("/admin/").content.decode()
        assert f"/admin/meetings/proberun/{run.id}/change/" in page
        assert "1 of 2 workers failed" in page
        assert "12 ms" in page
        assert "WRONG_ANNOUNCED_ADDRESS" in page
        assert "MEDIASOUP_ANNOUNCED_IP" in page
        assert "Recent actions" in page, "what Django has there is still there"

    def test_a_run_with_its_evidence(self, admin_client: Client) -> None:
        run = bad()
        page = admin_client.get(f"/admin/meetings/proberun/{run.id}/change/").content.decode()
        assert "siteAddresses" in page
        assert admin_client.get("/admin/meetings/proberun/").status_code == 200
        assert admin_client.get("/admin/meetings/proberun/add/").status_code == 403

    def test_not_for_everybody(self, client: Client) -> None:
        staff = User.objects.create_user("staff", is_staff=True)
        client.force_login(staff)
        bad()
        assert "Does a call work?" not in client.get("/admin/").content.decode()
        staff.user_permissions.add(Permission.objects.get(codename="view_proberun"))
        assert "Does a call work?" in client.get("/admin/").content.decode()
