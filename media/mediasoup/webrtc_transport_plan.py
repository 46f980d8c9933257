"""The requests that make WebRTC transports. Those of one server differ in their id only, so they are encoded once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from media.mediasoup.codec_prepared import PreparedRequest
from media.mediasoup.listen_info import ListenInfo, listen_info_to_fbs
from media.mediasoup.object_ids import ID_LENGTH
from media.mediasoup.transport_options_fbs import transport_options_to_fbs

if TYPE_CHECKING:
    from media.mediasoup.codec import BodyDecoders
    from media.mediasoup.pipe import Pipe
    from media.mediasoup.worker_object import Body

_BODY_TYPE = "Router_CreateWebRtcTransportRequest"
# What a new transport wants to know of itself. Nothing has happened on it yet that the rest could tell about.
_WANTED = ("iceParameters", "iceCandidates")
_WANTED_WITH_SCTP = (*_WANTED, "base.sctpParameters", "base.sctpState")
_MAX_PREPARED = 16


class WebRtcTransportOptions(NamedTuple):
    """The options of a transport, wherever it listens. `sctp` are the items of `SctpOptions`."""

    enable_udp: bool
    enable_tcp: bool
    prefer_udp: bool
    prefer_tcp: bool
    initial_available_outgoing_bitrate: int
    ice_consent_timeout: int
    sctp: tuple[tuple[str, Any], ...]

    def to_fbs(self) -> Body:
        """The body of `WebRtcTransportOptions`, but for where it listens."""
        return {
            "base": {
                "initialAvailableOutgoingBitrate": self.initial_available_outgoing_bitrate,
                **transport_options_to_fbs(is_data_channel=True, **dict(self.sctp)),
            },
            "enableUdp": self.enable_udp,
            "enableTcp": self.enable_tcp,
            "preferUdp": self.prefer_udp,
            "preferTcp": self.prefer_tcp,
            "iceConsentTimeout": self.ice_consent_timeout,
        }


def request_webrtc_transport(
    pipe: Pipe, router_id: str, transport_id: str, options: WebRtcTransportOptions, listen_infos: Sequence[ListenInfo]
) -> asyncio.Future[Any]:
    """Have the worker make a transport with ports of its own."""
    listen = {"listenInfos": [listen_info_to_fbs(info) for info in listen_infos]}
    body = {
        "transportId": transport_id,
        "options": {**options.to_fbs(), "listenType": "ListenIndividual", "listen": listen},
    }
    return pipe.request("ROUTER_CREATE_WEBRTCTRANSPORT", router_id, _BODY_TYPE, body)


class ServerTransportPlans:
    """Makes the requests for transports of one WebRTC server."""

    def __init__(self, pipe: Pipe, webrtc_server_id: str) -> None:
        self._pipe = pipe
        self._webrtc_server_id = webrtc_server_id
        self._prepared: dict[WebRtcTransportOptions, tuple[PreparedRequest, BodyDecoders, BodyDecoders]] = {}

    def request(
        self, router_id: str, transport_id: str, options: WebRtcTransportOptions, *, want_dtls_parameters: bool
    ) -> asyncio.Future[Any]:
        """Have the worker make a transport. Only a part of the reply is decoded, with `dtlsParameters` if wanted."""
        request, part, part_with_dtls = self._prepared.get(options) or self._prepare(options)
        return self._pipe.request_prepared(
            request, router_id, transport_id, part=part_with_dtls if want_dtls_parameters else part
        )

    def _prepare(self, options: WebRtcTransportOptions) -> tuple[PreparedRequest, BodyDecoders, BodyDecoders]:
        codec = self._pipe.codec
        example = {
            "transportId": "",
            "options": {
                **options.to_fbs(),
                "listenType": "ListenServer",
                "listen": {"webRtcServerId": self._webrtc_server_id},
            },
        }
        blanks = {"transportId": ID_LENGTH}
        wanted = _WANTED_WITH_SCTP if dict(options.sctp).get("enable_sctp") else _WANTED
        made = (
            PreparedRequest(codec, "ROUTER_CREATE_WEBRTCTRANSPORT_WITH_SERVER", _BODY_TYPE, example, blanks),
            codec.response_part("WebRtcTransport_DumpResponse", *wanted),
            codec.response_part("WebRtcTransport_DumpResponse", *wanted, "dtlsParameters"),
        )
        if len(self._prepared) >= _MAX_PREPARED:
            self._prepared.clear()
        self._prepared[options] = made
        return made
