"""Which of the frames that one bot draws another one sees."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from time import monotonic

from meetings.bot.picture import MovingPicture
from meetings.bot.received import ReceivedVideo

LOOK_SECONDS = 0.02


class PictureWatch:
    """From its making until `stop`: the frames drawn after the one that was seen last, and those of them seen."""

    def __init__(self, picture: MovingPicture, camera: ReceivedVideo) -> None:
        self._picture, self._camera = picture, camera
        self._first = camera.last_stamp or 0
        self._stamps, self._delays = camera.stamps, len(camera.delays)
        self._last = self._first

    def stop(self) -> None:
        """What is drawn from now on need not be seen."""
        self._last = self._picture.frames_made - 1

    @property
    def is_through(self) -> bool:
        """Whether nothing that counts is on the way any more."""
        return (self._camera.last_stamp or 0) >= self._last

    @property
    def sent(self) -> int:
        return max(0, max(self._last, self._camera.last_stamp or 0) - self._first)

    @property
    def seen(self) -> int:
        return self._camera.stamps - self._stamps

    @property
    def delays(self) -> tuple[float, ...]:
        """Seconds from drawing to seeing. pymediasoup gives a picture out when the next one begins to arrive; that wait
        is no delay of the call and not in them.
        """
        held = 1 / self._picture.fps
        return tuple(max(0.0, delay - held) for delay in list(self._camera.delays)[self._delays :])


async def stop_all(watches: Sequence[PictureWatch], patience: float) -> None:
    """Stop them, and wait for what is on the way, but no longer than `patience` seconds."""
    for watch in watches:
        watch.stop()
    await wait_until(lambda: all(watch.is_through for watch in watches), patience)


async def wait_until(true: Callable[[], bool], patience: float) -> bool:
    """Look until something is true, but no longer than `patience` seconds. Whether it is."""
    ends = monotonic() + patience
    while True:
        if true():
            return True
        if monotonic() > ends:
            return False
        await asyncio.sleep(LOOK_SECONDS)
