"""daphne in this process, with a start that says when meetings can be held and a stop that leaves nothing behind."""

import asyncio
import gc
import os
import signal
import socket
from collections.abc import Callable
from typing import Any

# First: it installs the asyncio reactor.
from daphne.server import Server  # isort: skip
from twisted.internet import defer, reactor

from kcs import lifespan
from kcs.asgi import application
from kcs.at_once import AtOnce
from kcs.intake import INTAKE, Intake, Receive
from media.client import get_media_client
from meetings.signalling.outbox import AT_ONCE

# Frames over 64 KiB are refused with a code by MeetingSocket; only what exceeds this breaks the connection.
MAX_MESSAGE = 4 * 1024 * 1024
STOP_TIMEOUT = 5.0
GARBAGE_THRESHOLDS = (10_000, 20, 50)
HEALTH_EVERY = 0.1
HEALTH_EVERY_ONCE_KNOWN = 2.0
# Long enough for a worker that is slow to start (five seconds) before anything is said about it.
PATIENCE = 6.0


class PortTaken(Exception):
    """Nothing can listen there; the text says why."""


class WebServer(Server):  # type: ignore[misc]  # daphne has no types
    """One daphne, from `run()` until SIGINT, SIGTERM or `stop()`.

    Beside serving it starts what `kcs.lifespan` lists and asks media how it is. `say` gets a line for people:
    `ready: http://localhost:PORT` once meetings can be held, or why they cannot.
    """

    def __init__(self, host: str, port: int, say: Callable[[str], None]) -> None:
        self._address = free_address(host, port)
        # What it starts, as the probe, finds it there, whatever was asked for.
        os.environ["HOST"], os.environ["PORT"] = self._address[0], str(self._address[1])
        self._say = say
        self._failure: str | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        super().__init__(
            _paced,
            endpoints=[f"tcp:port={self._address[1]}:interface={self._address[0].replace(':', chr(92) + ':')}"],
            verbosity=0,
            websocket_max_message_size=MAX_MESSAGE,
            websocket_max_frame_size=MAX_MESSAGE,
            # A meeting may last longer than a day.
            websocket_timeout=-1,
            application_close_timeout=20,
            ready_callable=lambda: reactor.callWhenRunning(self._begin),
            server_name="kcs-meet",
        )

    def run(self) -> None:
        """Serve until told to stop. Raises PortTaken when the address cannot be listened on after all."""
        # A script's background job starts with SIGINT ignored, and Twisted leaves it so; here it always means: stop.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        super().run()
        if self._failure is not None:
            raise PortTaken(self._failure)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """With a short way out for the frames of sockets, and not too wide a way in."""
        if scope["type"] != "websocket":
            return super().create_application(protocol, scope)
        intake = Intake(protocol)
        scope["extensions"] = {AT_ONCE: AtOnce(protocol), INTAKE: intake}
        queue = super().create_application(protocol, scope)
        return None if queue is None else intake.before(queue)

    def listen_error(self, failure: Any) -> None:
        self._failure = failure.getErrorMessage()
        self.stop()

    def kill_all_applications(self) -> Any:
        """Cancel what still runs, wait until all of it has cleaned up (sockets say goodbye in the database), and end
        what runs beside the pages: all here, in the one phase of a shutdown that Twisted waits for.

        daphne's own waits for the first application only, and fails on connections whose application has ended.
        """
        applications = [details.get("application_instance") for details in self.connections.values()]
        running = [application for application in applications if application is not None and not application.done()]
        for task in running:
            task.cancel()
        for task in self._tasks:
            task.cancel()
        return defer.Deferred.fromFuture(asyncio.ensure_future(_wind_up(running)))

    def _begin(self) -> None:
        # What is loaded by now stays. To look through all of it for garbage takes a tenth of a second, in which no
        # socket hears anything.
        gc.collect()
        gc.freeze()
        gc.set_threshold(*GARBAGE_THRESHOLDS)
        self._keep(lifespan.start())
        self._keep(self._announce())

    def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _announce(self) -> None:
        """Say `ready:` once every worker answers, or after some patience once any does; say why not all of them do,
        once for each cause, when that takes long.
        """
        loop = asyncio.get_running_loop()
        began, told = loop.time(), ""
        while True:
            status = await get_media_client().status()
            workers, expected = status["workers"], status["expectedWorkers"]
            if workers >= expected > 0:
                break
            cause = status.get("details") or status.get("message") or "no media worker answers"
            if loop.time() - began > PATIENCE:
                if workers:
                    self._say(f"meetings can be held, with {workers} of {expected} media workers: {cause}")
                    break
                if cause != told:
                    self._say(f"pages are served, but meetings cannot be held: {cause}")
                    told = cause
            await asyncio.sleep(HEALTH_EVERY_ONCE_KNOWN if told else HEALTH_EVERY)
        self._say(f"ready: http://localhost:{self._address[1]}")


async def _paced(scope: dict[str, Any], receive: Receive, send: Any) -> None:
    intake = scope.get("extensions", {}).get(INTAKE)
    await application(scope, receive if intake is None else intake.taken_by(receive), send)


async def _wind_up(applications: list[asyncio.Task[Any]]) -> None:
    if applications:
        await asyncio.wait(applications, timeout=STOP_TIMEOUT)
    await lifespan.stop()


def free_address(host: str, port: int) -> tuple[str, int]:
    """`host` as an address and `port`, or a free one for 0. Raises PortTaken when somebody else listens there."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except OSError as error:
        raise PortTaken(f"HOST={host} is no address of this machine: {error.strerror}") from None
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            raise PortTaken(f"cannot listen on {host}:{port}: {error.strerror}; choose another with PORT=…") from None
        taken: tuple[Any, ...] = probe.getsockname()
        return str(taken[0]), int(taken[1])
