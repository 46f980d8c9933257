"""What the capacity benchmark sends is what it says, and what it counts is what was lost."""

from __future__ import annotations

import socket

from bench.capacity.receiver import PROBATION_SSRC, Gaps, Receivers
from bench.capacity.stream import (
    AUDIO_BYTES,
    FRAMES_A_KEY_FRAME,
    PACKETS_A_FRAME,
    VIDEO_BYTES,
    camera,
    microphone,
    ntp,
    read_header,
    seconds_since,
    ssrcs,
)
from tests.mediasoup.rtp import parse, rtp


def test_a_camera_sends_frames_of_several_packets() -> None:
    track = camera(3)
    packets = [bytes(track.next_packet()) for _ in range(PACKETS_A_FRAME * (FRAMES_A_KEY_FRAME + 1))]
    parsed = [parse(packet) for packet in packets]
    assert {packet.ssrc for packet in parsed} == {ssrcs(3)[0]}
    assert [packet.sequence_number for packet in parsed] == list(range(len(packets)))
    assert {len(packet.payload) for packet in parsed} == {VIDEO_BYTES}
    frames = [parsed[at : at + PACKETS_A_FRAME] for at in range(0, len(parsed), PACKETS_A_FRAME)]
    assert [{packet.timestamp for packet in frame} for frame in frames] == [{3000 * n} for n in range(len(frames))]
    # Start of partition, then the frame's own first bit: 0 in a key frame.
    key_frames = [n for n, frame in enumerate(frames) if frame[0].payload[0] & 0x10 and not frame[0].payload[1] & 1]
    assert key_frames == [0, FRAMES_A_KEY_FRAME]
    markers = [bool(packet[1] & 0x80) for packet in packets]
    assert markers == [n % PACKETS_A_FRAME == PACKETS_A_FRAME - 1 for n in range(len(packets))]


def test_a_microphone_sends_a_frame_a_packet() -> None:
    track = microphone(0)
    parsed = [parse(bytes(track.next_packet())) for _ in range(3)]
    assert [packet.timestamp for packet in parsed] == [0, 960, 1920]
    assert {(packet.ssrc, len(packet.payload)) for packet in parsed} == {(ssrcs(0)[1], AUDIO_BYTES)}


def test_sequence_numbers_and_timestamps_wrap() -> None:
    track = microphone(0)
    track.sent = 65_535
    assert [parse(bytes(track.next_packet())).sequence_number for _ in range(2)] == [65_535, 0]
    track.sent = 2**32 // 960 + 1
    assert parse(bytes(track.next_packet())).timestamp == (track.sent - 1) * 960 - 2**32


def test_a_stamp_is_found_among_other_extensions() -> None:
    stamp = ntp(1_790_000_000_250_000_000)
    packet = rtp(96, 7, 99, b"x", timestamp=0, extensions={1: b"0", 10: stamp.to_bytes(8, "big"), 5: b"ab"})
    header = read_header(packet)
    assert (header.ssrc, header.sequence_number, header.stamp) == (99, 7, stamp)
    assert abs(seconds_since(stamp, 1_790_000_000_262_500_000) - 0.0125) < 1e-8
    assert read_header(rtp(96, 8, 99, b"x", timestamp=0)).stamp is None
    assert read_header(rtp(96, 8, 99, b"x", timestamp=0, extensions={1: b"0"})).stamp is None


def test_gaps() -> None:
    gaps = Gaps(65_533)
    for number in (65_533, 65_534, 1, 0, 4):
        gaps.note(number)
    assert gaps.take_missing() == 3  # 65535, 2 and 3; 0 came late
    for number in (5, 6):
        gaps.note(number)
    assert gaps.take_missing() == 0


def test_receivers_count_what_came_and_what_is_missing() -> None:
    receivers = Receivers(2)
    track = microphone(0)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        for number in range(10):
            packet = track.next_packet()
            if number not in (4, 5):
                sender.sendto(packet, ("127.0.0.1", receivers.ports[0]))
            sender.sendto(packet, ("127.0.0.1", receivers.ports[1]))
        sender.sendto(rtp(96, 9, PROBATION_SSRC, b"", timestamp=0), ("127.0.0.1", receivers.ports[0]))
    for one in receivers.sockets:
        receivers.read(one)
    report = receivers.report()
    assert (report["streams"], report["received"], report["missing"], report["dropped"]) == (2, 18, 2, 0)
    # Both clocks are this machine's.
    assert 0 <= report["medianMs"] <= report["p95Ms"] < 1000
    assert receivers.report()["received"] == 0
    for one in receivers.sockets:
        one.close()
