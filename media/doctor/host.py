"""What this machine says of itself: its addresses, and who listens where.

Most is read from /proc; where there is none, nothing is known.
"""

import fcntl
import ipaddress
import os
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

SIOCGIFADDR = 0x8915
TCP_LISTEN = "0A"


def own_addresses() -> list[str]:
    """The addresses of this machine's interfaces, loopback last."""
    found = [*_ipv4(), *_ipv6()]
    return sorted(dict.fromkeys(found), key=lambda ip: (ipaddress.ip_address(ip).is_loopback, ":" in ip))


def is_ours(ip: str) -> bool:
    """Whether `ip` is an address of this machine: only those can be listened on."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((ip, 0))
    except OSError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class Holder:
    """A process that has a port. `pid` is None where it is another user's."""

    protocol: str
    pid: int | None
    name: str
    uid: int

    def __str__(self) -> str:
        who = f"{self.name} [pid:{self.pid}]" if self.pid is not None else f"a process of user {self.uid}"
        return f"{self.protocol.upper()} by {who}"


def holders(ports: set[int]) -> dict[int, list[Holder]]:
    """Who receives over UDP, or listens over TCP, on these ports of whatever address."""
    sockets: list[tuple[str, int, str, int]] = []
    for protocol in ("udp", "udp6", "tcp", "tcp6"):
        for line in _lines(f"/proc/net/{protocol}")[1:]:
            fields = line.split()
            port = int(fields[1].rpartition(":")[2], 16)
            if port in ports and (protocol.startswith("udp") or fields[3] == TCP_LISTEN):
                sockets.append((protocol.rstrip("6"), port, fields[9], int(fields[7])))
    owners = _owners({inode for _, _, inode, _ in sockets}) if sockets else {}
    found: dict[int, list[Holder]] = {}
    for protocol, port, inode, uid in sockets:
        for pid in owners.get(inode, [None]):
            found.setdefault(port, []).append(Holder(protocol, pid, process_name(pid) if pid else "", uid))
    return found


def process_name(pid: int) -> str:
    """What a process is called; empty when it is gone. Its arguments may hold secrets, and are left out."""
    try:
        program = Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0]
    except OSError:
        return ""
    return Path(os.fsdecode(program)).name or "".join(_lines(f"/proc/{pid}/comm"))


def open_files(pid: int) -> tuple[int | None, int | None]:
    """How many files a process has open, and how many it may have; None for what is not told."""
    limit = None
    for line in _lines(f"/proc/{pid}/limits"):
        if line.startswith("Max open files"):
            soft = line.split()[3]
            limit = int(soft) if soft.isdecimal() else None
    try:
        return len(os.listdir(f"/proc/{pid}/fd")), limit
    except OSError:
        return None, limit


def memory() -> tuple[int, int] | None:
    """Bytes that are available, and that there are; None where nobody says."""
    told = {line.partition(":")[0]: line.split()[1] for line in _lines("/proc/meminfo") if len(line.split()) > 1}
    if "MemAvailable" not in told or "MemTotal" not in told:
        return None
    return int(told["MemAvailable"]) * 1024, int(told["MemTotal"]) * 1024


def _owners(inodes: set[str]) -> dict[str, list[int | None]]:
    found: dict[str, list[int | None]] = {}
    for directory in Path("/proc").glob("[0-9]*/fd"):
        try:
            links = [os.readlink(entry) for entry in os.scandir(directory)]
        except OSError:
            continue  # another user's, or gone
        for link in set(links):
            if link.startswith("socket:[") and link[8:-1] in inodes:
                found.setdefault(link[8:-1], []).append(int(directory.parent.name))
    return found


def _ipv4() -> list[str]:
    found = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            try:
                answer = fcntl.ioctl(probe, SIOCGIFADDR, struct.pack("256s", name.encode()[:15]))
            except OSError:
                continue  # an interface without an address
            found.append(socket.inet_ntoa(answer[20:24]))
    return found


def _ipv6() -> list[str]:
    lines = _lines("/proc/net/if_inet6")
    return [str(ipaddress.IPv6Address(int(line.split()[0], 16))) for line in lines]


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text().splitlines()
    except OSError:
        return []
