"""What the capacity benchmark sends: people with a camera and a microphone, as RTP with a stamp in each packet.

The stamp is the header extension abs-capture-time, which the worker forwards as it is and SRTP leaves readable.
"""

from __future__ import annotations

import struct
import time
from dataclasses import dataclass

from media.mediasoup.rtp_parameters import RtpHeaderExtensionParameters, RtpParameters
from media.mediasoup.supported_rtp_capabilities import ABS_CAPTURE_TIME_URI
from tests.mediasoup.rtp import rtp

STAMP_EXTENSION = 10
VIDEO_PAYLOAD, AUDIO_PAYLOAD = 96, 111
# 1.2 Mbit/s of VP8 at 30 frames a second, four full packets a frame, spread evenly as a pacer does; and opus.
PACKETS_A_FRAME, VIDEO_BYTES, VIDEO_EVERY = 4, 1250, 1 / 120
AUDIO_BYTES, AUDIO_EVERY = 80, 1 / 50
FRAMES_A_KEY_FRAME = 30
BITS_A_SECOND = 8 * (VIDEO_BYTES / VIDEO_EVERY + AUDIO_BYTES / AUDIO_EVERY)
PACKETS_A_SECOND = 1 / VIDEO_EVERY + 1 / AUDIO_EVERY
STREAMS_A_PERSON = 2

_NTP_ERA = 2_208_988_800  # seconds from 1900 to 1970
_STAMP_AT = 17  # after the fixed header, the head of the extension block and the extension's own
_EXTENSIONS: list[RtpHeaderExtensionParameters] = [{"uri": ABS_CAPTURE_TIME_URI, "id": STAMP_EXTENSION}]


def ssrcs(person: int) -> tuple[int, int]:
    """Of a person's video and audio."""
    return 10_000 + 10 * person, 10_001 + 10 * person


def video_parameters(person: int) -> RtpParameters:
    """What the person's camera sends."""
    return {
        "codecs": [
            {
                "mimeType": "video/VP8",
                "payloadType": VIDEO_PAYLOAD,
                "clockRate": 90000,
                "rtcpFeedback": [{"type": "nack"}, {"type": "nack", "parameter": "pli"}],
            }
        ],
        "headerExtensions": _EXTENSIONS,
        "encodings": [{"ssrc": ssrcs(person)[0]}],
        "rtcp": {"cname": f"person-{person}"},
    }


def audio_parameters(person: int) -> RtpParameters:
    """What the person's microphone sends."""
    return {
        "codecs": [{"mimeType": "audio/opus", "payloadType": AUDIO_PAYLOAD, "clockRate": 48000, "channels": 2}],
        "headerExtensions": _EXTENSIONS,
        "encodings": [{"ssrc": ssrcs(person)[1]}],
        "rtcp": {"cname": f"person-{person}"},
    }


@dataclass(slots=True)
class Track:
    """Ready-made packets, in turns; what differs from one packet to the next is written into them."""

    templates: list[bytearray]
    every: float
    ticks_a_frame: int
    packets_a_frame: int
    sent: int = 0

    def next_packet(self) -> bytearray:
        """The next one, stamped now."""
        packet = self.templates[self.sent % len(self.templates)]
        timestamp = self.sent // self.packets_a_frame * self.ticks_a_frame
        struct.pack_into("!HI", packet, 2, self.sent & 0xFFFF, timestamp & 0xFFFFFFFF)
        struct.pack_into("!Q", packet, _STAMP_AT, ntp(time.time_ns()))
        self.sent += 1
        return packet


def camera(person: int) -> Track:
    """VP8, a key frame every second."""
    templates = [
        _template(VIDEO_PAYLOAD, ssrcs(person)[0], _vp8(frame == 0, packet == 0), packet == PACKETS_A_FRAME - 1)
        for frame in range(FRAMES_A_KEY_FRAME)
        for packet in range(PACKETS_A_FRAME)
    ]
    return Track(templates, VIDEO_EVERY, 3000, PACKETS_A_FRAME)


def microphone(person: int) -> Track:
    """Opus."""
    return Track([_template(AUDIO_PAYLOAD, ssrcs(person)[1], bytes(AUDIO_BYTES), False)], AUDIO_EVERY, 960, 1)


def _template(payload_type: int, ssrc: int, payload: bytes, marker: bool) -> bytearray:
    return bytearray(
        rtp(payload_type, 0, ssrc, payload, timestamp=0, marker=marker, extensions={STAMP_EXTENSION: bytes(8)})
    )


def _vp8(key_frame: bool, first: bool) -> bytes:
    """RFC 7741: the descriptor without picture ids, and the head of a frame of 640x480 in its first packet."""
    head = b""
    if first:
        head = b"\x10\x02\x00\x9d\x01\x2a\x80\x02\xe0\x01" if key_frame else b"\x11\x02\x00"
    return (b"\x10" if first else b"\x00") + head + bytes(VIDEO_BYTES - 1 - len(head))


def ntp(nanoseconds: int) -> int:
    """Nanoseconds since 1970 as an NTP time of 64 bits."""
    seconds, rest = divmod(nanoseconds, 1_000_000_000)
    return seconds + _NTP_ERA << 32 | (rest << 32) // 1_000_000_000


def seconds_since(stamp: int, nanoseconds: int) -> float:
    """From an NTP time to nanoseconds since 1970, in seconds."""
    return (ntp(nanoseconds) - stamp) / 2**32


@dataclass(frozen=True, slots=True)
class Header:
    """What the benchmark reads of a packet."""

    ssrc: int
    sequence_number: int
    stamp: int | None


def read_header(packet: bytes) -> Header:
    """Of an RTP packet with one-byte header extensions, be it encrypted or not."""
    first, sequence_number, ssrc = struct.unpack_from("!BxH4xI", packet)
    at = 12 + 4 * (first & 0x0F)
    stamp = None
    if first & 0x10:
        end = at + 4 + 4 * struct.unpack_from("!H", packet, at + 2)[0]
        at += 4
        while at < end:
            number, length = packet[at] >> 4, (packet[at] & 0x0F) + 1
            if packet[at] == 0:  # padding
                at += 1
                continue
            if number == STAMP_EXTENSION:
                (stamp,) = struct.unpack_from("!Q", packet, at + 1)
            at += 1 + length
    return Header(ssrc, sequence_number, stamp)
