"""Breakout rooms over the API: the host is in no window, and those who are in the call hear of it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.core.cache import cache

from meetings.database import in_database
from meetings.models import Breakouts, Meeting
from tests.meetings.calling import Caller
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import Refused

Json = dict[str, Any]
NOWHERE = "00000000-0000-4000-8000-000000000000"


@pytest.fixture(autouse=True)
def _fresh_throttles() -> None:
    cache.clear()


async def make(host: Caller, *names: str, **how: Any) -> dict[str, str]:
    """Rooms of these names; their ids."""
    made = await host.ask("POST", "breakouts/", {"names": names, "assign": "by-hand", **how}, status=201)
    return {room["name"]: room["roomId"] for room in made["rooms"]}


async def test_a_host_who_is_not_there_divides_and_brings_back(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting
) -> None:
    host = Caller(alice, meeting)
    bobs, bob_is = await bob.join(meeting)
    mallorys, _ = await mallory.join(meeting)
    rooms = await make(host, "Red", "Blue")
    seat = f"breakouts/people/{bob_is['participantId']}/"
    assigned = await host.ask("PUT", seat, {"roomId": rooms["Red"]})
    assert {one["displayName"]: one["roomId"] for one in assigned["people"]} == {"Bob": rooms["Red"], "Mallory": None}
    assert await host.refusal("POST", "breakouts/broadcast/", {"text": "Soon"}, status=409) == "WRONG_STATE"

    assert (await host.ask("POST", "breakouts/open/", {}))["state"] == "open"
    way = await bobs.push("breakout-assigned")
    assert (way["roomId"], way["name"]) == (rooms["Red"], "Red")
    assert (await mallorys.push("breakouts-updated"))["state"] == "open"
    assert await host.refusal("POST", "breakouts/open/", {}, status=409) == "WRONG_STATE"
    in_red = await bobs.ask("join-meeting", {"meetingId": way["code"]})
    state = await host.ask("GET", "breakouts/")
    assert {one["displayName"]: one["isIn"] for one in state["people"]} == {"Bob": rooms["Red"], "Mallory": None}

    await host.ask("POST", "breakouts/broadcast/", {"text": "Five minutes"}, status=204)
    for socket in (bobs, mallorys):
        said = await socket.push("breakout-broadcast")
        assert (said["text"], said["byName"]) == ("Five minutes", "Alice")

    # Who is in one room is called to another.
    seat = f"breakouts/people/{in_red['participantId']}/"
    await host.ask("PUT", seat, {"roomId": rooms["Blue"]})
    assert (await bobs.push("breakout-assigned"))["name"] == "Blue"
    assert await host.refusal("PUT", seat, {"roomId": NOWHERE}, status=404) == "MEETING_NOT_FOUND"

    closing = await host.ask("POST", "breakouts/close/", {"seconds": 1})
    assert closing["state"] == "closing"
    assert 0 < closing["closesIn"] <= 1
    assert (await mallorys.push("breakouts-updated"))["state"] == "closing"
    # The countdown runs out by itself, and ends the room in which Bob is.
    await bobs.push("meeting-ended")
    assert (await host.ask("GET", "breakouts/"))["state"] == "none"


async def test_evenly_and_once(alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting) -> None:
    host = Caller(alice, meeting)
    await bob.join(meeting)
    await mallory.join(meeting)
    wanted = {"count": 2, "assign": "evenly", "closingSeconds": 5}
    key = {"Idempotency_Key": "divide-1"}
    made = await host.ask("POST", "breakouts/", wanted, status=201, **key)
    assert [room["name"] for room in made["rooms"]] == ["Room 1", "Room 2"]
    assert {one["roomId"] for one in made["people"]} == {room["roomId"] for room in made["rooms"]}
    assert await host.ask("POST", "breakouts/", wanted, status=201, **key) == made
    assert await in_database(Breakouts.objects.count) == 1
    other = await host.ask("POST", "breakouts/", {**wanted, "count": 3}, status=422, **key)
    assert other["code"] == "KEY_REUSED"


async def test_deleted_at_once(alice: Someone, bob: Someone, meeting: Meeting) -> None:
    host = Caller(alice, meeting)
    assert await host.refusal("DELETE", "breakouts/", status=409) == "WRONG_STATE"
    socket, joined = await bob.join(meeting)
    rooms = await make(host, "Red", closingSeconds=600)
    await host.ask("PUT", f"breakouts/people/{joined['participantId']}/", {"roomId": rooms["Red"]})
    await host.ask("POST", "breakouts/open/", {})
    await socket.ask("join-meeting", {"meetingId": (await socket.push("breakout-assigned"))["code"]})
    await host.ask("DELETE", "breakouts/", status=204)
    assert (await host.ask("GET", "breakouts/"))["rooms"] == []
    await socket.push("meeting-ended")


async def test_of_two_who_open_at_once_one_does(alice: Someone, meeting: Meeting) -> None:
    host = Caller(alice, meeting)
    socket, _ = await alice.join(meeting)
    await make(host, "Red")

    async def over_the_api() -> str:
        status, told = await host.answer("POST", "breakouts/open/", {})
        return str(told["code"] if status == 409 else status)

    async def over_the_socket() -> str:
        try:
            await socket.ask("open-breakouts")
        except Refused as refused:
            return str(refused.code)
        return "200"

    assert sorted(await asyncio.gather(over_the_api(), over_the_socket())) == ["200", "WRONG_STATE"]


async def test_malice_dividing_over_and_over(alice: Someone, meeting: Meeting, monkeypatch: pytest.MonkeyPatch) -> None:
    rates = {"api": "9/min", "divide": "2/min"}
    monkeypatch.setattr("rest_framework.throttling.ScopedRateThrottle.get_rate", lambda self: rates[self.scope])
    host = Caller(alice, meeting)
    await alice.join(meeting)
    await make(host, "Red")
    await host.ask("POST", "breakouts/open/", {})
    assert await host.refusal("POST", "breakouts/close/", {"seconds": 1}, status=429) == "RATE_LIMITED"
    assert (await host.ask("GET", "breakouts/"))["state"] == "open"
