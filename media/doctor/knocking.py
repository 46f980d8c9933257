"""Knocking at a worker as a browser does: a STUN binding request to an announced address (RFC 8445, RFC 8489)."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from media.doctor import stun
from media.doctor.wires import tcp_wire, udp_wire

Json = dict[str, Any]

PATIENCE = 2.5
OUR_NAME = "doctor"
A_PRIORITY = (0x6E7F1EFF).to_bytes(4, "big")


@dataclass(frozen=True, slots=True)
class Knock:
    """`seconds` until the worker answered; None when it did not, and then `trouble` says how it went."""

    protocol: str
    ip: str
    port: int
    seconds: float | None = None
    trouble: str = ""

    @property
    def where(self) -> str:
        """`UDP 203.0.113.9:44444`."""
        host = f"[{self.ip}]" if ":" in self.ip else self.ip
        return f"{self.protocol.upper()} {host}:{self.port}"


async def knock(candidate: Json, ice_parameters: Json, patience: float = PATIENCE) -> Knock:
    """Ask the worker behind this ICE candidate whether it is there. Never raises."""
    protocol, ip, port = candidate["protocol"], candidate.get("address") or candidate["ip"], candidate["port"]
    request = binding_request(ice_parameters)
    began = time.perf_counter()
    try:
        async with asyncio.timeout(patience):
            way = udp_wire(ip, port) if protocol == "udp" else tcp_wire(ip, port, framed=True)
            async with way as wire:
                answer = await wire.ask(request)
        trouble = trouble_with(answer, ice_parameters)
    except TimeoutError:
        trouble = f"no answer within {patience:g} s"
    except ConnectionRefusedError:
        trouble = "refused: nothing listens there"
    except OSError as error:
        trouble = (error.strerror or str(error) or type(error).__name__).lower()
    if trouble:
        return Knock(protocol, ip, port, trouble=trouble)
    return Knock(protocol, ip, port, seconds=time.perf_counter() - began)


def binding_request(ice_parameters: Json) -> bytes:
    """What a browser would send to a transport with these parameters."""
    attributes = {
        stun.USERNAME: f"{ice_parameters['usernameFragment']}:{OUR_NAME}".encode(),
        stun.PRIORITY: A_PRIORITY,
        stun.ICE_CONTROLLING: bytes(8),
    }
    return stun.request(stun.BINDING, attributes, _key(ice_parameters))


def trouble_with(answer: bytes, ice_parameters: Json) -> str:
    """Why this is not the answer of the transport with these parameters; empty when it is."""
    try:
        message = stun.read(answer)
    except stun.NotStun:
        return "something answered that is no media worker"
    if not message.succeeded:
        code, words = message.error
        return f"it answered with error {code} {words}".rstrip()
    return "" if stun.is_signed_by(answer, _key(ice_parameters)) else "something answered that is not our worker"


def _key(ice_parameters: Json) -> bytes:
    return str(ice_parameters["password"]).encode()
