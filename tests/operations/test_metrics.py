"""`/metrics`: the numbers of this process and of the node behind it, and who may read them."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import httpx
import pytest
from django.core.asgi import get_asgi_application
from django.test import AsyncClient
from prometheus_client.parser import text_string_to_metric_families

from kcs.celery import app
from kcs.checks import metrics_settings
from kcs.metrics.celery_queue import queue_length
from media.client import close_media_client
from media.models import Incident
from meetings.database import in_database
from meetings.models import Meeting
from tests.live.waiting import eventually
from tests.meetings.conftest import Someone
from tests.meetings.debian_services import redis
from tests.meetings.socket_client import Refused
from tests.node import rtp

Labels = dict[str, str]


class Numbers:
    """One answer of `/metrics`."""

    def __init__(self, text: str) -> None:
        self.families = {family.name: family for family in text_string_to_metric_families(text)}
        self._samples = [sample for family in self.families.values() for sample in family.samples]

    def of(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name which have these labels; there must be one."""
        found = self._found(name, labels)
        assert found, f"there is no {name} with {labels}"
        return sum(found)

    def more(self, before: Numbers, name: str, **labels: str) -> float:
        """By how much the same is more than it was `before`, when there may have been none yet."""
        return self.of(name, **labels) - sum(before._found(name, labels))

    def _found(self, name: str, labels: Labels) -> list[float]:
        return [one.value for one in self._samples if one.name == name and labels.items() <= one.labels.items()]


async def scrape(client: AsyncClient, **headers: str) -> Numbers:
    response = await client.get("/metrics", headers=headers)
    assert response.status_code == 200, response.content
    assert response["Content-Type"].startswith("text/plain; version=")
    return Numbers(response.content.decode())


async def status(address: str = "127.0.0.1", **headers: str) -> int:
    """What somebody at that address is answered with."""
    return (await answer(address, **headers)).status_code


async def answer(address: str = "127.0.0.1", **headers: str) -> httpx.Response:
    site: Any = get_asgi_application()
    transport = httpx.ASGITransport(app=site, client=(address, 40000))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        return await client.get("/metrics", headers=headers)


async def test_joins_by_code_and_how_long_they_took(
    alice: Someone, bob: Someone, meeting: Meeting, async_client: AsyncClient
) -> None:
    before = await scrape(async_client)
    await alice.join(meeting)
    with pytest.raises(Refused):
        await (await bob.socket()).ask("join-meeting", {"meetingId": "no-such-code"})
    after = await scrape(async_client)

    more = partial(after.more, before)
    assert more("kcs_joins_total", code="OK") == 1
    assert more("kcs_joins_total", code="MEETING_NOT_FOUND") == 1
    assert more("kcs_join_duration_seconds_count") == 1
    assert 0 < more("kcs_join_duration_seconds_sum") < 10
    assert after.of("kcs_refusals_total", event="join-meeting", code="MEETING_NOT_FOUND") >= 1
    assert more("kcs_sockets_open") == 2
    assert more("kcs_link_call_duration_seconds_count", verb="join-meeting") == 1


async def test_what_lives_on_the_node(
    alice: Someone, bob: Someone, meeting: Meeting, async_client: AsyncClient
) -> None:
    before = await scrape(async_client)
    at_alices, joined = await alice.join(meeting)
    capabilities = {"rtpCapabilities": joined["rtpCapabilities"], "dtlsParameters": rtp.DTLS}
    await at_alices.ask("join-meeting", {"meetingId": str(meeting.id), **capabilities})
    for kind, source, parameters in (("audio", "mic", rtp.microphone()), ("video", "camera", rtp.camera())):
        sending = {"kind": kind, "source": source, "rtpParameters": parameters}
        await at_alices.ask("produce", {"meetingId": str(meeting.id), **sending})
    await bob.join(meeting, **capabilities)
    after = await scrape(async_client)

    more = partial(after.more, before)
    assert after.of("kcs_media_workers_expected") == after.of("kcs_media_workers_alive") == 1
    assert after.of("kcs_media_worker_up", worker="0") == 1
    assert more("kcs_media_worker_restarts_total") == 0
    assert more("kcs_media_rooms") == more("kcs_media_routers") == 1
    assert more("kcs_media_participants") == 2
    assert more("kcs_media_transports", type="webrtc") == 4
    for kind in ("audio", "video"):
        assert more("kcs_media_producers", kind=kind) == 1
        assert more("kcs_media_consumers", kind=kind) == 1
    assert after.of("kcs_media_worker_resident_memory_bytes") > 1_000_000
    assert after.of("kcs_links_up") == 1

    async def measured() -> bool:
        now = await scrape(async_client)
        if now.of("kcs_media_event_loop_lag_seconds_count") == 0:
            return False
        if not now.families["kcs_media_received_bytes_per_second"].samples:
            return False
        return 0 < now.of("kcs_media_pipe_round_trip_seconds") < 5

    await eventually("the node measured its loop and its pipe", measured)


