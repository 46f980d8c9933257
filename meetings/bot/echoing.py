"""What the bot that talks back sends: what it heard, two seconds later, and what it sees, at once and small."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from fractions import Fraction

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

from meetings.bot.picture import CLOCK_RATE, MovingPicture
from meetings.bot.received import frames_of
from meetings.bot.tone import FRAME_SAMPLES, SAMPLE_RATE

DELAY_SECONDS = 2.0
FPS = 10
LARGEST_WIDTH = 320
# After this long without a picture of theirs, they see one of ours.
WITHOUT_PICTURE_SECONDS = 1.0


class DelayedSound(MediaStreamTrack):
    """An audio track with what was heard `delay` seconds ago; silence where there was nothing."""

    kind = "audio"

    def __init__(self, delay: float = DELAY_SECONDS) -> None:
        super().__init__()
        self._delay = delay
        self._heard: deque[tuple[float, AudioFrame]] = deque()
        self._frames = 0
        self._started = time.monotonic()

    async def watch(self, track: MediaStreamTrack) -> None:
        """Listen to a track until it ends."""
        async for frame in frames_of(track, AudioFrame):
            self._heard.append((time.monotonic(), frame))

    async def recv(self) -> AudioFrame:
        if self.readyState != "live":
            raise MediaStreamError
        due = self._started + self._frames * FRAME_SAMPLES / SAMPLE_RATE
        await asyncio.sleep(due - time.monotonic())
        frame = self._from_then(time.monotonic() - self._delay)
        frame.pts = self._frames * FRAME_SAMPLES
        frame.time_base = Fraction(1, SAMPLE_RATE)
        self._frames += 1
        return frame

    def _from_then(self, then: float) -> AudioFrame:
        # What piled up, as when the machine stood still, is left out but for the last.
        frame = None
        while self._heard and self._heard[0][0] <= then:
            heard_at, frame = self._heard.popleft()
            if then - heard_at < 5 * FRAME_SAMPLES / SAMPLE_RATE:
                break
        if frame is None:
            frame = AudioFrame(format="s16", layout="stereo", samples=FRAME_SAMPLES)
            frame.sample_rate = SAMPLE_RATE
            for plane in frame.planes:
                plane.update(bytes(plane.buffer_size))
        return frame


class MirroredPicture(MediaStreamTrack):
    """A video track with the latest picture seen, at most ten times a second and small; a moving picture of our own
    while there is none.
    """

    kind = "video"

    def __init__(self) -> None:
        super().__init__()
        self._own = MovingPicture(width=LARGEST_WIDTH, height=192, fps=FPS)
        self._seen: VideoFrame | None = None
        self._seen_at = 0.0

    async def watch(self, track: MediaStreamTrack) -> None:
        """Look at a track until it ends."""
        async for frame in frames_of(track, VideoFrame):
            self._seen, self._seen_at = frame, time.monotonic()

    async def recv(self) -> VideoFrame:
        if self.readyState != "live":
            raise MediaStreamError
        # It keeps the pace for both.
        frame = await self._own.recv()
        if self._seen is not None and time.monotonic() - self._seen_at < WITHOUT_PICTURE_SECONDS:
            frame = _small(self._seen)
            frame.pts, frame.time_base = int(time.monotonic() * CLOCK_RATE), Fraction(1, CLOCK_RATE)
        return frame

    def stop(self) -> None:
        super().stop()
        self._own.stop()


def _small(frame: VideoFrame) -> VideoFrame:
    """A copy that is no wider than is good for us, with even sides."""
    scale = min(1.0, LARGEST_WIDTH / frame.width)
    width, height = (max(2, int(side * scale) // 2 * 2) for side in (frame.width, frame.height))
    return frame.reformat(width=width, height=height, format="yuv420p")
