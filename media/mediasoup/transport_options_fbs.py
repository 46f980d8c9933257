"""The options with which transports are made."""

from __future__ import annotations

from typing import Any, Final, TypedDict

DEFAULT_MESSAGE_SIZE: Final = 262_144


class SctpOptions(TypedDict, total=False):
    """Options of all transports that can carry SCTP. Sizes are bytes."""

    enable_sctp: bool
    max_send_message_size: int
    max_receive_message_size: int
    sctp_send_buffer_size: int
    sctp_per_stream_send_queue_limit: int
    sctp_max_receiver_window_buffer_size: int
    sctp_default_stream_buffered_amount_low_threshold: int


def transport_options_to_fbs(
    *,
    is_data_channel: bool,
    enable_sctp: bool = False,
    max_send_message_size: int = DEFAULT_MESSAGE_SIZE,
    max_receive_message_size: int = DEFAULT_MESSAGE_SIZE,
    sctp_send_buffer_size: int = 2_000_000,
    sctp_per_stream_send_queue_limit: int = 2_000_000,
    sctp_max_receiver_window_buffer_size: int = 5_242_880,
    sctp_default_stream_buffered_amount_low_threshold: int = 1024,
) -> dict[str, Any]:
    """The body of `Options` of a transport that can carry SCTP: `SctpOptions` with their defaults."""
    return {
        "enableSctp": enable_sctp,
        "maxSendMessageSize": max_send_message_size,
        "maxReceiveMessageSize": max_receive_message_size,
        "sctpSendBufferSize": sctp_send_buffer_size,
        "sctpPerStreamSendQueueLimit": sctp_per_stream_send_queue_limit,
        "sctpMaxReceiverWindowBufferSize": sctp_max_receiver_window_buffer_size,
        "sctpDefaultStreamBufferedAmountLowThreshold": sctp_default_stream_buffered_amount_low_threshold,
        "isDataChannel": is_data_channel,
    }


def direct_options_to_fbs(*, max_send_message_size: int, max_receive_message_size: int) -> dict[str, Any]:
    """The body of `Options` of a direct transport."""
    return {
        "direct": True,
        "maxSendMessageSize": max_send_message_size,
        "maxReceiveMessageSize": max_receive_message_size,
    }
