"""What processes of this machine cost, as the kernel counts it."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple, Self


class CpuTime(NamedTuple):
    """Seconds that threads ran, and seconds that they were ready to run and had no core."""

    ran: float
    waited: float

    def __sub__(self, earlier: Self) -> CpuTime:
        return CpuTime(self.ran - earlier.ran, self.waited - earlier.waited)


def cpu_time(*pids: int) -> CpuTime:
    """Of all threads of these processes that live."""
    ran = waited = 0
    for pid in pids:
        for schedstat in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                fields = schedstat.read_text().split()
            except OSError:
                continue  # ended while we looked
            ran, waited = ran + int(fields[0]), waited + int(fields[1])
    return CpuTime(ran / 1e9, waited / 1e9)


def machine_busy_seconds() -> float:
    """Seconds that all cores together have worked since the machine started."""
    user, nice, system, _idle, _waiting, *interrupts = map(
        int, Path("/proc/stat").read_text().split("\n")[0].split()[1:]
    )
    return (user + nice + system + sum(interrupts[:2])) / os.sysconf("SC_CLK_TCK")


def dropped_datagrams(ports: Iterable[int]) -> int:
    """UDP datagrams that the kernel dropped at these local ports because nobody read them in time."""
    wanted = set(ports)
    dropped = 0
    for line in Path("/proc/net/udp").read_text().splitlines()[1:]:
        fields = line.split()
        if int(fields[1].partition(":")[2], 16) in wanted:
            dropped += int(fields[-1])
    return dropped


def load_average() -> float:
    """Over the last minute."""
    return os.getloadavg()[0]
