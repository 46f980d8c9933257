"""One of the node's workers: started, watched, and started again when it dies."""

import asyncio
import logging
import stat
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Any

from media.binary import WorkerBinary, WorkerBinaryMissing
from media.log_fields import log_with
from media.mediasoup.errors import MediasoupError, RequestRejected, WorkerDied
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.worker import Worker
from media.mediasoup.worker_start import create_worker

from .codecs import MEDIA_CODECS
from .config import NodeConfig
from .confinement import CannotConfine, announce, confinement, worker_environment
from .listening import announced_address, candidate_ports, listen_infos
from .pulse import HUNG_AFTER_SECONDS, Pulse

log = logging.getLogger(__name__)

START_TIMEOUT = 5.0
FIRST_DELAY = 0.5
LONGEST_DELAY = 10.0
# A worker that dies sooner than this has crashed. One that crashes twice in a row has to wait, longer each time.
STEADY_SECONDS = 10.0
# A pause from here on is not waited for by those who want to join: they are told, and come again.
LONG_PAUSE = 2.0


class SlotState(Enum):
    """STARTING also stands for the moments before the first start; FAILED waits to try again."""

    STARTING = "starting"
    UP = "up"
    FAILED = "failed"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Loss:
    """The end of a worker that was up. `at` is seconds since the epoch, `crashes` counts quick deaths in a row."""

    pid: int
    hung: bool
    error: str
    at: float
    lived_seconds: float
    crashes: int


class CannotStart(Exception):
    """A worker cannot be had. The text says why, for an operator; `short` says it for participants."""

    def __init__(self, short: str, text: str) -> None:
        super().__init__(text)
        self.short = short


