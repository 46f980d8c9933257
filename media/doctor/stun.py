"""STUN messages (RFC 8489), as far as a doctor needs them: bytes in and out, no I/O."""

import binascii
import hashlib
import hmac
import ipaddress
import os
import struct
from dataclasses import dataclass, field
from typing import Final

MAGIC: Final = 0x2112A442
HEADER: Final = 20
BINDING, ALLOCATE, REFRESH, SEND, RECEIVED, CREATE_PERMISSION = 0x001, 0x003, 0x004, 0x006, 0x007, 0x008
REQUEST, INDICATION, SUCCESS, ERROR = 0x000, 0x010, 0x100, 0x110
CLASSES: Final = 0x110

USERNAME, MESSAGE_INTEGRITY, ERROR_CODE = 0x0006, 0x0008, 0x0009
LIFETIME, XOR_PEER_ADDRESS, DATA, REALM, NONCE = 0x000D, 0x0012, 0x0013, 0x0014, 0x0015
XOR_RELAYED_ADDRESS, REQUESTED_TRANSPORT, XOR_MAPPED_ADDRESS = 0x0016, 0x0019, 0x0020
PRIORITY, FINGERPRINT, ICE_CONTROLLING = 0x0024, 0x8028, 0x802A
FINGERPRINT_XOR: Final = 0x5354554E


class NotStun(ValueError):
    """These bytes are no STUN message."""


@dataclass(frozen=True, slots=True)
class Message:
    """`kind` is method and class together, as in the header."""

    kind: int
    transaction: bytes
    attributes: dict[int, bytes] = field(default_factory=dict)

    @property
    def succeeded(self) -> bool:
        """Whether it is a success response."""
        return self.kind & CLASSES == SUCCESS

    @property
    def error(self) -> tuple[int, str]:
        """Code and words of an error response; 0 and nothing when there are none."""
        value = self.attributes.get(ERROR_CODE, b"")
        if len(value) < 4:
            return 0, ""
        return (value[2] & 7) * 100 + value[3], value[4:].decode(errors="replace").strip("\0 ")

    def address(self, attribute: int) -> tuple[str, int] | None:
        """The address and port of an XOR-…-ADDRESS."""
        value = self.attributes.get(attribute)
        if value is None or len(value) not in (8, 20):
            return None
        port = struct.unpack_from("!H", value, 2)[0] ^ (MAGIC >> 16)
        return str(ipaddress.ip_address(_xored(value[4:], self.transaction))), port


def new_transaction() -> bytes:
    """A transaction id."""
    return os.urandom(12)


def request(
    method: int, attributes: dict[int, bytes], key: bytes | None = None, transaction: bytes | None = None
) -> bytes:
    """A request; with a `key`, signed. It ends in a fingerprint. Without a transaction id it gets a new one."""
    return _message(method | REQUEST, attributes, key, transaction or new_transaction())


def indication(method: int, attributes: dict[int, bytes], transaction: bytes) -> bytes:
    """What nobody answers as such."""
    return _message(method | INDICATION, attributes, None, transaction)


def _message(kind: int, attributes: dict[int, bytes], key: bytes | None, transaction: bytes) -> bytes:
    body = b"".join(_attribute(name, value) for name, value in attributes.items())
    if key is not None:
        signed = _header(kind, len(body) + 24, transaction) + body
        body += _attribute(MESSAGE_INTEGRITY, hmac.new(key, signed, hashlib.sha1).digest())
    checked = _header(kind, len(body) + 8, transaction) + body
    return checked + _attribute(FINGERPRINT, struct.pack("!I", binascii.crc32(checked) ^ FINGERPRINT_XOR))


def read(data: bytes) -> Message:
    """The message in these bytes. Raises `NotStun`."""
    if len(data) < HEADER or data[0] & 0xC0 or struct.unpack_from("!I", data, 4)[0] != MAGIC:
        raise NotStun("no STUN header")
    kind, length = struct.unpack_from("!HH", data)
    attributes: dict[int, bytes] = {}
    at, end = HEADER, HEADER + length
    if end > len(data):
        raise NotStun("shorter than it says")
    while at + 4 <= end:
        name, size = struct.unpack_from("!HH", data, at)
        attributes.setdefault(name, data[at + 4 : at + 4 + size])
        at += 4 + size + -size % 4
    return Message(kind, data[8:HEADER], attributes)


def is_signed_by(data: bytes, key: bytes) -> bool:
    """Whether a message carries a MESSAGE-INTEGRITY that was made with `key`."""
    at = HEADER
    while at + 4 <= len(data):
        name, size = struct.unpack_from("!HH", data, at)
        if name == MESSAGE_INTEGRITY:
            kind = struct.unpack_from("!H", data)[0]
            signed = _header(kind, at + 24 - HEADER, data[8:HEADER]) + data[HEADER:at]
            return hmac.compare_digest(hmac.new(key, signed, hashlib.sha1).digest(), data[at + 4 : at + 4 + size])
        at += 4 + size + -size % 4
    return False


def xor_address(ip: str, port: int, transaction: bytes) -> bytes:
    """The value of an XOR-PEER-ADDRESS. Raises ValueError for what is no address."""
    address = ipaddress.ip_address(ip)
    return struct.pack("!BBH", 0, 1 if address.version == 4 else 2, port ^ (MAGIC >> 16)) + _xored(
        address.packed, transaction
    )


def _xored(address: bytes, transaction: bytes) -> bytes:
    mask = struct.pack("!I", MAGIC) + transaction
    return bytes(one ^ other for one, other in zip(address, mask, strict=False))


def _header(kind: int, length: int, transaction: bytes) -> bytes:
    return struct.pack("!HHI", kind, length, MAGIC) + transaction


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + bytes(-len(value) % 4)
