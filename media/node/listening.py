"""Where a worker listens for media, and the address that browsers are told."""

import asyncio
import ipaddress
import logging
import socket
from collections.abc import Iterator

from media.mediasoup.listen_info import ListenInfo

from .config import NodeConfig

log = logging.getLogger(__name__)

PREFERRED_PORT = 44444
_ANY_PORT_TRIES = 5


def candidate_ports(config: NodeConfig, index: int, last: int | None, bank: int = 0) -> Iterator[int]:
    """The ports to try for worker `index`, best first.

    N workers have 2 N ports, in two banks: a worker that is to succeed another one, while that still runs, listens in
    the other bank. A configured port is the only candidate. Otherwise: the one the worker had before it was restarted,
    the preferred one, and then a few that happen to be free.
    """
    offset = bank * config.workers + index
    if config.port is not None:
        yield config.port + offset
        return
    preferred = PREFERRED_PORT + offset
    for port in dict.fromkeys(port for port in (last, preferred) if port is not None):
        if is_free(config.listen_ip, port):
            yield port
    for _ in range(_ANY_PORT_TRIES):
        port = any_free(config.listen_ip)
        log.info("UDP and TCP port %d is in use; MediaSoup worker %d listens on %d", preferred, index, port)
        yield port


def is_free(ip: str, port: int) -> bool:
    """Whether `port` of `ip` can be listened on just now, over UDP and TCP."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as udp, socket.socket(family, socket.SOCK_STREAM) as tcp:
            udp.bind((ip, port))
            tcp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            tcp.bind((ip, port))
            tcp.listen(1)
    except OSError:
        return False
    return True


def any_free(ip: str) -> int:
    """A port of `ip` that is free over UDP and TCP just now. Raises OSError when `ip` is no address of this machine."""
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    while True:
        with socket.socket(family, socket.SOCK_DGRAM) as udp:
            udp.bind((ip, 0))
            port: int = udp.getsockname()[1]
        if is_free(ip, port):
            return port


def listen_infos(ip: str, announced: str | None, port: int) -> list[ListenInfo]:
    """UDP and TCP on one port."""
    udp: ListenInfo = {"protocol": "udp", "ip": ip, "port": port}
    tcp: ListenInfo = {"protocol": "tcp", "ip": ip, "port": port}
    if announced:
        udp["announcedAddress"] = tcp["announcedAddress"] = announced
    return [udp, tcp]


async def announced_address(config: NodeConfig) -> str | None:
    """The address to put into ICE candidates; None when the one that is listened on will do.

    A host name is resolved here, because some clients ignore candidates that carry names; one that cannot be resolved
    is announced as it stands, for the clients that can.
    """
    wanted = config.announced_ip
    listen = ipaddress.ip_address(config.listen_ip)
    if wanted is None:
        return default_route_address(listen.version) if listen.is_unspecified else None
    try:
        ipaddress.ip_address(wanted)
    except ValueError:
        return await _resolved(wanted, listen.version)
    return wanted


def default_route_address(version: int = 4) -> str | None:
    """This machine's address towards the world, or None when it has no default route. Sends nothing."""
    family, somewhere = (socket.AF_INET6, "2001:db8::1") if version == 6 else (socket.AF_INET, "192.0.2.1")
    try:
        with socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((somewhere, 9))
            address: str = probe.getsockname()[0]
            return address
    except OSError:
        return None


async def _resolved(name: str, version: int) -> str:
    family = socket.AF_INET6 if version == 6 else socket.AF_INET
    try:
        found = await asyncio.get_running_loop().getaddrinfo(name, None, family=family, type=socket.SOCK_DGRAM)
    except OSError as error:
        log.error("MEDIASOUP_ANNOUNCED_IP %s cannot be resolved (%s); it is announced as a name", name, error)
        return name
    address = str(found[0][4][0])
    log.info("MEDIASOUP_ANNOUNCED_IP %s is announced as %s", name, address)
    return address
