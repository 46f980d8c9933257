"""`GET /api/meetings/health/webrtc`."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import AsyncClient

from media.client import close_media_client
from media.statuses import MediaStatus
from meetings.api.health import describe
from meetings.models import Meeting
from tests.meetings.conftest import Someone


async def test_healthy_with_what_lives_on_it(bob: Someone, meeting: Meeting, async_client: AsyncClient) -> None:
    before = (await async_client.get("/api/meetings/health/webrtc")).json()
    await bob.join(meeting)
    response = await async_client.get("/api/meetings/health/webrtc")
    assert response.status_code == 200
    assert response.json() == {
        "status": "healthy",
        "workers": 1,
        "activeRooms": before["activeRooms"] + 1,
        "totalParticipants": before["totalParticipants"] + 1,
    }


@pytest.mark.usefixtures("transactional_db")
async def test_no_worker_answers(async_client: AsyncClient, settings: Any) -> None:
    await close_media_client()
    settings.MEDIA_EMBEDDED = False
    settings.MEDIA_SOCKET = "/nonexistent/media.sock"
    response = await async_client.get("/api/meetings/health/webrtc")
    await close_media_client()
    assert response.status_code == 503
    assert response.json() == {"status": "error", "message": "MediaSoup workers not initialized", "workers": 0}


def test_some_workers_answer() -> None:
    status = MediaStatus(workers=1, expectedWorkers=4, activeRooms=0, totalParticipants=0, message="1 of 4 answer")
    content, code = describe(status)
    assert code == 200
    assert content == {
        "status": "degraded",
        "workers": 1,
        "expectedWorkers": 4,
        "activeRooms": 0,
        "totalParticipants": 0,
    }
