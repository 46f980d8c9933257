"""A mediasoup worker: a process that handles media, and the owner of everything that is made in it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from media.mediasoup import ortc
from media.mediasoup.errors import PipeClosed, WorkerDied
from media.mediasoup.listen_info import ListenInfo, listen_info_to_fbs
from media.mediasoup.object_ids import new_id
from media.mediasoup.pipe import Pipe
from media.mediasoup.process import WorkerProcess
from media.mediasoup.router import Router
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.worker_object import AppData, WorkerObject

if TYPE_CHECKING:
    from media.mediasoup.rtp_parameters import RtpCodecCapability
    from media.mediasoup.webrtc_transport_fbs import DtlsParameters
    from media.mediasoup.worker_dump_fbs import WorkerDump, WorkerResourceUsage
    from media.mediasoup.worker_start import LogLevel, LogTag

logger = logging.getLogger(__name__)


class Worker(WorkerObject):
    """Made by `create_worker`.

    Events: `died` (WorkerDied) when the process ended without having been told to; `close` when this object is closed,
    be it for that reason or by `close()`; `subprocessclose` when the process is gone.
    Observer: `close`, `newrouter` (Router), `newwebrtcserver` (WebRtcServer).
    """

    def __init__(self, process: WorkerProcess, pipe: Pipe, app_data: AppData | None) -> None:
        super().__init__(pipe, str(process.pid), app_data)
        self.pid = process.pid
        self.died = False
        self._process = process
        self._routers: dict[str, Router] = {}
        self._webrtc_servers: dict[str, WebRtcServer] = {}
        # The certificate is the process's: all transports begin with the same, once the first has been told.
        self._dtls_parameters: DtlsParameters | None = None
        process.exited.add_done_callback(self._process_exited)

    @property
    def subprocess_closed(self) -> bool:
        """Whether the process is gone."""
        return self._process.exited.done()

    @property
    def routers(self) -> Mapping[str, Router]:
        """Its routers, by id."""
        return self._routers

    # What it does

    def dump(self) -> Awaitable[WorkerDump]:
        """The worker's view: pid, webRtcServerIds, routerIds, channelMessageHandlers (ids that take messages)."""
        self._check_open()
        return self._pipe.request("WORKER_DUMP")

    def get_resource_usage(self) -> Awaitable[WorkerResourceUsage]:
        """What uv_getrusage() says of the process: `ruUtime`, `ruStime` (CPU time in ms), `ruMaxrss` (KiB) and more."""
        self._check_open()
        return self._pipe.request("WORKER_GET_RESOURCE_USAGE")

    async def update_settings(
        self, *, log_level: LogLevel | None = None, log_tags: Iterable[LogTag] | None = None
    ) -> None:
        """Change how much the worker logs. What is not given stays as it is."""
        body = {"logLevel": log_level, "logTags": None if log_tags is None else list(log_tags)}
        await self._request("WORKER_UPDATE_SETTINGS", "Worker_UpdateSettingsRequest", body)

    async def create_webrtc_server(
        self, *, listen_infos: Sequence[ListenInfo], app_data: AppData | None = None
    ) -> WebRtcServer:
        """Listen where `listen_infos` says, for the WebRTC transports of this worker's routers.

        Raises RequestRejected when the worker cannot listen there (a port in use).
        """
        infos = [listen_info_to_fbs(info) for info in listen_infos]
        server = WebRtcServer(self, new_id(), app_data)
        body = {"webRtcServerId": server.id, "listenInfos": infos}
        await server._create_in_worker(self, "WORKER_CREATE_WEBRTCSERVER", "Worker_CreateWebRtcServerRequest", body)
        self._webrtc_servers[server.id] = server
        server._begin()
        self.observe("newwebrtcserver", server)
        return server

    async def create_router(
        self, *, media_codecs: Sequence[RtpCodecCapability] = (), app_data: AppData | None = None
    ) -> Router:
        """A router for these codecs. Raises TypeError for codecs that make no sense, UnsupportedError for others."""
        capabilities = ortc.generate_router_rtp_capabilities(media_codecs)
        router = Router(self, new_id(), capabilities, app_data)
        body = {"routerId": router.id}
        await router._create_in_worker(self, "WORKER_CREATE_ROUTER", "Worker_CreateRouterRequest", body)
        self._routers[router.id] = router
        router._begin()
        self.observe("newrouter", router)
        return router

    # Its end

    def close(self) -> None:
        """Close everything in it and tell the process to end; see `wait_closed`. Idempotent."""
        if self.closed:
            return
        # The process may have died a moment ago, with its pipe, and not be known to have exited yet.
        with suppress(PipeClosed):
            self._pipe.notify("WORKER_CLOSE")
        self._process.end()
        self._close()
        self._emit_and_observe("close")

    def kill(self) -> None:
        """End the process at once. It dies of it, as far as `died` is concerned: for one that does not answer."""
        self._process.kill()

    async def wait_closed(self) -> None:
        """Wait until the process is gone, which takes two seconds at worst after `close()`."""
        await asyncio.wait([self._process.exited])

    def _close(self) -> None:
        self.closed = True
        # Nothing is sent for the children one by one: they end with the process.
        self._pipe.close()
        routers, self._routers = self._routers, {}
        for router in routers.values():
            router._worker_closed()
        servers, self._webrtc_servers = self._webrtc_servers, {}
        for server in servers.values():
            server._worker_closed()

    def _process_exited(self, exited: asyncio.Future[Any]) -> None:
        if not self.closed:
            status = exited.result()
            error = WorkerDied(self.pid, status.exit_code, status.signal)
            logger.error("%s", error)
            self.died = True
            self._close()
            self.emit("died", error)
            self._emit_and_observe("close")
        self.emit("subprocessclose")
