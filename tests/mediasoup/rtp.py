"""RTP and RTCP packets made by hand, and the parameters of the producers that they belong to."""

from __future__ import annotations

import struct
from typing import NamedTuple

from media.mediasoup.rtp_parameters import RtcpFeedback, RtpCodecParameters, RtpParameters

MID_EXTENSION = 1
AUDIO_LEVEL_EXTENSION = 10

OPUS_PARAMETERS: RtpParameters = {
    "mid": "AUDIO",
    "codecs": [
        {
            "mimeType": "audio/opus",
            "payloadType": 111,
            "clockRate": 48000,
            "channels": 2,
            "parameters": {"useinbandfec": 1, "usedtx": 1},
        }
    ],
    "headerExtensions": [{"uri": "urn:ietf:params:rtp-hdrext:ssrc-audio-level", "id": AUDIO_LEVEL_EXTENSION}],
    "encodings": [{"ssrc": 11111111}],
    "rtcp": {"cname": "cname-of-tests"},
}

_VP8_FEEDBACK: list[RtcpFeedback] = [
    {"type": "nack"},
    {"type": "nack", "parameter": "pli"},
    {"type": "ccm", "parameter": "fir"},
    {"type": "goog-remb"},
    {"type": "transport-cc"},
]
_VP8_CODECS: list[RtpCodecParameters] = [
    {"mimeType": "video/VP8", "payloadType": 101, "clockRate": 90000, "rtcpFeedback": _VP8_FEEDBACK},
    {"mimeType": "video/rtx", "payloadType": 102, "clockRate": 90000, "parameters": {"apt": 101}},
]

VP8_PARAMETERS: RtpParameters = {
    "mid": "VIDEO",
    "codecs": _VP8_CODECS,
    "headerExtensions": [],
    "encodings": [{"ssrc": 22222222, "rtx": {"ssrc": 22222223}}],
    "rtcp": {"cname": "cname-of-tests"},
}

SIMULCAST_SSRCS = (33333331, 33333332, 33333333)
VP8_SIMULCAST_PARAMETERS: RtpParameters = {
    "mid": "VIDEO",
    "codecs": _VP8_CODECS,
    "headerExtensions": [],
    "encodings": [{"ssrc": ssrc, "rtx": {"ssrc": ssrc + 100}, "scalabilityMode": "L1T3"} for ssrc in SIMULCAST_SSRCS],
    "rtcp": {"cname": "cname-of-tests"},
}


class Packet(NamedTuple):
    payload_type: int
    sequence_number: int
    timestamp: int
    ssrc: int
    payload: bytes


def rtp(
    payload_type: int,
    sequence_number: int,
    ssrc: int,
    payload: bytes,
    *,
    timestamp: int | None = None,
    marker: bool = False,
    extensions: dict[int, bytes] | None = None,
) -> bytes:
    """One RTP packet; `extensions` go into one-byte header extensions. Without `timestamp`, 20 ms of 48 kHz a
    packet."""
    stamp = (sequence_number * 960 if timestamp is None else timestamp) & 0xFFFFFFFF
    first = 0x80 | (0x10 if extensions else 0)
    second = payload_type | (0x80 if marker else 0)
    header = struct.pack("!BBHII", first, second, sequence_number & 0xFFFF, stamp, ssrc)
    if extensions:
        block = b"".join(bytes([number << 4 | len(data) - 1]) + data for number, data in extensions.items())
        block += bytes(-len(block) % 4)
        header += struct.pack("!HH", 0xBEDE, len(block) // 4) + block
    return header + payload


def opus(
    sequence_number: int, *, level: int | None = None, ssrc: int = 11111111, timestamp: int | None = None
) -> bytes:
    """An opus packet; `level` is the audio level in -dBov, 0 (loudest) to 127, with voice activity."""
    extensions = None if level is None else {AUDIO_LEVEL_EXTENSION: bytes([0x80 | level])}
    payload = b"\x78" + bytes(sequence_number % 256 for _ in range(40))
    return rtp(111, sequence_number, ssrc, payload, extensions=extensions, timestamp=timestamp)


def vp8(sequence_number: int, *, key_frame: bool = False, ssrc: int = 22222222, temporal_layer: int = 0) -> bytes:
    """A whole VP8 frame in one packet, with picture id and temporal layer; a key frame of 640x480 if asked for."""
    picture_id = 0x8000 | sequence_number & 0x7FFF
    descriptor = struct.pack("!BBHBB", 0x90, 0xE0, picture_id, sequence_number & 0xFF, temporal_layer << 6)
    frame = b"\x10\x02\x00\x9d\x01\x2a\x80\x02\xe0\x01" if key_frame else b"\x11\x02\x00"
    return rtp(
        101, sequence_number, ssrc, descriptor + frame + bytes(100), timestamp=sequence_number * 3000, marker=True
    )


def sender_report(ssrc: int, *, ntp_seconds: int, timestamp: int, packets: int = 1, octets: int = 100) -> bytes:
    return struct.pack("!BBHIIIIII", 0x80, 200, 6, ssrc, ntp_seconds, 0, timestamp & 0xFFFFFFFF, packets, octets)


def picture_loss(media_ssrc: int) -> bytes:
    return struct.pack("!BBHII", 0x81, 206, 2, 1, media_ssrc)


def full_intra_request(media_ssrc: int) -> bytes:
    return struct.pack("!BBHIIIBBH", 0x84, 206, 4, 1, 0, media_ssrc, 1, 0, 0)


def nack(media_ssrc: int, sequence_number: int) -> bytes:
    return struct.pack("!BBHIIHH", 0x81, 205, 3, 1, media_ssrc, sequence_number, 0)


def parse(packet: bytes) -> Packet:
    """The parts of an RTP packet. Header extensions are left out."""
    first, second, sequence_number, timestamp, ssrc = struct.unpack_from("!BBHII", packet)
    at = 12 + 4 * (first & 0x0F)
    if first & 0x10:
        (words,) = struct.unpack_from("!H", packet, at + 2)
        at += 4 + 4 * words
    return Packet(second & 0x7F, sequence_number, timestamp, ssrc, packet[at:])


def is_rtcp(packet: bytes) -> bool:
    return 192 <= packet[1] <= 223


def rtcp_kinds(compound: bytes) -> list[tuple[int, int]]:
    """Packet type and feedback format (or count) of each RTCP packet in a compound one."""
    kinds = []
    at = 0
    while at < len(compound):
        first, kind, words = struct.unpack_from("!BBH", compound, at)
        kinds.append((kind, first & 0x1F))
        at += 4 + 4 * words
    return kinds
