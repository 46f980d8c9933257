"""What the control plane benchmark does: the same for both contenders, handed to them as JSON."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypedDict

# What a real Chromium said, to mediasoup-client.
_CLIENT = Path(__file__).parent.parent / "tests" / "mediasoup" / "ortc" / "data" / "chromium.json"

# How many of each are timed in one go. Between goes it is the other contender's turn: they are short, so that whatever
# else the machine does hits both.
COUNTS = {"dump": 1000, "createWebRtcTransport": 100, "produce": 100, "consume": 300, "close": 300}
OPERATIONS = tuple(COUNTS)
MODES = ("sequential", "pipelined")


class Plan(TypedDict):
    """The first line that a contender is given. Every further line is `<operation> <mode>`, answered by a `Timing`."""

    workerBinary: str
    schemas: str
    counts: dict[str, int]
    inFlight: int  # when pipelined
    mediaCodecs: list[dict[str, Any]]
    rtpCapabilities: dict[str, Any]
    rtpParameters: dict[str, Any]


class Timing(TypedDict):
    """One go. CPU is the processes' own time, user and system."""

    seconds: float
    controllerCpuSeconds: float
    workerCpuSeconds: float


def make_plan(worker_binary: str, schemas: str) -> Plan:
    """The plan, with VP8 in three layers."""
    client = json.loads(_CLIENT.read_text())
    simulcast = next(
        produced["rtpParameters"]
        for produced in client["produced"]
        if produced["rtpParameters"]["codecs"][0]["mimeType"] == "video/VP8"
    )
    return {
        "workerBinary": worker_binary,
        "schemas": schemas,
        "counts": COUNTS,
        "inFlight": 100,
        "mediaCodecs": client["routerMediaCodecs"],
        "rtpCapabilities": client["rtpCapabilities"],
        "rtpParameters": simulcast,
    }
