"""The bot's media half: pymediasoup's device and transports, and what has to be done around that library's
known defects.

The defects (pymediasoup 1.5.0), and what is done here:

- its `connect` listener is not awaited, so `produce` could overtake `connect-transport`: `produce` waits for
  the connection's reply;
- a refused `produce` raises IndexError where an `error` listener is set: none is set, and the refusal comes out
  as it is;
- closing a video consumer and reusing its place for audio breaks later consumes on that transport: consumers
  stay open at this end, a closed producer simply sends nothing more;
- `pause()` keeps sending: our own tracks are held instead (see picture.py and tone.py);
- it has no simulcast: a bot sends one encoding.
"""

from __future__ import annotations

import asyncio
from typing import Any

from aiortc import MediaStreamTrack, RTCIceServer
from pymediasoup import AiortcHandler, Device
from pymediasoup.models.transport import DtlsParameters
from pymediasoup.rtp_parameters import RtpCapabilities, RtpCodecCapability, RtpParameters

from meetings.bot.signalling import JsonObject, SignallingClient


class BotMedia:
    """Sends and receives over one transport each, created step by step as the first system's clients did."""

    def __init__(self, signalling: SignallingClient, meeting_id: str) -> None:
        self._signalling = signalling
        self._meeting_id = meeting_id
        self._device = Device(handlerFactory=AiortcHandler.createFactory())
        self._transports: dict[str, Any] = {}
        self._connecting: dict[str, asyncio.Task[JsonObject]] = {}
        self._candidates: dict[str, list[JsonObject]] = {}
        # pymediasoup renegotiates in `consume` and `produce`; two at a time would take the same place in the SDP.
        self._negotiating = asyncio.Lock()

    async def load(self, router_rtp_capabilities: JsonObject) -> None:
        """Learn what the router can do. Call once, first."""
        await self._device.load(RtpCapabilities.model_validate(router_rtp_capabilities))

    @property
    def rtp_capabilities(self) -> JsonObject:
        """What this bot can receive, as `consume` wants it."""
        capabilities: JsonObject = self._device.recvRtpCapabilities.model_dump(mode="json", exclude_none=True)
        return capabilities

    async def create_transport(self, direction: str) -> None:
        """Ask for the `send` or `recv` transport and set it up. It connects with the first produce or consume."""
        created = await self._signalling.request(
            "create-transport", {"meetingId": self._meeting_id, "direction": direction}
        )
        params = created["params"]
        self._candidates[direction] = params["iceCandidates"]
        create = self._device.createSendTransport if direction == "send" else self._device.createRecvTransport
        transport = create(
            id=params["id"],
            iceParameters=params["iceParameters"],
            iceCandidates=params["iceCandidates"],
            dtlsParameters=params["dtlsParameters"],
            sctpParameters=None,
            # Without any, aiortc asks a server of its own choice for our address.
            iceServers=[_ice_server(server) for server in created.get("iceServers", [])],
        )
        self._transports[direction] = transport

        def start_connecting(dtls: DtlsParameters) -> None:
            self._connecting[direction] = asyncio.create_task(self._connect(params["id"], dtls), name="bot connect")

        async def announce(kind: str, parameters: RtpParameters, app_data: dict[str, str]) -> str:
            await self._connecting[direction]
            produced = await self._signalling.request(
                "produce",
                {
                    "meetingId": self._meeting_id,
                    "kind": kind,
                    "rtpParameters": parameters.model_dump(mode="json", exclude_none=True),
                    "source": app_data["source"],
                },
            )
            producer_id: str = produced["producerId"]
            return producer_id

        transport.on("connect", start_connecting)
        transport.on("produce", announce)

    async def produce(self, track: MediaStreamTrack, source: str, *, codec: str = "") -> str:
        """Send `track` and return the producer's id.

        `codec` is the MIME type to send it in, such as "video/H264"; empty leaves that to the router's first choice.
        Raises RequestRefused when the server does not take it, ValueError for a codec that the two do not share.
        """
        chosen = self._codec(codec) if codec else None
        async with self._negotiating:
            producer = await self._transports["send"].produce(track=track, codec=chosen, appData={"source": source})
        producer_id: str = producer.id
        return producer_id

    async def consume(self, producer_id: str) -> tuple[JsonObject, MediaStreamTrack]:
        """Receive a producer: the `consumed` reply and the track. It starts paused and is resumed once
        everything is in place.
        """
        async with self._negotiating:
            consumed = await self._signalling.request(
                "consume", {"producerId": producer_id, "rtpCapabilities": self.rtp_capabilities, "paused": True}
            )
            consumer = await self._transports["recv"].consume(
                id=consumed["id"],
                producerId=producer_id,
                kind=consumed["kind"],
                rtpParameters=consumed["rtpParameters"],
            )
            await self._connecting["recv"]
        await self._signalling.request("resume-consumer", {"consumerId": consumed["id"]})
        return consumed, consumer.track

    def announced(self, direction: str) -> list[JsonObject]:
        """Where the server said that media go, as `{ip, port, protocol}`; empty before the transport is made."""
        return [
            {"ip": one.get("ip") or one.get("address"), "port": one["port"], "protocol": one["protocol"]}
            for one in self._candidates.get(direction, [])
        ]

    def path(self, direction: str) -> tuple[str, str]:
        """How far the transport is: the states of its ICE (`checking`, `completed`, `failed`…) and of the whole
        (`connecting`, `connected`, `failed`…), in the words of WebRTC.
        """
        transport = self._transports.get(direction)
        if transport is None:
            return "new", "new"
        pc = transport.handler.pc
        return pc.iceConnectionState, pc.connectionState

    async def close(self) -> None:
        """Stop sending and receiving."""
        for task in self._connecting.values():
            task.cancel()
        for transport in self._transports.values():
            await transport.close()
        self._transports.clear()

    def _codec(self, mime_type: str) -> RtpCodecCapability:
        for codec in self._device.sendRtpCapabilities.codecs:
            if codec.mimeType.lower() == mime_type.lower():
                return codec
        raise ValueError(f"{mime_type} cannot be sent here")

    async def _connect(self, transport_id: str, dtls: DtlsParameters) -> JsonObject:
        return await self._signalling.request(
            "connect-transport",
            {"transportId": transport_id, "dtlsParameters": dtls.model_dump(mode="json", exclude_none=True)},
        )


def _ice_server(server: JsonObject) -> RTCIceServer:
    return RTCIceServer(urls=server["urls"], username=server.get("username"), credential=server.get("credential"))
