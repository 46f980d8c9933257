"""Video that waits for its first key frame is not left waiting, whoever missed the worker's two requests for one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from media.mediasoup.rtp_parameters import RtpParameters
from media.node import key_frames
from media.node.config import NodeConfig
from media.node.node import MediaNode
from tests.mediasoup.rtp import SIMULCAST_SSRCS, VP8_PARAMETERS, VP8_SIMULCAST_PARAMETERS, vp8

from .media_endpoint import FRAMES_PER_SECOND, Deaf, MediaEndpoint, PacketOf
from .people import Json, Person, until

pytestmark = pytest.mark.media

MakePerson = Callable[..., Person]
Endpoint = Callable[[Person, str], Awaitable[MediaEndpoint]]

# The worker asks at once, and once more after a second.
BY_THE_WORKER = 2


@pytest.fixture
async def endpoint(node: MediaNode) -> AsyncIterator[Endpoint]:
    async with AsyncExitStack() as stack:

        async def make(person: Person, direction: str) -> MediaEndpoint:
            made = await MediaEndpoint.of(node, person, direction)
            stack.push_async_callback(made.close)
            return made

        yield make


def single(number: int, *, key_frame: bool = False) -> bytes:
    return vp8(number, key_frame=key_frame)


def lowest_of_three(number: int, *, key_frame: bool = False) -> bytes:
    return vp8(number, key_frame=key_frame, ssrc=SIMULCAST_SSRCS[0])


STREAMS = [
    pytest.param(VP8_PARAMETERS, single, id="simple"),
    pytest.param(VP8_SIMULCAST_PARAMETERS, lowest_of_three, id="simulcast"),
]


async def call(
    person: MakePerson,
    endpoint: Endpoint,
    capabilities: Json,
    parameters: RtpParameters,
    packet_of: PacketOf,
) -> tuple[MediaEndpoint, Deaf, MediaEndpoint, Person, Json]:
    """Alice, who sends video without a key frame, and Bob, who should receive it; and the latter's consumer."""
    alice, bob = person("alice"), person("bob")
    await alice.join(rtpCapabilities=capabilities)
    sending = await endpoint(alice, "send")
    await alice.call("produce", kind="video", source="camera", rtpParameters=parameters)
    [consumer] = (await bob.join(rtpCapabilities=capabilities))["consumers"]
    receiving = await endpoint(bob, "recv")
    deaf = Deaf(packet_of, sending)
    sending.send(deaf)
    return sending, deaf, receiving, bob, consumer


@pytest.mark.parametrize(("parameters", "packet_of"), STREAMS)
async def test_key_frame_is_asked_for_until_it_comes_and_then_no_more(
    person: MakePerson,
    endpoint: Endpoint,
    capabilities: Json,
    parameters: RtpParameters,
    packet_of: PacketOf,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO", "media.node.key_frames")
    sending, deaf, receiving, _, _ = await call(person, endpoint, capabilities, parameters, packet_of)
    await until(lambda: sending.key_frames_wanted > BY_THE_WORKER, "a request besides the worker's own")
    assert receiving.rtp == 0
    deaf.listen()
    await until(lambda: receiving.rtp > 20, "the picture")
    asked = sum("waits for a key frame" in message for message in caplog.messages)
    assert 1 <= asked <= 2
    wanted = sending.key_frames_wanted
    seen = receiving.rtp
    await until(lambda: receiving.rtp > seen + 60, "three more seconds of it")
    assert sending.key_frames_wanted == wanted

    # Whoever was away for a moment gets a key frame from the worker: no need to ask for more where that comes.
    transport = receiving.transport
    for state in ("DISCONNECTED", "CONNECTED", "COMPLETED"):
        transport._handle("WEBRTCTRANSPORT_ICE_STATE_CHANGE", {"iceState": state})
    seen = receiving.rtp
    await until(lambda: receiving.rtp > seen + 60, "three seconds more")
    assert sending.key_frames_wanted == wanted
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "media-key-frame-watch"]


