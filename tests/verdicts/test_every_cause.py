"""Each cause of the catalogue, in each of its variants, comes of some trace, in words that people understand."""

import re

import pytest

from meetings.verdicts import catalogue
from meetings.verdicts.facts import fold
from meetings.verdicts.findings import Finding
from meetings.verdicts.judge import find
from tests.verdicts.traces import (
    ADA,
    ASKED,
    BOB,
    CAMERA,
    CONSUMER,
    MIC,
    Json,
    Trace,
    connected,
    healthy_join,
    joined,
    opened,
    sending,
    stream,
    with_samples,
)

# What people should not have to look up. TURN, and the ports and addresses to open, they may have to hand on.
JARGON = re.compile(
    r"\b(ICE|DTLS|STUN|RTP|RTCP|SRTP|SDP|SFU|NAT|MTU|producers?|consumers?|routers?|workers?|transports?|candidates?"
    r"|tuples?|peers?|codecs?|sockets?|WebSockets?|encoders?|decoders?|packets?|frames?|bitrate|jitter|NACK|PLI|Origin"
    r"|Upgrade|attempt|node|null|unknown)\b",
    re.IGNORECASE,
)
# Known to the page only.
NOT_FROM_TRACES = {"SITE_UNREACHABLE"}
AT = 20.0
FORBIDDEN = {"event": "consume", "participantId": ADA, "source": "camera", "code": "CANNOT_CONSUME"}
PAUSED = {"participantId": BOB, "source": "camera", "consumerId": CONSUMER}
SEEN = {"id": CONSUMER, "participantId": BOB, "source": "camera"}


def missing(packets: int = 0) -> Trace:
    values = {"participantId": BOB, "source": "camera", "consumerId": CONSUMER, "seconds": 8, "packets": packets}
    return healthy_join().add(19, "page", "no-media", "waiting", **values, frames=0)


def witnessed(**values: object) -> Trace:
    return missing().add(19.5, "node", "witness", hung=False, consumers=[SEEN | values])


def measured(**parts: Json) -> Trace:
    return with_samples(healthy_join(samples=False), 10, 21, **parts)


def refused(code: str, step: str = "admitted") -> Trace:
    trace = opened().asks(ASKED)
    return trace.add(ASKED + 0.1, "web", step, "failed", code=code, details="for that reason")


def broken(direction: str = "send") -> Trace:
    return healthy_join().add(19, "page", "connection", "failed", direction=direction, state="disconnected")


def relayed(error: int) -> Trace:
    return joined(turn=True).add(9, "page", "turn", "failed", url="turn:t", errorCode=error, text="no")


def spare(**way: object) -> Trace:
    trace = healthy_join().add(19, "page", "way", way="udp", ms=40, ports=[44444])
    return trace.add(19, "page", "way", "failed", ms=5000, **way)


def without_udp() -> Trace:
    trace = joined()
    for direction in ("send", "recv"):
        own = [{"type": "host", "protocol": "tcp"}]
        trace.add(4, "page", "candidates", direction=direction, candidates=own)
    return trace


def turned_away(code: int) -> Trace:
    trace = opened().without("page", "socket").without("web", "socket-open")
    return trace.add(1, "page", "socket", "failed", ms=90, closeCode=code)


def devices() -> dict[str, Trace]:
    each: dict[str, Trace] = {}
    for device, source, upper in (("microphone", "mic", "MICROPHONE"), ("camera", "camera", "CAMERA")):
        for key, reason in ((f"{upper}_DENIED", "denied"), (f"NO_{upper}", "none"), (f"{upper}_BUSY", "busy")):
            each[key] = opened().add(2, "page", device, "failed", reason=reason)
        by_system = {"reason": "denied", "name": "denied by the system"}
        each[f"{upper}_DENIED/system"] = opened().add(2, "page", device, "failed", **by_system)
        plain = opened().add(0.1, "page", "page-opened", secure=False)
        each[f"{upper}_DENIED/insecure"] = plain.add(2, "page", device, "failed", reason="unknown")
        muted = healthy_join().add(19, "page", "track", "changed", source=source, what="muted")
        each[f"{upper}_MUTED_BY_SYSTEM"] = muted
        silent = healthy_join().add(19, "page", "silence", "failed", source=source)
        each[f"{upper}_MUTED_BY_SYSTEM/silent"] = silent
    return each


