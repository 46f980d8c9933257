"""RTP parameters between the JSON shape and the bodies of the schema.

`…_to_fbs` takes what `ortc` has validated and normalised; `…_from_fbs` answers what upstream's Node API would. Neither
changes what it is given.
"""

from typing import Any, Final, cast

from media.mediasoup.rtp_parameters import (
    RtcpFeedback,
    RtpCodecParameters,
    RtpEncodingParameters,
    RtpHeaderExtensionParameters,
    RtpMapping,
    RtpParameters,
)

Body = dict[str, Any]

_URI_TO_FBS: Final[dict[str, str]] = {
    "urn:ietf:params:rtp-hdrext:sdes:mid": "Mid",
    "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id": "RtpStreamId",
    "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id": "RepairRtpStreamId",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time": "AbsSendTime",
    "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01": "TransportWideCcDraft01",
    "urn:ietf:params:rtp-hdrext:ssrc-audio-level": "SsrcAudioLevel",
    "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension": "DependencyDescriptor",
    "urn:3gpp:video-orientation": "VideoOrientation",
    "urn:ietf:params:rtp-hdrext:toffset": "TimeOffset",
    "http://www.webrtc.org/experiments/rtp-hdrext/abs-capture-time": "AbsCaptureTime",
    "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay": "PlayoutDelay",
    "urn:mediasoup:params:rtp-hdrext:packet-id": "MediasoupPacketId",
}
_URI_FROM_FBS: Final[dict[str, str]] = {name: uri for uri, name in _URI_TO_FBS.items()}

_ENCODING_FIELDS: Final = ("ssrc", "codecPayloadType", "rtx", "dtx", "maxBitrate")

_INT32_MIN: Final = -(2**31)
_INT32_MAX: Final = 2**31 - 1


def _parameter_to_fbs(name: str, value: object) -> Body:
    if isinstance(value, bool):
        return {"name": name, "valueType": "Boolean", "value": {"value": int(value)}}
    if isinstance(value, int | float):
        if value % 1 == 0 and _INT32_MIN <= value <= _INT32_MAX:
            return {"name": name, "valueType": "Integer32", "value": {"value": int(value)}}
        return {"name": name, "valueType": "Double", "value": {"value": float(value)}}
    if isinstance(value, str):
        return {"name": name, "valueType": "String", "value": {"value": value}}
    if isinstance(value, list | tuple):
        return {"name": name, "valueType": "Integer32Array", "value": {"value": list(value)}}
    raise TypeError(f"invalid parameter {name!r}: {value!r} is neither boolean, number, string nor list of integers")


def parameters_to_fbs(parameters: dict[str, Any] | None) -> list[Body]:
    """The codec or header extension parameters as a vector of `Parameter`.

    Raises TypeError for a value that the schema cannot carry."""
    return [_parameter_to_fbs(name, value) for name, value in (parameters or {}).items()]


def parameters_from_fbs(parameters: list[Body] | None) -> dict[str, Any]:
    decoded: dict[str, Any] = {}
    for parameter in parameters or ():
        value = parameter["value"].get("value", [])
        decoded[parameter["name"]] = bool(value) if parameter["valueType"] == "Boolean" else value
    return decoded


def _feedback_to_fbs(feedback: RtcpFeedback) -> Body:
    parameter = feedback.get("parameter")
    return {"type": feedback["type"]} if parameter is None else {"type": feedback["type"], "parameter": parameter}


def _codec_to_fbs(codec: RtpCodecParameters) -> Body:
    body: Body = {
        "mimeType": codec["mimeType"],
        "payloadType": codec["payloadType"],
        "clockRate": codec["clockRate"],
        "parameters": parameters_to_fbs(codec.get("parameters")),
        "rtcpFeedback": [_feedback_to_fbs(feedback) for feedback in codec.get("rtcpFeedback") or ()],
    }
    if codec.get("channels") is not None:
        body["channels"] = codec["channels"]
    return body


def _codec_from_fbs(body: Body) -> RtpCodecParameters:
    codec: RtpCodecParameters = {
        "mimeType": body["mimeType"],
        "payloadType": body["payloadType"],
        "clockRate": body["clockRate"],
        "parameters": parameters_from_fbs(body.get("parameters")),
        "rtcpFeedback": body.get("rtcpFeedback", []),
    }
    if "channels" in body:
        codec["channels"] = body["channels"]
    return codec


