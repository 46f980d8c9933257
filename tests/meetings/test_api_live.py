"""What is done over the API to people in a call: real sockets, real media."""

from __future__ import annotations

from django.test import AsyncClient

from meetings.database import in_database
from meetings.models import Meeting
from tests.meetings.conftest import Someone


async def test_who_is_in_the_call_hears_of_it(
    alice: Someone, bob: Someone, meeting: Meeting, async_client: AsyncClient
) -> None:
    async_client.cookies["sessionid"] = alice.session_key
    at = f"/api/meetings/{meeting.id}"
    config = (await async_client.get(f"{at}/webrtc-config")).json()
    socket, joined = await bob.join(meeting, rtpCapabilities=config["rtpCapabilities"])
    assert config["rtpCapabilities"] == joined["rtpCapabilities"]
    stats = (await async_client.get(f"{at}/live-stats")).json()
    assert (stats["available"], stats["present"]) == (True, 1)
    assert {one["participantId"] for one in stats["transports"]} == {joined["participantId"]}
    him = f"{at}/participants/{joined['participantId']}"
    muted = await async_client.post(f"{him}/mute", {"kind": "audio"}, content_type="application/json")
    assert muted.json()["permissions"]["microphone"] is False
    assert (await socket.push("muted-by-host"))["kind"] == "audio"
    assert (await async_client.post(f"{at}/end", {}, content_type="application/json")).status_code == 200
    await socket.push("meeting-ended")
    assert (await in_database(Meeting.objects.get, id=meeting.id)).state == "ended"
