"""Shapes of SCTP parameters: the association of a transport and the streams of data producers and consumers."""

from typing import NotRequired, TypedDict


class SctpParameters(TypedDict):
    """The SCTP association of a transport. Sizes are bytes."""

    port: int
    maxSendMessageSize: int
    maxReceiveMessageSize: int
    sendBufferSize: int
    perStreamSendQueueLimit: int
    maxReceiverWindowBufferSize: int
    isDataChannel: bool
    OS: int
    """Outgoing streams. Always 65535; kept for clients that read it."""
    MIS: int
    """Incoming streams. Always 65535; kept for clients that read it."""
    maxMessageSize: int
    """The same as ``maxReceiveMessageSize``; kept for clients that read it."""


class SctpNegotiatedCapabilities(TypedDict):
    """Streams both ends of an SCTP association agreed on."""

    negotiatedMaxOutboundStreams: int
    negotiatedMaxInboundStreams: int


class SctpStreamParameters(TypedDict):
    """Reliability of one SCTP stream.

    ``maxPacketLifeTime`` and ``maxRetransmits`` exclude each other, and both exclude ``ordered``.
    """

    streamId: int
    ordered: NotRequired[bool]
    maxPacketLifeTime: NotRequired[int]
    """Milliseconds after which a message is no longer sent again."""
    maxRetransmits: NotRequired[int]
