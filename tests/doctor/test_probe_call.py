"""What a probe call tells, as findings."""

from __future__ import annotations

from typing import Any

from meetings.doctor.probe_call import findings_of

from .findings import only_one

# As `media_probe --json` prints them.
WELL: dict[str, Any] = {
    "node": "media-1",
    "worker": 0,
    "ok": True,
    "joinedMs": 31,
    "connectedMs": 152,
    "framesSent": 42,
    "framesSeen": 42,
    "loss": 0.0,
    "glassToGlassMs": {"median": 3, "worst": 5},
    "soundHeard": True,
    "soundDelayMs": 113,
}
FAILED: dict[str, Any] = {
    **WELL,
    "worker": 1,
    "ok": False,
    "phase": "connecting",
    "code": "MEDIA_PORT_BLOCKED",
    "sentence": "No packet came through.",
    "action": "Open UDP 44445.",
    "evidence": {"announced": ["203.0.113.9:44445"]},
}


def test_a_call_through_each_worker() -> None:
    well, failed = findings_of({"ok": False, "seconds": 7.0, "workers": [WELL, FAILED]})
    only_one([well], "green", "media-1, worker 0", "42 of 42 pictures seen", "3 ms from glass to glass")
    found = only_one([failed], "red", "media-1, worker 1: MEDIA_PORT_BLOCKED: No packet came through.")
    assert found.remedy == "Open UDP 44445."
    assert found.details["call"]["evidence"] == FAILED["evidence"]


def test_fault_no_call_could_be_made() -> None:
    report = {"ok": False, "code": "SITE_UNREACHABLE", "sentence": "It does not answer.", "action": "Start it."}
    found = only_one(findings_of({**report, "workers": []}), "red", "SITE_UNREACHABLE: It does not answer.")
    assert found.remedy == "Start it."
