"""The pulse of a worker: asked every second how it is, and taken for hung when it has not answered for three."""

import asyncio
import os
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from media.mediasoup.errors import MediasoupError, RequestTimeout
from media.mediasoup.worker import Worker
from media.mediasoup.worker_dump_fbs import WorkerResourceUsage

BEAT_SECONDS: Final = 1.0
HUNG_AFTER_SECONDS: Final = 3.0
# One that has not answered for so long is not asked for anything that somebody waits for.
NO_ANSWER_SECONDS: Final = 1.0
# While an answer is waited for, the silence is judged this often.
LOOK_SECONDS: Final = 0.25
# `cpu` is the share of this many beats: a moment's peak moves no room.
BEATS_FOR_CPU: Final = 3

_PAGE_BYTES: Final = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Effort:
    """A process as the kernel sees it: whether it wants to run, and the seconds it has had a CPU."""

    runnable: bool
    cpu_seconds: float

    @classmethod
    def of(cls, pid: int) -> "Effort | None":
        """None where there is no /proc, or the process is gone."""
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
            nanoseconds = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
        except (OSError, ValueError, IndexError):
            return None
        return cls(state == "R", nanoseconds / 1e9)


class Silence:
    """For how long a worker could have answered, and did not.

    Time in which we did not run ourselves does not count, for its answer may lie there; nor does time in which it
    wanted to run and was given no CPU. A machine that is too busy is not a worker that hangs.
    """

    def __init__(self) -> None:
        self.seconds = 0.0
        self._before: Effort | None = None

    def lasted(self, seconds: float, effort: Effort | None) -> None:
        """Another look after `seconds`, at the end of which the worker was seen as `effort`."""
        before, self._before = self._before, effort
        starved = (
            effort is not None
            and before is not None
            and effort.runnable
            and effort.cpu_seconds - before.cpu_seconds < seconds / 10
        )
        if not starved:
            self.seconds += min(seconds, 2 * LOOK_SECONDS)

    def broken(self) -> None:
        """It answered."""
        self.seconds, self._before = 0.0, None


class Pulse:
    """How a slot's worker is, as of its last answer. All zero while none runs.

    `cpu` is the share of one core that it used over the last seconds (0 to 1, a little more when helper threads work),
    `memory_bytes` what it holds in memory, `latency_seconds` the time from a request over its pipe to the answer.
    """

    def __init__(self) -> None:
        self.cpu = 0.0
        self.memory_bytes = 0
        self.latency_seconds = 0.0
        self._silence = Silence()
        self._since: float | None = None
        self._spent: deque[tuple[float, float]] = deque(maxlen=BEATS_FOR_CPU + 1)

    @property
    def uptime(self) -> float:
        """Seconds since the worker came up."""
        return 0.0 if self._since is None else time.monotonic() - self._since

    @property
    def silent_seconds(self) -> float:
        """For how long it could have answered by now, and did not."""
        return self._silence.seconds

    async def until_hung(self, worker: Worker) -> None:
        """Beat until the worker is taken for hung, which is when this returns; to be cancelled when it ends otherwise.

        Waits for ever once the worker is closed.
        """
        self._since = time.monotonic()
        silence = self._silence
        try:
            while silence.seconds < HUNG_AFTER_SECONDS:
                asked = time.monotonic()
                try:
                    answer = asyncio.ensure_future(worker.get_resource_usage())
                    if await _answered(answer, worker.pid, silence):
                        self._note(worker.pid, answer.result(), asked)
                        silence.broken()
                        await asyncio.sleep(max(0.0, asked + BEAT_SECONDS - time.monotonic()))
                except RequestTimeout:
                    continue
                except MediasoupError:
                    # Its pipe is gone, so its end is about to be noticed by those who wait for that.
                    await asyncio.get_running_loop().create_future()
        finally:
            self.cpu, self.memory_bytes, self.latency_seconds, self._since = 0.0, 0, 0.0, None
            self._spent.clear()
            silence.broken()

    def _note(self, pid: int, usage: WorkerResourceUsage, asked: float) -> None:
        now = time.monotonic()
        self.latency_seconds = now - asked
        self.memory_bytes = _resident_bytes(pid) or usage["ruMaxrss"] * 1024
        self._spent.append((now, (usage["ruUtime"] + usage["ruStime"]) / 1000))
        (then, before), (_, spent) = self._spent[0], self._spent[-1]
        if now > then:
            self.cpu = max(0.0, spent - before) / (now - then)


async def _answered(answer: "asyncio.Future[WorkerResourceUsage]", pid: int, silence: Silence) -> bool:
    """Whether the answer came before the silence had lasted too long. Raises what the answer raises."""
    try:
        while silence.seconds < HUNG_AFTER_SECONDS:
            looked = time.monotonic()
            # Not a time-out, which would cancel an answer that arrived in the same turn of a loop that was held up.
            await asyncio.wait([answer], timeout=LOOK_SECONDS)
            if answer.done():
                answer.result()
                return True
            silence.lasted(time.monotonic() - looked, Effort.of(pid))
        return False
    finally:
        # Whoever is cancelled while waiting wants no answer, and no word of a pipe that closes under it.
        answer.cancel()


def _resident_bytes(pid: int) -> int:
    """What the process holds in memory now; 0 where there is no /proc."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0
