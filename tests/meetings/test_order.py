"""Requests of one socket take effect in the order in which they were sent, each with one answer."""

from __future__ import annotations

import json

from meetings.models import Meeting
from tests.meetings.conftest import Someone


async def test_without_waiting_for_answers(alice: Someone, meeting: Meeting) -> None:
    socket = await alice.socket()
    meeting_id = str(meeting.id)
    requests = [
        ("join-meeting", {"meetingId": meeting_id}),
        ("create-transport", {"meetingId": meeting_id, "direction": "send"}),
        ("lock-meeting", {"locked": True}),
        ("leave-meeting", {}),
        ("create-transport", {"meetingId": meeting_id, "direction": "recv"}),
        ("join-meeting", {"meetingId": meeting_id}),
        ("create-transport", {"meetingId": meeting_id, "direction": "recv"}),
        ("end-meeting", {}),
        ("join-meeting", {"meetingId": meeting_id}),
    ]
    for number, (event, data) in enumerate(requests):
        socket.send(json.dumps({"id": number, "event": event, "data": data}))
    answers = [await socket.next_frame() for _ in requests]
    assert [answer["id"] for answer in answers] == list(range(len(requests)))
    assert [answer["data"].get("code", answer["event"]) for answer in answers] == [
        "meeting-joined",
        "transport-created",
        "meeting-locked",
        "left",
        "NOT_IN_MEETING",
        "meeting-joined",
        "transport-created",
        "meeting-ended",
        "MEETING_ENDED",
    ]


async def test_ping_overtakes(alice: Someone, meeting: Meeting) -> None:
    socket = await alice.socket()
    socket.send(json.dumps({"id": "slow", "event": "join-meeting", "data": {"meetingId": str(meeting.id)}}))
    socket.send(json.dumps({"id": "quick", "event": "ping"}))
    assert (await socket.next_frame())["id"] == "quick"
    assert (await socket.next_frame())["id"] == "slow"
