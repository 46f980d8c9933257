"""The receivers that are looked at, a process of its own: `python -m bench.capacity.receiver COUNT`.

Prints its ports as a JSON list, reads until its standard input ends, and answers each line there with a
`ReceiverReport` on what came since the last one. Packets are stamped by the kernel when they arrive, so that a receiver
that is slow to read measures no delay; one that does not read at all in time shows in `dropped`.
"""

from __future__ import annotations

import gc
import json
import select
import socket
import struct
import sys
import time
from typing import TypedDict

from bench.capacity.limits import percentile
from bench.capacity.processes import dropped_datagrams
from bench.capacity.stream import read_header, seconds_since
from tests.mediasoup.rtp import is_rtcp

SO_TIMESTAMPNS = 35  # of asm-generic/socket.h; Python has no name for it
BUFFER_BYTES = 4 * 1024 * 1024
# Enough of a packet for its header; the kernel throws the rest away.
HEAD_BYTES = 96
PORTION = 64
# With it the worker probes how much a receiver can take.
PROBATION_SSRC = 1234


class ReceiverReport(TypedDict):
    """Delays are of all packets together. `missing` are gaps in the sequence numbers."""

    streams: int
    received: int
    missing: int
    medianMs: float
    p95Ms: float
    dropped: int
    cpuSeconds: float


class Gaps:
    """How many packets of one stream should have come, by their sequence numbers."""

    def __init__(self, first: int) -> None:
        self.expected = 0
        self.received = 0
        self._highest = first - 1

    def note(self, sequence_number: int) -> None:
        """A packet came."""
        ahead = (sequence_number - self._highest) & 0xFFFF
        if 0 < ahead < 0x8000:
            self.expected += ahead
            self._highest = sequence_number
        self.received += 1

    def take_missing(self) -> int:
        """How many were missing since the last time; those that were late then come off."""
        missing = self.expected - self.received
        self.expected = self.received = 0
        return missing


class Receivers:
    """Sockets, and what came in since the last report."""

    def __init__(self, count: int) -> None:
        self.sockets = [self._socket() for _ in range(count)]
        self.ports = [one.getsockname()[1] for one in self.sockets]
        self._streams: dict[tuple[int, int], Gaps] = {}
        self._seen: set[tuple[int, int]] = set()
        self._delays: list[float] = []
        self._dropped = 0
        self._cpu = time.process_time()

    def read(self, receiver: socket.socket) -> None:
        """Take what is there."""
        for _ in range(PORTION):
            try:
                data, ancillary, _, _ = receiver.recvmsg(HEAD_BYTES, 64)
            except BlockingIOError:
                return
            if is_rtcp(data):
                continue
            header = read_header(data)
            if header.ssrc == PROBATION_SSRC:
                continue
            key = (receiver.fileno(), header.ssrc)
            if key not in self._streams:
                self._streams[key] = Gaps(header.sequence_number)
            self._streams[key].note(header.sequence_number)
            self._seen.add(key)
            if header.stamp is not None:
                seconds, nanoseconds = struct.unpack("@ll", ancillary[0][2])
                self._delays.append(seconds_since(header.stamp, seconds * 1_000_000_000 + nanoseconds))

    def report(self) -> ReceiverReport:
        """What came since the last one."""
        cpu, dropped, delays = time.process_time(), dropped_datagrams(self.ports), self._delays
        report: ReceiverReport = {
            "streams": len(self._seen),
            "received": sum(gaps.received for gaps in self._streams.values()),
            "missing": sum(gaps.take_missing() for gaps in self._streams.values()),
            "medianMs": percentile(delays, 0.5) * 1000 if delays else 0.0,
            "p95Ms": percentile(delays, 0.95) * 1000 if delays else 0.0,
            "dropped": dropped - self._dropped,
            "cpuSeconds": cpu - self._cpu,
        }
        self._cpu, self._dropped, self._delays, self._seen = cpu, dropped, [], set()
        return report

    @staticmethod
    def _socket() -> socket.socket:
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER_BYTES)
        receiver.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        receiver.bind(("127.0.0.1", 0))
        receiver.setblocking(False)
        return receiver


def receive(count: int) -> None:
    """Read and report until standard input ends."""
    receivers = Receivers(count)
    print(json.dumps(receivers.ports), flush=True)
    gc.freeze()
    while True:
        readable, _, _ = select.select([sys.stdin, *receivers.sockets], [], [])
        for one in readable:
            if isinstance(one, socket.socket):
                receivers.read(one)
        if sys.stdin in readable:
            if not sys.stdin.readline():
                return
            print(json.dumps(receivers.report()), flush=True)


if __name__ == "__main__":
    receive(int(sys.argv[1]))