class WorkerSlot:
    """Keeps one worker running until closed.

    `on_change` is called after each change of state, `on_lost` when a worker that was up has died; by then `worker` and
    its routers are gone, and `loss` says how it ended. `pulse` says how the worker
    is, `restarts` counts the workers that were up before it. `trouble` says why it is not up, for an operator, and
    `short_trouble` in a few words without paths. While it is `draining` it takes nothing new; with `last` no other
    worker is started after the one that runs. `bank` is the half of the node's ports that it listens in (0 or 1).
    """

    def __init__(
        self,
        index: int,
        config: NodeConfig,
        *,
        on_change: Callable[["WorkerSlot"], None],
        on_lost: Callable[["WorkerSlot"], None],
        bank: int = 0,
    ) -> None:
        self.index = index
        self.state = SlotState.STARTING
        self.trouble = ""
        self.short_trouble = ""
        self.bank = bank
        self.draining = False
        self.last = False
        self.pulse = Pulse()
        self.restarts = 0
        self.loss: Loss | None = None
        self.worker: Worker | None = None
        self.webrtc_server: WebRtcServer | None = None
        self.port: int | None = None
        self._config = config
        self._on_change, self._on_lost = on_change, on_lost
        self._task = asyncio.create_task(self._keep_running(), name=f"mediasoup-worker-{index}")

    async def create_router(self) -> tuple[Router, WebRtcServer]:
        """A router of the node's codecs, and the server for its transports.

        Raises `MediasoupError`, or `CannotStart` when no worker runs here just now.
        """
        if self.worker is None or self.webrtc_server is None:
            raise CannotStart(self.short_trouble, self.trouble)
        webrtc_server = self.webrtc_server
        return await self.worker.create_router(media_codecs=MEDIA_CODECS), webrtc_server

    async def close(self) -> None:
        """End the worker and do not start another. Idempotent."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._set(SlotState.CLOSED)

    async def _keep_running(self) -> None:
        log_with(worker=self.index)
        delay, crashes = 0.0, 0
        while True:
            self._set(SlotState.STARTING)
            try:
                worker, webrtc_server = await self._start()
            except CannotStart as reason:
                delay = delay or FIRST_DELAY
                self._failed(reason.short, str(reason))
            except Exception:
                delay = delay or FIRST_DELAY
                log.exception("MediaSoup worker %d failed to start", self.index)
                self._failed(
                    "it failed to start", "the worker failed to start for an unforeseen reason; the log has it"
                )
            else:
                lived = await self._run(worker, webrtc_server, crashes)
                self.restarts += 1
                if self.last:
                    self._set(SlotState.CLOSED)
                    return
                if lived >= STEADY_SECONDS:
                    delay, crashes = 0.0, 0
                    continue
                crashes += 1
                if delay >= LONG_PAUSE:
                    times = f"it has died {crashes} times in a row"
                    self._failed(times, f"{times} and is started again in {delay:g} s; the last time: {self.trouble}")
            await asyncio.sleep(delay)
            delay = min(max(FIRST_DELAY, delay * 2), LONGEST_DELAY)

    async def _run(self, worker: Worker, webrtc_server: WebRtcServer, crashes: int) -> float:
        """Be up until the worker dies; seconds that it lived."""
        loop = asyncio.get_running_loop()
        died: asyncio.Future[WorkerDied] = loop.create_future()
        worker.once("died", died.set_result)
        since, hung, error = loop.time(), False, "it died while it was started"
        try:
            if not worker.closed:
                self.worker, self.webrtc_server = worker, webrtc_server
                self.trouble = self.short_trouble = ""
                log.info("MediaSoup worker %d initialized [pid:%d]", self.index, worker.pid)
                self._set(SlotState.UP)
                hung = await self._hangs(worker, died)
                error = str(await died)
                log.error("MediaSoup worker %d died: %s", self.index, error)
                self.short_trouble = "it stopped and is being started again"
                self.trouble = f"{error}; it is being started again"
        finally:
            self.worker = self.webrtc_server = None
            await _end(worker)
        lived = loop.time() - since
        crashes = 0 if lived >= STEADY_SECONDS else crashes + 1
        self.loss = Loss(worker.pid, hung, error, time.time(), lived, crashes)
        self._set(SlotState.STARTING)
        self._on_lost(self)
        return lived

    async def _hangs(self, worker: Worker, died: asyncio.Future[WorkerDied]) -> bool:
        """Wait for a worker's end: True when it stopped answering and was killed, False when it died by itself."""
        beating = asyncio.create_task(self.pulse.until_hung(worker), name=f"pulse of mediasoup-worker-{self.index}")
        try:
            either: tuple[asyncio.Future[Any], ...] = (died, beating)
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if died.done():
                return False
            if (failure := beating.exception()) is not None:
                log.error("The pulse of MediaSoup worker %d is no longer watched", self.index, exc_info=failure)
                await asyncio.wait([died])
                return False
            log.error(
                "MediaSoup worker %d [pid:%d] has not answered for %g s and is killed",
                self.index,
                worker.pid,
                HUNG_AFTER_SECONDS,
            )
            worker.kill()
            return True
        finally:
            beating.cancel()
            await asyncio.wait([beating])

    async def _start(self) -> tuple[Worker, WebRtcServer]:
        binary = await self._binary()
        wrapper = await self._wrapper(binary)
        announced = await announced_address(self._config)
        try:
            worker = await create_worker(
                binary.path,
                binary.schemas,
                start_timeout=START_TIMEOUT,
                wrapper=wrapper,
                environment=worker_environment(),
            )
        except (MediasoupError, OSError) as error:
            raise CannotStart("it does not start", str(error)) from error
        try:
            return worker, await self._listen(worker, announced)
        except BaseException:
            await _end(worker)
            raise

    async def _binary(self) -> WorkerBinary:
        try:
            return await asyncio.to_thread(self._config.locate_worker)
        except (WorkerBinaryMissing, OSError) as missing:
            raise CannotStart("its binary is missing or broken", str(missing)) from missing

    async def _wrapper(self, binary: WorkerBinary) -> tuple[str, ...]:
        try:
            found = await asyncio.to_thread(
                confinement,
                self._config.worker_user,
                wanted=self._config.confine_workers,
                for_everybody=bool(binary.path.stat().st_mode & stat.S_IXOTH),
            )
        except CannotConfine as refusal:
            raise CannotStart("it cannot be run as the user it shall run as", str(refusal)) from refusal
        announce(found)
        return found.wrapper

    async def _listen(self, worker: Worker, announced: str | None) -> WebRtcServer:
        ip, refusal = self._config.listen_ip, "no port is free"
        try:
            for port in candidate_ports(self._config, self.index, self.port, self.bank):
                try:
                    server = await worker.create_webrtc_server(listen_infos=listen_infos(ip, announced, port))
                except RequestRejected as rejected:
                    refusal = f"port {port}: {rejected.reason}"
                else:
                    self.port = port
                    return server
        except (MediasoupError, OSError) as error:
            raise CannotStart("it cannot listen for media", f"it cannot listen on {ip}: {error}") from error
        raise CannotStart("it cannot listen for media", f"it cannot listen on {ip}, {refusal}")

    def _failed(self, short: str, trouble: str) -> None:
        # A cause that lasts is worth one line, not one for each attempt.
        level = logging.ERROR if trouble != self.trouble else logging.DEBUG
        log.log(level, "MediaSoup worker %d could not be initialized: %s", self.index, trouble)
        self.trouble, self.short_trouble = trouble, short
        self._set(SlotState.FAILED)

    def _set(self, state: SlotState) -> None:
        if self.state is not state:
            self.state = state
            self._on_change(self)


async def _end(worker: Worker) -> None:
    """Close a worker and see its process off, which takes two seconds at worst."""
    worker.close()
    await worker.wait_closed()
