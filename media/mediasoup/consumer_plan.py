"""What the consumers of one producer have in common, worked out and encoded once.

They differ in their id, mid and ssrcs, and in two flags. Everything else follows from the producer and from what the
endpoint can receive, which for browsers of one version is the same.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from media.mediasoup import ortc
from media.mediasoup.codec_prepared import PreparedRequest
from media.mediasoup.object_ids import ID_LENGTH
from media.mediasoup.transport_requests_fbs import consume_request_to_fbs

if TYPE_CHECKING:
    from media.mediasoup.ortc import RemoteCapabilities
    from media.mediasoup.ortc.consumer_template import ConsumerTemplate
    from media.mediasoup.pipe import Pipe
    from media.mediasoup.producer import Producer
    from media.mediasoup.rtp_parameters import RtpCapabilities, RtpParameters
    from media.mediasoup.worker_object import Body

LONGEST_MID = 32  # bytes; a request for a longer one is encoded for itself
# Endpoints come in fewer kinds than this; a producer that meets more begins to forget.
_MAX_PLANS = 64


class ConsumerPlan:
    """Makes parameters and requests for consumers of one producer, each with a single stream."""

    __slots__ = ("_request", "_template")

    def __init__(self, producer: Producer, template: ConsumerTemplate, preferred_layers: Body | None) -> None:
        self._template = template
        example = consume_request_to_fbs(
            producer,
            consumer_id="0" * ID_LENGTH,
            consumer_type=producer.type,
            rtp_parameters=template.rtp_parameters(mid="0", ssrc=1, rtx_ssrc=1),
            preferred_layers=preferred_layers,
        )
        blanks: dict[str, int | None] = {
            "consumerId": ID_LENGTH,
            "paused": None,
            "ignoreDtx": None,
            "rtpParameters.mid": LONGEST_MID,
            "rtpParameters.encodings[0].ssrc": None,
        }
        if template.uses_rtx:
            blanks["rtpParameters.encodings[0].rtx.ssrc"] = None
        codec = producer._pipe.codec
        self._request = PreparedRequest(codec, "TRANSPORT_CONSUME", "Transport_ConsumeRequest", example, blanks)

    def rtp_parameters(self, mid: str) -> RtpParameters:
        """The parameters of one consumer, with ssrcs of its own. All but its encodings is shared: not to be changed."""
        return self._template.rtp_parameters(mid=mid)

    def request(
        self,
        pipe: Pipe,
        transport_id: str,
        consumer_id: str,
        rtp_parameters: RtpParameters,
        *,
        paused: bool,
        ignore_dtx: bool,
    ) -> asyncio.Future[Any]:
        """Have the worker make the consumer with these parameters, which are of this plan."""
        encoding = rtp_parameters["encodings"][0]
        ssrcs = (encoding["ssrc"], encoding["rtx"]["ssrc"]) if self._template.uses_rtx else (encoding["ssrc"],)
        return pipe.request_prepared(
            self._request, transport_id, consumer_id, bool(paused), bool(ignore_dtx), rtp_parameters["mid"], *ssrcs
        )


def consumer_plan(
    producer: Producer,
    rtp_capabilities: RtpCapabilities | RemoteCapabilities,
    *,
    enable_rtx: bool,
    preferred_layers: Body | None,
) -> ConsumerPlan:
    """The plan for a producer's consumers by endpoints with these capabilities, the same one each time.

    Raises UnsupportedError when such an endpoint can receive none of its codecs, TypeError for invalid capabilities.
    """
    remote = ortc.remote_capabilities(rtp_capabilities)
    layers = preferred_layers and (preferred_layers["spatialLayer"], preferred_layers.get("temporalLayer"))
    key = (remote, enable_rtx, layers)
    plan = producer._consumer_plans.get(key)
    if plan is None:
        template = ortc.consumer_rtp_parameters_template(
            producer.consumable_rtp_parameters, remote, pipe=False, enable_rtx=enable_rtx
        )
        if len(producer._consumer_plans) >= _MAX_PLANS:
            producer._consumer_plans.clear()
        producer._consumer_plans[key] = plan = ConsumerPlan(producer, template, preferred_layers)
    return plan
