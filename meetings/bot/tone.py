"""A tone, and ways to hear one."""

from __future__ import annotations

import asyncio
import math
import time
from array import array
from fractions import Fraction

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame

SAMPLE_RATE = 48_000
FRAME_SAMPLES = SAMPLE_RATE // 50
FULL_SCALE = 32_768.0


# A scale says the time: each of its pitches sounds for so many milliseconds of the monotonic clock.
SCALE = (400, 600, 800, 1000, 1200, 1400, 1600, 1800)
PITCH_MILLISECONDS = 160
SCALE_MILLISECONDS = PITCH_MILLISECONDS * len(SCALE)
# The sound of a scale is judged by every so many samples, which is enough for its pitches.
EVERY = 10


class Tone(MediaStreamTrack):
    """An audio track with one sine wave, 20 ms a frame. `hertz` must be a multiple of 50, so that frames join
    without a click.

    While held, the track produces nothing at all.
    """

    kind = "audio"

    def __init__(self, hertz: int = 450, *, level: float = 0.25) -> None:
        super().__init__()
        if hertz % 50:
            raise ValueError("hertz must be a multiple of 50")
        self.hertz = hertz
        self._frames = 0
        self._started: float | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        self._wave = _wave(hertz, level)

    def hold(self) -> None:
        """Stop producing sound."""
        self._flowing.clear()

    def release(self) -> None:
        """Go on producing sound."""
        self._flowing.set()

    async def recv(self) -> AudioFrame:
        await self._flowing.wait()
        if self.readyState != "live":
            raise MediaStreamError
        now = time.monotonic()
        if self._started is None:
            self._started = now
        due = self._started + self._frames * FRAME_SAMPLES / SAMPLE_RATE
        if due < now - 1.0:
            missed = int((now - due) * SAMPLE_RATE / FRAME_SAMPLES)
            self._frames += missed
            due += missed * FRAME_SAMPLES / SAMPLE_RATE
        await asyncio.sleep(due - now)
        frame = AudioFrame(format="s16", layout="mono", samples=FRAME_SAMPLES)
        frame.planes[0].update(self._sound())
        frame.sample_rate = SAMPLE_RATE
        frame.pts = self._frames * FRAME_SAMPLES
        frame.time_base = Fraction(1, SAMPLE_RATE)
        self._frames += 1
        return frame

    def stop(self) -> None:
        super().stop()
        self._flowing.set()

    def _sound(self) -> bytes:
        return self._wave


class Scale(Tone):
    """A tone whose pitch says the time (`heard_pitch` and `pitch_age` read it)."""

    def __init__(self, *, level: float = 0.25) -> None:
        super().__init__(SCALE[0], level=level)
        self._waves = [_wave(hertz, level) for hertz in SCALE]

    def _sound(self) -> bytes:
        return self._waves[int(time.monotonic() * 1000) % SCALE_MILLISECONDS // PITCH_MILLISECONDS]


def heard_pitch(samples: array[int], sample_rate: int) -> int | None:
    """Which pitch of the scale most of the sound is; None when it is none of them."""
    some = samples[::EVERY]
    shares = [share_of_tone(some, hertz, sample_rate // EVERY) for hertz in SCALE]
    best = max(range(len(SCALE)), key=shares.__getitem__)
    return best if shares[best] > 0.8 else None


def pitch_age(pitch: int) -> float:
    """Seconds since this pitch of a scale began to sound, on this machine."""
    return (int(time.monotonic() * 1000) - pitch * PITCH_MILLISECONDS) % SCALE_MILLISECONDS / 1000


def _wave(hertz: int, level: float) -> bytes:
    turn = 2 * math.pi * hertz / SAMPLE_RATE
    peak = level * (FULL_SCALE - 1)
    return array("h", (round(peak * math.sin(turn * n)) for n in range(FRAME_SAMPLES))).tobytes()


def left_channel(frame: AudioFrame) -> array[int]:
    """The samples of the first channel of a packed 16-bit frame. Raises ValueError for any other format."""
    if frame.format.name != "s16":
        raise ValueError(f"cannot read {frame.format.name} samples")
    channels = len(frame.layout.channels)
    samples = array("h", bytes(frame.planes[0])[: frame.samples * channels * 2])
    return samples[::channels]


def energy(samples: array[int], sample_rate: int) -> float:
    """The energy as WebRTC's `totalAudioEnergy` counts it: the square of the level (0 to 1) times seconds."""
    return sum(map(int.__mul__, samples, samples)) / FULL_SCALE**2 / sample_rate


def share_of_tone(samples: array[int], hertz: float, sample_rate: int) -> float:
    """How much of the sound is this one tone: 0 for none, about 1 for nothing else (Goertzel's algorithm)."""
    total = sum(map(int.__mul__, samples, samples))
    if not total:
        return 0.0
    turn = 2 * math.cos(2 * math.pi * hertz / sample_rate)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + turn * last - before
    power = before * before + last * last - turn * before * last
    return 2 * power / (len(samples) * total)
