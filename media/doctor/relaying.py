"""Asking STUN and TURN servers for what browsers ask them (RFC 8489, RFC 8656)."""

import hashlib
import ssl
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from media.doctor import stun
from media.doctor.wires import Wire, tcp_wire, udp_wire

UDP_RELAY = bytes([17, 0, 0, 0])
PORTS = {"stun": 3478, "turn": 3478, "stuns": 5349, "turns": 5349}
UNAUTHORIZED, STALE_NONCE = 401, 438


class BadServer(ValueError):
    """Text that names no STUN or TURN server."""


class Refused(Exception):
    """The server answered, and does not do it. `step` is what was asked of it."""

    def __init__(self, step: str, code: int, words: str) -> None:
        super().__init__(f"{step}: {code} {words}".rstrip())
        self.step, self.code, self.words = step, code, words


@dataclass(frozen=True, slots=True)
class Server:
    """What an ICE server's URL says (RFC 7064, RFC 7065)."""

    scheme: str
    host: str
    port: int
    transport: str

    @property
    def relays(self) -> bool:
        """Whether it is a TURN server."""
        return self.scheme.startswith("turn")

    @property
    def way(self) -> str:
        """How browsers reach it: UDP, TCP or TLS."""
        return "TLS" if self.scheme.endswith("s") else self.transport.upper()

    def wire(self, tls: ssl.SSLContext | None = None) -> AbstractAsyncContextManager[Wire]:
        """The way to it. `tls` stands for what browsers trust."""
        if self.way == "UDP":
            return udp_wire(self.host, self.port)
        return tcp_wire(self.host, self.port, tls=(tls or ssl.create_default_context()) if self.way == "TLS" else None)


def parse_server(url: str) -> Server:
    """The server of a URL such as `turn:turn.example.org:3478?transport=tcp`. Raises `BadServer`."""
    scheme, _, rest = url.partition(":")
    address, _, query = rest.partition("?")
    host, _, port = address.rpartition(":") if not address.endswith("]") and ":" in address else (address, "", "")
    if scheme not in PORTS or not host or (port and not port.isdecimal()):
        raise BadServer(f"{url} is no address of a STUN or TURN server")
    transport = "tcp" if scheme.endswith("s") or query == "transport=tcp" else "udp"
    return Server(scheme, host.strip("[]"), int(port or PORTS[scheme]), transport)


async def mapped_address(wire: Wire) -> tuple[str, int] | None:
    """Our address, as a STUN server sees it. Raises OSError or `Refused`."""
    answer = stun.read(await wire.ask(stun.request(stun.BINDING, {})))
    if not answer.succeeded:
        raise Refused("a binding", *answer.error)
    return answer.address(stun.XOR_MAPPED_ADDRESS)


class Allocation:
    """An address on a TURN server, under these credentials. Raises OSError or `Refused` throughout."""

    def __init__(self, wire: Wire, username: str, credential: str) -> None:
        self._wire, self._username, self._credential = wire, username, credential
        self._signing: dict[int, bytes] = {}
        self._key: bytes | None = None

    async def allocate(self) -> tuple[str, int] | None:
        """Have one made; the address that is relayed."""
        made = await self._ask("an allocation", stun.ALLOCATE, {stun.REQUESTED_TRANSPORT: UDP_RELAY})
        return made.address(stun.XOR_RELAYED_ADDRESS)

    async def permit(self, peers: Sequence[str]) -> None:
        """Have it relay to and from these addresses."""
        for ip in peers:
            await self._ask(f"relaying to {ip}", stun.CREATE_PERMISSION, {}, ip)

    async def reach(self, ip: str, port: int, message: bytes) -> bytes:
        """Have a STUN request sent to a peer that it may relay to; the peer's answer."""

        def carried(data: bytes) -> bytes:
            found = stun.read(data)
            return found.attributes.get(stun.DATA, b"") if found.kind == stun.RECEIVED | stun.INDICATION else b""

        transaction = stun.new_transaction()
        sent = {stun.XOR_PEER_ADDRESS: stun.xor_address(ip, port, transaction), stun.DATA: message}
        told = await self._wire.ask(
            stun.indication(stun.SEND, sent, transaction),
            lambda data: carried(data)[8 : stun.HEADER] == message[8 : stun.HEADER],
        )
        return carried(told)

    async def release(self) -> None:
        """Give it back."""
        await self._ask("giving it back", stun.REFRESH, {stun.LIFETIME: bytes(4)})

    async def _ask(self, step: str, method: int, attributes: dict[int, bytes], peer: str = "") -> stun.Message:
        for _ in range(3):
            answer = stun.read(await self._wire.ask(self._request(method, attributes, peer)))
            if answer.succeeded:
                return answer
            code, words = answer.error
            challenged = code == STALE_NONCE or (code == UNAUTHORIZED and self._key is None)
            if not challenged or stun.NONCE not in answer.attributes:
                break
            self._take_up(answer)
        raise Refused(step, code, words)

    def _request(self, method: int, attributes: dict[int, bytes], peer: str) -> bytes:
        if not peer:
            return stun.request(method, {**attributes, **self._signing}, self._key)
        transaction = stun.new_transaction()
        value = {stun.XOR_PEER_ADDRESS: stun.xor_address(peer, 0, transaction)}
        return stun.request(method, {**value, **attributes, **self._signing}, self._key, transaction)

    def _take_up(self, challenge: stun.Message) -> None:
        realm = challenge.attributes.get(stun.REALM) or self._signing.get(stun.REALM, b"")
        self._signing = {
            stun.USERNAME: self._username.encode(),
            stun.REALM: realm,
            stun.NONCE: challenge.attributes[stun.NONCE],
        }
        self._key = hashlib.md5(b":".join((self._username.encode(), realm, self._credential.encode()))).digest()
