"""Dropped sockets: the grace period, coming back within it, and not coming back."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from media.client import get_media_client
from meetings.database import in_database
from meetings.models import Meeting, Participant
from tests.live.waiting import eventually
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import Closed
from tests.node import rtp

Json = dict[str, Any]


def resuming(meeting: Meeting, joined: Json, **more: Any) -> Json:
    return {"meetingId": str(meeting.id), "resumeToken": joined["resumeToken"], **more}


async def test_same_participant_with_transports_and_producers_and_nobody_notices(
    alice: Someone, bob: Someone, meeting: Meeting
) -> None:
    at_alices, alices = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting, rtpCapabilities=alices["rtpCapabilities"])
    produced = await at_bobs.ask(
        "produce",
        {"meetingId": str(meeting.id), "kind": "video", "source": "camera", "rtpParameters": rtp.camera()},
    )
    await at_alices.push("new-producer")
    await at_bobs.drop()

    back = await bob.socket()
    again = await back.ask("join-meeting", resuming(meeting, bobs))
    assert again["participantId"] == bobs["participantId"]
    assert again["state"]["resumed"] is True
    assert again["state"]["mediaResumed"] is True
    assert [one["producerId"] for one in again["state"]["ownProducers"]] == [produced["producerId"]]
    assert again["transports"]["send"]["id"] == bobs["transports"]["send"]["id"]
    assert again["resumeToken"] == bobs["resumeToken"]
    assert await at_alices.pushes_so_far() == []


async def test_snapshot_has_what_was_missed(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    await at_bobs.drop()
    _, mallorys = await mallory.join(meeting)
    again = await (await bob.socket()).ask("join-meeting", resuming(meeting, bobs))
    assert mallorys["participantId"] in [one["participantId"] for one in again["participants"]]


async def test_token_is_enough_without_session_and_with_an_expired_ticket(
    open_socket: Any, bob: Someone, meeting: Meeting
) -> None:
    at_bobs, bobs = await bob.join(meeting)
    await at_bobs.drop()
    again = await (await open_socket(ticket="long-expired")).ask("join-meeting", resuming(meeting, bobs))
    assert again["participantId"] == bobs["participantId"]


async def test_made_up_token_is_a_new_participant(mallory: Someone, bob: Someone, meeting: Meeting) -> None:
    _, bobs = await bob.join(meeting)
    _, mallorys = await mallory.join(meeting, resumeToken="made-up")
    assert mallorys["participantId"] != bobs["participantId"]
    assert len(mallorys["participants"]) == 2


async def test_half_open_socket_is_told_and_closed(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    half_open, bobs = await bob.join(meeting)
    await at_alices.push("participant-joined")
    back = await bob.socket()
    again = await back.ask("join-meeting", resuming(meeting, bobs))
    assert again["participantId"] == bobs["participantId"]
    assert (await half_open.push("error"))["code"] == "NOT_IN_MEETING"
    with pytest.raises(Closed) as closed:
        await half_open.next_frame()
    assert closed.value.code == 4409
    # Its end does not end the stay, nor the pushes to the socket that took over.
    await half_open.drop()
    await at_alices.ask("lock-meeting", {"locked": True})
    await back.push("meeting-updated")
    await back.ask("create-transport", {"meetingId": str(meeting.id), "direction": "send"})
    assert await at_alices.pushes_so_far() == []


async def with_transports(meeting: Meeting) -> set[str]:
    """Who has any on the node, of this meeting alone: peers that earlier tests left go when their time has passed."""
    trees, _ = await get_media_client().ask_nodes("tree", {"opened": []}, 5.0)
    routers = [router for tree in trees for worker in tree["workers"] for router in worker["routers"]]
    mine = [router for router in routers if router["meeting"] == str(meeting.id)]
    return {transport["participant"] for router in mine for transport in router["transports"]}


async def test_after_the_grace_period_they_are_gone(
    alice: Someone, bob: Someone, meeting: Meeting, settings: Any
) -> None:
    settings.GRACE_SECONDS = 0.3
    at_alices, alices = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting, rtpCapabilities=alices["rtpCapabilities"])
    assert bobs["participantId"] in await with_transports(meeting)
    await at_bobs.drop()
    assert await at_alices.push("participant-left") == {
        "participantId": bobs["participantId"],
        "reason": "disconnected",
    }

    async def peer_gone() -> bool:
        return bobs["participantId"] not in await with_transports(meeting)

    await eventually("the peer is gone", peer_gone)
    again = await (await bob.socket()).ask("join-meeting", resuming(meeting, bobs))
    assert again["participantId"] != bobs["participantId"]
    assert len(again["participants"]) == 2


async def test_coming_back_stops_the_grace_period(
    alice: Someone, bob: Someone, meeting: Meeting, settings: Any
) -> None:
    settings.GRACE_SECONDS = 2
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    await at_alices.push("participant-joined")
    await at_bobs.drop()
    back = await bob.socket()
    await back.ask("join-meeting", resuming(meeting, bobs))
    # Another one who drops later, and so goes later: when that is told, Bob's period would have passed too.
    witness, witnessed = await alice.join(meeting)
    await witness.drop()
    assert (await at_alices.push("participant-left"))["participantId"] == witnessed["participantId"]
    assert "participant-left" not in await at_alices.pushes_so_far()


async def test_removed_meanwhile(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    await at_bobs.drop()
    await at_alices.ask("remove-participant", {"participantId": bobs["participantId"]})
    await (await bob.socket()).refusal("REMOVED", "join-meeting", resuming(meeting, bobs))


async def test_ended_meanwhile(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, _ = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting)
    await at_bobs.drop()
    await at_alices.ask("end-meeting")
    await (await bob.socket()).refusal("MEETING_ENDED", "join-meeting", resuming(meeting, bobs))


async def test_fault_server_stops_and_cancels_the_socket(bob: Someone, meeting: Meeting) -> None:
    socket, bobs = await bob.join(meeting)
    await socket.cancel()
    stay = await in_database(Participant.objects.get, id=bobs["participantId"])
    assert stay.left_at is None
    assert stay.disconnected_at is not None


async def test_fault_socket_drops_while_joining(bob: Someone, meeting: Meeting) -> None:
    """Whatever the join had done by then is cleaned up by the grace period; nobody is present without a socket."""
    for _ in range(5):
        socket = await bob.socket()
        socket.send(f'{{"id": 1, "event": "join-meeting", "data": {{"meetingId": "{meeting.id}"}}}}')
        await asyncio.sleep(0)
        await socket.drop()
    attached = await in_database(Participant.objects.filter(left_at=None, disconnected_at=None).count)
    assert attached == 0