MEDIA_CODES = ("MEDIA_OVERLOADED", "TRANSPORT_CREATION_FAILED", "TRANSPORT_CONNECT_FAILED")
JOIN_CODES = (
    "MEETING_NOT_FOUND", "MEETING_ENDED", "MEETING_FULL", "MEETING_LOCKED", "MEETING_NOT_STARTED", "WRONG_PASSCODE",
    "MEETING_CANCELLED", "JOIN_DENIED", "REMOVED", "NOT_AUTHENTICATED", "NOT_ALLOWED", "BAD_REQUEST", "RATE_LIMITED",
    "INTERNAL_ERROR", "ACCOUNT_REQUIRED",
    "SERVICE_UNAVAILABLE",
)  # fmt: skip

TRACES: dict[str, Trace] = {
    **devices(),
    **{code: refused(code) for code in JOIN_CODES},
    **{code: refused(code, "room") for code in MEDIA_CODES},
    "SOCKET_UNREACHABLE": turned_away(1006),
    "SOCKET_UNREACHABLE/origin": turned_away(4403),
    "SOCKET_UNREACHABLE/lost": healthy_join().add(10, "page", "socket-lost", "changed", closeCode=1006),
    "WEB_PROCESS_GONE": healthy_join().add(19, "web", "process", "failed", reason="it crashed"),
    "VERSION_MISMATCH": healthy_join().add(0.1, "page", "page-opened", version="1.0.0"),
    "CLOCK_OFF": healthy_join().add(1, "web", "clock", "changed", offMs=90_000),
    "TRACK_ENDED": healthy_join().add(19, "page", "track", "changed", source="mic", what="ended"),
    "TRACK_ENDED/replaced": healthy_join()
    .add(18, "page", "track", "changed", source="mic", what="ended")
    .add(18.1, "page", "microphone", on=True),
    "NO_SPEAKER": opened().add(2, "page", "speaker", "failed", reason="unplayable"),
    "NO_SPEAKER/unheard": opened().add(2, "page", "speaker", "failed", reason="unheard"),
    "NO_WORKER": refused("MEDIA_UNAVAILABLE", "room"),
    "NO_WORKER/silent": opened().asks(ASKED).add(ASKED, "web", "admitted", resumed=False),
    "NO_WORKER/hung": broken().add(19.5, "node", "witness", hung=True, worker=1, node="media-1"),
    "NO_WORKER/node": broken().add(19.5, "node", "witness", "failed", code="MEDIA_UNAVAILABLE", details="It is gone."),
    "ROUTER_MISSING": refused("ROUTER_NOT_FOUND", "room"),
    "MEDIA_LOST": healthy_join().add(19, "web", "media-lost", "failed", reason="the worker died"),
    "MEDIA_LOST/path": broken(),
    "WRONG_ANNOUNCED_ADDRESS": joined(ip="10.0.0.5"),
    "MEDIA_PORT_BLOCKED": joined(),
    "MEDIA_PORT_BLOCKED/no-udp": without_udp(),
    "MEDIA_PORT_BLOCKED/udp": (
        healthy_join()
        .add(19, "page", "way", "failed", way="udp", ms=5000, ports=[44444])
        .add(19, "page", "way", way="tcp", ms=40, ports=[44444])
    ),
    "MEDIA_PORT_BLOCKED/tcp": spare(way="tcp", ports=[44444]),
    "TURN_UNREACHABLE/spare": spare(way="turn"),
    "TURN_UNREACHABLE/relay": spare(way="turn", relayed=True),
    "TURN_REFUSED/spare": spare(way="turn", refused=True),
    "TRYING_TURN": joined(turn=True).add(12, "page", "connection", "changed", direction="send", state="connecting"),
    "TURN_UNREACHABLE": relayed(701),
    "TURN_REFUSED": relayed(401),
    "DTLS_FAILED": connected().without("node", "dtls").without("page", "connection", state="connected"),
    "NOTHING_SENT": sending().without("node", "first-rtp-in", source="mic"),
    "NOTHING_SENT/refused": healthy_join().add(19, "page", "sending", "failed", source="mic", code="PRODUCE_FAILED"),
    "CODEC_MISMATCH/sending": healthy_join().add(19, "page", "sending", "failed", source="mic", code="CANNOT_PRODUCE"),
    "CODEC_MISMATCH/browser": opened().add(2, "page", "device-loaded", "failed", error="it has no WebRTC"),
    "CODEC_MISMATCH": healthy_join().add(19, "web", "refused", "failed", **FORBIDDEN, details="no AV1"),
    "PAUSED_BY_ADMINISTRATOR": healthy_join().add(
        19, "node", "paused", "changed", source="mic", producerId=MIC, by="administrator", on=True
    ),
    "PAUSED_BY_ADMINISTRATOR/theirs": healthy_join().add(
        19, "node", "paused", "changed", **PAUSED, by="administrator", on=True
    ),
    "PAUSED_BY_SENDER": witnessed(producerPaused=True),
    "PAUSED_BY_RECEIVER": witnessed(paused=True),
    "NOTHING_ARRIVES": witnessed(packets=0),
    "NO_FRAME_DECODED": missing(packets=300),
    "SENDER_CPU": measured(up={"limited": "cpu"}),
    "UPLINK_LOSS": measured(up={"loss": 0.1}),
    "DOWNLINK_LOSS": measured(down={"streams": [stream(loss=0.1)]}),
    "WORKER_OVERLOADED": measured(us={"worker": 0, "cpu": 0.96, "lagMs": 4}),
    "STILL_WAITING": opened().add(19, "page", "camera", "waiting", seconds=8),
}
# Looked at while it is so; the others at 20.
MOMENTS = {"TRYING_TURN": ASKED + 6, "NOTHING_SENT": 10.0}


