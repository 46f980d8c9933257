"""What the node answers when it is asked what it sees of somebody's media."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import Callable
from typing import Any

import pytest

from media.node.node import MediaNode
from tests.mediasoup.rtp import VP8_SIMULCAST_PARAMETERS

from .attendees import Attendee, more_frames
from .people import Json, Person, until

pytestmark = pytest.mark.media

MakePerson = Callable[..., Person]


async def until_it_is_seen(person: Person, condition: Callable[[Json], bool]) -> Json:
    """The first answer that is like this."""
    async with asyncio.timeout(20):
        while not condition(seen := await person.call("witness", stats=True)):  # noqa: ASYNC110  asked, not told
            await asyncio.sleep(0.1)
    return seen


def by(what: list[Json], name: str) -> dict[str, Json]:
    return {one[name]: one for one in what}


async def test_call_that_runs(attendee: Callable[[str], Attendee], node: MediaNode) -> None:
    alice, bob = attendee("alice"), attendee("bob")
    await asyncio.gather(alice.join(), bob.join())
    camera, mic = await alice.send()
    seen = await bob.watch(camera)
    await bob.listen(mic)
    await more_frames(seen, 10)

    sender = await alice.person.call("witness", stats=True)
    assert (sender["worker"], sender["node"], sender["hung"]) == (0, node.name, False)
    assert 0 <= sender["cpu"] < 1.5
    assert 0 <= sender["lagMs"] < 5000
    send, recv = (by(sender["transports"], "direction")[one] for one in ("send", "recv"))
    assert (send["iceState"], send["dtlsState"], recv["iceState"]) == ("completed", "connected", "new")
    assert set(send["tuple"]) == {"local", "remote", "protocol"}
    assert "tuple" not in recv
    assert {one["protocol"] for one in send["announced"]} == {"udp", "tcp"}
    assert send["bytesIn"] > send["rtpBytesIn"] > 1000
    assert (send["rtpBytesOut"], recv["rtpBytesOut"]) == (0, 0)
    producers = by(sender["producers"], "source")
    assert set(producers) == {"camera", "mic"}
    assert (producers["camera"]["id"], producers["camera"]["kind"], producers["camera"]["score"]) == (
        camera,
        "video",
        10,
    )
    assert producers["camera"]["packets"] > 5
    assert producers["camera"]["bytes"] > 1000
    assert producers["camera"]["loss"] == 0
    assert sender["consumers"] == []

    receiver = await until_it_is_seen(bob.person, lambda it: "rtt" in by(it["transports"], "direction")["recv"])
    recv = by(receiver["transports"], "direction")["recv"]
    assert recv["rtpBytesOut"] > 1000
    assert 0 <= recv["rtt"] < 1000
    assert 0 <= recv["lossOut"] <= 1
    consumers = by(receiver["consumers"], "source")
    assert consumers["camera"]["producerId"] == camera
    assert {one["participantId"] for one in consumers.values()} == {"alice"}
    assert consumers["mic"]["packets"] > 5
    assert not any(one["paused"] or one["producerPaused"] for one in consumers.values())
    assert receiver["producers"] == []

    await alice.person.call("pause-producer", producerId=camera)
    await bob.person.hears("consumer-paused")
    paused = await bob.person.call("witness")
    assert by(paused["consumers"], "source")["camera"]["producerPaused"] is True


async def test_what_is_counted_costs_the_worker_nothing_unless_it_is_wanted(
    person: MakePerson, node: MediaNode, capabilities: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await alice.call("produce", kind="video", source="camera", rtpParameters=VP8_SIMULCAST_PARAMETERS)
    await bob.fast_join(capabilities)
    worker = node.supervisor.slots[0].worker
    assert worker is not None
    asked: list[str] = []
    request = worker._pipe.request

    def note(method: str, *rest: Any, **more: Any) -> Any:
        asked.append(method)
        return request(method, *rest, **more)

    monkeypatch.setattr(worker._pipe, "request", note)
    seen = await bob.call("witness")
    assert "CONSUMER_GET_STATS" not in asked
    [send, recv] = seen["transports"]
    assert set(send) == set(recv) == {"id", "direction", "iceState", "dtlsState", "announced"}
    [consumer] = seen["consumers"]
    assert not {"packets", "bytes", "loss", "layers"} & set(consumer)
    await bob.call("witness", stats=True)
    assert asked.count("CONSUMER_GET_STATS") == 1


async def test_worker_that_hangs_keeps_nobody_waiting(person: MakePerson, node: MediaNode, capabilities: Json) -> None:
    alice = person("alice")
    await alice.fast_join(capabilities)
    await alice.send("mic")
    slot = node.supervisor.slots[0]
    assert slot.worker is not None
    pid = slot.worker.pid
    os.kill(pid, signal.SIGSTOP)
    try:
        # What else they ask waits for the worker; this must not wait behind it.
        stuck = asyncio.create_task(alice.call("create-transport", direction="recv"))
        began = time.monotonic()
        seen = await alice.call("witness", stats=True)
        assert time.monotonic() - began < 1.2
        assert seen["hung"] is True
        assert "bytesIn" not in seen["transports"][0]
        assert "packets" not in seen["producers"][0]

        await until(lambda: slot.pulse.silent_seconds >= 1, "its silence to be noticed")
        for stats in (False, True):
            began = time.monotonic()
            seen = await alice.call("witness", stats=stats)
            assert time.monotonic() - began < 0.4
            assert seen["hung"] is True
            assert len(seen["transports"]) == 2
    finally:
        os.kill(pid, signal.SIGCONT)
    await stuck
    seen = await until_it_is_seen(alice, lambda it: not it["hung"])
    assert "bytesIn" in seen["transports"][0]


async def test_who_has_no_media_is_refused(person: MakePerson, node: MediaNode, capabilities: Json) -> None:
    alice, nobody = person("alice"), person("nobody")
    await nobody.refused("witness", "ROUTER_NOT_FOUND")
    await alice.fast_join(capabilities)
    await nobody.refused("witness", "NOT_IN_MEETING")
    await alice.refused("witness", "BAD_REQUEST", stats="yes")
