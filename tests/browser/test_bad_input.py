"""Somebody in the meeting sends nonsense: each piece is answered with its code, and the call of the others goes on."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

from meetings.bot.site import Site
from tests.browser.conftest import People
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

# More than what a loaded machine lets a picture stand still.
FROZEN_SECONDS = 3.0
BURST = 10_000


class Stranger:
    """A raw socket in the meeting that may send anything."""

    def __init__(self, connection: ClientConnection, meeting_id: str) -> None:
        self.connection = connection
        self.meeting_id = meeting_id
        self._id = 0

    async def says(self, text: str) -> dict[str, Any]:
        """Send one frame and return the next frame that is an answer."""
        await self.connection.send(text)
        return await self.answer()

    async def asks(self, event: str, data: Any) -> dict[str, Any]:
        """Send a request and return its answer's data, with the answer's event under `event` unless it has one."""
        self._id += 1
        answer = await self.says(json.dumps({"id": self._id, "event": event, "data": data}))
        assert answer.get("id") == self._id
        return {"reply": answer["event"], **answer["data"]}

    async def answer(self) -> dict[str, Any]:
        async with asyncio.timeout(10):
            while True:
                frame: dict[str, Any] = json.loads(await self.connection.recv())
                if "id" in frame or frame["event"] == "error":
                    return frame


@pytest_asyncio.fixture(loop_scope="session")
async def stranger(site: Site, code: str) -> AsyncIterator[Stranger]:
    ticket = await site.join(code, "Stranger")
    async with connect(
        ticket.socket_url, origin=Origin(site.origin), subprotocols=[Subprotocol("kcs.v1")], proxy=None, max_size=2**20
    ) as connection:
        stranger = Stranger(connection, ticket.meeting_id)
        joined = await stranger.asks("join-meeting", {"meetingId": ticket.meeting_id, "displayName": "Stranger"})
        assert joined["reply"] == "meeting-joined"
        yield stranger


async def watched_call(people: People, code: str) -> tuple[Window, Window]:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await ada.sees(bob.participant_id)
    await bob.sees(ada.participant_id)
    await ada.watch_gaps(bob.participant_id)
    await bob.watch_gaps(ada.participant_id)
    return ada, bob


async def call_went_on(ada: Window, bob: Window) -> None:
    await ada.sees(bob.participant_id)
    await bob.hears(ada.participant_id)
    assert await ada.longest_gap(bob.participant_id) < FROZEN_SECONDS
    assert await bob.longest_gap(ada.participant_id) < FROZEN_SECONDS
    # Their sockets work as well, not only their media.
    await ada.press("camera")
    await bob.stops_seeing(ada.participant_id)


def refused(answer: dict[str, Any], *codes: str) -> None:
    assert answer["reply"] == "error", answer
    assert answer["code"] in codes, answer
    assert answer["message"]


async def test_nonsense_is_refused_with_its_code_and_disturbs_nobody(
    people: People, code: str, stranger: Stranger
) -> None:
    ada, bob = await watched_call(people, code)
    meeting = {"meetingId": stranger.meeting_id}

    for text in (
        "not json",
        '"a string"',
        "[1, 2]",
        "null",
        "{}",
        '{"event": 7}',
        json.dumps({"event": "ping", "data": 3}),
    ):
        answer = await stranger.says(text)
        assert answer["event"] == "error", text
        assert answer["data"]["code"] in ("BAD_REQUEST", "UNKNOWN_EVENT"), (text, answer)
    too_large = await stranger.says(json.dumps({"event": "ping", "data": {"padding": "x" * 70_000}}))
    assert too_large["data"]["code"] == "BAD_REQUEST"
    refused(await stranger.asks("no-such-event", {}), "UNKNOWN_EVENT")
    refused(await stranger.asks("create-transport", {**meeting, "direction": "sideways"}), "BAD_REQUEST")
    refused(await stranger.asks("create-transport", {"meetingId": 7, "direction": "send"}), "BAD_REQUEST")

    others_transport = await transport_of(ada)
    fingerprint = {"algorithm": "sha-256", "value": ":".join(["AB"] * 32)}
    dtls = {"role": "client", "fingerprints": [fingerprint]}
    for transport_id in (others_transport, "no-such-transport"):
        refused(
            await stranger.asks("connect-transport", {"transportId": transport_id, "dtlsParameters": dtls}),
            "TRANSPORT_NOT_FOUND",
        )
        refused(await stranger.asks("restart-ice", {"transportId": transport_id}), "TRANSPORT_NOT_FOUND")
    others_producer = await producer_of(ada)
    for event in ("pause-producer", "close-producer"):
        refused(await stranger.asks(event, {"producerId": others_producer}), "PRODUCER_NOT_FOUND", "NOT_ALLOWED")
    refused(await stranger.asks("request-key-frame", {"consumerId": "no-such-consumer"}), "CONSUMER_NOT_FOUND")

    created = await stranger.asks("create-transport", {**meeting, "direction": "send"})
    assert created["reply"] == "transport-created"
    audio = {
        "codecs": [{"mimeType": "audio/opus", "payloadType": 111, "clockRate": 48000, "channels": 2}],
        "encodings": [{"ssrc": 1234}],
        "mid": "0",
    }
    produce = {**meeting, "kind": "audio", "source": "mic"}
    broken: list[dict[str, Any]] = [
        {},
        {**audio, "codecs": []},
        {**audio, "codecs": [{"mimeType": "audio/nothing", "payloadType": 111, "clockRate": 1}]},
        {**audio, "encodings": "none"},
        {**audio, "headerExtensions": [{"uri": "urn:x", "id": 99999}]},
    ]
    for parameters in broken:
        refused(
            await stranger.asks("produce", {**produce, "rtpParameters": parameters}), "PRODUCE_FAILED", "BAD_REQUEST"
        )
    assert (await stranger.asks("produce", {**produce, "rtpParameters": audio}))["reply"] == "produced"
    refused(await stranger.asks("produce", {**produce, "rtpParameters": audio}), "PRODUCE_FAILED")

    assert (await stranger.asks("create-transport", {**meeting, "direction": "recv"}))["reply"] == "transport-created"
    nothing: dict[str, Any] = {"codecs": [], "headerExtensions": []}
    refused(
        await stranger.asks("consume", {"producerId": others_producer, "rtpCapabilities": nothing}), "CANNOT_CONSUME"
    )
    refused(
        await stranger.asks("consume", {"producerId": "no-such-producer", "rtpCapabilities": nothing}),
        "PRODUCER_NOT_FOUND",
    )
    assert (await stranger.asks("ping", {}))["reply"] == "pong"
    await call_went_on(ada, bob)


async def test_burst_of_ten_thousand_requests_is_answered_and_disturbs_nobody(
    people: People, code: str, stranger: Stranger
) -> None:
    ada, bob = await watched_call(people, code)

    async def send() -> None:
        for number in range(BURST):
            await stranger.connection.send(json.dumps({"id": 100_000 + number, "event": "ping", "data": {}}))

    async def receive() -> Counter[str]:
        outcomes: Counter[str] = Counter()
        answered: set[int] = set()
        while len(answered) < BURST:
            frame = json.loads(await stranger.connection.recv())
            if frame.get("id", 0) >= 100_000:
                assert frame["id"] not in answered, "answered twice"
                answered.add(frame["id"])
                outcomes[frame["data"]["code"] if frame["event"] == "error" else frame["event"]] += 1
        return outcomes

    async with asyncio.timeout(90):
        _, outcomes = await asyncio.gather(send(), receive())
    assert set(outcomes) <= {"pong", "RATE_LIMITED"}, outcomes
    assert outcomes["RATE_LIMITED"] > 0, "a flood is slowed down"
    await call_went_on(ada, bob)


async def transport_of(window: Window) -> str:
    """The id of one of the window's transports, as its owner learnt it."""
    for frame in window.received:
        data = frame.get("data") or {}
        if frame.get("event") == "meeting-joined" and data.get("transports"):
            return str(data["transports"]["send"]["id"])
        if frame.get("event") == "transport-created":
            return str(data["params"]["id"])
    raise AssertionError("the window has no transport")


async def producer_of(window: Window) -> str:
    """The id of one of the window's producers."""
    return next(str(frame["data"]["producerId"]) for frame in window.received if frame.get("event") == "produced")
