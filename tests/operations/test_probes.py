"""`/healthz` and `/readyz`, with everything there, and with each dependency missing in turn."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from channels.layers import channel_layers
from django.db import connections
from django.test import AsyncClient

from kcs import probes
from media.client import close_media_client
from tests.live.server import free_port
from tests.live.waiting import eventually

Json = dict[str, Any]

ELSEWHERE = {"host": "192.0.2.7"}


async def readiness(client: AsyncClient) -> tuple[int, Json]:
    response = await client.get("/readyz")
    content: Json = response.json()
    return response.status_code, content


def reason(content: Json, check: str) -> str:
    """Why that check fails; all the others have to succeed."""
    assert content["status"] == "not ready"
    assert {name for name, entry in content["checks"].items() if not entry["ok"]} == {check}
    said: str = content["checks"][check]["reason"]
    return said


async def test_alive_under_any_name_and_with_nothing_behind_it(async_client: AsyncClient, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["meet.example.org"]
    # No database is allowed in this test: asking for one would fail it.
    response = await async_client.get("/healthz", headers=ELSEWHERE)
    assert (response.status_code, response.json()) == (200, {"status": "alive"})
    assert "no-store" in response["Cache-Control"]
    assert (await async_client.post("/healthz")).status_code == 405


@pytest.mark.usefixtures("media")
async def test_ready(async_client: AsyncClient, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["meet.example.org"]
    response = await async_client.get("/readyz", headers=ELSEWHERE)
    everything = {"database": {"ok": True}, "layer": {"ok": True}, "media": {"ok": True}}
    assert (response.status_code, response.json()) == (200, {"status": "ready", "checks": everything})
    assert (await async_client.head("/readyz")).status_code == 200


@pytest.mark.usefixtures("media")
async def test_fault_database_cannot_be_opened(async_client: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "/nonexistent/place/kcs.sqlite3"
    with monkeypatch.context() as patch:
        patch.setitem(connections.settings["default"], "NAME", nowhere)
        status, content = await readiness(async_client)
    assert status == 503
    assert "OperationalError" in reason(content, "database")
    assert nowhere not in str(content)


@pytest.fixture
async def layer_away(settings: Any) -> AsyncIterator[None]:
    """A channel layer whose Redis is not there."""
    settings.CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [f"redis://127.0.0.1:{free_port()}/0"]},
        }
    }
    channel_layers.backends.clear()
    yield
    channel_layers.backends.clear()


@pytest.mark.usefixtures("media", "layer_away")
async def test_fault_channel_layer_is_away(async_client: AsyncClient) -> None:
    status, content = await readiness(async_client)
    assert status == 503
    assert "ConnectionError" in reason(content, "layer")
    assert "127.0.0.1" not in str(content)


@pytest.mark.usefixtures("transactional_db")
async def test_fault_no_media_worker(async_client: AsyncClient, settings: Any, tmp_path: Path) -> None:
    await close_media_client()
    settings.MEDIA_EMBEDDED = False
    settings.MEDIA_SOCKET = str(tmp_path / "media.sock")

    async def named() -> bool:
        status, content = await readiness(async_client)
        assert status == 503
        return reason(content, "media").startswith("No media worker answers")

    # For its first seconds a process waits for a node that may be starting.
    await eventually("the check says why", named)
    await close_media_client()


async def test_fault_dependency_that_hangs_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probes, "PATIENCE", 0.05)
    asked = 0
    end = asyncio.Event()

    async def hang() -> None:
        nonlocal asked
        asked += 1
        await end.wait()

    check = probes.Check(hang)
    troubles = await asyncio.gather(*(check.trouble() for _ in range(5)))
    assert [trouble for trouble in troubles if "did not answer" not in trouble] == []
    assert asked == 1
    end.set()
    assert await check.trouble() == ""
    assert await check.trouble() == ""
    assert asked == 2
