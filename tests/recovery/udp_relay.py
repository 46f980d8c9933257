"""A wire for media between one browser and a worker: it can fall silent, swallow what it is told to, and change the
address it comes from.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

UP, DOWN = "up", "down"

# In the page: what the server says of where media goes, goes over the relay. TCP, which would be a way round, does not.
REDIRECT = """
(() => {
  const relays = RELAYS;
  const native = RTCPeerConnection.prototype.setRemoteDescription;
  RTCPeerConnection.prototype.setRemoteDescription = function (description) {
    const sdp = description.sdp
      .replace(/^a=candidate:.* tcp .*\\r\\n/gim, "")
      .replace(/ 127\\.0\\.0\\.1 (\\d+) typ/g, (whole, port) => ` 127.0.0.1 ${relays[port] ?? port} typ`);
    return native.call(this, { type: description.type, sdp });
  };
})();
"""


class UdpRelay(asyncio.DatagramProtocol):
    """Passes datagrams on to `upstream_port` of 127.0.0.1 and back, for any number of a browser's own ports.

    `swallows`, when set, is asked about each datagram, with the direction it goes: those it says True to are lost.
    """

    def __init__(self, upstream_port: int) -> None:
        self.silent = False
        self.swallows: Callable[[str, bytes], bool] | None = None
        self.port = 0
        self.passed = 0
        self._upstream_port = upstream_port
        self._transport: asyncio.DatagramTransport | None = None
        self._upstreams: dict[Any, asyncio.DatagramTransport] = {}
        self._opening: dict[Any, asyncio.Task[asyncio.DatagramTransport]] = {}

    async def open(self) -> None:
        """Listen on a free port of 127.0.0.1."""
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port = self._transport.get_extra_info("sockname")[1]

    def change_address(self) -> None:
        """From now on, what the worker gets comes from another address; what it sends to the old one is lost."""
        upstreams, self._upstreams = self._upstreams, {}
        for upstream in upstreams.values():
            upstream.close()

    def close(self) -> None:
        self.silent = True
        self.change_address()
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        if self._loses(UP, data):
            return
        upstream = self._upstreams.get(addr)
        if upstream is not None:
            self.passed += 1
            upstream.sendto(data)
        elif addr not in self._opening:
            self._opening[addr] = asyncio.create_task(self._open_upstream(addr))

    def _loses(self, direction: str, data: bytes) -> bool:
        return self.silent or (self.swallows is not None and self.swallows(direction, data))

    async def _open_upstream(self, browser: Any) -> asyncio.DatagramTransport:
        """The datagram that asked for it is lost, as UDP's may be."""
        try:
            transport, _ = await asyncio.get_running_loop().create_datagram_endpoint(
                lambda: _Upstream(self, browser), remote_addr=("127.0.0.1", self._upstream_port)
            )
            self._upstreams[browser] = transport
            return transport
        finally:
            del self._opening[browser]

    def back(self, data: bytes, browser: Any) -> None:
        """What the worker sent to a browser's port."""
        if not self._loses(DOWN, data) and self._transport is not None:
            self.passed += 1
            self._transport.sendto(data, browser)


class _Upstream(asyncio.DatagramProtocol):
    def __init__(self, relay: UdpRelay, browser: Any) -> None:
        self._relay = relay
        self._browser = browser

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self._relay.back(data, self._browser)

    def error_received(self, exc: Exception) -> None:
        """The worker is gone; that shows elsewhere."""
