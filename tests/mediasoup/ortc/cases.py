"""Codecs, capabilities and parameters at random: sensible ones, odd ones, and sensible ones with something broken.

Everything is drawn from a ``random.Random``, so that a seed, or hypothesis, decides.
"""

import copy
import random
from collections.abc import Iterator
from typing import Any

from media.mediasoup.supported_rtp_capabilities import get_supported_rtp_capabilities

Json = Any
Object = dict[str, Any]

SUPPORTED: Object = dict(get_supported_rtp_capabilities())
EXTENSIONS = [(item["kind"], item["uri"], item["preferredId"]) for item in SUPPORTED["headerExtensions"]]
FEEDBACK = [
    {"type": "nack"},
    {"type": "nack", "parameter": ""},
    {"type": "nack", "parameter": "pli"},
    {"type": "ccm", "parameter": "fir"},
    {"type": "goog-remb"},
    {"type": "transport-cc"},
    {"type": "x-new", "parameter": "thing"},
]
PROFILES = [
    *("42e01f", "42E01F", "42001f", "420033", "4d001f", "4d0032", "64001f", "640c1f", "640034", "f4001f", "F40020"),
    *("f40c1f", "42f00b", "42100b", "4d100b", "58c01f", "42e0", "zzzzzz", "000000", "42e0ff", "", 0, 420033),
]
MODES = ["L1T1", "L1T3", "S3T3", "L3T3_KEY", "L2T2h", "L12T3", "L0T0", "T3", "", "L3T3_KEY_SHIFT", "l1t3"]
# What a client that is broken, or bad, sends in place of something.
JUNK: list[Json] = [
    *(None, True, False, 0, 1, -1, 255, 256, 65536, 2**32, 2**64, 2**70, 1.5, 1e300, "", "0", "audio", "video/rtx"),
    *("\ud800", "é", "a" * 300, [], [1], ["x"], [[]], {}, {"a": 1}, {"ssrc": 1}, {"type": "nack"}, {"apt": "x"}),
]


def chance(rng: random.Random, probability: float) -> bool:
    """True with this probability."""
    return rng.random() < probability


def some(rng: random.Random, items: list[Json], probability: float = 0.7) -> list[Json]:
    """Each item with this probability, as objects of their own."""
    return [copy.deepcopy(item) for item in items if chance(rng, probability)]


def odd_case(rng: random.Random, text: str) -> str:
    """The text in one or another mixture of cases."""
    return rng.choice([text, text, text, text.lower(), text.upper(), text.title()])


def format_parameters(rng: random.Random, name: str) -> Object:
    """Parameters that matter, or do not, for a codec of this name."""
    parameters: Object = {}
    if name == "h264":
        if chance(rng, 0.8):
            parameters["profile-level-id"] = rng.choice(PROFILES[:6] if chance(rng, 0.7) else PROFILES)
        if chance(rng, 0.8):
            parameters["packetization-mode"] = rng.choice([0, 1, 1, 1, "1", ""])
        if chance(rng, 0.6):
            parameters["level-asymmetry-allowed"] = rng.choice([1, 1, 0, "1"])
    elif name == "vp9" and chance(rng, 0.7):
        parameters["profile-id"] = rng.choice([0, 0, 2, "0", ""])
    elif name == "multiopus":
        parameters = copy.deepcopy(rng.choice([codec["parameters"] for codec in SUPPORTED["codecs"][1:4]]))
        if chance(rng, 0.2):
            parameters[rng.choice(["num_streams", "coupled_streams"])] = rng.choice([2, 3, "2"])
    if chance(rng, 0.2):
        parameters[rng.choice(["useinbandfec", "x-one", "apt"])] = rng.choice([1, 2.5, -3, 100])
    return parameters


