"""The other end of a WebRtcTransport, on aiortc: ICE, DTLS and SCTP as a browser does them."""

from __future__ import annotations

import asyncio

from aiortc import (
    RTCCertificate,
    RTCDataChannel,
    RTCDataChannelParameters,
    RTCDtlsFingerprint,
    RTCDtlsParameters,
    RTCDtlsTransport,
    RTCIceCandidate,
    RTCIceGatherer,
    RTCIceParameters,
    RTCIceTransport,
    RTCSctpCapabilities,
    RTCSctpTransport,
)

from media.mediasoup.webrtc_transport import WebRtcTransport
from media.mediasoup.webrtc_transport_fbs import DtlsParameters


class WebRtcEndpoint:
    """`await connect()` brings the transport up. It is the DTLS client, as browsers that answer are."""

    def __init__(self, transport: WebRtcTransport) -> None:
        self._transport = transport
        # aiortc knows both roles only inside its RTCPeerConnection, which would want SDP.
        self._ice = RTCIceTransport(RTCIceGatherer(iceServers=[]))
        self._ice._role_set = True
        self._ice._connection.ice_controlling = True
        self._dtls = RTCDtlsTransport(self._ice, [RTCCertificate.generateCertificate()])
        self._sctp: RTCSctpTransport | None = None
        if transport.sctp_parameters is not None:
            self._sctp = RTCSctpTransport(self._dtls, transport.sctp_parameters["port"])

    @property
    def dtls_parameters(self) -> DtlsParameters:
        local = self._dtls.getLocalParameters()
        return {
            "role": "client",
            "fingerprints": [
                {"algorithm": "sha-256", "value": fingerprint.value}
                for fingerprint in local.fingerprints
                if fingerprint.algorithm == "sha-256"
            ],
        }

    async def connect(self) -> None:
        transport = self._transport
        await self._ice.iceGatherer.gather()
        await transport.connect(dtls_parameters=self.dtls_parameters)
        for candidate in transport.ice_candidates:
            if candidate["protocol"] == "udp":
                await self._ice.addRemoteCandidate(
                    RTCIceCandidate(
                        component=1,
                        foundation=candidate["foundation"],
                        ip=candidate["address"],
                        port=candidate["port"],
                        priority=candidate["priority"],
                        protocol="udp",
                        type="host",
                    )
                )
        await self._ice.addRemoteCandidate(None)
        remote = transport.ice_parameters
        await self._ice.start(
            RTCIceParameters(usernameFragment=remote["usernameFragment"], password=remote["password"], iceLite=True)
        )
        fingerprints = [
            RTCDtlsFingerprint(fingerprint["algorithm"], fingerprint["value"])
            for fingerprint in transport.dtls_parameters["fingerprints"]
            if fingerprint["algorithm"] == "sha-256"
        ]
        self._dtls._set_role("client")
        await self._dtls.start(RTCDtlsParameters(fingerprints, role=transport.dtls_parameters["role"]))
        if self._sctp is not None:
            await self._sctp.start(RTCSctpCapabilities(maxMessageSize=65536), self._transport.sctp_parameters["port"])  # type: ignore[index]  # there with SCTP

    def open_channel(self, stream_id: int, label: str = "") -> RTCDataChannel:
        assert self._sctp is not None
        return RTCDataChannel(
            self._sctp, RTCDataChannelParameters(id=stream_id, label=label, negotiated=True, ordered=True)
        )

    async def close(self) -> None:
        if self._sctp is not None:
            await self._sctp.stop()
        await self._dtls.stop()
        await self._ice.stop()
        await asyncio.sleep(0)
