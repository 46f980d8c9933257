"""Workers that die at the worst moments: while a room is reopened, twice in a row, while somebody joins, for ever."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable
from typing import Any

import pytest

from media.client import MediaClient
from media.node.config import NodeConfig
from media.node.node import MediaNode
from media.node.room import Room
from media.node.worker_slot import SlotState, WorkerSlot

from .people import Json, Person, until

MakePerson = Callable[..., Person]


def kill(slot: WorkerSlot) -> int:
    assert slot.worker is not None
    os.kill(slot.worker.pid, signal.SIGKILL)
    return slot.worker.pid


@pytest.fixture
def incidents(client: MediaClient) -> list[Json]:
    """What the node tells of itself."""
    told: list[Json] = []
    client.on_node_event(lambda event, data: told.append(data) if event == "incident" else None)
    return told


async def test_incident_is_told_when_it_begins_and_when_people_can_go_on(
    node: MediaNode, person: MakePerson, capabilities: Json, incidents: list[Json]
) -> None:
    alice, bob = person("alice"), person("bob")
    for someone in (alice, bob):
        await someone.fast_join(capabilities)
    pid = kill(node.supervisor.slots[0])
    lost = await alice.hears("media-lost")
    await bob.hears("media-restored")
    await until(lambda: len(incidents) == 2, "both tellings")
    began, over = incidents
    assert began["id"] == over["id"] == lost["incidentId"]
    assert lost["gone"] is True
    assert "endedAt" not in began
    assert over["endedAt"] >= over["beganAt"]
    assert (over["kind"], over["worker"], over["node"]) == ("worker-died", 0, node.name)
    assert (over["meetings"], over["participants"]) == (["standup"], ["alice", "bob"])
    assert over["details"]["pid"] == pid


async def test_a_worker_without_rooms_is_told_of_too(
    node: MediaNode, client: MediaClient, incidents: list[Json]
) -> None:
    await client.rtp_capabilities()
    kill(node.supervisor.slots[0])
    await until(lambda: len(incidents) == 2, "both tellings")
    assert incidents[0]["participants"] == []


async def test_worker_sigkill_twice_in_a_row_tells_everybody_twice(
    node: MediaNode, person: MakePerson, capabilities: Json, incidents: list[Json]
) -> None:
    people = [person("alice"), person("bob")]
    for time in (1, 2):
        for someone in people:
            await someone.fast_join(capabilities, resume=True)
        kill(node.supervisor.slots[0])
        for someone in people:
            await someone.hears("media-lost", time)
            await someone.hears("media-restored", time)
    for someone in people:
        assert (await someone.fast_join(capabilities, resume=True))["transports"]
        assert [event for event, _ in someone.events if event.startswith("media-")] == [
            "media-lost",
            "media-restored",
        ] * 2
    assert len({incident["id"] for incident in incidents}) == 2


async def test_worker_that_crashes_for_ever_is_backed_off_and_that_is_said(
    node: MediaNode,
    person: MakePerson,
    client: MediaClient,
    capabilities: Json,
    incidents: list[Json],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "media.node.worker_slot")
    slot = node.supervisor.slots[0]
    for _ in range(4):
        await until(lambda: slot.state is SlotState.UP, "the worker to be up")
        kill(slot)
        await until(lambda: slot.state is not SlotState.UP, "its death")
    await until(lambda: slot.state is SlotState.FAILED, "the pause")
    status = await client.status()
    assert status["workers"] == 0
    assert "has died 4 times in a row and is started again in 2 s" in status["details"]
    async with asyncio.timeout(1):
        refusal = await person("alice").refused("join-meeting", "MEDIA_UNAVAILABLE", rtpCapabilities=capabilities)
    assert refusal.details == "No media worker is running: it has died 4 times in a row."
    assert any("4 times in a row" in message for message in caplog.messages)
    crashes = [one["details"]["crashesInARow"] for one in incidents if "endedAt" not in one]
    assert crashes == [1, 2, 3, 4]
    await until(lambda: slot.state is SlotState.UP, "another try")


class TestTwoWorkers:
    @pytest.fixture
    def config(self) -> NodeConfig:
        return NodeConfig(workers=2)

    async def test_rooms_are_reopened_on_the_other_worker_before_the_dead_one_is_back(
        self, node: MediaNode, person: MakePerson, capabilities: Json
    ) -> None:
        alice = person("alice")
        await alice.fast_join(capabilities)
        room = node.rooms.find("standup")
        assert room is not None
        lost = room.places[0].slot
        kill(lost)
        await alice.hears("media-restored")
        await alice.fast_join(capabilities, resume=True)
        again = node.rooms.find("standup")
        assert again is not None
        assert again.places[0].slot is not lost

    async def test_a_request_between_the_death_and_its_notice_hides_nothing_from_those_who_were_hit(
        self, node: MediaNode, person: MakePerson, capabilities: Json, incidents: list[Json]
    ) -> None:
        alice, bob = person("alice"), person("bob")
        await alice.fast_join(capabilities)
        room = node.rooms.find("standup")
        assert room is not None
        seen: list[bool] = []
        # The first to know: nobody has been told yet, and here comes somebody who wants in.
        room.places[0].router.observer.on("close", lambda: seen.append(node.rooms.find("standup") is None))
        kill(room.places[0].slot)
        await until(lambda: bool(seen), "the router to go")
        await bob.fast_join(capabilities)
        assert seen == [True]
        lost = await alice.hears("media-lost")
        await alice.hears("media-restored")
        assert lost["incidentId"] == incidents[0]["id"]
        assert incidents[0]["participants"] == ["alice"]
        assert (await alice.fast_join(capabilities, resume=True))["transports"]
        reopened = node.rooms.find("standup")
        assert reopened is not None
        assert set(reopened.peers) == {"alice", "bob"}

    async def test_worker_sigkill_while_a_room_is_being_reopened_the_next_one_takes_it(
        self, node: MediaNode, person: MakePerson, capabilities: Json, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        alice, bob = person("alice"), person("bob")
        for someone in (alice, bob):
            await someone.fast_join(capabilities)
        room = node.rooms.find("standup")
        assert room is not None
        prepare, killed = Room.prepare, [kill(room.places[0].slot)]

        async def interrupted(room: Room) -> Any:
            if len(killed) == 1:
                killed.append(kill(room.places[0].slot))
                await until(lambda: room.places[0].closed, "the router to go")
            return await prepare(room)

        monkeypatch.setattr(Room, "prepare", interrupted)
        for someone in (alice, bob):
            await someone.hears("media-restored")
        replies = await asyncio.gather(*(one.fast_join(capabilities, resume=True) for one in (alice, bob)))
        assert len(killed) == 2
        assert all(reply["transports"] for reply in replies)
        assert len(list(node.rooms)) == 1
        for someone in (alice, bob):
            assert len(someone.told("media-lost")) == len(someone.told("media-restored")) == 1
        await until(lambda: len(node.supervisor.up) == 2, "both workers to be up again")