def media_codec(rng: random.Random) -> Object:
    """A codec to create a router with."""
    supported: Object = rng.choice(SUPPORTED["codecs"])
    if chance(rng, 0.5):
        supported = rng.choice([codec for codec in SUPPORTED["codecs"] if codec["kind"] == "video"])
    codec: Object = {"mimeType": odd_case(rng, supported["mimeType"]), "clockRate": supported["clockRate"]}
    if chance(rng, 0.7):
        codec["kind"] = supported["kind"]
    if "channels" in supported and (supported["channels"] != 1 or chance(rng, 0.3)):
        codec["channels"] = supported["channels"]
    if chance(rng, 0.8):
        codec["parameters"] = format_parameters(rng, supported["mimeType"].split("/")[1].lower())
    if chance(rng, 0.2):
        codec["preferredPayloadType"] = rng.choice([0, 8, 96, 100, 101, 102, 110, 127])
    if chance(rng, 0.2):
        codec["rtcpFeedback"] = some(rng, FEEDBACK)
    return codec


def media_codecs(rng: random.Random) -> list[Object]:
    """The codecs to create a router with: at times none, at times too many for the dynamic payload types."""
    if chance(rng, 0.04):
        name = rng.choice(["video/VP8", "video/AV1", "audio/ISAC"])
        clock_rate = 16000 if name == "audio/ISAC" else 90000
        return [{"mimeType": name, "clockRate": clock_rate} for _ in range(rng.choice([15, 16, 17, 32, 33]))]
    return [media_codec(rng) for _ in range(rng.choice([0, 1, 2, 3, 4, 5, 6, 8]))]


def router_codecs(rng: random.Random) -> list[Object]:
    """The codecs of a router that works."""
    picked: list[Object] = [{"mimeType": "audio/opus", "clockRate": 48000, "channels": 2}]
    if chance(rng, 0.3):
        picked.append({"mimeType": "audio/multiopus", "clockRate": 48000, "channels": 6})
        picked[-1]["parameters"] = {"num_streams": 4, "coupled_streams": 2, "channel_mapping": "0,4,1,2,3,5"}
    picked += some(rng, [{"mimeType": f"video/{name}", "clockRate": 90000} for name in ("VP8", "VP9", "AV1")])
    for profile in some(rng, PROFILES[:14], 0.15)[:4]:
        picked.append({"mimeType": "video/H264", "clockRate": 90000})
        picked[-1]["parameters"] = {"packetization-mode": rng.choice([0, 1, 1]), "profile-level-id": profile}
    rng.shuffle(picked)
    return picked


def capabilities(rng: random.Random, router: Object) -> Object:
    """Capabilities of an endpoint that has much in common with a router."""
    codecs: list[Object] = []
    for offered in some(rng, router["codecs"], 0.8):
        codec: Object = {**offered, "mimeType": odd_case(rng, offered["mimeType"])}
        if chance(rng, 0.15):
            codec["parameters"] = {**offered["parameters"], **format_parameters(rng, _name(offered))}
        if chance(rng, 0.8):
            codec["rtcpFeedback"] = some(rng, FEEDBACK)
        if chance(rng, 0.1):
            codec.pop(rng.choice(["channels", "kind", "rtcpFeedback", "preferredPayloadType"]), None)
        if chance(rng, 0.1):
            codec["clockRate"] = rng.choice([48000, 90000, 8000, 90000.0])
        codecs.append(codec)
    if chance(rng, 0.3):
        rng.shuffle(codecs)
    extensions = [
        {"kind": kind, "uri": uri, "preferredId": preferred if chance(rng, 0.95) else rng.randint(1, 14)}
        for kind, uri, preferred in some(rng, EXTENSIONS, rng.choice([0.3, 0.8, 1.0]))
    ]
    for extension in extensions:
        if chance(rng, 0.3):
            extension["preferredEncrypt"] = rng.choice([True, False])
        if chance(rng, 0.3):
            extension["direction"] = rng.choice(["sendrecv", "recvonly", "inactive"])
    answer: Object = {"codecs": codecs, "headerExtensions": extensions}
    if chance(rng, 0.05):
        del answer[rng.choice(list(answer))]
    return answer


