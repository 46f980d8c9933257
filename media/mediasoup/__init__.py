"""An asyncio object model of mediasoup: `create_worker` starts a worker, and everything else is made from that.

Names are upstream's, in snake_case. Knows nothing of this project and of no framework.
"""

from media.mediasoup import errors, ortc
from media.mediasoup.active_speaker_observer import ActiveSpeakerObserver
from media.mediasoup.audio_level_observer import AudioLevelObserver
from media.mediasoup.consumer import Consumer
from media.mediasoup.data_consumer import DataConsumer
from media.mediasoup.data_producer import DataProducer
from media.mediasoup.direct_transport import DirectTransport
from media.mediasoup.pipe_transport import PipeTransport
from media.mediasoup.plain_transport import PlainTransport
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.rtp_observer import RtpObserver
from media.mediasoup.scalability_modes import parse_scalability_mode
from media.mediasoup.supported_rtp_capabilities import get_supported_rtp_capabilities
from media.mediasoup.transport import Transport
from media.mediasoup.webrtc_server import WebRtcServer
from media.mediasoup.webrtc_transport import WebRtcTransport
from media.mediasoup.worker import Worker
from media.mediasoup.worker_start import VERSION, create_worker, observer

__all__ = [
    "VERSION",
    "ActiveSpeakerObserver",
    "AudioLevelObserver",
    "Consumer",
    "DataConsumer",
    "DataProducer",
    "DirectTransport",
    "PipeTransport",
    "PlainTransport",
    "Producer",
    "Router",
    "RtpObserver",
    "Transport",
    "WebRtcServer",
    "WebRtcTransport",
    "Worker",
    "create_worker",
    "errors",
    "get_supported_rtp_capabilities",
    "observer",
    "ortc",
    "parse_scalability_mode",
]
