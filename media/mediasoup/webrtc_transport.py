"""A transport to a WebRTC endpoint, such as a browser: ICE, DTLS, SRTP, and SCTP inside DTLS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from media.mediasoup.listen_info import TransportTuple, tuple_from_fbs
from media.mediasoup.sctp_transport import SctpTransport
from media.mediasoup.webrtc_transport_fbs import (
    DtlsParameters,
    DtlsState,
    IceCandidate,
    IceParameters,
    IceRole,
    IceState,
    WebRtcTransportDump,
    WebRtcTransportStat,
    dtls_parameters_from_fbs,
    dtls_parameters_to_fbs,
    ice_candidate_from_fbs,
    ice_parameters_from_fbs,
    webrtc_transport_dump_from_fbs,
    webrtc_transport_stat_from_fbs,
)

if TYPE_CHECKING:
    from media.mediasoup.router import Router
    from media.mediasoup.transport_base import TransportType
    from media.mediasoup.webrtc_server import WebRtcServer
    from media.mediasoup.worker_object import AppData, Body


class WebRtcTransport(SctpTransport):
    """Made by `Router.create_webrtc_transport`. `ice_parameters`, `ice_candidates` and `dtls_parameters` are for the
    endpoint.

    Events and observer, besides those of all transports: `icestatechange` (IceState), `iceselectedtuplechange`
    (TransportTuple), `dtlsstatechange` (DtlsState), `sctpstatechange` (SctpState). Event: `listenserverclose`.
    """

    type: ClassVar[TransportType] = "webrtc"

    ice_role: IceRole = "controlled"  # mediasoup is ICE lite
    ice_parameters: IceParameters
    ice_candidates: list[IceCandidate]
    ice_state: IceState = "new"
    ice_selected_tuple: TransportTuple | None = None
    dtls_parameters: DtlsParameters
    dtls_state: DtlsState = "new"
    dtls_remote_cert: str | None = None

    def __init__(
        self, router: Router, transport_id: str, webrtc_server: WebRtcServer | None, app_data: AppData | None
    ) -> None:
        super().__init__(router, transport_id, app_data)
        self._webrtc_server = webrtc_server

    def _accept(self, reply: Body) -> None:
        self.ice_parameters = ice_parameters_from_fbs(reply["iceParameters"])
        self.ice_candidates = [ice_candidate_from_fbs(candidate) for candidate in reply["iceCandidates"]]
        worker = self._router._worker
        if worker._dtls_parameters is None:
            worker._dtls_parameters = dtls_parameters_from_fbs(reply["dtlsParameters"])
        self.dtls_parameters = worker._dtls_parameters
        if "base" in reply:
            self._take_sctp(reply["base"])
        self._begin()

    def _detach(self) -> None:
        super()._detach()
        self.ice_state = "closed"
        self.ice_selected_tuple = None
        self.dtls_state = "closed"

    def _leave_parent(self) -> None:
        super()._leave_parent()
        if self._webrtc_server is not None:
            self._webrtc_server._transport_removed(self)

    def _listen_server_closed(self) -> None:
        """The WebRtcServer closed, and in the worker all its transports."""
        self._closed_by("listenserverclose")

    async def dump(self) -> WebRtcTransportDump:
        return webrtc_transport_dump_from_fbs(await self._request("TRANSPORT_DUMP"))

    async def get_stats(self) -> list[WebRtcTransportStat]:
        return [webrtc_transport_stat_from_fbs(await self._request("TRANSPORT_GET_STATS"))]

    async def connect(self, *, dtls_parameters: DtlsParameters) -> None:
        """Take the endpoint's DTLS parameters; `dtls_parameters["role"]` is then our own side's, `client` or `server`.

        Raises TypeError for parameters that make no sense, RequestRejected when connected already."""
        reply = await self._request(
            "WEBRTCTRANSPORT_CONNECT",
            "WebRtcTransport_ConnectRequest",
            {"dtlsParameters": dtls_parameters_to_fbs(dtls_parameters)},
        )
        self.dtls_parameters = {**self.dtls_parameters, "role": reply["dtlsLocalRole"].lower()}

    async def restart_ice(self) -> IceParameters:
        """Make new ICE parameters, for the endpoint to start over with. The old ones work until the endpoint uses the
        new."""
        self.ice_parameters = ice_parameters_from_fbs(await self._request("TRANSPORT_RESTART_ICE"))
        return self.ice_parameters

    def _handle(self, event: str, body: Any) -> None:
        match event:
            case "WEBRTCTRANSPORT_ICE_STATE_CHANGE":
                self.ice_state = cast(IceState, body["iceState"].lower())
                self._emit_and_observe("icestatechange", self.ice_state)
            case "WEBRTCTRANSPORT_ICE_SELECTED_TUPLE_CHANGE":
                self.ice_selected_tuple = tuple_from_fbs(body["tuple"])
                self._emit_and_observe("iceselectedtuplechange", self.ice_selected_tuple)
            case "WEBRTCTRANSPORT_DTLS_STATE_CHANGE":
                self.dtls_state = cast(DtlsState, body["dtlsState"].lower())
                if self.dtls_state == "connected":
                    self.dtls_remote_cert = body.get("remoteCert")
                self._emit_and_observe("dtlsstatechange", self.dtls_state)
            case _:
                super()._handle(event, body)
