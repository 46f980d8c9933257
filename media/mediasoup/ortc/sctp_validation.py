"""Validation of the SCTP stream parameters a data producer is created with. They come from clients."""

from media.mediasoup.ortc.json_values import UINT16_MAX, as_object, mandatory_integer, optional_integer
from media.mediasoup.sctp_parameters import SctpStreamParameters

_PATH = "sctpStreamParameters"


def validate_and_normalize_sctp_stream_parameters(parameters: object) -> SctpStreamParameters:
    """Return SCTP stream parameters with ``ordered`` filled in and unknown fields left out.

    Unless it is given, ``ordered`` is true for a reliable stream and false for one that limits retransmission. Accepts
    any value and changes none; raises TypeError, naming the field, for what is missing, of the wrong type or out of
    range, for two limits at once, and for a limit on a stream that is asked to be ordered.
    """
    given = as_object(parameters, _PATH)
    normalized: SctpStreamParameters = {
        "streamId": mandatory_integer(given, "streamId", _PATH, UINT16_MAX),
        "ordered": True,
    }
    life_time = optional_integer(given, "maxPacketLifeTime", _PATH, UINT16_MAX)
    retransmits = optional_integer(given, "maxRetransmits", _PATH, UINT16_MAX)
    if life_time and retransmits:
        raise TypeError(f"{_PATH} cannot have both maxPacketLifeTime and maxRetransmits")
    ordered = given.get("ordered")
    limited = bool(life_time or retransmits)
    if ordered is True and limited:
        raise TypeError(f"{_PATH}.ordered cannot be true with maxPacketLifeTime or maxRetransmits")
    normalized["ordered"] = ordered if isinstance(ordered, bool) else not limited
    if life_time is not None:
        normalized["maxPacketLifeTime"] = life_time
    if retransmits is not None:
        normalized["maxRetransmits"] = retransmits
    return normalized
