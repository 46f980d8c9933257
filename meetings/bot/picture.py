"""A moving picture that says which frame it is and when it was drawn, and how to read both again after encoding,
transport and decoding.
"""

from __future__ import annotations

import asyncio
import time
from fractions import Fraction

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import VideoFrame
from av.video.plane import VideoPlane

STAMP_BITS = 16
CLOCK_RATE = 90_000
BLACK, WHITE, MIDDLE = 16, 235, 128


class MovingPicture(MediaStreamTrack):
    """A video track: two stamps in the top quarter, the same in the bottom one, between them a gradient that moves from
    frame to frame.

    The first stamp is the frame's number in black and white cells, the second the time at which it was drawn (see
    `clock_stamp`), each with its complement in a second row, so that a damaged stamp is known to be damaged. An encoder
    that is short of time leaves blocks as they were, and seldom the same ones at both ends. Width must be a multiple of
    32 and height of 16. While held, the track produces nothing at all: pymediasoup's own pause would keep sending.
    """

    kind = "video"

    def __init__(self, *, width: int = 320, height: int = 192, fps: int = 15, tint: int = MIDDLE) -> None:
        super().__init__()
        self.width, self.height, self.fps = width, height, fps
        self.frames_made = 0
        self._tint = tint
        self._started: float | None = None
        self._flowing = asyncio.Event()
        self._flowing.set()
        steps = bytes(BLACK + abs(x % 256 - 128) * (WHITE - BLACK) // 128 for x in range(256))
        self._gradient = steps * (width // 256 + 2)

    def hold(self) -> None:
        """Stop producing frames."""
        self._flowing.clear()

    def release(self) -> None:
        """Go on producing frames."""
        self._flowing.set()

    async def recv(self) -> VideoFrame:
        await self._flowing.wait()
        if self.readyState != "live":
            raise MediaStreamError
        now = time.monotonic()
        if self._started is None:
            self._started = now
        # Frames keep to the clock, also after a hold: the timestamp is the time that passed, not a count.
        due = self._started + self.frames_made / self.fps
        if due < now - 1.0:
            self._started += now - due
            due = now
        await asyncio.sleep(due - now)
        frame = self._draw(self.frames_made)
        frame.pts = int(time.monotonic() * CLOCK_RATE)
        frame.time_base = Fraction(1, CLOCK_RATE)
        self.frames_made += 1
        return frame

    def stop(self) -> None:
        super().stop()
        self._flowing.set()

    def _draw(self, number: int) -> VideoFrame:
        frame = VideoFrame(self.width, self.height, "yuv420p")
        luma, blue, red = frame.planes
        stamp_height = self.height // 16
        offset = number * 4 % 256
        rows = []
        for stamped in (number % 2**STAMP_BITS, clock_stamp()):
            rows += [self._stamp_row(stamped)] * stamp_height
            rows += [self._stamp_row(~stamped % 2**STAMP_BITS)] * stamp_height
        rows += [self._gradient[offset : offset + self.width]] * (self.height - 2 * len(rows)) + rows
        luma.update(b"".join(row.ljust(luma.line_size, b"\0") for row in rows))
        blue.update(bytes([self._tint]) * blue.buffer_size)
        red.update(bytes([MIDDLE]) * red.buffer_size)
        return frame

    def _stamp_row(self, value: int) -> bytes:
        cell = self.width // STAMP_BITS
        return b"".join(bytes([WHITE if value >> bit & 1 else BLACK]) * cell for bit in range(STAMP_BITS))


def clock_stamp() -> int:
    """The monotonic clock in milliseconds, as far as a stamp holds it: it begins anew after some 65 seconds."""
    return int(time.monotonic() * 1000) % (1 << STAMP_BITS)


def read_stamp(frame: VideoFrame) -> int | None:
    """The number of the frame that MovingPicture made, or None where there is none or it is damaged."""
    return _read(frame, 0)


def read_age(frame: VideoFrame) -> float | None:
    """Seconds since MovingPicture drew this frame, on this machine and at most a minute ago; None where the stamp is
    missing or damaged.
    """
    drawn = _read(frame, 1)
    return None if drawn is None else (clock_stamp() - drawn) % 2**STAMP_BITS / 1000


def _read(frame: VideoFrame, which: int) -> int | None:
    if frame.format.name not in ("yuv420p", "yuvj420p") or frame.width < 4 * STAMP_BITS or frame.height < 32:
        return None
    luma = frame.planes[0]
    for top in (0, frame.height * 3 // 4):
        rows = (top + frame.height * (4 * which + part) // 32 for part in (1, 3))
        value, complement = (_read_row(luma, frame.width, row) for row in rows)
        if value == ~complement % 2**STAMP_BITS:
            return value
    return None


def _read_row(luma: VideoPlane, width: int, row: int) -> int:
    """One row of cells, each judged by the mean around its centre: coding blurs edges and rings beside them."""
    pixels = memoryview(luma)
    reach = width // STAMP_BITS // 4
    value = 0
    for bit in range(STAMP_BITS):
        middle = width * (2 * bit + 1) // (2 * STAMP_BITS)
        total = 0
        for line in (row - 1, row, row + 1):
            start = line * luma.line_size + middle
            total += sum(pixels[start - reach : start + reach])
        value |= (total > MIDDLE * 6 * reach) << bit
    return value
