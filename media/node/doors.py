"""Transports of nobody, one on each worker, at which somebody may knock to see whether the worker can be reached."""

import asyncio
import logging
from typing import Any

from media.mediasoup.errors import MediasoupError
from media.mediasoup.router import Router

from .supervisor import Supervisor
from .worker_slot import CannotStart, WorkerSlot

log = logging.getLogger(__name__)

Json = dict[str, Any]

LONGEST_SECONDS = 30
# A worker that takes longer hangs, and is about to be found out.
OPENING_PATIENCE = 2.0


class Doors:
    """The open doors of a node. Each is a router that belongs to no meeting, with one transport."""

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._closing: dict[Router, asyncio.TimerHandle] = {}

    async def open(self, seconds: float) -> list[Json]:
        """A door on each worker that runs, open for so long.

        `[{worker, pid, iceParameters, iceCandidates}]`; one that cannot be opened is left out. A worker answers a STUN
        binding request that carries the door's user name and password, over UDP and TCP, as it answers a browser's.
        """
        opened = await asyncio.gather(*(self._open(slot, seconds) for slot in self._supervisor.up))
        return [door for door in opened if door is not None]

    def close(self) -> None:
        """Close all that are open. Idempotent."""
        for router in list(self._closing):
            self._close(router)

    async def _open(self, slot: WorkerSlot, seconds: float) -> Json | None:
        try:
            async with asyncio.timeout(OPENING_PATIENCE):
                router, webrtc_server = await slot.create_router()
                self._closing[router] = asyncio.get_running_loop().call_later(seconds, self._close, router)
                transport = await router.create_webrtc_transport(
                    webrtc_server=webrtc_server, enable_udp=True, enable_tcp=True, prefer_udp=True
                )
        except (MediasoupError, CannotStart, TimeoutError) as error:
            log.debug("MediaSoup worker %d opens no door: %s", slot.index, error)
            return None
        return {
            "worker": slot.index,
            "pid": slot.worker.pid if slot.worker is not None else None,
            "iceParameters": transport.ice_parameters,
            "iceCandidates": transport.ice_candidates,
        }

    def _close(self, router: Router) -> None:
        timer = self._closing.pop(router, None)
        if timer is not None:
            timer.cancel()
        router.close()
