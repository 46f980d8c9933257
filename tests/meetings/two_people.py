"""What any server of the site must be able to do, whatever it runs on: two people meet, and notice each other."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from meetings.bot.errors import RequestRefused, SignallingClosed
from meetings.bot.signalling import SignallingClient
from meetings.bot.site import Site
from tests.live.waiting import eventually

Json = dict[str, Any]


async def push_named(socket: SignallingClient, event: str) -> Json:
    """The data of the next push of that name."""
    async with asyncio.timeout(10):
        while True:
            name, data = await socket.next_push()
            if name == event:
                return data


class Visitor:
    """Somebody with a ticket and a socket on one site."""

    def __init__(self, site: Site, socket: SignallingClient, joined: Json) -> None:
        self.site = site
        self.socket = socket
        self.joined = joined

    @property
    def participant_id(self) -> str:
        return str(self.joined["participantId"])

    @classmethod
    async def join(cls, base_url: str, meeting: str, name: str, **data: Any) -> Visitor:
        """Get a ticket, open a socket, join."""
        site = Site(base_url)
        ticket = await site.join(meeting, name)
        socket = await SignallingClient.open(ticket.socket_url, origin=site.origin)
        return cls(site, socket, await socket.request("join-meeting", {"meetingId": ticket.meeting_id, **data}))


async def two_people_meet(at_alices: str, at_bobs: str, *, grace: float) -> None:
    """Alice and Bob, each on a site (the same, or another process of it), with a grace period of `grace` seconds."""
    meeting = await Site(at_alices).create_meeting("Standup")
    site = Site(at_alices)
    alice = Visitor(
        site,
        await SignallingClient.open(site.socket_url("/ws/signaling/", meeting["host_ticket"]), origin=site.origin),
        {},
    )
    alice.joined = await alice.socket.request("join-meeting", {"meetingId": meeting["id"], "displayName": "Alice"})
    assert alice.joined["role"] == "host"

    bob = await Visitor.join(at_bobs, meeting["code"], "Bob", rtpCapabilities=alice.joined["rtpCapabilities"])
    assert [one["displayName"] for one in bob.joined["participants"]] == ["Alice", "Bob"]
    assert (await push_named(alice.socket, "participant-joined"))["participantId"] == bob.participant_id
    assert set(bob.joined["transports"]) == {"send", "recv"}

    # The socket breaks, and Bob is back before anybody notices.
    await bob.socket.kill()
    back = await Visitor.join(at_bobs, meeting["id"], "Bob", resumeToken=bob.joined["resumeToken"])
    assert back.participant_id == bob.participant_id
    assert back.joined["state"]["mediaResumed"] is True
    assert back.joined["transports"]["send"]["id"] == bob.joined["transports"]["send"]["id"]

    # He comes back by the other door while his socket still looks open.
    moved = await Visitor.join(at_alices, meeting["id"], "Bob", resumeToken=bob.joined["resumeToken"])
    assert moved.participant_id == bob.participant_id
    assert (await push_named(back.socket, "error"))["code"] == "NOT_IN_MEETING"
    with pytest.raises(SignallingClosed) as closed:
        await back.socket.next_push()
    assert closed.value.code == 4409

    # This time he does not come back.
    await moved.socket.kill()
    async with asyncio.timeout(grace + 10):
        left = await push_named(alice.socket, "participant-left")
    assert left == {"participantId": bob.participant_id, "reason": "disconnected"}

    async def bobs_peer_is_gone() -> bool:
        return bool((await site.health())["totalParticipants"] == 1)

    await eventually("Bob's peer is gone", bobs_peer_is_gone)

    carol = await Visitor.join(at_bobs, meeting["id"], "Carol")
    await alice.socket.request("end-meeting")
    await push_named(carol.socket, "meeting-ended")
    with pytest.raises(RequestRefused) as refused:
        await carol.socket.request("leave-meeting")
    assert refused.value.code == "NOT_IN_MEETING"

    async def rooms_are_gone() -> bool:
        return bool((await site.health())["activeRooms"] == 0)

    await eventually("the room is gone", rooms_are_gone)
    for one in (alice, carol):
        await one.socket.close()
