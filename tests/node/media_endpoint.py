"""A browser's end of a transport, without a browser: real ICE, DTLS and SRTP, and packets made by hand."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

from media.mediasoup.webrtc_transport import WebRtcTransport
from media.node.node import MediaNode
from tests.mediasoup.rtp import parse, rtcp_kinds
from tests.mediasoup.webrtc_endpoint import WebRtcEndpoint

from .people import Person

PacketOf = Callable[..., bytes]
"""A packet by its sequence number; a key frame with `key_frame=True`."""

PICTURE_LOSS = (206, 1)
FRAMES_PER_SECOND = 20
# With packets of this stream, which carry nothing, the worker finds out what the line can take.
PROBATION_SSRC = 1234


class MediaEndpoint(WebRtcEndpoint):
    """Counts what was sent, and what arrives, in `rtp` and `key_frames_wanted`. `close` it in the end."""

    def __init__(self, transport: WebRtcTransport) -> None:
        super().__init__(transport)
        self.transport = transport
        self.sent = 0
        self.rtp = 0
        self.key_frames_wanted = 0
        self._sending: asyncio.Task[None] | None = None
        # aiortc gives what arrives to those who registered with SDP's parameters.
        self._dtls._handle_rtp_data = self._rtp_arrived  # type: ignore[method-assign]
        self._dtls._handle_rtcp_data = self._rtcp_arrived  # type: ignore[method-assign]

    @classmethod
    async def of(cls, node: MediaNode, person: Person, direction: str) -> MediaEndpoint:
        """The far end of one of a person's transports, connected."""
        room = node.rooms.find(person.meeting)
        assert room is not None
        transports = {str(name): transport for name, transport in room.peers[person.name].transports.items()}
        endpoint = cls(transports[direction])
        await endpoint.connect()
        return endpoint

    def send(self, packet_of: Callable[[int], bytes]) -> None:
        """Send the packet of each sequence number from 1 on, at the pace of a video, in place of what was sent."""
        self._stop()
        self._sending = asyncio.create_task(self._send(packet_of))

    async def close(self) -> None:
        self._stop()
        await super().close()

    async def _send(self, packet_of: Callable[[int], bytes]) -> None:
        for number in itertools.count(1):
            await self._dtls._send_rtp(packet_of(number))
            self.sent += 1
            await asyncio.sleep(1 / FRAMES_PER_SECOND)

    def _stop(self) -> None:
        if self._sending is not None:
            self._sending.cancel()

    async def _rtp_arrived(self, data: bytes, arrival_time_ms: int) -> None:
        self.rtp += parse(data).ssrc != PROBATION_SSRC

    async def _rtcp_arrived(self, data: bytes) -> None:
        self.key_frames_wanted += rtcp_kinds(data).count(PICTURE_LOSS)


class Deaf:
    """A sender who has no ear for requests until it is told to `listen`, and sends a key frame at each from then on."""

    def __init__(self, packet_of: PacketOf, endpoint: MediaEndpoint) -> None:
        self._packet_of, self._endpoint = packet_of, endpoint
        self._heard: int | None = None

    def listen(self) -> None:
        self._heard = self._endpoint.key_frames_wanted

    def stop_listening(self) -> None:
        self._heard = None

    def __call__(self, number: int) -> bytes:
        wanted = self._endpoint.key_frames_wanted
        if self._heard is None or wanted == self._heard:
            return self._packet_of(number)
        self._heard = wanted
        return self._packet_of(number, key_frame=True)
