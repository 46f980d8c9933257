"""A UDP socket that stands for a remote RTP endpoint."""

from __future__ import annotations

import asyncio

from tests.mediasoup.rtp import Packet, is_rtcp, parse


class UdpEndpoint(asyncio.DatagramProtocol):
    """Collects what arrives. `async with UdpEndpoint() as endpoint` opens and closes it."""

    def __init__(self) -> None:
        self.rtp: asyncio.Queue[Packet] = asyncio.Queue()
        self.rtcp: asyncio.Queue[bytes] = asyncio.Queue()

    async def __aenter__(self) -> UdpEndpoint:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port: int = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._transport.close()

    def send(self, packet: bytes, port: int) -> None:
        self._transport.sendto(packet, ("127.0.0.1", port))

    def datagram_received(self, data: bytes, addr: object) -> None:
        if is_rtcp(data):
            self.rtcp.put_nowait(data)
        else:
            self.rtp.put_nowait(parse(data))