def found(key: str) -> list[Finding]:
    trace, after = TRACES[key], MOMENTS.get(key, AT)
    return find(fold(trace.happened(after), trace.at(after), names={BOB: "Bob", ADA: "Ada"}))


def test_no_cause_is_without_a_trace() -> None:
    keys = {f"{cause.code}/{cause.variant}".rstrip("/") for cause in catalogue.causes()}
    assert keys - NOT_FROM_TRACES == set(TRACES)


@pytest.mark.parametrize("key", TRACES)
def test_this_is_found_and_nothing_beside_it(key: str) -> None:
    assert [finding.key for finding in found(key)] == [key]


@pytest.mark.parametrize("key", TRACES)
def test_everybody_is_told_a_sentence_and_an_action(key: str) -> None:
    verdict = found(key)[0].verdict()
    host = verdict.as_host_json("Ada")
    to_people = (verdict.to_participant, verdict.action, host["sentence"], host["action"])
    for text in to_people:
        assert text[0].isupper(), text
        assert not JARGON.search(text), text
    for text in (*to_people, verdict.to_admin, verdict.admin_action):
        assert "{" not in text
        assert text[-1] in ".…", text
        assert len(text) < 320
    assert "Ada" in host["sentence"]


def test_a_camera_beside_a_microphone_is_told_too() -> None:
    trace = healthy_join().add(19, "page", "track", "changed", source="mic", what="muted")
    trace.add(19, "page", "track", "changed", source="camera", what="ended")
    assert sorted(trace.codes(AT)) == ["MICROPHONE_MUTED_BY_SYSTEM", "TRACK_ENDED"]
    trace.add(19, "node", "paused", "changed", source="camera", producerId=CAMERA, by="administrator", on=True)
    assert sorted(trace.codes(AT)) == ["MICROPHONE_MUTED_BY_SYSTEM", "TRACK_ENDED"]
