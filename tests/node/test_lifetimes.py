"""Who speaks for a peer, and what becomes of one for whom nobody does."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable

import pytest

from media.client import MediaClient
from media.node import node as node_module
from media.node.config import NodeConfig
from media.node.node import MediaNode

from .people import Json, Person, until

MakePerson = Callable[..., Person]

# Short for a test, and long enough for some requests in the meantime on a busy machine.
WAIT = 1.5


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> NodeConfig:
    """A node that waits a second and a half instead of half a minute."""
    monkeypatch.setattr(node_module, "FALLBACK_SECONDS", WAIT - 1)
    return NodeConfig(workers=1, grace_seconds=1)


def people_in(node: MediaNode) -> list[str]:
    return [participant for room in node.rooms for participant in room.peers]


async def test_detached_peer_that_does_not_come_back_goes_after_the_grace_period_and_a_little(
    node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await bob.fast_join(capabilities)
    mic = await alice.send("mic")
    since = asyncio.get_running_loop().time()
    await alice.call("detach")
    assert (await client.status())["totalParticipants"] == 2

    assert await bob.hears("producer-closed") == {"participantId": "alice", "producerId": mic}

    assert asyncio.get_running_loop().time() - since >= WAIT
    assert (await client.status())["totalParticipants"] == 1
    assert alice.told("consumer-closed") == []


async def test_detached_peer_that_comes_back_stays(
    node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json
) -> None:
    alice, witness = person("alice"), person("witness")
    await alice.fast_join(capabilities)
    await witness.fast_join(capabilities)
    await alice.call("detach")
    assert (await alice.fast_join(capabilities, resume=True))["resumed"] is True
    # Somebody who detached later goes later: when they are gone, alice's time would have passed too.
    await witness.call("detach")
    await until(lambda: "witness" not in people_in(node), "the witness to go")
    assert people_in(node) == ["alice"]
    assert (await alice.fast_join(capabilities, resume=True))["resumed"] is True


async def test_detached_peer_is_told_nothing_and_its_media_flows_on(
    node: MediaNode, person: MakePerson, capabilities: Json
) -> None:
    alice, bob = person("alice"), person("bob")
    await alice.fast_join(capabilities)
    await bob.fast_join(capabilities)
    mic = await alice.send("mic")
    await bob.hears("new-producer")
    await alice.call("detach")
    seen = list(alice.events)
    await bob.send("mic")
    consumed = await bob.call("consume", producerId=mic)
    assert consumed["producerPaused"] is False
    assert alice.events == seen


async def test_dead_web_process_its_peers_go_and_others_stay(
    node: MediaNode, person: MakePerson, client: MediaClient, client_of: Callable[[], MediaClient]
) -> None:
    doomed = client_of()
    people = [person(f"p{n}", through=doomed) for n in range(5)]
    await asyncio.gather(*(someone.join() for someone in people))
    survivor = person("survivor")
    await survivor.join()

    await doomed.close()

    await until(lambda: len(people_in(node)) == 1, "the peers of the dead web process to go")
    assert (await client.status())["totalParticipants"] == 1
    assert node.rooms.find_peer("standup", "survivor")
    assert survivor.told("media-lost") == []


async def test_dead_web_process_while_its_participant_joins(
    node: MediaNode, person: MakePerson, client: MediaClient, client_of: Callable[[], MediaClient], capabilities: Json
) -> None:
    """A join that is answered to nobody must not leave a peer behind for ever."""
    doomed = client_of()
    await doomed.rtp_capabilities()
    worker = node.supervisor.slots[0].worker
    assert worker is not None
    os.kill(worker.pid, signal.SIGSTOP)
    joining = [asyncio.ensure_future(person(f"p{n}", through=doomed).fast_join(capabilities)) for n in range(5)]
    await until(lambda: len(node._lanes) == 5, "the joins to be under way")
    await doomed.close()
    os.kill(worker.pid, signal.SIGCONT)
    await asyncio.gather(*joining, return_exceptions=True)
    await until(lambda: len(node._lanes) == 0 and people_in(node) == [], "the peers to go")
    assert (await client.status())["totalParticipants"] == 0


async def test_nothing_is_left_of_a_hundred_meetings(
    node: MediaNode, person: MakePerson, client: MediaClient, capabilities: Json
) -> None:
    worker = node.supervisor.slots[0].worker
    assert worker is not None
    clean = await worker.dump()
    tasks = len(asyncio.all_tasks())
    for n in range(100):
        alice, bob = person("alice", f"meeting-{n}"), person("bob", f"meeting-{n}")
        await alice.fast_join(capabilities)
        await alice.send("mic")
        await alice.send("camera")
        await bob.fast_join(capabilities)
        await alice.call("leave-meeting")
        await bob.call("leave-meeting")
        for someone in (alice, bob):
            someone.peer.forget()

    assert await worker.dump() == clean
    assert len(node._lanes) == 0
    assert list(node.rooms) == []
    assert client._peers == {}
    await until(lambda: len(asyncio.all_tasks()) <= tasks, "tasks to end")
