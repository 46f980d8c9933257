"""What is wrong with a node's configuration, found before anything is started."""

import ipaddress
import os
import re
import socket
import time
from collections.abc import Iterator

from .config import NodeConfig
from .listening import is_free

# A worker fills a core; a few more than that can make sense, hundreds are a slip of the hand.
WORKERS_A_CORE = 4
ALWAYS_ALLOWED = 16
# The workers of a node that has just been killed let go of their ports a moment later.
PORT_PATIENCE = 3.0

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}$){_LABEL}(\.{_LABEL})*\.?", re.IGNORECASE)


def most_workers() -> int:
    """The most workers that a node of this machine is started with."""
    return max(ALWAYS_ALLOWED, WORKERS_A_CORE * (os.cpu_count() or 1))


def complaints(config: NodeConfig) -> Iterator[str]:
    """Sentences that say what is wrong with the values themselves, and what to do. None: they make sense."""
    cores = os.cpu_count() or 1
    if not 1 <= config.workers <= most_workers():
        yield (
            f"{config.workers} workers make no sense on {cores} cores: set --workers (MEDIASOUP_WORKERS) to 1 to "
            f"{most_workers()}, or leave it out for one a core."
        )
    if not _is_address(config.listen_ip):
        yield (
            f"{config.listen_ip} is no IP address: set --listen-ip (MEDIASOUP_LISTEN_IP) to an address of this "
            "machine, or to 0.0.0.0 for all of them."
        )
    announced = config.announced_ip
    if announced is not None and not _is_address(announced) and not _HOST_NAME.fullmatch(announced):
        yield (
            f"{announced} is neither an IP address nor a host name: set --announced-ip (MEDIASOUP_ANNOUNCED_IP) to "
            "what browsers reach this machine by."
        )
    last = 65536 - 2 * config.workers
    if config.port is not None and not 1 <= config.port <= last:
        yield (
            f"From port {config.port} on there are not two ports for each of {config.workers} workers: set --port "
            f"(MEDIASOUP_PORT) to 1 to {last}."
        )
    if config.consumers_per_worker < 1:
        yield (
            f"A worker that may carry {config.consumers_per_worker} consumers is of no use: set "
            "MEDIASOUP_CONSUMERS_PER_WORKER to 1 or more, or leave it out."
        )
    if not 0 < config.room_share <= 1:
        yield (
            f"A meeting cannot have {config.room_share:g} of a node: set MEDIA_ROOM_SHARE to more than 0 and at most "
            "1, or leave it out."
        )


def obstacle(config: NodeConfig) -> str | None:
    """What keeps this machine from listening as the configuration says, and what to do. None: nothing.

    Waits a moment for ports that are being let go.
    """
    ip = config.listen_ip
    if (error := _cannot_bind(ip)) is not None:
        return (
            f"{ip} cannot be listened on ({error}): set --listen-ip (MEDIASOUP_LISTEN_IP) to an address of this "
            "machine, or to 0.0.0.0 for all of them."
        )
    if config.port is None:
        return None
    deadline = time.monotonic() + PORT_PATIENCE
    ports = range(config.port, config.port + config.workers)
    while taken := [port for port in ports if not is_free(ip, port)]:
        if time.monotonic() >= deadline:
            which = ", ".join(map(str, taken))
            return (
                f"UDP or TCP port {which} of {ip} is in use: end what uses it, or set --port (MEDIASOUP_PORT) to the "
                f"first of {2 * config.workers} free ports."
            )
        time.sleep(0.1)
    return None


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _cannot_bind(ip: str) -> str | None:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.bind((ip, 0))
    except OSError as error:
        return error.strerror or type(error).__name__
    return None
