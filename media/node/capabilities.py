"""The RTP capabilities of the node's routers: the same for all of them, and known before any of them is there."""

from functools import cache
from typing import Any

from media.mediasoup import ortc

from .codecs import MEDIA_CODECS


@cache
def router_rtp_capabilities() -> dict[str, Any]:
    """What a `Device` loads. Do not change what is returned."""
    return dict(ortc.generate_router_rtp_capabilities(MEDIA_CODECS))
