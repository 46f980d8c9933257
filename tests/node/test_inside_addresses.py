"""Nobody outside sees an address of the inside, unless it is announced."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from media.errors import TRANSPORT_CREATION_FAILED, MediaError
from media.mediasoup.errors import RequestRejected
from media.node import listening
from media.node.config import NodeConfig
from media.node.refusals import refused_as

from .people import Json, Person

MakePerson = Callable[..., Person]

INSIDE, OUTSIDE = "127.0.0.1", "203.0.113.9"


def addresses(transport: Json) -> set[str]:
    """Where a client is told to send."""
    return {candidate["address"] for candidate in transport["iceCandidates"]}


class TestWhenAnAddressIsAnnounced:
    @pytest.fixture
    def config(self) -> NodeConfig:
        return NodeConfig(workers=1, listen_ip=INSIDE, announced_ip=OUTSIDE)

    async def test_candidates_hold_it_alone(self, person: MakePerson, capabilities: Json) -> None:
        alice = person("alice")
        joined = await alice.fast_join(capabilities)
        for transport in joined["transports"].values():
            assert addresses(transport) == {OUTSIDE}
            assert {candidate["protocol"] for candidate in transport["iceCandidates"]} == {"udp", "tcp"}
        created = await alice.call("create-transport", direction="send")
        assert addresses(created["params"]) == {OUTSIDE}
        assert INSIDE not in str(joined) + str(created) + str(alice.events)

    async def test_neither_do_refusals(self, person: MakePerson, capabilities: Json) -> None:
        alice = person("alice")
        joined = await alice.fast_join(capabilities)
        send = joined["transports"]["send"]["id"]
        said = [
            await alice.refused("connect-transport", "TRANSPORT_CONNECT_FAILED", transportId=send, dtlsParameters={}),
            await alice.refused("restart-ice", "TRANSPORT_NOT_FOUND", transportId="none"),
            await alice.refused("produce", "PRODUCE_FAILED", kind="audio", rtpParameters={"codecs": [{}]}),
        ]
        assert INSIDE not in str([error.details for error in said])


class TestWhenMediaListenEverywhere:
    @pytest.fixture
    def config(self) -> NodeConfig:
        return NodeConfig(workers=1, listen_ip="0.0.0.0")

    async def test_only_the_address_of_the_default_route_is_announced(
        self, person: MakePerson, capabilities: Json
    ) -> None:
        announced = listening.default_route_address()
        if announced is None:
            pytest.skip("this machine has no default route, so nothing is announced in the place of 0.0.0.0")
        joined = await person("alice").fast_join(capabilities)
        assert addresses(joined["transports"]["send"]) == {announced}


@pytest.mark.parametrize(
    ("reason", "details"),
    [
        (
            "uv_udp_bind() failed [protocol:udp, ip:'10.1.2.3', port:44444]: address already in use",
            "mediasoup refused: uv_udp_bind() failed [protocol:udp, ip:'…', port:44444]: address already in use.",
        ),
        ("no route to fd00::1:2 from 192.168.0.7.", "no route to … from …."),
        ("PortManager::Bind() of 3.27.1 at 12:30:45", "mediasoup refused: PortManager::Bind() of 3.27.1 at 12:30:45."),
    ],
)
def test_what_a_worker_says_of_addresses_stays_inside(reason: str, details: str) -> None:
    with pytest.raises(MediaError) as refusal, refused_as(TRANSPORT_CREATION_FAILED):
        raise RequestRejected("ROUTER_CREATE_PLAINTRANSPORT", "some-id", reason)
    assert refusal.value.details == details
