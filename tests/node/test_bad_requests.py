"""What is wrong is answered with its code, and hurts nobody else."""

from __future__ import annotations

import asyncio
import copy
import math
from collections.abc import Callable
from typing import Any

import pytest

from media.client import MediaClient
from media.errors import MediaError
from media.node.node import MediaNode

from . import rtp
from .people import Json, Person

MakePerson = Callable[..., Person]


@pytest.fixture
async def alice(person: MakePerson, capabilities: Json) -> Person:
    alice = person("alice")
    await alice.fast_join(capabilities)
    return alice


@pytest.fixture
async def mallory(person: MakePerson, capabilities: Json) -> Person:
    mallory = person("mallory")
    await mallory.fast_join(capabilities)
    return mallory


async def test_other_peoples_ids_are_of_no_use_and_tell_nothing(
    alice: Person, mallory: Person, person: MakePerson
) -> None:
    transports = (await alice.join(resume=True))["transports"]
    mic = await alice.send("mic")
    stranger = person("stranger", "elsewhere")
    await stranger.join()
    consumer = (await mallory.call("consume", producerId=mic))["id"]

    for thief in (mallory, stranger):
        for direction in ("send", "recv"):
            stolen = transports[direction]["id"]
            for verb, more in (("connect-transport", {"dtlsParameters": rtp.DTLS}), ("restart-ice", {})):
                real = await thief.refused(verb, "TRANSPORT_NOT_FOUND", transportId=stolen, **more)
                made_up = await thief.refused(verb, "TRANSPORT_NOT_FOUND", transportId="never-was", **more)
                assert real.details == made_up.details
        for verb in ("pause-producer", "resume-producer", "close-producer"):
            await thief.refused(verb, "PRODUCER_NOT_FOUND", producerId=mic)
    for verb in ("pause-consumer", "resume-consumer", "request-key-frame"):
        await alice.refused(verb, "CONSUMER_NOT_FOUND", consumerId=consumer)
    assert alice.told("producer-closed") == []
    assert (await alice.join(resume=True))["ownProducers"][0]["paused"] is False


async def test_producing_the_same_twice(alice: Person) -> None:
    parameters = rtp.microphone()
    await alice.call("produce", kind="audio", source="mic", rtpParameters=parameters)
    again = await alice.refused("produce", "PRODUCE_FAILED", kind="audio", source="mic", rtpParameters=parameters)
    assert "mic" in again.details
    same_streams = await alice.refused(
        "produce", "PRODUCE_FAILED", kind="audio", source="screen-audio", rtpParameters=parameters
    )
    assert same_streams.details
    assert len((await alice.join(resume=True))["ownProducers"]) == 1


async def test_connecting_twice(person: MakePerson, capabilities: Json) -> None:
    bob = person("bob")
    transport = (await bob.join(rtpCapabilities=capabilities))["transports"]["send"]["id"]
    await bob.refused(
        "connect-transport", "TRANSPORT_CONNECT_FAILED", transportId=transport, dtlsParameters={"fingerprints": []}
    )
    await bob.call("connect-transport", transportId=transport, dtlsParameters=rtp.DTLS)
    await bob.refused("connect-transport", "TRANSPORT_CONNECT_FAILED", transportId=transport, dtlsParameters=rtp.DTLS)


async def test_before_joining(person: MakePerson) -> None:
    nobody = person("nobody")
    requests: dict[str, Json] = {
        "connect-transport": {"transportId": "x", "dtlsParameters": {}},
        "restart-ice": {"transportId": "x"},
        "produce": {"kind": "audio", "source": "mic", "rtpParameters": {}},
        "pause-producer": {"producerId": "x"},
        "consume": {"producerId": "x"},
        "pause-consumer": {"consumerId": "x"},
        "set-preferred-layers": {"consumerId": "x", "spatialLayer": 0},
        "set-consumer-priority": {"consumerId": "x", "priority": 1},
        "request-key-frame": {"consumerId": "x"},
    }
    for verb, data in requests.items():
        await nobody.refused(verb, "ROUTER_NOT_FOUND", **data)
    await person("alice").join()
    for verb, data in requests.items():
        await nobody.refused(verb, "NOT_IN_MEETING", **data)


async def test_sending_without_a_transport(person: MakePerson) -> None:
    bob = person("bob")
    await bob.join()
    await bob.refused("produce", "TRANSPORT_NOT_FOUND", kind="audio", source="mic", rtpParameters=rtp.microphone())


async def test_verbs_that_do_not_exist(alice: Person, client: MediaClient) -> None:
    await alice.refused("make-coffee", "UNKNOWN_EVENT")
    with pytest.raises(MediaError) as refusal:
        await client.call("join-meeting", "", "", {})
    assert refusal.value.code == "BAD_REQUEST"


