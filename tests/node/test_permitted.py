"""What the site lets a participant send: the node keeps to it, whatever the participant asks for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from media.client import MediaClient
from media.errors import MediaError
from media.node.node import MediaNode

from .attendees import Attendee, more_frames
from .people import Json, until

pytestmark = pytest.mark.media

EVERYTHING = ["mic", "camera", "screen", "screen-audio"]


def sends(version: int, *sources: str) -> Json:
    return {"sends": {"version": version, "sources": list(sources)}}


async def test_what_is_not_allowed_is_paused_and_cannot_be_resumed(
    attendee: Callable[[str], Attendee], client: MediaClient
) -> None:
    alice, bob = attendee("alice"), attendee("bob")
    await asyncio.gather(alice.join(), bob.join())
    camera, mic = await alice.send()
    seen, heard = await bob.watch(camera), await bob.listen(mic)
    await more_frames(seen, 8)
    await more_frames(heard, 8)

    await client.call("allow", "standup", "alice", sends(1, "camera"))
    assert await bob.person.hears("producer-paused") == {"participantId": "alice", "producerId": mic}
    with pytest.raises(MediaError) as refused:
        await alice.person.peer.call("resume-producer", {"producerId": mic})
    assert refused.value.code == "NOT_ALLOWED"
    await silence(heard.frames, lambda: heard.frames)
    await more_frames(seen, 8)

    await client.call("allow", "standup", "alice", sends(2, *EVERYTHING))
    assert bob.person.told("producer-resumed") == [], "that is for Alice to do"
    await alice.person.peer.call("resume-producer", {"producerId": mic})
    await more_frames(heard, 8)


async def silence(before: int, frames: Callable[[], int]) -> None:
    """Nothing more arrives than what was on its way: as many frames a second as none."""
    async with asyncio.timeout(10):
        while True:
            await asyncio.sleep(0.5)
            if frames() == before:
                return
            before = frames()


async def test_an_older_word_changes_nothing(attendee: Callable[[str], Attendee], client: MediaClient) -> None:
    alice = attendee("alice")
    await alice.join()
    _, mic = await alice.send()
    await client.call("allow", "standup", "alice", sends(5, "camera"))
    for late in (sends(4, *EVERYTHING), sends(5, *EVERYTHING)):
        await client.call("allow", "standup", "alice", late)
        with pytest.raises(MediaError) as refused:
            await alice.person.peer.call("resume-producer", {"producerId": mic, **late})
        assert refused.value.code == "NOT_ALLOWED"
    await alice.person.peer.call("resume-producer", {"producerId": mic, **sends(6, "mic")})


async def test_nothing_begins_that_is_not_allowed_unless_it_is_paused(attendee: Callable[[str], Attendee]) -> None:
    alice = attendee("alice")
    await alice.join(**sends(1, "mic"))
    with pytest.raises(MediaError) as refused:
        await alice.send()
    assert refused.value.code == "NOT_ALLOWED"


async def test_a_resumed_participant_is_held_to_what_was_said_meanwhile(
    attendee: Callable[[str], Attendee], client: MediaClient
) -> None:
    alice, bob = attendee("alice"), attendee("bob")
    await asyncio.gather(alice.join(), bob.join())
    camera, _ = await alice.send()
    await until(lambda: len(bob.person.told("new-producer")) == 2, "both producers")
    reply = await alice.person.join(resume=True, **sends(3, "mic"))
    paused = {one["source"]: one["paused"] for one in reply["ownProducers"]}
    assert paused == {"mic": False, "camera": True}
    assert await bob.person.hears("producer-paused") == {"participantId": "alice", "producerId": camera}


async def test_an_administrator_does_not_turn_on_what_a_host_forbids(
    attendee: Callable[[str], Attendee], client: MediaClient
) -> None:
    alice = attendee("alice")
    await alice.join()
    camera, _ = await alice.send()
    await client.call("steer", "", "", {"act": "pause", "kind": "producer", "id": camera})
    await client.call("allow", "standup", "alice", sends(1, "mic"))
    with pytest.raises(MediaError) as refused:
        await client.call("steer", "", "", {"act": "resume", "kind": "producer", "id": camera})
    assert refused.value.code == "PRODUCE_FAILED"


async def test_whoever_has_no_media_is_no_trouble(client: MediaClient, node: MediaNode) -> None:
    assert await client.call("allow", "standup", "nobody", sends(1, "mic")) == {}
