"""`set-permissions`: what hosts let others send, kept by the server."""

from __future__ import annotations

from typing import Any

import pytest

from media.client import get_media_client
from media.errors import MediaError
from meetings.database import in_database
from meetings.models import Meeting, Participant
from tests.live.waiting import eventually
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import SignallingSocket
from tests.node import rtp

Json = dict[str, Any]
EVERYTHING = {"microphone": True, "camera": True, "screen": True, "chat": True}


async def talks(socket: SignallingSocket, meeting: Meeting, **more: Any) -> str:
    """Their microphone is on; its producer."""
    data = {"meetingId": str(meeting.id), "kind": "audio", "source": "mic", "rtpParameters": rtp.microphone(), **more}
    produced = await socket.ask("produce", data)
    return str(produced["producerId"])


async def two(alice: Someone, bob: Someone, meeting: Meeting) -> tuple[SignallingSocket, SignallingSocket, Json]:
    at_alices, first = await alice.join(meeting)
    at_bobs, bobs = await bob.join(meeting, rtpCapabilities=first["rtpCapabilities"])
    await at_alices.push("participant-joined")
    return at_alices, at_bobs, bobs


async def test_one_is_held_back_and_let_go(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, at_bobs, bobs = await two(alice, bob, meeting)
    mic = await talks(at_bobs, meeting)
    said = {"participantId": bobs["participantId"], "microphone": False}
    assert await at_alices.ask("set-permissions", said) == said
    updated = await at_bobs.push("participant-updated")
    assert updated["permissions"] == {**EVERYTHING, "microphone": False}
    assert (await at_alices.push("producer-paused"))["producerId"] == mic

    await at_bobs.refusal("NOT_ALLOWED", "resume-producer", {"producerId": mic})
    await at_bobs.ask("close-producer", {"producerId": mic})
    produce = {"meetingId": str(meeting.id), "kind": "audio", "source": "mic", "rtpParameters": rtp.microphone()}
    await at_bobs.refusal("NOT_ALLOWED", "produce", produce)
    mic = await talks(at_bobs, meeting, paused=True)

    await at_alices.ask("set-permissions", {"participantId": bobs["participantId"], "microphone": True})
    assert (await at_bobs.push("participant-updated"))["permissions"] == EVERYTHING
    await at_bobs.ask("resume-producer", {"producerId": mic})


async def test_nobody_outwits_it_by_saying_what_only_the_site_says(
    alice: Someone, bob: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, bobs = await two(alice, bob, meeting)
    mic = await talks(at_bobs, meeting)
    await at_alices.ask("set-permissions", {"participantId": bobs["participantId"], "microphone": False})
    forged = {"sends": {"version": 99, "sources": ["mic"]}}
    await at_bobs.refusal("BAD_REQUEST", "resume-producer", {"producerId": mic, **forged})
    await at_bobs.refusal("NOT_ALLOWED", "resume-producer", {"producerId": mic})


async def test_everybody_now_and_later_but_hosts_and_presenters(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    at_alices, at_bobs, bobs = await two(alice, bob, meeting)
    await at_alices.ask("set-permissions", {"participantId": bobs["participantId"], "camera": True})
    await at_bobs.push("participant-updated")
    await at_alices.ask("set-permissions", {"camera": False, "screen": False})
    assert (await at_bobs.push("meeting-updated"))["permissions"] == {**EVERYTHING, "camera": False, "screen": False}
    # What was said of Bob alone is taken back.
    assert (await at_bobs.push("participant-updated"))["permissions"]["camera"] is False
    _, mallorys = await mallory.join(meeting)
    entries = {one["displayName"]: one["permissions"] for one in mallorys["participants"]}
    assert entries["Alice"] == EVERYTHING
    assert entries["Bob"] == entries["Mallory"] == {**EVERYTHING, "camera": False, "screen": False}
    assert {kind: mallorys["permissions"][kind] for kind in EVERYTHING} == entries["Mallory"]


async def test_only_hosts_may_and_nobody_over_the_host(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    at_alices, at_bobs, bobs = await two(alice, bob, meeting)
    alices = next(one for one in bobs["participants"] if one["displayName"] == "Alice")["participantId"]
    await at_bobs.refusal("NOT_ALLOWED", "set-permissions", {"microphone": False})
    await at_bobs.refusal("NOT_ALLOWED", "set-permissions", {"participantId": alices, "microphone": False})
    await at_alices.refusal("NOT_IN_MEETING", "set-permissions", {"participantId": str(meeting.id), "camera": False})
    await at_alices.refusal("NOT_IN_MEETING", "set-permissions", {"participantId": "me", "camera": False})
    await in_database(Participant.objects.filter(id=bobs["participantId"]).update, role="co_host")
    await at_bobs.refusal("NOT_ALLOWED", "set-permissions", {"participantId": alices, "microphone": False})


async def test_a_host_whose_word_media_did_not_get_is_obeyed_all_the_same(
    alice: Someone, bob: Someone, meeting: Meeting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that holds the target's socket tells the node as well."""
    at_alices, at_bobs, bobs = await two(alice, bob, meeting)
    mic = await talks(at_bobs, meeting)
    client = get_media_client()
    lost: list[str] = []
    call = client.call

    async def loses_the_first(verb: str, *args: Any, **more: Any) -> Json:
        if verb == "allow" and not lost:
            lost.append(verb)
            raise MediaError("MEDIA_UNAVAILABLE", "The word was lost.")
        return await call(verb, *args, **more)

    monkeypatch.setattr(client, "call", loses_the_first)
    await at_alices.ask("set-permissions", {"participantId": bobs["participantId"], "microphone": False})

    async def is_paused() -> bool:
        tree = await call("tree", "", "", {})
        routers = [router for worker in tree["workers"] for router in worker["routers"]]
        producers = [one for router in routers for way in router["transports"] for one in way["producers"]]
        return any(one["paused"] for one in producers if one["id"] == mic)

    await eventually("Bob's microphone is paused", is_paused)
    assert lost
