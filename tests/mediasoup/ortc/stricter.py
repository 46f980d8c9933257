"""Where ours means to differ from upstream, told independently of ours.

Two things. Answers of ours hold known fields with values of their types only, where upstream leaves unknown fields,
and ``null``, ``false``, ``0`` and ``""`` of the wrong type, as they were; the ``tidied_…`` functions take them out. And
ours refuses what upstream lets pass, though it means nothing or does not fit the message to the worker: arrays in place
of objects, text that is not Unicode, numbers out of range; the ``…_refusals`` functions find them.
"""

import math
from collections.abc import Iterator, Mapping
from typing import Any

Json = Any

FEEDBACK_FIELDS = {"type": str, "parameter": str}
CODEC_FIELDS = {
    "kind": str,
    "mimeType": str,
    "preferredPayloadType": float,
    "payloadType": float,
    "clockRate": float,
    "channels": float,
    "parameters": dict,
    "rtcpFeedback": list,
}
EXTENSION_FIELDS = {
    "kind": str,
    "uri": str,
    "preferredId": float,
    "preferredEncrypt": bool,
    "direction": str,
    "id": float,
    "encrypt": bool,
    "parameters": dict,
}
ENCODING_FIELDS = {
    "ssrc": float,
    "rid": str,
    "codecPayloadType": float,
    "rtx": dict,
    "dtx": bool,
    "scalabilityMode": str,
    "maxBitrate": float,
}
CAPABILITIES_FIELDS = {"codecs": list, "headerExtensions": list}
PARAMETERS_FIELDS = {
    "mid": str,
    "codecs": list,
    "headerExtensions": list,
    "encodings": list,
    "rtcp": dict,
    "msid": str,
}
RTCP_FIELDS = {"cname": str, "reducedSize": bool}
SCTP_FIELDS = {"streamId": float, "ordered": bool, "maxPacketLifeTime": float, "maxRetransmits": float}


def of_type(value: Json, kind: type) -> bool:
    """Tell whether a JSON value is of a type; ``float`` stands for any number."""
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind)


def tidied_capabilities(answer: Json) -> Json:
    """RTP capabilities that upstream normalised, without what ours leaves out."""
    kept = _fields(answer, CAPABILITIES_FIELDS)
    _tidy_codecs_and_extensions(kept)
    return kept


def tidied_parameters(answer: Json) -> Json:
    """RTP parameters that upstream normalised, without what ours leaves out."""
    kept = _fields(answer, PARAMETERS_FIELDS)
    _tidy_codecs_and_extensions(kept)
    kept["encodings"] = [_fields(encoding, ENCODING_FIELDS) for encoding in kept["encodings"]]
    for encoding in kept["encodings"]:
        if "rtx" in encoding:
            encoding["rtx"] = _fields(encoding["rtx"], {"ssrc": float})
    kept["rtcp"] = _fields(kept["rtcp"], RTCP_FIELDS)
    return kept


def tidied_sctp(answer: Json) -> Json:
    """SCTP stream parameters that upstream normalised, without what ours leaves out."""
    return _fields(answer, SCTP_FIELDS)


def _tidy_codecs_and_extensions(kept: dict[str, Json]) -> None:
    kept["codecs"] = [_fields(codec, CODEC_FIELDS) for codec in kept["codecs"]]
    for codec in kept["codecs"]:
        codec["rtcpFeedback"] = [_fields(feedback, FEEDBACK_FIELDS) for feedback in codec["rtcpFeedback"]]
    kept["headerExtensions"] = [_fields(extension, EXTENSION_FIELDS) for extension in kept["headerExtensions"]]


def _fields(value: dict[str, Json], fields: Mapping[str, type]) -> dict[str, Json]:
    return {name: value[name] for name, kind in fields.items() if name in value and of_type(value[name], kind)}


def capability_refusals(document: Json) -> list[str]:
    """What ours refuses in RTP capabilities that upstream accepts."""
    return list(_capability_refusals(document))


def parameter_refusals(document: Json) -> list[str]:
    """What ours refuses in RTP parameters that upstream accepts."""
    return list(_parameter_refusals(document))


def sctp_refusals(document: Json) -> list[str]:
    """What ours refuses in SCTP stream parameters that upstream accepts."""
    bad = [name for name in ("streamId",) if not _fits(document.get(name), 16)]
    return bad + [name for name in ("maxPacketLifeTime", "maxRetransmits") if not _fits_or_unset(document, name, 16)]


def _capability_refusals(document: Json) -> Iterator[str]:
    if not isinstance(document, dict):
        yield "root is an array"
        return
    for codec in document.get("codecs") or ():
        yield from _codec_refusals(codec)
    for extension in document.get("headerExtensions") or ():
        yield from _text_refusals(extension, ("uri", "direction"))


def _parameter_refusals(document: Json) -> Iterator[str]:
    yield from _text_refusals(document, ("mid", "msid"))
    if isinstance(document.get("rtcp"), list):
        yield "rtcp is an array"
    elif document.get("rtcp"):
        yield from _text_refusals(document["rtcp"], ("cname",))
    for codec in document["codecs"]:
        yield from _codec_refusals(codec)
        yield from _number_refusals(codec, {"payloadType": 8, "clockRate": 32})
        if codec["mimeType"].lower().startswith("audio/") and of_type(codec.get("channels"), float):
            yield from _number_refusals(codec, {"channels": 8})
    for extension in document.get("headerExtensions") or ():
        yield from _text_refusals(extension, ("uri",))
        yield from _number_refusals(extension, {"id": 8})
        yield from _map_refusals(extension.get("parameters"))
    for encoding in document.get("encodings") or ():
        if isinstance(encoding, list):
            yield "an encoding is an array"
            continue
        yield from _text_refusals(encoding, ("rid", "scalabilityMode"))
        for name, bits in (("ssrc", 32), ("codecPayloadType", 8), ("maxBitrate", 64)):
            if not _fits_or_unset(encoding, name, bits):
                yield name
        if encoding.get("rtx"):
            yield from _number_refusals(encoding["rtx"], {"ssrc": 32})


def _codec_refusals(codec: Json) -> Iterator[str]:
    yield from _text_refusals(codec, ("mimeType",))
    yield from _map_refusals(codec.get("parameters"))
    feedback = codec.get("rtcpFeedback")
    for item in feedback if isinstance(feedback, list) else ():
        yield from _text_refusals(item, ("type", "parameter"))


def _map_refusals(parameters: Json) -> Iterator[str]:
    if isinstance(parameters, list):
        yield "format parameters are an array"
    elif isinstance(parameters, dict) and not all(map(_is_unicode, (*parameters, *parameters.values()))):
        yield "format parameters are not Unicode"


def _text_refusals(owner: Json, names: tuple[str, ...]) -> Iterator[str]:
    yield from (name for name in names if not _is_unicode(owner.get(name)))


def _number_refusals(owner: Json, bits: dict[str, int]) -> Iterator[str]:
    yield from (name for name, size in bits.items() if not _fits(owner.get(name), size))


def _is_unicode(value: Json) -> bool:
    return not isinstance(value, str) or not any(0xD800 <= ord(character) <= 0xDFFF for character in value)


def _fits(value: Json, bits: int) -> bool:
    return of_type(value, float) and math.floor(value) == value and 0 <= value < 2**bits


def _fits_or_unset(owner: Json, name: str, bits: int) -> bool:
    value = owner.get(name)
    return (value in (None, False, "") and not of_type(value, float)) or _fits(value, bits)
