"""RTP, RTCP and messages in and out of this process."""

from __future__ import annotations

import pytest

from media.mediasoup.errors import InvalidStateError, UnsupportedError
from media.mediasoup.router import Router
from tests.mediasoup.recording import next_event, until, within
from tests.mediasoup.rtp import OPUS_PARAMETERS, VP8_PARAMETERS, opus, parse, rtcp_kinds, sender_report, vp8


async def test_packets_sent_to_the_producer_come_out_of_the_consumer(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities)
    received: list[bytes] = []
    consumer.on("rtp", received.append)
    sent = [opus(number) for number in range(20)]
    for packet in sent[:-1]:
        producer.send(packet)
    producer.send(sent[-1])
    await until(lambda: len(received) == len(sent))
    assert [parse(packet).payload for packet in received] == [parse(packet).payload for packet in sent]
    assert all(isinstance(packet, bytes) for packet in received)
    (stat,) = await producer.get_stats()
    assert stat["packetCount"] == 20


async def test_worker_asks_for_key_frames_over_rtcp(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="video", rtp_parameters=VP8_PARAMETERS)
    consumer = await transport.consume(producer_id=producer.id, rtp_capabilities=router.rtp_capabilities, paused=True)
    first = next_event(transport, "rtcp")
    producer.send(vp8(1))
    await consumer.resume()
    (packet,) = await within(first)
    assert (206, 1) in rtcp_kinds(packet)


async def test_rtcp_goes_in(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    await producer.enable_trace_event(["sr"])
    producer.send(opus(1))
    traced = next_event(producer, "trace")
    transport.send_rtcp(sender_report(11111111, ntp_seconds=77, timestamp=4800, packets=3, octets=120))
    (trace,) = await within(traced)
    assert trace["type"] == "sr"
    assert trace["direction"] == "in"
    assert trace["info"] == {
        "ssrc": 11111111,
        "ntpSec": 77,
        "ntpFrac": 0,
        "rtpTs": 4800,
        "packetCount": 3,
        "octetCount": 120,
    }


async def test_connect_does_nothing(router: Router) -> None:
    transport = await router.create_direct_transport()
    await transport.connect()
    assert not transport.closed


async def test_dump_and_statistics(router: Router) -> None:
    transport = await router.create_direct_transport(max_send_message_size=1234, max_receive_message_size=4321)
    dump = await transport.dump()
    assert dump["id"] == transport.id
    assert dump["maxSendMessageSize"] == 1234
    assert dump["maxReceiveMessageSize"] == 4321
    (stat,) = await transport.get_stats()
    assert stat["type"] == "direct-transport"
    assert stat["transportId"] == transport.id


async def test_bitrates_are_not_supported(router: Router) -> None:
    transport = await router.create_direct_transport()
    for set_bitrate in (
        transport.set_max_incoming_bitrate,
        transport.set_max_outgoing_bitrate,
        transport.set_min_outgoing_bitrate,
    ):
        with pytest.raises(UnsupportedError):
            await set_bitrate(100_000)


async def test_what_is_no_packet_is_refused_or_ignored(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    with pytest.raises(TypeError):
        producer.send("text")  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError):
        transport.send_rtcp(None)  # type: ignore[arg-type]  # the point of the test
    producer.send(b"")
    producer.send(b"not an RTP packet")
    transport.send_rtcp(b"not an RTCP packet")
    assert (await producer.dump())["id"] == producer.id


async def test_nothing_goes_into_what_is_closed(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    transport.close()
    with pytest.raises(InvalidStateError):
        producer.send(opus(1))
    with pytest.raises(InvalidStateError):
        transport.send_rtcp(b"")
