"""A WebRTC server: one UDP and TCP port of a worker that any number of its WebRTC transports share."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TYPE_CHECKING

from media.mediasoup.webrtc_transport_plan import ServerTransportPlans
from media.mediasoup.worker_object import AppData, WorkerObject

if TYPE_CHECKING:
    from media.mediasoup.webrtc_transport import WebRtcTransport
    from media.mediasoup.worker import Worker
    from media.mediasoup.worker_dump_fbs import WebRtcServerDump


class WebRtcServer(WorkerObject):
    """Made by `Worker.create_webrtc_server`.

    Events: `workerclose`. Observer: `close`, `webrtctransporthandled` and `webrtctransportunhandled` (WebRtcTransport).
    Closing it closes its transports (`listenserverclose` on each).
    """

    def __init__(self, worker: Worker, webrtc_server_id: str, app_data: AppData | None) -> None:
        super().__init__(worker._pipe, webrtc_server_id, app_data)
        self._worker = worker
        self._transports: dict[str, WebRtcTransport] = {}
        self._transport_plans = ServerTransportPlans(worker._pipe, webrtc_server_id)

    def dump(self) -> Awaitable[WebRtcServerDump]:
        """The worker's view: id, udpSockets, tcpServers ({ip, port}), webRtcTransportIds, localIceUsernameFragments."""
        return self._request("WEBRTCSERVER_DUMP")

    def close(self) -> None:
        """Close it, and each of its transports. Idempotent."""
        if not self._closed_by(None):
            return
        self._worker._webrtc_servers.pop(self.id, None)
        self._tell_close()
        transports, self._transports = self._transports, {}
        for transport in transports.values():
            transport._listen_server_closed()
            self.observe("webrtctransportunhandled", transport)

    def _worker_closed(self) -> None:
        # Its transports are closed by their routers.
        self._transports.clear()
        self._closed_by("workerclose")

    def _tell_close(self) -> None:
        body = {"webRtcServerId": self.id}
        self._pipe.post("WORKER_WEBRTCSERVER_CLOSE", "", "Worker_CloseWebRtcServerRequest", body)

    # Called by its transports

    def _transport_added(self, transport: WebRtcTransport) -> None:
        self._transports[transport.id] = transport
        self.observe("webrtctransporthandled", transport)

    def _transport_removed(self, transport: WebRtcTransport) -> None:
        if self._transports.pop(transport.id, None) is not None:
            self.observe("webrtctransportunhandled", transport)
