"""The sender, a process of its own: `python -m bench.capacity.sender PORT…`, a port for each person.

Sends until its standard input ends. Each line there is answered with a `SenderReport` on what came since the last one.
"""

from __future__ import annotations

import gc
import heapq
import json
import select
import socket
import sys
import time
from typing import TypedDict

from bench.capacity.limits import percentile
from bench.capacity.stream import AUDIO_EVERY, VIDEO_EVERY, camera, microphone


class SenderReport(TypedDict):
    """`lateMs` is by how much packets left after their time, percentile 95."""

    sent: int
    lateMs: float
    cpuSeconds: float


def send(ports: list[int]) -> None:
    """Send a camera and a microphone to each port, constantly."""
    start = time.perf_counter()
    due = []
    for person, port in enumerate(ports):
        to_worker = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        to_worker.connect(("127.0.0.1", port))
        # People are not in step with one another.
        apart = person / len(ports)
        due.append((start + apart * VIDEO_EVERY, 2 * person, camera(person), to_worker))
        due.append((start + apart * AUDIO_EVERY, 2 * person + 1, microphone(person), to_worker))
    heapq.heapify(due)
    gc.freeze()
    late: list[float] = []
    cpu = time.process_time()
    while True:
        at, order, track, to_worker = due[0]
        wait = at - time.perf_counter()
        if wait > 0 or len(late) % 64 == 0:
            readable, _, _ = select.select([sys.stdin], [], [], max(0.0, wait))
            if readable:
                if not sys.stdin.readline():
                    return
                now = time.process_time()
                report: SenderReport = {
                    "sent": len(late),
                    "lateMs": percentile(late, 0.95) * 1000 if late else 0.0,
                    "cpuSeconds": now - cpu,
                }
                print(json.dumps(report), flush=True)
                cpu, late = now, []
                continue
        to_worker.send(track.next_packet())
        late.append(time.perf_counter() - at)
        heapq.heapreplace(due, (at + track.every, order, track, to_worker))


if __name__ == "__main__":
    send([int(port) for port in sys.argv[1:]])
