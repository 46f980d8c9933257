"""A router: producers' media finds its consumers here, within one worker."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Unpack, cast

from media.mediasoup.active_speaker_observer import ActiveSpeakerObserver
from media.mediasoup.audio_level_observer import AudioLevelObserver
from media.mediasoup.direct_transport import DirectTransport
from media.mediasoup.errors import InvalidStateError
from media.mediasoup.listen_info import ListenInfo, listen_info_to_fbs
from media.mediasoup.object_ids import new_id
from media.mediasoup.pipe_to_router import PipedTo, PipePairOptions, pipe_data_producer, pipe_producer
from media.mediasoup.pipe_transport import PipeTransport
from media.mediasoup.plain_transport import PlainTransport
from media.mediasoup.router_base import RouterBase
from media.mediasoup.srtp_parameters_fbs import crypto_suite_to_fbs
from media.mediasoup.transport_options_fbs import (
    DEFAULT_MESSAGE_SIZE,
    SctpOptions,
    direct_options_to_fbs,
    transport_options_to_fbs,
)
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.mediasoup.webrtc_transport_plan import WebRtcTransportOptions, request_webrtc_transport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Sequence

    from media.mediasoup.rtp_observer import RtpObserver
    from media.mediasoup.srtp_parameters import SrtpCryptoSuite
    from media.mediasoup.transport import Transport
    from media.mediasoup.webrtc_server import WebRtcServer
    from media.mediasoup.worker_object import AppData, Body


class Router(RouterBase):
    """Made by `Worker.create_router`. `rtp_capabilities` is what endpoints may send to it; shared, do not change it.

    Event: `workerclose`. Observer: `close`, `newtransport` (Transport), `newrtpobserver` (RtpObserver).

    All `create_…` methods raise InvalidStateError when the router is closed or closes meanwhile, TypeError for
    arguments that make no sense, RequestRejected when the worker refuses (a port that is in use).
    """

    async def create_webrtc_transport(
        self,
        *,
        webrtc_server: WebRtcServer | None = None,
        listen_infos: Sequence[ListenInfo] | None = None,
        enable_udp: bool = True,
        enable_tcp: bool = True,
        prefer_udp: bool = False,
        prefer_tcp: bool = False,
        initial_available_outgoing_bitrate: int = 600_000,
        ice_consent_timeout: int = 30,
        app_data: AppData | None = None,
        **sctp_options: Unpack[SctpOptions],
    ) -> WebRtcTransport:
        """A transport for a WebRTC endpoint, on the ports of a `webrtc_server` of the same worker or on ports of its
        own.

        `enable_…` and `prefer_…` choose among the server's sockets; all of `listen_infos` are used, the first is
        preferred. Bitrates are bits a second, `ice_consent_timeout` seconds (0: never), sizes bytes."""
        if (webrtc_server is None) == (listen_infos is None):
            raise TypeError("one of webrtc_server and listen_infos must be given")
        options = WebRtcTransportOptions(
            enable_udp,
            enable_tcp,
            prefer_udp,
            prefer_tcp,
            initial_available_outgoing_bitrate,
            ice_consent_timeout,
            tuple(sctp_options.items()),
        )
        transport = WebRtcTransport(self, new_id(), webrtc_server, app_data)

        def request() -> Awaitable[Any]:
            if webrtc_server is None:
                return request_webrtc_transport(self._pipe, self.id, transport.id, options, listen_infos or ())
            return webrtc_server._transport_plans.request(
                self.id, transport.id, options, want_dtls_parameters=self._worker._dtls_parameters is None
            )

        reply = await transport._created(self, request)
        if webrtc_server is not None and webrtc_server.closed:
            # The worker closed the transport along with the server.
            transport._detach()
            raise InvalidStateError(f"{webrtc_server!r} was closed while it made a WebRtcTransport")
        transport._accept(reply)
        if webrtc_server is not None:
            webrtc_server._transport_added(transport)
        self._add_transport(transport)
        return transport

    async def create_plain_transport(
        self,
        *,
        listen_info: ListenInfo,
        rtcp_listen_info: ListenInfo | None = None,
        rtcp_mux: bool = True,
        comedia: bool = False,
        enable_srtp: bool = False,
        srtp_crypto_suite: SrtpCryptoSuite = "AES_CM_128_HMAC_SHA1_80",
        app_data: AppData | None = None,
        **sctp_options: Unpack[SctpOptions],
    ) -> PlainTransport:
        """A transport for a plain RTP endpoint. With `comedia` the endpoint's address comes with its first packet,
        otherwise with `connect`. `rtcp_listen_info` turns RTCP multiplexing off."""
        options: Body = {
            "base": transport_options_to_fbs(is_data_channel=False, **sctp_options),
            "listenInfo": listen_info_to_fbs(listen_info),
            "rtcpMux": rtcp_mux and rtcp_listen_info is None,
            "comedia": comedia,
            "enableSrtp": enable_srtp,
            "srtpCryptoSuite": crypto_suite_to_fbs(srtp_crypto_suite),
        }
        if rtcp_listen_info is not None:
            options["rtcpListenInfo"] = listen_info_to_fbs(rtcp_listen_info)
        transport = PlainTransport(self, new_id(), app_data)
        body = {"transportId": transport.id, "options": options}
        reply = await transport._create_in_worker(
            self, "ROUTER_CREATE_PLAINTRANSPORT", "Router_CreatePlainTransportRequest", body
        )
        transport._accept(reply)
        self._add_transport(transport)
        return transport

    async def create_pipe_transport(
        self,
        *,
        listen_info: ListenInfo,
        enable_rtx: bool = False,
        enable_srtp: bool = False,
        app_data: AppData | None = None,
        **sctp_options: Unpack[SctpOptions],
    ) -> PipeTransport:
        """A transport to another router. `enable_rtx` makes sense where packets can get lost between the two."""
        options: Body = {
            "base": transport_options_to_fbs(is_data_channel=False, **sctp_options),
            "listenInfo": listen_info_to_fbs(listen_info),
            "enableRtx": enable_rtx,
            "enableSrtp": enable_srtp,
        }
        transport = PipeTransport(self, new_id(), app_data)
        body = {"transportId": transport.id, "options": options}
        reply = await transport._create_in_worker(
            self, "ROUTER_CREATE_PIPETRANSPORT", "Router_CreatePipeTransportRequest", body
        )
        transport._accept(reply)
        self._add_transport(transport)
        return transport

    async def create_direct_transport(
        self,
        *,
        max_send_message_size: int = DEFAULT_MESSAGE_SIZE,
        max_receive_message_size: int = DEFAULT_MESSAGE_SIZE,
        app_data: AppData | None = None,
    ) -> DirectTransport:
        """A transport to this very process."""
        base = direct_options_to_fbs(
            max_send_message_size=max_send_message_size, max_receive_message_size=max_receive_message_size
        )
        transport = DirectTransport(self, new_id(), app_data)
        body = {"transportId": transport.id, "options": {"base": base}}
        reply = await transport._create_in_worker(
            self, "ROUTER_CREATE_DIRECTTRANSPORT", "Router_CreateDirectTransportRequest", body
        )
        transport._accept(reply)
        self._add_transport(transport)
        return transport

    def _add_transport(self, transport: Transport) -> None:
        self._transports[transport.id] = transport
        self.observe("newtransport", transport)

    async def pipe_to_router(
        self,
        *,
        router: Router,
        producer_id: str | None = None,
        data_producer_id: str | None = None,
        keep_id: bool = True,
        listen_info: ListenInfo | None = None,
        enable_rtx: bool = False,
        enable_srtp: bool = False,
        **sctp_options: Unpack[SctpOptions],
    ) -> PipedTo:
        """Make a producer or a data producer of this router available in another one, of this or another worker of this
        process.

        The first call between two routers makes a pair of pipe transports, on loopback unless `listen_info` says
        otherwise and with SCTP unless `enable_sctp` is False; all others, in either direction and also while the first
        is under way, share it. What is piped follows the original: closed, paused and resumed with it. `keep_id` gives
        it the original's id, which works between workers only.

        Raises NotFoundError when there is no such producer, or none any more."""
        if router is self:
            raise TypeError("cannot pipe a router to itself")
        if (producer_id is None) == (data_producer_id is None):
            raise TypeError("one of producer_id and data_producer_id must be given")
        pair_options: PipePairOptions = {
            "listen_info": listen_info or {"protocol": "udp", "ip": "127.0.0.1"},
            "enable_rtx": enable_rtx,
            "enable_srtp": enable_srtp,
            "enable_sctp": True,
            **sctp_options,
        }
        if producer_id is not None:
            return await pipe_producer(self, router, producer_id, keep_id, pair_options)
        return await pipe_data_producer(self, router, cast(str, data_producer_id), keep_id, pair_options)

    async def create_active_speaker_observer(
        self, *, interval: int = 300, app_data: AppData | None = None
    ) -> ActiveSpeakerObserver:
        """An observer that tells who speaks, looking every `interval` milliseconds."""
        observer = ActiveSpeakerObserver(self, new_id(), app_data)
        body = {"rtpObserverId": observer.id, "options": {"interval": interval}}
        await observer._create_in_worker(
            self, "ROUTER_CREATE_ACTIVESPEAKEROBSERVER", "Router_CreateActiveSpeakerObserverRequest", body
        )
        self._add_rtp_observer(observer)
        return observer

    async def create_audio_level_observer(
        self, *, max_entries: int = 1, threshold: int = -80, interval: int = 1000, app_data: AppData | None = None
    ) -> AudioLevelObserver:
        """An observer that tells how loud the `max_entries` loudest producers are that reach `threshold` (dBvo, -127 to
        0), every `interval` milliseconds."""
        if max_entries <= 0:
            raise TypeError("max_entries must be a positive number")
        if not -127 <= threshold <= 0:
            raise TypeError("threshold must be a number from -127 to 0")
        observer = AudioLevelObserver(self, new_id(), app_data)
        options = {"maxEntries": max_entries, "threshold": threshold, "interval": interval}
        body = {"rtpObserverId": observer.id, "options": options}
        await observer._create_in_worker(
            self, "ROUTER_CREATE_AUDIOLEVELOBSERVER", "Router_CreateAudioLevelObserverRequest", body
        )
        self._add_rtp_observer(observer)
        return observer

    def _add_rtp_observer(self, observer: RtpObserver) -> None:
        observer._begin()
        self._rtp_observers[observer.id] = observer
        self.observe("newrtpobserver", observer)
