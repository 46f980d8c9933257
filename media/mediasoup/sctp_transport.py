"""Transports that can carry SCTP: all but the direct one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from media.mediasoup.sctp_parameters_fbs import (
    sctp_negotiated_capabilities_from_fbs,
    sctp_parameters_from_fbs,
    sctp_state_from_fbs,
)
from media.mediasoup.transport import Transport

if TYPE_CHECKING:
    from media.mediasoup.sctp_parameters import SctpNegotiatedCapabilities, SctpParameters
    from media.mediasoup.sctp_parameters_fbs import SctpState
    from media.mediasoup.worker_object import Body


class SctpTransport(Transport):
    """Keeps the state of the SCTP association. Everything about it is None without `enable_sctp`.

    Event and observer: `sctpstatechange` (SctpState).
    """

    sctp_parameters: SctpParameters | None = None
    sctp_state: SctpState | None = None
    sctp_negotiated_capabilities: SctpNegotiatedCapabilities | None = None

    def _take_sctp(self, base: Body) -> None:
        """Take over what the base of the worker's first dump says about SCTP."""
        if "sctpParameters" in base:
            self.sctp_parameters = sctp_parameters_from_fbs(base["sctpParameters"])
        if "sctpState" in base:
            self.sctp_state = sctp_state_from_fbs(base["sctpState"])

    def _detach(self) -> None:
        super()._detach()
        if self.sctp_state is not None:
            self.sctp_state = "closed"

    def _handle(self, event: str, body: Any) -> None:
        if event == "TRANSPORT_SCTP_STATE_CHANGE":
            self.sctp_state = sctp_state_from_fbs(body["sctpState"])
            self._emit_and_observe("sctpstatechange", self.sctp_state)
        elif event == "TRANSPORT_SCTP_NEGOTIATED_CAPABILITIES":
            negotiated = sctp_negotiated_capabilities_from_fbs(body["negotiatedCapabilities"])
            self.sctp_negotiated_capabilities = negotiated
            self._sctp_stream_ids.limit = negotiated["negotiatedMaxOutboundStreams"]
        else:
            super()._handle(event, body)