@pytest.mark.parametrize(
    ("verb", "data"),
    [
        ("create-transport", {}),
        ("create-transport", {"direction": "sideways"}),
        ("create-transport", {"direction": 7}),
        ("connect-transport", {"transportId": 5}),
        ("connect-transport", {"transportId": "x", "dtlsParameters": "y"}),
        ("produce", {"kind": "smell", "rtpParameters": {}}),
        ("produce", {"kind": "audio", "source": "camera", "rtpParameters": {}}),
        ("produce", {"kind": "audio", "source": "elsewhere", "rtpParameters": {}}),
        ("produce", {"kind": "audio", "source": "mic", "rtpParameters": []}),
        ("produce", {"kind": "audio", "source": "mic", "rtpParameters": {}, "paused": "no"}),
        ("pause-producer", {}),
        ("consume", {}),
        ("consume", {"producerIds": "all"}),
        ("consume", {"producerIds": [1]}),
        ("consume", {"producerId": "x", "rtpCapabilities": {"codecs": 3}}),
        ("consume", {"producerId": "x", "rtpCapabilities": []}),
        ("join-meeting", {"resume": "yes"}),
        ("join-meeting", {"rtpCapabilities": 3}),
        ("join-meeting", {"rtpCapabilities": {}, "dtlsParameters": 3}),
    ],
)
async def test_data_of_wrong_types(alice: Person, verb: str, data: Json) -> None:
    if "transportId" in data and data["transportId"] == "x":
        data = {**data, "transportId": (await alice.join(resume=True))["transports"]["send"]["id"]}
    await alice.refused(verb, "BAD_REQUEST", **data)


def damaged(parameters: Json) -> list[tuple[str, Json]]:
    """The parameters with one thing wrong, in every place where something can be."""

    def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        children: list[tuple[Any, Any]] = []
        if isinstance(value, dict):
            children = list(value.items())
        elif isinstance(value, list):
            children = list(enumerate(value))
        return [(*path, key) for key, _ in children] + [
            place for key, child in children for place in places(child, (*path, key))
        ]

    wrongs: list[Any] = [None, -1, 2**40, 1.5, "\x00nonsense", "x" * 5000, [], {}, True, [[]], {"a": {"b": []}}]
    wrongs += [math.nan, math.inf, 10**4000, "\ud800"]
    results = []
    for place in places(parameters):
        for wrong in wrongs:
            changed = copy.deepcopy(parameters)
            target = changed
            for key in place[:-1]:
                target = target[key]
            target[place[-1]] = wrong
            results.append((f"{'.'.join(map(str, place))} = {str(wrong)[:20]!r}", changed))
    return results


async def outcome_of(person: Person, verb: str, **data: Any) -> Json | MediaError:
    """The reply, or the refusal. Anything else fails the test."""
    try:
        return await person.call(verb, **data)
    except MediaError as error:
        return error


async def test_damaged_rtp_parameters_are_refused_or_taken_and_break_nothing(
    node: MediaNode, alice: Person, mallory: Person, client: MediaClient
) -> None:
    worker = node.supervisor.slots[0].worker
    assert worker is not None
    refused = 0
    for what, parameters in damaged(rtp.camera()):
        outcome = await outcome_of(mallory, "produce", kind="video", source="camera", rtpParameters=parameters)
        if isinstance(outcome, MediaError):
            refused += 1
            assert outcome.code == "PRODUCE_FAILED", f"{what}: {outcome}"
            assert 0 < len(outcome.details) < 400, what
            assert "Traceback" not in outcome.details
        else:
            await mallory.call("close-producer", producerId=outcome["producerId"])
    assert refused > 100
    assert node.supervisor.slots[0].worker is worker
    assert await alice.send("mic")
    assert (await client.status())["workers"] == 1


async def test_damaged_capabilities_and_dtls_parameters_break_nothing(
    node: MediaNode, alice: Person, mallory: Person, capabilities: Json
) -> None:
    await alice.send("mic")
    await alice.send("camera")
    for what, wrong in damaged({**capabilities, "codecs": capabilities["codecs"][:2], "headerExtensions": []}):
        outcome = await outcome_of(mallory, "join-meeting", rtpCapabilities=wrong)
        assert not isinstance(outcome, MediaError) or outcome.code == "BAD_REQUEST", f"{what}: {outcome}"
    for what, wrong in damaged(rtp.DTLS):
        outcome = await outcome_of(mallory, "join-meeting", rtpCapabilities=capabilities, dtlsParameters=wrong)
        assert not isinstance(outcome, MediaError) or outcome.code == "TRANSPORT_CONNECT_FAILED", f"{what}: {outcome}"
    assert len((await mallory.fast_join(capabilities))["consumers"]) == 2


async def test_a_burst_of_ten_thousand_requests(alice: Person, mallory: Person, client: MediaClient) -> None:
    """Each is answered, most with RATE_LIMITED, and alice gets her answers meanwhile."""
    burst = asyncio.gather(
        *(mallory.call("request-key-frame", consumerId="x") for _ in range(10_000)), return_exceptions=True
    )
    for source in ("mic", "camera"):
        async with asyncio.timeout(20):
            assert await alice.send(source)
    outcomes = await burst
    codes = [outcome.code for outcome in outcomes if isinstance(outcome, MediaError)]
    assert len(codes) == 10_000
    assert set(codes) <= {"CONSUMER_NOT_FOUND", "RATE_LIMITED"}
    assert (await client.status())["totalParticipants"] == 2
