"""What producers of one kind have in common, worked out and encoded once a router.

Browsers of one version describe a camera in the same few kilobytes, but for the mid, the msid, the CNAME and the ssrcs.
Validation, mapping and encoding depend on the rest only.
"""

from __future__ import annotations

import asyncio
import marshal
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from media.mediasoup.codec_prepared import PreparedRequest
from media.mediasoup.ortc.ssrcs import random_ssrc
from media.mediasoup.transport_requests_fbs import produce_request_to_fbs

if TYPE_CHECKING:
    from media.mediasoup.codec import Codec
    from media.mediasoup.pipe import Pipe
    from media.mediasoup.rtp_parameters import MediaKind, RtpMapping, RtpParameters

# How many bytes fit into a prepared request. What is longer is encoded for itself.
LONGEST_PRODUCER_ID = 64
_LONGEST_MID = 32
_LONGEST_MSID = 160
_LONGEST_CNAME = 64
_LARGEST_SSRC = 2**32 - 1
# Codecs times versions of browsers; a router that meets more begins to forget.
_MAX_PLANS = 64
# As in `ortc.remote_capabilities`: equal values are written alike.
_MARSHAL_VERSION = 2


class ProducerParameters(NamedTuple):
    """The parameters of a producer, those its consumers are made from, and how the worker gets from one to the other.

    They share parts with those of other producers: not to be changed.
    """

    rtp_parameters: RtpParameters
    consumable_rtp_parameters: RtpParameters
    rtp_mapping: RtpMapping


class GivenParameters(NamedTuple):
    """RTP parameters as a client sent them, taken apart: `common` is all that a plan depends on."""

    common: bytes
    mid: str | None
    msid: str | None
    cname: str | None
    ssrcs: tuple[tuple[int, ...], ...]


def take_apart(kind: MediaKind, given: Any) -> GivenParameters | None:
    """The parts of the parameters. None when they are not of the plain sort that plans are made for, right or wrong."""
    try:
        mid, msid, encodings = given.get("mid"), given.get("msid"), given.get("encodings")
        cname = (given.get("rtcp") or {}).get("cname")
        common_encodings: list[Any] = []
        ssrcs: list[tuple[int, ...]] = []
        streams: list[Any] = encodings or [{}]
        for encoding in streams:
            common: dict[str, Any] = {**encoding}
            found: tuple[int, ...] = ()
            if "ssrc" in common:
                found = (common.pop("ssrc"),)
                if "rtx" in common:
                    found += (common.pop("rtx")["ssrc"],)
            common_encodings.append((len(found), common))
            ssrcs.append(found)
        plain = (
            all(type(ssrc) is int and 0 < ssrc <= _LARGEST_SSRC for found in ssrcs for ssrc in found)
            and _fits(mid, _LONGEST_MID)
            and _fits(msid, _LONGEST_MSID)
            and (cname == "" or _fits(cname, _LONGEST_CNAME))
        )
        if not plain:
            return None
        rest = (
            kind,
            given.get("codecs"),
            given.get("headerExtensions"),
            common_encodings if encodings else None,
            mid is None,
            msid is None,
        )
        return GivenParameters(marshal.dumps(rest, _MARSHAL_VERSION), mid, msid, cname, tuple(ssrcs))
    except (AttributeError, TypeError, LookupError, ValueError):
        return None


def _fits(text: object, longest: int) -> bool:
    return text is None or (type(text) is str and 0 < len(text) <= longest and text.isascii())


