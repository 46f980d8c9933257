"""The media node inside a web process: whichever process wins a file lock runs it, in a thread and event loop of its
own.

A loop of its own, because the web's loops differ: daphne and uvicorn run one for ever, `async_to_sync` makes one for
each call, and a slow view must not delay media. Everybody, this process included, reaches the node over its socket.
"""

import asyncio
import atexit
import logging
import os
import threading
from pathlib import Path

from media.conf import MediaSettings
from media.link.security import LinkMisconfigured
from media.link.server import CannotListen
from media.node_lock import NameTaken, NodeLock, NodeLockHeld

log = logging.getLogger(__name__)

STOP_TIMEOUT = 5.0


class EmbeddedNode:
    """A node in a thread of this process, from the moment the lock was won until `stop`."""

    def __init__(self, settings: MediaSettings, lock: NodeLock) -> None:
        self._settings, self._lock = settings, lock
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: asyncio.Event | None = None
        self._listening = threading.Event()
        self._thread = threading.Thread(target=self._run, name="media-node", daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs. It ends when stopped, or when the node could not listen."""
        return self._thread.is_alive()

    def stop(self, timeout: float = STOP_TIMEOUT) -> bool:
        """End the node with its workers and give the lock back.

        True when that took no longer than `timeout` seconds.
        """
        self._listening.wait(timeout)
        if self._loop is not None and self._stop is not None and self.alive:
            # The loop may close between the question and the call.
            try:
                self._loop.call_soon_threadsafe(self._stop.set)
            except RuntimeError:
                log.debug("The embedded media node had just ended")
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _run(self) -> None:
        try:
            self._run_in_a_loop()
        except (CannotListen, LinkMisconfigured, NameTaken) as reason:
            # It is tried again and again, for the cause may go away.
            level = logging.DEBUG if _said.get(self._settings.lock) == str(reason) else logging.ERROR
            _said[self._settings.lock] = str(reason)
            log.log(level, "The embedded media node does not run: %s", reason)
        except Exception:
            log.exception("The embedded media node failed")
        finally:
            self._listening.set()
            self._lock.release()

    def _run_in_a_loop(self) -> None:
        from media.node import event_loop  # noqa: PLC0415  # the other web processes do without it in their memory

        event_loop.run(self._serve())

    async def _serve(self) -> None:
        from media.running import running_node  # noqa: PLC0415  # as above

        self._loop, self._stop = asyncio.get_running_loop(), asyncio.Event()
        async with running_node(self._settings, self._stop):
            self._listening.set()
            await self._stop.wait()


_guard = threading.Lock()
# By the lock that was won: a process may run the nodes of several sockets, as tests do.
_running: dict[Path, EmbeddedNode] = {}
_owner_pid = 0
# Why the node of a lock did not run last time.
_said: dict[Path, str] = {}


def start(settings: MediaSettings) -> bool:
    """See to it that somebody runs the node. True when this process does; False when another holds the lock.

    Returns at once: the node may still be starting. Calling it again is cheap, and is how a process takes over from
    one that died.
    """
    global _owner_pid
    with _guard:
        if _owner_pid != os.getpid():
            _running.clear()  # what a fork brought along runs in the parent
            _owner_pid = os.getpid()
        if (node := _running.get(settings.lock)) is not None and node.alive:
            return True
        try:
            lock = NodeLock.acquire(settings.lock)
        except NodeLockHeld:
            return False
        _running[settings.lock] = EmbeddedNode(settings, lock)
        log.info("The media node runs embedded in this process [pid:%d]", _owner_pid)
        return True


def runs_here(settings: MediaSettings) -> bool:
    """Whether this process runs the node of these settings."""
    with _guard:
        node = _running.get(settings.lock)
        return node is not None and node.alive and _owner_pid == os.getpid()


def stop(timeout: float = STOP_TIMEOUT) -> bool:
    """End the nodes of this process. True when nothing is left of them."""
    with _guard:
        nodes = list(_running.values()) if _owner_pid == os.getpid() else []
        _running.clear()
    stopped = [node.stop(timeout) for node in nodes]
    return all(stopped)


atexit.register(stop)