def _header_extension_to_fbs(extension: RtpHeaderExtensionParameters) -> Body:
    uri = _URI_TO_FBS.get(extension["uri"])
    if uri is None:
        raise TypeError(f"invalid RtpHeaderExtensionUri: {extension['uri']}")
    return {
        "uri": uri,
        "id": extension["id"],
        "encrypt": bool(extension.get("encrypt")),
        "parameters": parameters_to_fbs(extension.get("parameters")),
    }


def _header_extension_from_fbs(body: Body) -> RtpHeaderExtensionParameters:
    return {
        "uri": _URI_FROM_FBS[body["uri"]],
        "id": body["id"],
        "encrypt": body["encrypt"],
        "parameters": parameters_from_fbs(body.get("parameters")),
    }


def encoding_to_fbs(encoding: RtpEncodingParameters) -> Body:
    body: Body = {}
    for name in ("ssrc", "rid", "codecPayloadType", "scalabilityMode"):
        if encoding.get(name):
            body[name] = encoding[name]
    if encoding.get("rtx"):
        body["rtx"] = {"ssrc": encoding["rtx"]["ssrc"]}
    if encoding.get("dtx") is not None:
        body["dtx"] = encoding["dtx"]
    if encoding.get("maxBitrate") is not None:
        body["maxBitrate"] = int(encoding["maxBitrate"])
    return body


def encodings_to_fbs(encodings: list[RtpEncodingParameters] | None) -> list[Body]:
    return [encoding_to_fbs(encoding) for encoding in encodings or ()]


def encoding_from_fbs(body: Body) -> RtpEncodingParameters:
    encoding: dict[str, Any] = {
        name: body[name] for name in ("ssrc", "codecPayloadType", "rtx", "dtx", "maxBitrate") if name in body
    }
    encoding.update((name, body[name]) for name in ("rid", "scalabilityMode") if body.get(name))
    return cast(RtpEncodingParameters, encoding)


def rtp_parameters_to_fbs(parameters: RtpParameters) -> Body:
    """Normalised RTP parameters as the body of `RtpParameters`.

    Raises TypeError for a header extension that mediasoup does not know and for parameter values that the schema cannot
    carry."""
    rtcp = parameters.get("rtcp") or {}
    rtcp_body: Body = {"reducedSize": bool(rtcp.get("reducedSize", True))}
    if rtcp.get("cname"):
        rtcp_body["cname"] = rtcp["cname"]
    body: Body = {
        "codecs": [_codec_to_fbs(codec) for codec in parameters["codecs"]],
        "headerExtensions": [
            _header_extension_to_fbs(extension) for extension in parameters.get("headerExtensions") or ()
        ],
        "encodings": encodings_to_fbs(parameters.get("encodings")),
        "rtcp": rtcp_body,
    }
    for name in ("mid", "msid"):
        if parameters.get(name):
            body[name] = parameters[name]
    return body


def rtp_parameters_from_fbs(body: Body) -> RtpParameters:
    rtcp = body["rtcp"]
    parameters: RtpParameters = {
        "codecs": [_codec_from_fbs(codec) for codec in body["codecs"]],
        "headerExtensions": [_header_extension_from_fbs(extension) for extension in body["headerExtensions"]],
        "encodings": [encoding_from_fbs(encoding) for encoding in body["encodings"]],
        "rtcp": {"reducedSize": rtcp["reducedSize"]},
    }
    if rtcp.get("cname"):
        parameters["rtcp"]["cname"] = rtcp["cname"]
    for name in ("mid", "msid"):
        if body.get(name):
            parameters[name] = body[name]
    return parameters


def rtp_mapping_to_fbs(mapping: RtpMapping) -> Body:
    """The mapping that `ortc.get_producer_rtp_parameters_mapping` made as the body of `RtpMapping`."""
    encodings: list[Body] = []
    for encoding in mapping["encodings"]:
        body: Body = {"mappedSsrc": encoding["mappedSsrc"]}
        for name in ("rid", "ssrc"):
            if encoding.get(name):
                body[name] = encoding[name]
        encodings.append(body)
    codecs = [
        {"payloadType": codec["payloadType"], "mappedPayloadType": codec["mappedPayloadType"]}
        for codec in mapping["codecs"]
    ]
    return {"codecs": codecs, "encodings": encodings}
