"""Where a transport listens: `ListenInfo` as upstream's `TransportListenInfo`, and the tuple that came of it."""

from typing import Any, Final, Literal, NotRequired, TypedDict, cast

TransportProtocol = Literal["udp", "tcp"]

_PROTOCOL_TO_FBS: Final[dict[object, str]] = {"udp": "UDP", "tcp": "TCP"}


class PortRange(TypedDict):
    min: int
    max: int


class SocketFlags(TypedDict, total=False):
    ipv6Only: bool
    udpReusePort: bool


class ListenInfo(TypedDict):
    """One listening socket. `port` 0 or absent: any free port of `portRange`, or of the worker's range.

    `sendBufferSize` and `recvBufferSize` are bytes. `exposeInternalIp` adds a candidate with `ip` beside the announced
    one."""

    protocol: TransportProtocol
    ip: str
    announcedAddress: NotRequired[str]
    exposeInternalIp: NotRequired[bool]
    port: NotRequired[int]
    portRange: NotRequired[PortRange]
    flags: NotRequired[SocketFlags]
    sendBufferSize: NotRequired[int]
    recvBufferSize: NotRequired[int]


class TransportTuple(TypedDict):
    """Both ends of a flow. Until the remote end is known, `remoteIp` is absent and `remotePort` 0. `localIp` equals
    `localAddress`."""

    localIp: str
    localAddress: str
    localPort: int
    remoteIp: NotRequired[str]
    remotePort: int
    protocol: TransportProtocol


def listen_info_to_fbs(listen_info: ListenInfo) -> dict[str, Any]:
    """The body of `ListenInfo`. Raises TypeError for an unknown protocol or an address that is no string."""
    if not isinstance(listen_info, dict):
        raise TypeError("listenInfo must be an object")
    protocol = _PROTOCOL_TO_FBS.get(listen_info.get("protocol"))
    if protocol is None:
        raise TypeError(f"invalid protocol {listen_info.get('protocol')!r}: must be 'udp' or 'tcp'")
    if not isinstance(listen_info.get("ip"), str):
        raise TypeError("listenInfo.ip must be a string")
    port_range = listen_info.get("portRange") or {"min": 0, "max": 0}
    flags = listen_info.get("flags") or {}
    body: dict[str, Any] = {
        "protocol": protocol,
        "ip": listen_info["ip"],
        "exposeInternalIp": bool(listen_info.get("exposeInternalIp")),
        "port": listen_info.get("port") or 0,
        "portRange": {"min": port_range["min"], "max": port_range["max"]},
        "flags": {"ipv6Only": bool(flags.get("ipv6Only")), "udpReusePort": bool(flags.get("udpReusePort"))},
        "sendBufferSize": listen_info.get("sendBufferSize") or 0,
        "recvBufferSize": listen_info.get("recvBufferSize") or 0,
    }
    if listen_info.get("announcedAddress"):
        body["announcedAddress"] = listen_info["announcedAddress"]
    return body


def protocol_from_fbs(protocol: str) -> TransportProtocol:
    return cast(TransportProtocol, protocol.lower())


def tuple_from_fbs(body: dict[str, Any]) -> TransportTuple:
    decoded: TransportTuple = {
        "localIp": body["localAddress"],
        "localAddress": body["localAddress"],
        "localPort": body["localPort"],
        "remotePort": body["remotePort"],
        "protocol": protocol_from_fbs(body["protocol"]),
    }
    if body.get("remoteIp"):
        decoded["remoteIp"] = body["remoteIp"]
    return decoded
