"""Capabilities of remote endpoints, validated once for all endpoints that have the same ones.

Browsers of one version send the same few kilobytes of capabilities, and send them with every consumer they ask for.
They are recognised by their bytes, so that validation and indexing happen once in a process and not once a consumer.
"""

import marshal
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, cast

from media.mediasoup.ortc.capabilities_validation import validate_and_normalize_rtp_capabilities
from media.mediasoup.ortc.codec_matching import media_format, same_format_parameters
from media.mediasoup.rtp_parameters import RtpCapabilities, RtpCodecCapability, RtpCodecParameters

# Real capabilities have 5 to 20 kB. Larger ones are worked on as any others are, but do not stay in memory.
_LARGEST_REMEMBERED: Final = 64 * 1024
# The first version of the format that writes floats exactly; later ones write equal values in different ways.
_MARSHAL_VERSION: Final = 2


class RemoteCapabilities:
    """Valid capabilities of an endpoint, indexed for matching. Immutable and hashable, so it can be a key of caches.

    ``rtp_capabilities`` are normalised and shared: never change them. Equal capabilities usually, but not always, come
    as the same object.
    """

    __slots__ = ("_codecs", "header_extensions", "rtp_capabilities")

    def __init__(self, rtp_capabilities: object) -> None:
        """Validate capabilities as they came from a client; TypeError, naming the field, when they are not valid."""
        self.rtp_capabilities: Final[RtpCapabilities] = validate_and_normalize_rtp_capabilities(rtp_capabilities)
        self.header_extensions: Final = frozenset(
            (extension["preferredId"], extension["uri"]) for extension in self.rtp_capabilities["headerExtensions"]
        )
        self._codecs: Final[dict[tuple[str, int, int | None], list[RtpCodecCapability]]] = {}
        for codec in self.rtp_capabilities["codecs"]:
            self._codecs.setdefault(media_format(codec), []).append(codec)

    def find_codec(self, codec: RtpCodecParameters) -> RtpCodecCapability | None:
        """Return the endpoint's first codec that is strictly the same as one of a producer's, or None."""
        media = media_format(codec)
        candidates: Sequence[RtpCodecCapability] = self._codecs.get(media, ())
        for candidate in candidates:
            if same_format_parameters(media[0], candidate, codec, strict=True):
                return candidate
        return None


def remote_capabilities(rtp_capabilities: object) -> RemoteCapabilities:
    """Return capabilities, as they came from a client, validated and indexed; the same object for the same value.

    Something that is a ``RemoteCapabilities`` already is returned as it is. Raises TypeError, naming the field, when
    they are not valid. The value given is not changed and not kept.
    """
    if isinstance(rtp_capabilities, RemoteCapabilities):
        return rtp_capabilities
    try:
        serialized = marshal.dumps(cast(Any, rtp_capabilities), _MARSHAL_VERSION)
    except ValueError:
        # Nested too deeply, or not made of JSON's types: validation has the better message.
        return RemoteCapabilities(rtp_capabilities)
    if len(serialized) > _LARGEST_REMEMBERED:
        return RemoteCapabilities(rtp_capabilities)
    return _remembered(serialized)


@lru_cache(maxsize=256)
def _remembered(serialized: bytes) -> RemoteCapabilities:
    return RemoteCapabilities(marshal.loads(serialized))
