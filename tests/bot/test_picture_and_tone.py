"""What the bot sends can be recognised again, also after lossy coding."""

from __future__ import annotations

import pytest
from aiortc.codecs.vpx import Vp8Decoder, Vp8Encoder, VpxPayloadDescriptor
from aiortc.jitterbuffer import JitterFrame
from av import AudioFrame, VideoFrame
from av.frame import Frame

from meetings.bot.picture import MovingPicture, read_stamp
from meetings.bot.received import ReceivedAudio, ReceivedVideo
from meetings.bot.tone import Tone, left_channel, share_of_tone

# The encoder takes the time that there is, and spends it on how well the picture comes out.
pytestmark = pytest.mark.media


async def through_vp8(picture: MovingPicture, count: int) -> list[VideoFrame]:
    encoder, decoder = Vp8Encoder(), Vp8Decoder()
    frames: list[Frame] = []
    for number in range(count):
        payloads, timestamp = encoder.encode(await picture.recv(), force_keyframe=number == 0)
        payload = b"".join(VpxPayloadDescriptor.parse(chunk)[1] for chunk in payloads)
        frames += decoder.decode(JitterFrame(data=payload, timestamp=timestamp))
    return [frame for frame in frames if isinstance(frame, VideoFrame)]


async def test_the_stamp_survives_vp8() -> None:
    frames = await through_vp8(MovingPicture(fps=30), 40)
    assert [read_stamp(frame) for frame in frames] == list(range(40))


async def test_every_frame_is_another_picture() -> None:
    video = ReceivedVideo()
    for frame in await through_vp8(MovingPicture(fps=30), 12):
        video.see(frame)
    assert (video.frames, video.changes, video.stamps) == (12, 11, 12)


async def test_a_frozen_picture_counts_frames_but_no_changes() -> None:
    frame = await MovingPicture().recv()
    video = ReceivedVideo()
    for _ in range(5):
        video.see(frame)
    assert (video.frames, video.changes) == (5, 0)


def test_a_picture_without_a_stamp_has_none() -> None:
    frame = VideoFrame(320, 192, "yuv420p")
    for plane in frame.planes:
        plane.update(bytes([100]) * plane.buffer_size)
    assert read_stamp(frame) is None


async def test_a_tone_is_told_from_another() -> None:
    frame = await Tone(450).recv()
    samples = left_channel(frame)
    assert share_of_tone(samples, 450, frame.sample_rate) > 0.95
    assert share_of_tone(samples, 800, frame.sample_rate) < 0.02


async def test_heard_energy_is_that_of_the_tone() -> None:
    audio, tone = ReceivedAudio(), Tone(450, level=0.25)
    for _ in range(50):
        audio.hear(await tone.recv())
    assert abs(audio.energy - 0.25**2 / 2) < 0.001


def test_silence_has_no_energy_and_no_tone() -> None:
    frame = AudioFrame(format="s16", layout="stereo", samples=960)
    frame.sample_rate = 48_000
    frame.planes[0].update(bytes(frame.planes[0].buffer_size))
    audio = ReceivedAudio()
    audio.hear(frame)
    assert audio.energy == 0
    assert audio.share_of_tone(450) == 0
