"""What every router of the node can carry."""

from typing import Final

from media.mediasoup.rtp_parameters import RtpCodecCapability

# Opus: stereo is what a sender may use, not what it must; DTX and in-band FEC are asked for here and again by the
# sender. VP8 comes first because every browser sends it in simulcast. H264 is the constrained baseline that hardware
# encodes. mediasoup adds retransmission (rtx) for each video codec by itself.
MEDIA_CODECS: Final[tuple[RtpCodecCapability, ...]] = (
    {
        "kind": "audio",
        "mimeType": "audio/opus",
        "clockRate": 48000,
        "channels": 2,
        "parameters": {"useinbandfec": 1, "usedtx": 1},
    },
    {
        "kind": "video",
        "mimeType": "video/VP8",
        "clockRate": 90000,
        "parameters": {"x-google-start-bitrate": 1000},
    },
    {
        "kind": "video",
        "mimeType": "video/H264",
        "clockRate": 90000,
        "parameters": {
            "packetization-mode": 1,
            "profile-level-id": "42e01f",
            "level-asymmetry-allowed": 1,
            "x-google-start-bitrate": 1000,
        },
    },
)
