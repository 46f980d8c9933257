"""Real WebRTC through a real worker: what one participant sends, the other decodes."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from media.client import MediaClient
from media.node.config import NodeConfig
from media.node.node import MediaNode

from .attendees import HERTZ, Attendee, more_frames
from .people import Person, until

pytestmark = pytest.mark.media

MakePerson = Callable[..., Person]


async def test_what_one_sends_the_other_sees_and_hears(
    node: MediaNode, attendee: Callable[[str], Attendee], client: MediaClient
) -> None:
    alice, bob = attendee("alice"), attendee("bob")
    await asyncio.gather(alice.join(), bob.join())
    camera, microphone = await alice.send()
    seen, heard = await bob.watch(camera), await bob.listen(microphone)

    await more_frames(seen, 20)
    await more_frames(heard, 50)
    assert seen.changes >= 15
    assert heard.share_of_tone(HERTZ) > 0.8

    speaking = await bob.person.hears("active-speaker")
    assert speaking == {"participantId": "alice"}
    levels = await bob.person.hears("audio-levels")
    assert levels["levels"][0]["participantId"] == "alice"
    assert -60 < levels["levels"][0]["volume"] <= 0
    await bob.person.sees(
        lambda: any(state["dtlsState"] == "connected" for state in bob.person.told("transport-state")), "connected"
    )
    await bob.person.hears("consumer-score")

    alice.tone.hold()
    await bob.person.sees(lambda: {"levels": []} in bob.person.told("audio-levels"), "silence")


async def test_media_flow_on_while_the_socket_of_the_sender_is_gone(
    attendee: Callable[[str], Attendee], node: MediaNode
) -> None:
    alice, bob = attendee("alice"), attendee("bob")
    await asyncio.gather(alice.join(), bob.join())
    camera, _ = await alice.send()
    seen = await bob.watch(camera)
    await more_frames(seen, 10)
    await alice.person.call("detach")
    await more_frames(seen, 20)
    assert (await alice.person.join(resume=True))["resumed"] is True
    await more_frames(seen, 10)


async def test_pausing_in_the_sfu_stops_the_picture_whatever_the_sender_does(
    attendee: Callable[[str], Attendee], node: MediaNode
) -> None:
    alice, bob = attendee("alice"), attendee("bob")
    await asyncio.gather(alice.join(), bob.join())
    camera, _ = await alice.send()
    seen = await bob.watch(camera)
    await more_frames(seen, 10)
    await alice.person.call("pause-producer", producerId=camera)
    stamp: Any = None
    async with asyncio.timeout(10):
        while stamp != seen.last_stamp:
            stamp = seen.last_stamp
            await asyncio.sleep(0.5)  # several frames would have come in this time
    await alice.person.call("resume-producer", producerId=camera)
    await more_frames(seen, 10)


async def test_worker_sigkill_both_join_again_and_see_each_other_again(
    node: MediaNode, person: MakePerson, attendee: Callable[[str], Attendee]
) -> None:
    alice, bob = attendee("alice"), attendee("bob")
    await asyncio.gather(alice.join(), bob.join())
    camera, _ = await alice.send()
    await more_frames(await bob.watch(camera), 5)
    worker = node.supervisor.slots[0].worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGKILL)
    await alice.person.hears("media-restored")
    await bob.person.hears("media-restored")

    alice, bob = attendee("alice"), attendee("bob")
    await asyncio.gather(alice.join(), bob.join())
    camera, microphone = await alice.send()
    await more_frames(await bob.watch(camera), 20)
    await more_frames(await bob.listen(microphone), 20)


class TestTwoWorkers:
    @pytest.fixture
    def config(self) -> NodeConfig:
        return NodeConfig(workers=2)

    async def test_a_room_that_moves_keeps_what_is_seen_and_heard(
        self, node: MediaNode, attendee: Callable[[str], Attendee], client: MediaClient
    ) -> None:
        """Three people are told to move while they talk, and come along one after the other."""
        people = {name: attendee(name) for name in ("alice", "bob", "carol")}
        await asyncio.gather(*(one.join() for one in people.values()))
        sent = {name: await one.send() for name, one in people.items()}
        seen = [await one.watch(sent[name][0]) for name in people for one in people.values() if one is not people[name]]
        for received in seen:
            await more_frames(received, 3)

        await client.move_room("standup", 1)

        for name, one in people.items():
            await one.person.hears("media-restored")
            again = people[name] = Attendee(one.person, one.stack)
            await again.join(resume=True)
            sent[name] = await again.send()
            for other, (camera, microphone) in sent.items():
                if other != name:
                    await more_frames(await again.watch(camera), 5)
                    await more_frames(await again.listen(microphone), 10)
        # Those who moved first get what was sent anew by those who moved after them.
        for name, one in people.items():
            for other, (camera, microphone) in sent.items():
                if other != name:
                    await more_frames(await one.watch(camera), 5)
                    await more_frames(await one.listen(microphone), 10)
        room = node.rooms.find("standup")
        assert room is not None
        await until(lambda: [place.slot.index for place in room.places] == [1], "the old worker to be left")
