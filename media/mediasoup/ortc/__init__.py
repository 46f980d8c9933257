"""Negotiation of RTP: from the codecs of a router to the parameters of a consumer.

Pure functions over JSON-shaped dicts: the same arguments give the same answer (but for random ssrcs), and no argument
is ever changed. Answers may share parts with arguments and with each other, so nobody changes those either.

The way of a stream::

    capabilities = generate_router_rtp_capabilities(media_codecs)                              # of the router
    given        = validate_and_normalize_rtp_parameters(parameters)                           # from the client
    mapping, rtp = get_producer_rtp_parameters_mapping(given, capabilities)                    # of the producer
    consumable   = get_consumable_rtp_parameters(kind, rtp, capabilities, mapping)
    remote       = remote_capabilities(capabilities_of_a_client)                               # of who consumes
    can_consume(consumable, remote)
    template     = consumer_rtp_parameters_template(consumable, remote, pipe=False, enable_rtx=True)
    consumer     = template.rtp_parameters(mid="0")                                            # of each consumer

What comes from clients is validated where it enters: anything wrong is a TypeError that names the field.
"""

from media.mediasoup.ortc.can_consume import can_consume
from media.mediasoup.ortc.capabilities_validation import validate_and_normalize_rtp_capabilities
from media.mediasoup.ortc.consumable_parameters import get_consumable_rtp_parameters
from media.mediasoup.ortc.consumer_parameters import consumer_rtp_parameters_template, get_consumer_rtp_parameters
from media.mediasoup.ortc.consumer_template import ConsumerTemplate
from media.mediasoup.ortc.parameters_validation import validate_and_normalize_rtp_parameters
from media.mediasoup.ortc.pipe_parameters import (
    get_pipe_consumer_rtp_parameters,
    pipe_consumer_rtp_parameters_template,
)
from media.mediasoup.ortc.producer_mapping import ProducerMapping, get_producer_rtp_parameters_mapping
from media.mediasoup.ortc.remote_capabilities import RemoteCapabilities, remote_capabilities
from media.mediasoup.ortc.router_capabilities import generate_router_rtp_capabilities
from media.mediasoup.ortc.sctp_validation import validate_and_normalize_sctp_stream_parameters

__all__ = [
    "ConsumerTemplate",
    "ProducerMapping",
    "RemoteCapabilities",
    "can_consume",
    "consumer_rtp_parameters_template",
    "generate_router_rtp_capabilities",
    "get_consumable_rtp_parameters",
    "get_consumer_rtp_parameters",
    "get_pipe_consumer_rtp_parameters",
    "get_producer_rtp_parameters_mapping",
    "pipe_consumer_rtp_parameters_template",
    "remote_capabilities",
    "validate_and_normalize_rtp_capabilities",
    "validate_and_normalize_rtp_parameters",
    "validate_and_normalize_sctp_stream_parameters",
]