def parameters(rng: random.Random, router: Object, kind: str) -> Object:
    """Parameters of a producer that mostly suit a router."""
    codecs: list[Object] = []
    payload_type = rng.choice([33, 96, 100, 111])
    usable = [codec for codec in router["codecs"] if codec["kind"] == kind and _name(codec) != "rtx"]
    for offered in some(rng, usable, 0.6) or usable[:1]:
        codec: Object = {key: offered[key] for key in ("mimeType", "clockRate", "channels") if key in offered}
        codec["mimeType"] = odd_case(rng, codec["mimeType"])
        codec["payloadType"] = payload_type
        codec["parameters"] = dict(offered["parameters"])
        if chance(rng, 0.2):
            codec["parameters"] = format_parameters(rng, _name(offered))
        if chance(rng, 0.7):
            codec["rtcpFeedback"] = some(rng, FEEDBACK)
        codecs.append(codec)
        if kind == "video" and chance(rng, 0.7):
            apt = payload_type if chance(rng, 0.95) else rng.choice([payload_type + 1, 1])
            rtx = {"mimeType": odd_case(rng, "video/rtx"), "payloadType": payload_type + 1, "clockRate": 90000}
            codecs.append({**rtx, "parameters": {"apt": apt} if chance(rng, 0.97) else {}})
        payload_type += 2 if chance(rng, 0.97) else 0
    if chance(rng, 0.2):
        rng.shuffle(codecs)
    answer: Object = {
        "codecs": codecs,
        "headerExtensions": [
            {"uri": uri, "id": rng.choice([preferred, rng.randint(1, 14)])}
            for of_kind, uri, preferred in some(rng, EXTENSIONS)
            if of_kind == kind
        ],
        "encodings": [encoding(rng) for _ in range(rng.choice([0, 1, 1, 2, 3, 3, 4]))],
        "rtcp": rng.choice([{"cname": "someone"}, {}, {"cname": "", "reducedSize": False}, {"mux": True}]),
        "mid": rng.choice(["0", "", "12345678"]),
        "msid": rng.choice(["stream track", "-", ""]),
    }
    for field in ("headerExtensions", "encodings", "rtcp", "mid", "msid"):
        if chance(rng, 0.15):
            del answer[field]
    return answer


def encoding(rng: random.Random) -> Object:
    """One encoding of a producer."""
    every: Object = {
        "ssrc": rng.choice([0, 1, rng.randrange(2**32)]),
        "rid": rng.choice(["r0", "r1", "h"]),
        "rtx": {"ssrc": rng.randrange(2**32)},
        "dtx": chance(rng, 0.5),
        "codecPayloadType": rng.choice([0, 96, 100]),
        "scalabilityMode": rng.choice(MODES),
        "maxBitrate": rng.choice([0, 100_000, 900_000, 2_500_000, 2**40]),
        "scaleResolutionDownBy": 2,
        "active": True,
    }
    return {field: value for field, value in every.items() if chance(rng, 0.5)}


def sctp_stream_parameters(rng: random.Random) -> Object:
    """Parameters of an SCTP stream, contradictory at times."""
    every: Object = {
        "streamId": rng.choice([0, 1, 65535]),
        "ordered": rng.choice([True, False]),
        "maxPacketLifeTime": rng.choice([0, 5, 65535]),
        "maxRetransmits": rng.choice([0, 3]),
    }
    return {field: value for field, value in every.items() if chance(rng, 0.6)}


def broken(rng: random.Random, document: Json) -> Json:
    """A copy of a document in which one to three things, at any depth, are replaced, removed or added."""
    document = copy.deepcopy(document)
    for _ in range(rng.choice([1, 1, 2, 3])):
        places = list(_places(document))
        if not places or chance(rng, 0.02):
            return copy.deepcopy(rng.choice(JUNK))
        owner, key = rng.choice(places)
        what = rng.random()
        if what < 0.75:
            owner[key] = copy.deepcopy(rng.choice(JUNK))
        elif what < 0.9:
            del owner[key]
        elif isinstance(owner, dict):
            owner["surprise"] = copy.deepcopy(rng.choice(JUNK))
        else:
            owner.append(copy.deepcopy(rng.choice(JUNK)))
    return document


def _places(document: Json) -> Iterator[tuple[Json, Json]]:
    if isinstance(document, dict):
        children = list(document.items())
    elif isinstance(document, list):
        children = list(enumerate(document))
    else:
        return
    for key, child in children:
        yield document, key
        yield from _places(child)


def _name(codec: Object) -> str:
    return str(codec["mimeType"]).split("/")[1].lower()
