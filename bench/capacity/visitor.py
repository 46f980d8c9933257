"""Joining as our page does, with one request, by a client that costs next to nothing."""

from __future__ import annotations

import json
import secrets
from typing import Any, TypedDict

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin

from meetings.bot.signalling import SUBPROTOCOL


class Door(TypedDict):
    """A way into a meeting, through one web process. Its ticket is good for any number of guests."""

    url: str
    origin: str
    meetingId: str
    rtpCapabilities: dict[str, Any]


class Refused(Exception):
    """Not let in; the code says why."""


async def come_in(door: Door) -> tuple[ClientConnection, int]:
    """Open a socket and join with both transports connected and everything consumed; the bytes of the reply.

    Raises Refused.
    """
    connection = await connect(
        door["url"],
        origin=Origin(door["origin"]),
        subprotocols=[SUBPROTOCOL],
        max_size=2**22,
        compression=None,
        proxy=None,
        ping_interval=None,
    )
    fingerprint = ":".join(f"{byte:02X}" for byte in secrets.token_bytes(32))
    wish = {
        "meetingId": door["meetingId"],
        "displayName": "Visitor",
        "rtpCapabilities": door["rtpCapabilities"],
        "dtlsParameters": {"role": "client", "fingerprints": [{"algorithm": "sha-256", "value": fingerprint}]},
    }
    await connection.send(json.dumps({"id": 1, "event": "join-meeting", "data": wish}))
    # Nothing is pushed before it.
    text = await connection.recv()
    reply = json.loads(text)
    if reply["event"] != "meeting-joined":
        await connection.close()
        raise Refused(reply["data"].get("code", reply["event"]))
    assert set(reply["data"]["transports"]) == {"send", "recv"}
    assert len(reply["data"]["consumers"]) >= 2, reply["data"]["consumers"]
    return connection, len(text)


async def go(connection: ClientConnection) -> None:
    """Leave, and close the socket once that is confirmed."""
    await connection.send('{"id": 2, "event": "leave-meeting", "data": {}}')
    while "id" not in json.loads(await connection.recv()):
        pass
    await connection.close()
