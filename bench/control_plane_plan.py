"""What the control plane benchmark does: the same for both contenders, handed to them as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypedDict

OPERATIONS = ("dump", "createWebRtcTransport", "produce", "consume", "close")
MODES = ("sequential", "pipelined")

# What a real Chromium said, to mediasoup-client.
_CLIENT = Path(__file__).parent.parent / "tests" / "mediasoup" / "ortc" / "data" / "chromium.json"


class Plan(TypedDict):
    """`operations` are how many of each are timed, after `warmUp` of them; `batch` are in flight when pipelined."""

    workerBinary: str
    schemas: str
    operations: dict[str, int]
    batch: int
    warmUp: int
    mediaCodecs: list[dict[str, Any]]
    rtpCapabilities: dict[str, Any]
    rtpParameters: dict[str, Any]


class Timing(TypedDict):
    """One operation in one mode. CPU is the process's own time, user and system."""

    operations: int
    seconds: float
    controllerCpuSeconds: float
    workerCpuSeconds: float


Timings = dict[str, Timing]
"""By `"<operation> <mode>"`."""


def make_plan(worker_binary: str, schemas: str, scale: float) -> Plan:
    """The plan of one round, with `scale` times the usual number of operations."""
    client = json.loads(_CLIENT.read_text())
    simulcast = next(
        produced["rtpParameters"]
        for produced in client["produced"]
        if produced["rtpParameters"]["codecs"][0]["mimeType"] == "video/VP8"
    )
    counts = {"dump": 6000, "createWebRtcTransport": 600, "produce": 600, "consume": 2000, "close": 1700}
    return {
        "workerBinary": worker_binary,
        "schemas": schemas,
        "operations": {name: max(100, int(count * scale)) for name, count in counts.items()},
        "batch": 100,
        "warmUp": 300,
        "mediaCodecs": client["routerMediaCodecs"],
        "rtpCapabilities": client["rtpCapabilities"],
        "rtpParameters": simulcast,
    }
