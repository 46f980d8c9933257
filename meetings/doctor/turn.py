"""STUN and TURN servers, asked for what browsers will ask them, with credentials as browsers get them."""

import asyncio
import ipaddress
import ssl
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from django.conf import settings

from media.doctor.finding import Finding, green, red, yellow
from media.doctor.knocking import binding_request, trouble_with
from media.doctor.relaying import Allocation, BadServer, Refused, Server, mapped_address, parse_server
from media.doctor.visits import Rounds
from meetings.ice_servers import ice_servers

Json = dict[str, Any]

PATIENCE = 4.0
RELAY_PATIENCE = 1.5
UNAUTHORIZED, FORBIDDEN, QUOTA = 401, 403, 486


async def turn(rounds: Rounds) -> list[Finding]:
    """One finding for each URL; the nodes' announced addresses are what a TURN server must relay to."""
    wanted = [(url, entry) for entry in ice_servers(uuid4()) for url in _urls(entry)]
    if not wanted:
        return [green("No STUN or TURN server is set: browsers reach the media ports directly, or not at all.")]
    doors = await _doors(rounds)
    found = list(await asyncio.gather(*(_ask(url, entry, doors) for url, entry in wanted)))
    servers = [parsed for url, _ in wanted if (parsed := _parsed(url)) is not None and parsed.relays]
    if servers and all(server.way == "UDP" for server in servers):
        found.append(
            yellow(
                "No TURN server is offered over TCP or TLS: networks that let no UDP out cannot use any.",
                f"Add one to TURN_URLS, such as turn:{servers[0].host}:{servers[0].port}?transport=tcp.",
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class Door:
    """Where a worker answers whoever has these ICE parameters."""

    ip: str
    port: int
    ice_parameters: Json


async def _doors(rounds: Rounds) -> list[Door]:
    """One for each announced address: what a TURN server must relay to."""
    try:
        visits = await rounds.visits()
    except Exception:
        # That is what the checks of media tell.
        return []
    found: dict[str, Door] = {}
    for door in (door for visit in visits for door in visit.opened):
        for candidate in door["iceCandidates"]:
            ip = candidate.get("address") or candidate["ip"]
            if candidate["protocol"] == "udp" and _is_address(ip):
                found.setdefault(ip, Door(ip, candidate["port"], door["iceParameters"]))
    return list(found.values())


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _urls(entry: Json) -> list[str]:
    urls: str | list[str] = entry.get("urls") or entry.get("url") or []
    return [urls] if isinstance(urls, str) else urls


def _parsed(url: str) -> Server | None:
    try:
        return parse_server(url)
    except BadServer:
        return None


async def _ask(url: str, entry: Json, doors: list[Door]) -> Finding:
    server = _parsed(url)
    if server is None:
        return red(f"{url} is no address of a STUN or TURN server.", "Correct it in TURN_URLS or ICE_SERVERS.")
    what = f"{url}, over {server.way},"
    try:
        async with asyncio.timeout(PATIENCE), server.wire() as wire:
            if not server.relays:
                return _seen(what, await mapped_address(wire))
            allocation = Allocation(wire, entry.get("username", ""), entry.get("credential", ""))
            relayed = await allocation.allocate()
            try:
                await allocation.permit([door.ip for door in doors])
                each = RELAY_PATIENCE / max(1, len(doors))
                silent = [door for door in doors if not await _answers(allocation, door, each)]
            finally:
                await allocation.release()
    except Refused as refusal:
        return red(f"{what} refuses {refusal}.", _remedy(refusal), code=refusal.code)
    except TimeoutError:
        return red(f"{what} does not answer within {PATIENCE:g} s.", _unreachable(server))
    except ssl.SSLCertVerificationError as error:
        return red(f"{what} shows a certificate that browsers do not take: {error.verify_message}.", "Renew it there.")
    except (OSError, ValueError) as error:
        said = (
            "nothing listens there" if isinstance(error, ConnectionRefusedError) else str(error) or type(error).__name__
        )
        return red(f"{what} cannot be used: {said}.", _unreachable(server))
    where = f"{relayed[0]}:{relayed[1]}" if relayed else "an address"
    if silent:
        told = ", ".join(f"{door.ip}:{door.port}" for door in silent)
        return red(
            f"{what} takes our credentials and gives {where}, but our worker at {told} does not answer through it.",
            f"Let the TURN server's host reach UDP {silent[0].port} and the ports after it of {silent[0].ip}.",
            relayed=where,
        )
    to = ", ".join(f"{door.ip}:{door.port}" for door in doors)
    reached = f"; our worker at {to} answers through it" if to else ""
    return green(f"{what} takes our credentials and gives {where}{reached}.", relayed=where)


async def _answers(allocation: Allocation, door: Door, patience: float) -> bool:
    try:
        async with asyncio.timeout(patience):
            answer = await allocation.reach(door.ip, door.port, binding_request(door.ice_parameters))
    except TimeoutError:
        return False
    return not trouble_with(answer, door.ice_parameters)


def _seen(what: str, mapped: tuple[str, int] | None) -> Finding:
    return green(f"{what} sees us as {mapped[0] if mapped else 'somebody'}.")


def _remedy(refusal: Refused) -> str:
    if refusal.code == UNAUTHORIZED:
        if settings.TURN_SECRET:
            return "Give TURN_SECRET and the server's static-auth-secret one value, and both hosts the same time."
        return "Correct username and credential in ICE_SERVERS."
    if refusal.code == FORBIDDEN:
        return "Let it relay to the media nodes: allowed-peer-ip=…, for each announced address."
    if refusal.code == QUOTA:
        return "Raise its quota (user-quota, total-quota)."
    return "See the TURN server's log."


def _unreachable(server: Server) -> str:
    port = f"{'UDP' if server.way == 'UDP' else 'TCP'} {server.port}"
    return f"Start it, correct TURN_URLS, or open {port} of {server.host}."