@pytest.mark.usefixtures("media")
async def test_incidents_on_record(async_client: AsyncClient) -> None:
    before = await scrape(async_client)
    await in_database(Incident.objects.create, kind=Incident.Kind.WORKER_DIED)
    after = await scrape(async_client)
    assert after.more(before, "kcs_incidents", kind="worker-died") == 1
    assert after.more(before, "kcs_incidents", kind="worker-hung") == 0
    assert after.of("kcs_media_nodes_missing") == 0


@pytest.mark.usefixtures("transactional_db")
async def test_fault_without_a_node_the_rest_is_told(async_client: AsyncClient, settings: Any, tmp_path: Any) -> None:
    await close_media_client()
    settings.MEDIA_EMBEDDED = False
    settings.MEDIA_SOCKET = str(tmp_path / "media.sock")
    numbers = await scrape(async_client)
    await close_media_client()
    assert numbers.of("kcs_links_up") == 0
    assert numbers.families["kcs_media_workers_alive"].samples == []
    assert numbers.of("kcs_sockets_open") >= 0


class TestCeleryQueue:
    @pytest.fixture
    async def broker(self) -> AsyncIterator[None]:
        """Celery on a Redis of this test's own, as it is with REDIS_URL."""
        with redis() as url:
            configuration: Any = app.conf
            before, configuration.broker_url = configuration.broker_url, url
            yield
            configuration.broker_url = before

    async def test_jobs_that_wait_are_counted(self, broker: None) -> None:
        assert await queue_length() == 0
        for _ in range(3):
            with app.connection_for_write() as connection:
                app.send_task("meetings.tasks.sweep_presence", connection=connection)
        assert await queue_length() == 3

    async def test_fault_broker_is_away(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(app.conf, "broker_url", "redis://127.0.0.1:1/0")
        began = time.monotonic()
        assert await queue_length() is None
        assert time.monotonic() - began < 5


@pytest.mark.usefixtures("media")
class TestWhoMayRead:
    async def test_nothing_set_this_machine_alone(self, settings: Any) -> None:
        assert await status() == 200
        assert await status("::1") == 200
        assert await status("192.0.2.7") == 404
        # Somebody else, through a proxy on this machine; and a page of theirs, by a name that they point to us.
        assert await status(**{"X-Forwarded-For": "192.0.2.7"}) == 404
        settings.ALLOWED_HOSTS = ["localhost"]
        assert await status(host="rebound.example.org") == 404

    async def test_off_where_a_proxy_is_in_front(self, settings: Any) -> None:
        settings.PUBLIC_URL = "https://meet.example.org"
        assert await status() == 404

    async def test_token(self, settings: Any) -> None:
        settings.PUBLIC_URL = "https://meet.example.org"
        settings.METRICS_TOKEN = "a token of the tests"
        settings.ALLOWED_HOSTS = ["meet.example.org"]
        refused = await answer()
        assert (refused.status_code, refused.headers["WWW-Authenticate"]) == (401, "Bearer")
        assert await status(authorization="Bearer another") == 401
        assert await status(authorization="Basic a token of the tests") == 401
        assert await status("192.0.2.7", authorization="Bearer a token of the tests") == 200

    async def test_addresses(self, settings: Any) -> None:
        settings.METRICS_ALLOW = ["192.0.2.0/28", "fd00::7"]
        settings.ALLOWED_HOSTS = ["meet.example.org"]
        assert await status("192.0.2.7") == 200
        assert await status("::ffff:192.0.2.7") == 200
        assert await status("fd00::7") == 200
        assert await status("192.0.2.17") == 403
        assert await status("127.0.0.1") == 403
        # Through a proxy that is allowed, and with an invented address in front: neither opens anything.
        assert await status("192.0.2.7", **{"X-Forwarded-For": "198.51.100.1"}) == 403
        assert await status("198.51.100.1", **{"X-Forwarded-For": "192.0.2.7"}) == 403
        assert await status("192.0.2.7", **{"X-Forwarded-For": "nonsense"}) == 403

    async def test_both(self, settings: Any) -> None:
        settings.METRICS_ALLOW, settings.METRICS_TOKEN = ["192.0.2.7"], "a token of the tests"
        assert await status("192.0.2.7") == 401
        assert await status(authorization="Bearer a token of the tests") == 403
        assert await status("192.0.2.7", authorization="Bearer a token of the tests") == 200


def test_bad_input_is_named_by_check(settings: Any) -> None:
    settings.METRICS_ALLOW = ["10.0.0.7", "the scraper"]
    [warning] = metrics_settings(None)
    assert warning.id == "kcs.W001"
    assert "'the scraper'" in warning.msg