class ProducerPlan:
    """Makes parameters and requests for producers that were given parameters with the same common part."""

    __slots__ = ("_first", "_given_ssrcs", "_request")

    def __init__(self, codec: Codec, kind: MediaKind, given: GivenParameters, first: ProducerParameters) -> None:
        """Learn from the `first`, what was made of `given`."""
        self._first = first
        self._given_ssrcs = tuple(len(found) for found in given.ssrcs)
        blanks: dict[str, int | None] = {
            "producerId": LONGEST_PRODUCER_ID,
            "paused": None,
            "keyFrameRequestDelay": None,
            "enableMediasoupPacketIdHeaderExtension": None,
            "rtpParameters.rtcp.cname": _LONGEST_CNAME,
        }
        for index, found in enumerate(given.ssrcs):
            blanks[f"rtpMapping.encodings[{index}].mappedSsrc"] = None
            if found:
                blanks[f"rtpMapping.encodings[{index}].ssrc"] = None
                blanks[f"rtpParameters.encodings[{index}].ssrc"] = None
            if len(found) > 1:
                blanks[f"rtpParameters.encodings[{index}].rtx.ssrc"] = None
        if given.mid is not None:
            blanks["rtpParameters.mid"] = _LONGEST_MID
        if given.msid is not None:
            blanks["rtpParameters.msid"] = _LONGEST_MSID
        example = produce_request_to_fbs(
            producer_id="",
            kind=kind,
            rtp_parameters=first.rtp_parameters,
            rtp_mapping=first.rtp_mapping,
            paused=False,
            key_frame_request_delay=0,
            enable_mediasoup_packet_id_header_extension=False,
        )
        self._request = PreparedRequest(codec, "TRANSPORT_PRODUCE", "Transport_ProduceRequest", example, blanks)

    def parameters(self, given: GivenParameters, cname: str) -> ProducerParameters:
        """What is to be made of parameters with the same common part, for a producer with this CNAME."""
        first = self._first
        encodings: list[Any] = []
        consumable_encodings: list[Any] = []
        mappings: list[Any] = []
        mapped_ssrc = random_ssrc()
        for encoding, consumable, mapping, found in zip(
            first.rtp_parameters["encodings"],
            first.consumable_rtp_parameters["encodings"],
            first.rtp_mapping["encodings"],
            given.ssrcs,
            strict=True,
        ):
            if found:
                encoding = {**encoding, "ssrc": found[0]}
                mapping = {**mapping, "ssrc": found[0]}
            if len(found) > 1:
                encoding["rtx"] = {"ssrc": found[1]}
            encodings.append(encoding)
            consumable_encodings.append({**consumable, "ssrc": mapped_ssrc})
            mappings.append({**mapping, "mappedSsrc": mapped_ssrc})
            mapped_ssrc += 1
        own: dict[str, Any] = {"rtcp": {**first.rtp_parameters["rtcp"], "cname": cname}}
        if given.msid is not None:
            own["msid"] = given.msid
        parameters = {**first.rtp_parameters, **own, "encodings": encodings}
        if given.mid is not None:
            parameters["mid"] = given.mid
        return ProducerParameters(
            cast("RtpParameters", parameters),
            cast("RtpParameters", {**first.consumable_rtp_parameters, **own, "encodings": consumable_encodings}),
            {"codecs": first.rtp_mapping["codecs"], "encodings": mappings},
        )

    def request(
        self,
        pipe: Pipe,
        transport_id: str,
        producer_id: str,
        parameters: ProducerParameters,
        *,
        paused: bool,
        key_frame_request_delay: int,
        enable_mediasoup_packet_id_header_extension: bool,
    ) -> asyncio.Future[Any]:
        """Have the worker make the producer with these parameters, which are of this plan."""
        rtp_parameters = parameters.rtp_parameters
        values: list[Any] = [
            producer_id,
            paused,
            key_frame_request_delay,
            enable_mediasoup_packet_id_header_extension,
            rtp_parameters["rtcp"]["cname"],
        ]
        for encoding, mapping, ssrcs in zip(
            rtp_parameters["encodings"], parameters.rtp_mapping["encodings"], self._given_ssrcs, strict=True
        ):
            values.append(mapping["mappedSsrc"])
            if ssrcs:
                values += (encoding["ssrc"], encoding["ssrc"])
            if ssrcs > 1:
                values.append(encoding["rtx"]["ssrc"])
        values += [rtp_parameters[key] for key in ("mid", "msid") if key in rtp_parameters]
        return pipe.request_prepared(self._request, transport_id, *values)


class ProducerPlans:
    """The plans of one router."""

    def __init__(self) -> None:
        self._plans: dict[bytes, ProducerPlan] = {}

    def get(self, given: GivenParameters | None) -> ProducerPlan | None:
        """The plan for a producer with such parameters, if there is one."""
        return None if given is None else self._plans.get(given.common)

    def learn(
        self, codec: Codec, kind: MediaKind, given: GivenParameters | None, parameters: ProducerParameters
    ) -> ProducerPlan | None:
        """Make and keep the plan for all that were given such parameters; None when none can be made."""
        if given is None:
            return None
        if len(self._plans) >= _MAX_PLANS:
            self._plans.clear()
        self._plans[given.common] = plan = ProducerPlan(codec, kind, given, parameters)
        return plan

    def clear(self) -> None:
        """Forget all, as the router's capabilities are others now."""
        self._plans.clear()
