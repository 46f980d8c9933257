"""What browsers are told to send their media to, and whether that leads to our workers."""

import ipaddress
import socket
from urllib.parse import urlsplit

from django.conf import settings

from media.doctor.aside import aside
from media.doctor.finding import Finding, green, red, yellow
from media.doctor.host import is_ours, own_addresses
from media.doctor.knocking import Knock
from media.doctor.nodes import START_ONE
from media.doctor.visits import Rounds, Visit
from media.errors import UNKNOWN_EVENT, MediaError

SET_IT = "Set MEDIASOUP_ANNOUNCED_IP to the address by which browsers reach the media node"


async def announced_address(rounds: Rounds) -> list[Finding]:
    """One finding for each address that a node announces."""
    public = await aside(_public_addresses)
    found = [
        await aside(_announced, visit, address, public)
        for visit in await rounds.visits()
        for address in dict.fromkeys(knock.ip for some in visit.knocks.values() for knock in some)
    ]
    return found or [yellow("No worker tells what it announces.", START_ONE)]


def _announced(visit: Visit, announced: str, public: list[str] | None) -> Finding:
    ours = own_addresses()
    facts = {"node": visit.title, "announced": announced, "interfaces": ours if visit.is_here else []}
    said = f"{visit.title} announces {announced}"
    try:
        ip = ipaddress.ip_address(announced)
    except ValueError:
        return red(
            f"{said}, which is a name that cannot be resolved here: some browsers ignore such candidates.",
            f"{SET_IT}, or to a name that its host can resolve.",
            **facts,
        )
    if public is not None and ip.is_loopback:
        return red(
            f"{said}, which leads each browser to its own machine, while PUBLIC_URL is {settings.PUBLIC_URL}.",
            f"{SET_IT}, and MEDIASOUP_LISTEN_IP=0.0.0.0.",
            **facts,
        )
    if public and not ip.is_global and all(ipaddress.ip_address(one).is_global for one in public):
        return red(
            f"{said}, a private address, while PUBLIC_URL {settings.PUBLIC_URL} leads to {', '.join(public)}.",
            f"{SET_IT} from outside.",
            **facts,
        )
    if visit.is_here and not is_ours(announced):
        reached = any(knock.seconds is not None for some in visit.knocks.values() for knock in some)
        addresses = f"which is none of this host's addresses ({', '.join(ours)})"
        if reached:
            return green(f"{said}, {addresses}, but leads here.", **facts)
        return red(
            f"{said}, {addresses}, and nothing answers there.",
            f"{SET_IT}; if that is a router before this host, have it forward UDP and TCP to us.",
            **facts,
        )
    return green(f"{said}{', one of this host' + chr(39) + 's own addresses' if visit.is_here else ''}.", **facts)


def _public_addresses() -> list[str] | None:
    """Where PUBLIC_URL leads; empty when its name is not known here, None when there is none, or for this machine."""
    host = urlsplit(getattr(settings, "PUBLIC_URL", "")).hostname
    if not host:
        return None
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        return []
    return None if all(ipaddress.ip_address(one).is_loopback for one in found) else sorted(found)


async def reachable(rounds: Rounds) -> list[Finding]:
    """One finding for each worker: whether it answered the STUN requests that we sent to what it announces."""
    found = [one for visit in await rounds.visits() if not visit.trouble for one in _reachable(visit)]
    return found or [red("There is no worker to knock at.", START_ONE)]


def _reachable(visit: Visit) -> list[Finding]:
    if isinstance(visit.doors, MediaError):
        if visit.doors.code == UNKNOWN_EVENT:
            return [yellow(f"{visit.title} is older than this program, and opens no door.", "Restart it.")]
        return [red(f"{visit.title}: {visit.doors.details}", "Look at the media node's log.")]
    shut = [row["index"] for row in visit.workers if row["state"] != "draining" and row["index"] not in visit.knocks]
    closed = [
        red(f"{visit.title}, worker {index} opens no door: it does not run, or hangs.", "See what `workers` says.")
        for index in dict.fromkeys(shut)
    ]
    return [*(_knocked(visit, worker, some) for worker, some in sorted(visit.knocks.items())), *closed]


def _knocked(visit: Visit, worker: int, knocks: list[Knock]) -> Finding:
    who = f"{visit.title}, worker {worker}"
    facts = {
        "node": visit.title,
        "worker": worker,
        "knocks": [
            {"protocol": one.protocol, "ip": one.ip, "port": one.port, "seconds": one.seconds, "trouble": one.trouble}
            for one in knocks
        ],
    }
    well = [f"{one.where} in {one.seconds * 1000:.1f} ms" for one in knocks if one.seconds is not None]
    ill = [one for one in knocks if one.seconds is None]
    answered = f"{who} answered STUN from here at {', '.join(well)}" if well else f"{who} answered nowhere"
    if not ill:
        return green(f"{answered}.", **facts)
    silent = "; ".join(f"{one.where}: {one.trouble}" for one in ill)
    ports = " and ".join(f"{one.protocol.upper()} {one.port}" for one in ill)
    remedy = f"Open {ports} in the firewall and forward it to the media node, or correct MEDIASOUP_ANNOUNCED_IP."
    # Browsers go on to TCP by themselves; without UDP it is worse, without TCP narrow networks are shut out.
    make = yellow if well else red
    return make(f"{answered}. {silent}.", remedy, **facts)
