"""A real worker for the tests of the object model, and the first objects in it.

Each test that asks for one gets a worker of its own: it takes some 20 ms, and what a test does to it stays there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from media.binary import WorkerBinary, locate
from media.mediasoup.codec import Codec
from media.mediasoup.worker_start import create_worker
from tests.mediasoup.flatc import Flatc

if TYPE_CHECKING:
    from media.mediasoup.router import Router
    from media.mediasoup.rtp_parameters import RtpCodecCapability
    from media.mediasoup.webrtc_server import WebRtcServer
    from media.mediasoup.worker import Worker

MEDIA_CODECS: list[RtpCodecCapability] = [
    {"kind": "audio", "mimeType": "audio/opus", "clockRate": 48000, "channels": 2, "parameters": {"useinbandfec": 1}},
    {"kind": "video", "mimeType": "video/VP8", "clockRate": 90000},
    {
        "kind": "video",
        "mimeType": "video/H264",
        "clockRate": 90000,
        "parameters": {"level-asymmetry-allowed": 1, "packetization-mode": 1, "profile-level-id": "4d0032"},
    },
]


@pytest.fixture(scope="session")
def worker_binary() -> WorkerBinary:
    """The worker binary with its schemas. A machine without one fails: `make setup` brings it."""
    return locate()


@pytest.fixture(scope="session")
def codec(worker_binary: WorkerBinary) -> Codec:
    return Codec.load(worker_binary.schemas)


@pytest.fixture
async def worker(worker_binary: WorkerBinary) -> AsyncIterator[Worker]:
    """A running worker, closed and gone after the test."""
    worker = await create_worker(worker_binary.path, worker_binary.schemas, log_level="warn")
    yield worker
    worker.close()
    await worker.wait_closed()


@pytest.fixture
async def webrtc_server(worker: Worker) -> WebRtcServer:
    """A WebRTC server on a free UDP and TCP port of the loopback interface."""
    return await worker.create_webrtc_server(
        listen_infos=[{"protocol": "udp", "ip": "127.0.0.1"}, {"protocol": "tcp", "ip": "127.0.0.1"}]
    )


@pytest.fixture
async def router(worker: Worker) -> Router:
    """A router with opus, VP8 and H264."""
    return await worker.create_router(media_codecs=MEDIA_CODECS)


@pytest.fixture
def flatc(worker_binary: WorkerBinary, tmp_path: Path) -> Flatc:
    return Flatc(worker_binary.schemas, tmp_path)
