"""Bad input: each frame is answered with its code, and the socket lives."""

from __future__ import annotations

import json
from typing import Any

import pytest

from meetings.models import Meeting
from meetings.signalling.frames import ABSENT, BadFrame, read_frame, write_frame
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket

NO_REQUESTS = {
    "not JSON": "hello",
    "half an object": '{"event": "ping"',
    "a list": "[]",
    "a number": "7",
    "null": "null",
    "no event": '{"id": 1}',
    "an event that is a number": '{"event": 7}',
    "an event without end": json.dumps({"event": "x" * 65}),
    "NaN": '{"event": "ping", "id": NaN}',
    "an id that is a list": '{"event": "ping", "id": [1]}',
    "an id that is true": '{"event": "ping", "id": true}',
    "an id without end": json.dumps({"event": "ping", "id": "x" * 65}),
    "a field too many": '{"event": "ping", "meeting": "m"}',
    "a number of five thousand digits": '{"event": "ping", "id": ' + "9" * 5000 + "}",
    "too deep": "[" * 60000,
    "empty": "",
    "65 KiB": json.dumps({"event": "ping", "data": {"x": "y" * 65 * 1024}}),
    "65 KiB in few characters": json.dumps({"event": "ping", "data": {"x": "€" * 22 * 1024}}, ensure_ascii=False),
}

WRONG_DATA: dict[str, tuple[str, Any, str]] = {
    "data that is no object": ("ping", [], "data"),
    "a surplus field": ("ping", {"x": 1}, "x"),
    "a missing field": ("join-meeting", {}, "meetingId"),
    "a number for an id": ("join-meeting", {"meetingId": 7}, "meetingId"),
    "null for an id": ("join-meeting", {"meetingId": None}, "meetingId"),
    "a name without end": ("join-meeting", {"meetingId": "m", "displayName": "x" * 81}, "displayName"),
    "a name with NUL": ("join-meeting", {"meetingId": "m", "displayName": "a\0b"}, "displayName"),
    "a name with half a character": ("join-meeting", {"meetingId": "m", "displayName": "\ud800"}, "displayName"),
    "capabilities that are a list": ("join-meeting", {"meetingId": "m", "rtpCapabilities": []}, "rtpCapabilities"),
    "a direction of its own": ("create-transport", {"meetingId": "m", "direction": "up"}, "direction"),
    "a direction that is a list": ("create-transport", {"meetingId": "m", "direction": []}, "direction"),
    "true for a number": ("set-consumer-priority", {"consumerId": "c", "priority": True}, "priority"),
    "a number too small": ("set-consumer-priority", {"consumerId": "c", "priority": 0}, "priority"),
    "a fraction": ("set-preferred-layers", {"consumerId": "c", "spatialLayer": 0.5}, "spatialLayer"),
    "1 for true": ("lock-meeting", {"locked": 1}, "locked"),
    "nothing to consume": ("consume", {}, "producerId"),
    "a list of numbers": ("consume", {"producerIds": [1]}, "producerIds[0]"),
    "an empty list": ("consume", {"producerIds": []}, "producerIds"),
    "two forms at once": ("consume", {"producerIds": ["a"], "producerId": "b"}, "producerId"),
}


@pytest.fixture
async def socket(mallory: Someone, meeting: Meeting) -> SignallingSocket:
    return await mallory.socket()


@pytest.mark.parametrize("what", NO_REQUESTS)
async def test_frames_that_are_no_requests(what: str, socket: SignallingSocket) -> None:
    socket.send(NO_REQUESTS[what])
    frame = await socket.next_frame()
    assert frame["event"] == "error"
    assert frame["data"]["code"] == "BAD_REQUEST"
    await socket.ask("ping")


async def test_binary_frames(socket: SignallingSocket) -> None:
    socket.send_bytes(b"\xff\x00")
    assert (await socket.next_frame())["data"]["code"] == "BAD_REQUEST"
    await socket.ask("ping")


async def test_id_is_echoed_where_it_could_be_read(socket: SignallingSocket) -> None:
    socket.send('{"id": "mine", "event": "ping", "surplus": 1}')
    frame = await socket.next_frame()
    assert (frame["id"], frame["data"]["event"]) == ("mine", "ping")


@pytest.mark.parametrize("what", WRONG_DATA)
async def test_wrong_data_names_the_field(what: str, socket: SignallingSocket) -> None:
    event, data, field = WRONG_DATA[what]
    socket.send(json.dumps({"id": 1, "event": event, "data": data}))
    frame = await socket.next_frame()
    assert (frame["id"], frame["event"]) == (1, "error")
    assert frame["data"]["code"] == "BAD_REQUEST"
    assert frame["data"]["details"].startswith(field) or f" {field}" in frame["data"]["details"]
    await socket.ask("ping")


async def test_unknown_events(socket: SignallingSocket) -> None:
    for event in ("", "Join-Meeting", "__class__", "new-producer", "disconnect"):
        await socket.refusal("UNKNOWN_EVENT", event)


async def test_request_without_id_is_answered_without(socket: SignallingSocket) -> None:
    socket.send('{"event": "ping"}')
    assert await socket.next_frame() == {"event": "pong", "data": {}}
    socket.send('{"event": "ping", "id": null}')
    assert await socket.next_frame() == {"event": "pong", "data": {}}


async def test_largest_frame_there_may_be(socket: SignallingSocket) -> None:
    frame = {"id": 1, "event": "join-meeting", "data": {"meetingId": "m", "rtpCapabilities": {"x": ""}}}
    frame["data"]["rtpCapabilities"]["x"] = "y" * (64 * 1024 - len(json.dumps(frame)))  # type: ignore[index]  # it is nested
    socket.send(json.dumps(frame))
    assert (await socket.next_frame())["data"]["code"] == "MEETING_NOT_FOUND"


def test_frame_without_data() -> None:
    assert read_frame('{"event": "ping"}').data == {}


def test_refusal_knows_what_could_be_read() -> None:
    with pytest.raises(BadFrame) as bad:
        read_frame('{"id": 3, "event": "ping", "more": 1}')
    assert (bad.value.id, bad.value.event) == (3, "ping")


def test_push_has_no_id() -> None:
    assert write_frame("media-restored", {}) == '{"event":"media-restored","data":{}}'
    assert write_frame("pong", {}, 0) == '{"id":0,"event":"pong","data":{}}'
    assert ABSENT not in (None, 0)
