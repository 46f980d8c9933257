"""ICE and DTLS between the JSON shape and the bodies of the schema."""

from typing import Any, Final, Literal, NotRequired, TypedDict, cast

from media.mediasoup.listen_info import TransportProtocol, TransportTuple, protocol_from_fbs, tuple_from_fbs
from media.mediasoup.transport_dump_fbs import BaseTransportDump, transport_dump_from_fbs
from media.mediasoup.transport_stats import BaseTransportStats, transport_stats_from_fbs

IceState = Literal["new", "connected", "completed", "disconnected", "closed"]
IceRole = Literal["controlled", "controlling"]
DtlsRole = Literal["auto", "client", "server"]
DtlsState = Literal["new", "connecting", "connected", "failed", "closed"]
FingerprintAlgorithm = Literal["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"]


class IceParameters(TypedDict):
    usernameFragment: str
    password: str
    iceLite: bool


class IceCandidate(TypedDict):
    """`ip` equals `address`, for clients that read that."""

    foundation: str
    priority: int
    ip: str
    address: str
    protocol: TransportProtocol
    port: int
    type: Literal["host"]
    tcpType: NotRequired[Literal["passive"]]


class DtlsFingerprint(TypedDict):
    algorithm: FingerprintAlgorithm
    value: str


class DtlsParameters(TypedDict):
    """`role` is the sender's own; absent means `auto`."""

    role: NotRequired[DtlsRole]
    fingerprints: list[DtlsFingerprint]


class WebRtcTransportDump(BaseTransportDump):
    iceRole: Literal["controlled"]
    iceParameters: IceParameters
    iceCandidates: list[IceCandidate]
    iceState: IceState
    dtlsParameters: DtlsParameters
    dtlsState: DtlsState


class WebRtcTransportStat(BaseTransportStats):
    type: Literal["webrtc-transport"]
    iceRole: IceRole
    iceState: IceState
    iceSelectedTuple: NotRequired[TransportTuple]
    dtlsState: DtlsState


_ALGORITHM_TO_FBS: Final[dict[object, str]] = {
    "sha-1": "SHA1",
    "sha-224": "SHA224",
    "sha-256": "SHA256",
    "sha-384": "SHA384",
    "sha-512": "SHA512",
}
_ALGORITHM_FROM_FBS: Final = {name: algorithm for algorithm, name in _ALGORITHM_TO_FBS.items()}
_ROLE_TO_FBS: Final[dict[object, str]] = {None: "AUTO", "auto": "AUTO", "client": "CLIENT", "server": "SERVER"}


def dtls_parameters_to_fbs(parameters: DtlsParameters) -> dict[str, Any]:
    """The body of `DtlsParameters`. Raises TypeError, naming what is wrong, for anything else than DTLS parameters."""
    if not isinstance(parameters, dict):
        raise TypeError("dtls_parameters must be a dict")
    given = parameters.get("fingerprints")
    if not isinstance(given, list) or not given:
        raise TypeError("dtls_parameters.fingerprints must be a non-empty list")
    fingerprints = []
    for fingerprint in given:
        if not isinstance(fingerprint, dict) or not isinstance(fingerprint.get("value"), str):
            raise TypeError("a fingerprint must have an algorithm and a value")
        algorithm = _of_table(_ALGORITHM_TO_FBS, fingerprint.get("algorithm"), "FingerprintAlgorithm")
        fingerprints.append({"algorithm": algorithm, "value": fingerprint["value"]})
    return {"fingerprints": fingerprints, "role": _of_table(_ROLE_TO_FBS, parameters.get("role"), "DtlsRole")}


def _of_table(table: dict[object, str], value: object, noun: str) -> str:
    name = table.get(value) if value is None or isinstance(value, str) else None
    if name is None:
        raise TypeError(f"invalid {noun}: {value!r}")
    return name


def dtls_parameters_from_fbs(body: dict[str, Any]) -> DtlsParameters:
    fingerprints = [
        {"algorithm": _ALGORITHM_FROM_FBS[fingerprint["algorithm"]], "value": fingerprint["value"]}
        for fingerprint in body["fingerprints"]
    ]
    return cast(DtlsParameters, {"fingerprints": fingerprints, "role": body["role"].lower()})


def ice_parameters_from_fbs(body: dict[str, Any]) -> IceParameters:
    return {"usernameFragment": body["usernameFragment"], "password": body["password"], "iceLite": body["iceLite"]}


def ice_candidate_from_fbs(body: dict[str, Any]) -> IceCandidate:
    candidate: IceCandidate = {
        "foundation": body["foundation"],
        "priority": body["priority"],
        "ip": body["address"],
        "address": body["address"],
        "protocol": protocol_from_fbs(body["protocol"]),
        "port": body["port"],
        "type": "host",
    }
    if "tcpType" in body:
        candidate["tcpType"] = "passive"
    return candidate


def webrtc_transport_dump_from_fbs(body: dict[str, Any]) -> WebRtcTransportDump:
    """mediasoup is ICE lite, hence always `controlled`."""
    return {
        **transport_dump_from_fbs(body["base"]),
        "iceRole": "controlled",
        "iceParameters": ice_parameters_from_fbs(body["iceParameters"]),
        "iceCandidates": [ice_candidate_from_fbs(candidate) for candidate in body["iceCandidates"]],
        "iceState": body["iceState"].lower(),
        "dtlsParameters": dtls_parameters_from_fbs(body["dtlsParameters"]),
        "dtlsState": body["dtlsState"].lower(),
    }


def webrtc_transport_stat_from_fbs(body: dict[str, Any]) -> WebRtcTransportStat:
    stat: dict[str, Any] = {
        **transport_stats_from_fbs(body["base"]),
        "type": "webrtc-transport",
        "iceRole": body["iceRole"].lower(),
        "iceState": body["iceState"].lower(),
        "dtlsState": body["dtlsState"].lower(),
    }
    if "iceSelectedTuple" in body:
        stat["iceSelectedTuple"] = tuple_from_fbs(body["iceSelectedTuple"])
    return cast(WebRtcTransportStat, stat)
