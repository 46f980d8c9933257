"""Breakout rooms over the API: the host is in no window, and those who are in the call hear of it."""

from __future__ import annotations

import asyncio
from typing import Any

from django.test import AsyncClient

from meetings.database import in_database
from meetings.models import Breakouts, Meeting
from tests.meetings.conftest import Someone
from tests.meetings.socket_client import Refused

Json = dict[str, Any]


class Outside:
    """The host at another door of the site."""

    def __init__(self, client: AsyncClient, host: Someone, meeting: Meeting) -> None:
        self._client = client
        self._client.cookies["sessionid"] = host.session_key
        self._at = f"/api/meetings/{meeting.code}/breakouts/"

    async def state(self) -> Json:
        return await self.ask("GET", "")

    async def ask(self, method: str, path: str, body: Any = None, *, status: int = 200, **headers: str) -> Any:
        told = {"content_type": "application/json"} if method != "GET" else {}
        asked = getattr(self._client, method.lower())
        response = await asked(f"{self._at}{path}", *([body] if body is not None else []), **told, headers=headers)
        assert response.status_code == status, response.content
        return response.json() if response.content else None

    async def make(self, *names: str, **how: Any) -> dict[str, str]:
        """Rooms of these names; their ids."""
        made = await self.ask("POST", "", {"names": names, "assign": "by-hand", **how}, status=201)
        return {room["name"]: room["roomId"] for room in made["rooms"]}


async def test_a_host_who_is_not_there_divides_and_brings_back(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting, async_client: AsyncClient
) -> None:
    outside = Outside(async_client, alice, meeting)
    bobs, bob_is = await bob.join(meeting)
    mallorys, _ = await mallory.join(meeting)
    rooms = await outside.make("Red", "Blue")
    seat = f"people/{bob_is['participantId']}/"
    assigned = await outside.ask("PUT", seat, {"roomId": rooms["Red"]})
    assert {one["displayName"]: one["roomId"] for one in assigned["people"]} == {"Bob": rooms["Red"], "Mallory": None}
    early = await outside.ask("POST", "broadcast/", {"text": "Soon"}, status=409)
    assert early["code"] == "WRONG_STATE"

    assert (await outside.ask("POST", "open/", {}))["state"] == "open"
    way = await bobs.push("breakout-assigned")
    assert (way["roomId"], way["name"]) == (rooms["Red"], "Red")
    assert (await mallorys.push("breakouts-updated"))["state"] == "open"
    again = await outside.ask("POST", "open/", {}, status=409)
    assert again["code"] == "WRONG_STATE"
    in_red = await bobs.ask("join-meeting", {"meetingId": way["code"]})
    assert {one["displayName"]: one["isIn"] for one in (await outside.state())["people"]} == {
        "Bob": rooms["Red"],
        "Mallory": None,
    }

    await outside.ask("POST", "broadcast/", {"text": "Five minutes"}, status=204)
    for socket in (bobs, mallorys):
        said = await socket.push("breakout-broadcast")
        assert (said["text"], said["byName"]) == ("Five minutes", "Alice")

    # Who is in one room is called to another.
    await outside.ask("PUT", f"people/{in_red['participantId']}/", {"roomId": rooms["Blue"]})
    assert (await bobs.push("breakout-assigned"))["name"] == "Blue"
    nowhere = "00000000-0000-4000-8000-000000000000"
    unknown = await outside.ask("PUT", f"people/{in_red['participantId']}/", {"roomId": nowhere}, status=404)
    assert unknown["code"] == "MEETING_NOT_FOUND"

    closing = await outside.ask("POST", "close/", {"seconds": 1})
    assert closing["state"] == "closing"
    assert 0 < closing["closesIn"] <= 1
    assert (await mallorys.push("breakouts-updated"))["state"] == "closing"
    # The countdown runs out by itself, and ends the room in which Bob is.
    await bobs.push("meeting-ended")
    assert (await outside.state())["state"] == "none"


async def test_evenly_and_once(
    alice: Someone, bob: Someone, mallory: Someone, meeting: Meeting, async_client: AsyncClient
) -> None:
    outside = Outside(async_client, alice, meeting)
    await bob.join(meeting)
    await mallory.join(meeting)
    wanted = {"count": 2, "assign": "evenly", "closingSeconds": 5}
    key = {"Idempotency-Key": "divide-1"}
    made = await outside.ask("POST", "", wanted, status=201, **key)
    assert [room["name"] for room in made["rooms"]] == ["Room 1", "Room 2"]
    assert {one["roomId"] for one in made["people"]} == {room["roomId"] for room in made["rooms"]}
    assert await outside.ask("POST", "", wanted, status=201, **key) == made
    assert await in_database(Breakouts.objects.count) == 1
    other = await outside.ask("POST", "", {**wanted, "count": 3}, status=422, **key)
    assert other["code"] == "KEY_REUSED"


async def test_deleted_at_once(alice: Someone, bob: Someone, meeting: Meeting, async_client: AsyncClient) -> None:
    outside = Outside(async_client, alice, meeting)
    nothing = await outside.ask("DELETE", "", status=409)
    assert nothing["code"] == "WRONG_STATE"
    socket, joined = await bob.join(meeting)
    rooms = await outside.make("Red", closingSeconds=600)
    await outside.ask("PUT", f"people/{joined['participantId']}/", {"roomId": rooms["Red"]})
    await outside.ask("POST", "open/", {})
    await socket.ask("join-meeting", {"meetingId": (await socket.push("breakout-assigned"))["code"]})
    await outside.ask("DELETE", "", status=204)
    assert (await outside.state())["rooms"] == []
    await socket.push("meeting-ended")


async def test_of_two_who_open_at_once_one_does(alice: Someone, meeting: Meeting, async_client: AsyncClient) -> None:
    outside = Outside(async_client, alice, meeting)
    socket, _ = await alice.join(meeting)
    await outside.make("Red")

    async def over_the_api() -> bool:
        response = await async_client.post(
            f"/api/meetings/{meeting.code}/breakouts/open/", {}, content_type="application/json"
        )
        return bool(response.status_code == 200)

    async def over_the_socket() -> bool:
        try:
            return await socket.ask("open-breakouts") == {}
        except Refused as refused:
            return refused.code != "WRONG_STATE"

    assert sorted(await asyncio.gather(over_the_api(), over_the_socket())) == [False, True]
