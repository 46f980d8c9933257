"""What a bot sees and hears of one producer, measured frame by frame."""

from __future__ import annotations

import asyncio
import time
import zlib
from array import array
from collections import deque
from collections.abc import AsyncIterator
from typing import Protocol, TypeVar

from aiortc import MediaStreamTrack
from aiortc.mediastreams import MediaStreamError
from av import AudioFrame, VideoFrame

from meetings.bot.picture import read_age, read_stamp
from meetings.bot.tone import energy, heard_pitch, left_channel, pitch_age, share_of_tone

# As many as are kept of what was measured frame by frame; more than a probe takes.
MOST_KEPT = 2000

AnyFrame = TypeVar("AnyFrame", AudioFrame, VideoFrame)


async def frames_of(track: MediaStreamTrack, kind: type[AnyFrame]) -> AsyncIterator[AnyFrame]:
    """The frames of a track until it ends."""
    while True:
        try:
            frame = await track.recv()
        except MediaStreamError:
            return
        if isinstance(frame, kind):
            yield frame


class ReceivedVideo:
    """Counts of one remote picture: decoded `frames`, `changes` from one picture to another, stamps read, and
    the longest gap. `delays` are the seconds from drawing to decoding of each frame with a readable stamp.
    """

    def __init__(self) -> None:
        self.frames = 0
        self.changes = 0
        self.stamps = 0
        self.first_stamp: int | None = None
        self.last_stamp: int | None = None
        self.last_frame_at: float | None = None
        self.longest_gap = 0.0
        self.size: tuple[int, int] | None = None
        self.delays: deque[float] = deque(maxlen=MOST_KEPT)
        self._digest: int | None = None

    async def watch(self, track: MediaStreamTrack) -> None:
        """Read the track until it ends."""
        async for frame in frames_of(track, VideoFrame):
            self.see(frame)

    def see(self, frame: VideoFrame) -> None:
        """Count one decoded frame."""
        now = time.monotonic()
        if self.last_frame_at is not None:
            self.longest_gap = max(self.longest_gap, now - self.last_frame_at)
        self.last_frame_at = now
        self.frames += 1
        self.size = (frame.width, frame.height)
        digest = zlib.crc32(memoryview(frame.planes[0]))
        if self._digest is not None and digest != self._digest:
            self.changes += 1
        self._digest = digest
        stamp = read_stamp(frame)
        if stamp is not None:
            self.stamps += 1
            self.last_stamp = stamp
            if self.first_stamp is None:
                self.first_stamp = stamp
        if (age := read_age(frame)) is not None:
            self.delays.append(age)


class ReceivedAudio:
    """Counts of one remote sound: decoded `frames` and `energy`, in the unit of WebRTC's `totalAudioEnergy`. Of a scale
    also the `pitches` heard and, each time the pitch changes, the `delays` in seconds from its making to its decoding.
    """

    def __init__(self, *, listens_for_scale: bool = False) -> None:
        self.frames = 0
        self.energy = 0.0
        self.last_frame_at: float | None = None
        self.pitches = 0
        self.delays: deque[float] = deque(maxlen=MOST_KEPT)
        self._last: array[int] = array("h")
        self._rate = 48_000
        self._listens_for_scale = listens_for_scale
        self._pitch: int | None = None

    async def watch(self, track: MediaStreamTrack) -> None:
        """Read the track until it ends."""
        async for frame in frames_of(track, AudioFrame):
            self.hear(frame)

    def hear(self, frame: AudioFrame) -> None:
        """Count one decoded frame."""
        self.last_frame_at = time.monotonic()
        self.frames += 1
        self._last = left_channel(frame)
        self._rate = frame.sample_rate
        self.energy += energy(self._last, self._rate)
        if self._listens_for_scale:
            self._hear_pitch()

    def _hear_pitch(self) -> None:
        pitch = heard_pitch(self._last, self._rate)
        if pitch is None:
            return
        self.pitches += 1
        if self._pitch is not None and pitch != self._pitch:
            self.delays.append(pitch_age(pitch))
        self._pitch = pitch

    def share_of_tone(self, hertz: float) -> float:
        """How much of the last 20 ms is this tone, 0 to about 1."""
        return share_of_tone(self._last, hertz, self._rate)


class Receiver(Protocol):
    """Whatever takes what comes from a producer."""

    async def watch(self, track: MediaStreamTrack) -> None:
        """Read the track until it ends."""


def counting(kind: str) -> ReceivedVideo | ReceivedAudio:
    """What counts the frames of a producer of this kind."""
    return ReceivedVideo() if kind == "video" else ReceivedAudio()


class RemoteParticipant:
    """Another person in the meeting, as this bot receives them; keyed by source (`mic`, `camera`, `screen`,
    `screen-audio`). `codecs` has the MIME type that each source comes in.
    """

    def __init__(self, participant_id: str, display_name: str) -> None:
        self.participant_id = participant_id
        self.display_name = display_name
        self.received: dict[str, Receiver] = {}
        self.codecs: dict[str, str] = {}
        self.paused: dict[str, bool] = {}
        self.left_because: str | None = None

    @property
    def camera(self) -> ReceivedVideo | None:
        """Their camera's picture, once it is consumed."""
        video = self.received.get("camera")
        return video if isinstance(video, ReceivedVideo) else None

    @property
    def microphone(self) -> ReceivedAudio | None:
        """Their microphone's sound, once it is consumed."""
        audio = self.received.get("mic")
        return audio if isinstance(audio, ReceivedAudio) else None


async def drain(watching: set[asyncio.Task[None]]) -> None:
    """Cancel the tasks that watch tracks, and wait until they are gone."""
    for task in watching:
        task.cancel()
    await asyncio.gather(*watching, return_exceptions=True)
    watching.clear()