@pytest.mark.parametrize(("parameters", "packet_of"), STREAMS)
async def test_request_of_who_waits_reaches_the_sender(
    person: MakePerson,
    endpoint: Endpoint,
    capabilities: Json,
    parameters: RtpParameters,
    packet_of: PacketOf,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """`request-key-frame`, also where the node's own watch has given up."""
    monkeypatch.setattr(key_frames, "WAITS", ())
    sending, deaf, receiving, bob, consumer = await call(person, endpoint, capabilities, parameters, packet_of)
    await until(lambda: sending.key_frames_wanted == BY_THE_WORKER, "the worker's own requests")
    sent = sending.sent
    await until(lambda: sending.sent > sent + 50, "two and a half seconds of video")
    assert sending.key_frames_wanted == BY_THE_WORKER, "it has given up"
    assert receiving.rtp == 0
    deaf.listen()
    await bob.call("request-key-frame", consumerId=consumer["id"])
    await until(lambda: receiving.rtp > 20, "the picture")
    assert sending.key_frames_wanted == BY_THE_WORKER + 1


@pytest.mark.parametrize(("parameters", "packet_of"), STREAMS)
async def test_after_the_last_wait_it_is_left_at_that_until_somebody_resumes(
    person: MakePerson,
    endpoint: Endpoint,
    capabilities: Json,
    parameters: RtpParameters,
    packet_of: PacketOf,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(key_frames, "WAITS", (0.1, 0.2))
    caplog.set_level("INFO", "media.node.key_frames")
    sending, deaf, receiving, bob, consumer = await call(person, endpoint, capabilities, parameters, packet_of)

    def asked() -> int:
        return sum("waits for a key frame" in message for message in caplog.messages)

    async def a_second() -> None:
        sent = sending.sent
        await until(lambda: sending.sent > sent + FRAMES_PER_SECOND, "a second of video")

    await until(lambda: asked() == 2, "both requests")
    await a_second()
    assert asked() == 2
    # Nothing is missed by whoever does not want it.
    await bob.call("pause-consumer", consumerId=consumer["id"])
    await a_second()
    assert asked() == 2
    await bob.call("resume-consumer", consumerId=consumer["id"])
    await until(lambda: asked() == 4, "both requests once more")
    deaf.listen()
    await bob.call("request-key-frame", consumerId=consumer["id"])
    await until(lambda: receiving.rtp > 20, "the picture")

    # The same once there has been a picture: what was sent before the pause does not count.
    await bob.call("pause-consumer", consumerId=consumer["id"])
    deaf.stop_listening()
    await bob.call("resume-consumer", consumerId=consumer["id"])
    await until(lambda: asked() == 6, "both requests for the third time")
    deaf.listen()
    await bob.call("request-key-frame", consumerId=consumer["id"])
    seen = receiving.rtp
    await until(lambda: receiving.rtp > seen + 20, "the picture again")
    assert asked() == 6


class TestOverAPipe:
    """Between two workers the pipe waits as well, and behind it nobody knows that there is something to ask for."""

    @pytest.fixture
    def config(self) -> NodeConfig:
        return NodeConfig(workers=2)

    async def call(
        self,
        node: MediaNode,
        person: MakePerson,
        endpoint: Endpoint,
        capabilities: Json,
        parameters: RtpParameters,
        packet_of: PacketOf,
    ) -> tuple[MediaEndpoint, Deaf, MediaEndpoint, Person, Json]:
        """As above, with Bob on another worker."""
        alice, bob = person("alice"), person("bob")
        await alice.join(rtpCapabilities=capabilities)
        sending = await endpoint(alice, "send")
        await alice.call("produce", kind="video", source="camera", rtpParameters=parameters)
        await bob.join()
        room = node.rooms.find("standup")
        assert room is not None
        here = room.peers["alice"].place.slot
        [there] = [slot for slot in node.supervisor.slots if slot is not here]
        room.peers["bob"].move_to(await room.place_on(there))
        [consumer] = (await bob.join(rtpCapabilities=capabilities, resume=True))["consumers"]
        receiving = await endpoint(bob, "recv")
        deaf = Deaf(packet_of, sending)
        sending.send(deaf)
        return sending, deaf, receiving, bob, consumer

    @pytest.mark.parametrize(("parameters", "packet_of"), STREAMS)
    async def test_key_frame_is_asked_for_until_it_comes(
        self,
        node: MediaNode,
        person: MakePerson,
        endpoint: Endpoint,
        capabilities: Json,
        parameters: RtpParameters,
        packet_of: PacketOf,
    ) -> None:
        sending, deaf, receiving, _, _ = await self.call(node, person, endpoint, capabilities, parameters, packet_of)
        await until(lambda: sending.key_frames_wanted > BY_THE_WORKER, "a request besides the worker's own")
        assert receiving.rtp == 0
        deaf.listen()
        await until(lambda: receiving.rtp > 20, "the picture")

    @pytest.mark.parametrize(("parameters", "packet_of"), STREAMS)
    async def test_request_of_who_waits_reaches_the_sender(
        self,
        node: MediaNode,
        person: MakePerson,
        endpoint: Endpoint,
        capabilities: Json,
        parameters: RtpParameters,
        packet_of: PacketOf,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(key_frames, "WAITS", ())
        sending, deaf, receiving, bob, consumer = await self.call(
            node, person, endpoint, capabilities, parameters, packet_of
        )
        await until(lambda: sending.key_frames_wanted == BY_THE_WORKER, "the worker's own requests")
        sent = sending.sent
        await until(lambda: sending.sent > sent + 50, "two and a half seconds of video")
        assert (sending.key_frames_wanted, receiving.rtp) == (BY_THE_WORKER, 0)
        deaf.listen()
        await bob.call("request-key-frame", consumerId=consumer["id"])
        await until(lambda: receiving.rtp > 20, "the picture")
