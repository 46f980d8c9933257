"""Messages: data producers and data consumers, without and with SCTP."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from media.mediasoup.data_consumer import DataConsumer
from media.mediasoup.errors import InvalidStateError, NotFoundError, RequestRejected
from media.mediasoup.listen_info import ListenInfo
from media.mediasoup.router import Router
from media.mediasoup.sctp_stream_ids import SctpStreamIds
from tests.mediasoup.recording import Recorder, next_event, until, within

LISTEN: ListenInfo = {"protocol": "udp", "ip": "127.0.0.1"}


def collect(data_consumer: DataConsumer) -> list[tuple[bytes, int]]:
    messages: list[tuple[bytes, int]] = []
    data_consumer.on("message", lambda data, ppid: messages.append((data, ppid)))
    return messages


async def test_messages_go_through_a_direct_transport(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce_data(label="chat", protocol="text", app_data={"room": 1})
    consumer = await transport.consume_data(data_producer_id=producer.id)
    assert (producer.type, producer.label, producer.protocol) == ("direct", "chat", "text")
    assert (consumer.type, consumer.label, consumer.protocol) == ("direct", "chat", "text")
    assert consumer.data_producer_id == producer.id
    assert producer.sctp_stream_parameters is None
    assert consumer.sctp_stream_parameters is None
    messages = collect(consumer)
    producer.send("hello, wörld")
    producer.send(b"\x00\x01")
    producer.send("")
    producer.send(b"")
    producer.send(b"own ppid", ppid=99)
    await until(lambda: len(messages) == 5)
    assert messages == [
        ("hello, wörld".encode(), 51),
        (b"\x00\x01", 53),
        (b" ", 56),
        (b"\0", 57),
        (b"own ppid", 99),
    ]
    (sent,) = await producer.get_stats()
    assert sent["type"] == "data-producer"
    assert (sent["label"], sent["protocol"], sent["messagesReceived"]) == ("chat", "text", 5)
    (received,) = await consumer.get_stats()
    assert received["type"] == "data-consumer"
    assert received["messagesSent"] == 5
    assert received["bytesSent"] == sent["bytesReceived"]


async def test_subchannels(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce_data()
    one = await transport.consume_data(data_producer_id=producer.id, subchannels=[1, 2])
    other = await transport.consume_data(data_producer_id=producer.id)
    assert sorted(one.subchannels) == [1, 2]
    await one.add_subchannel(7)
    assert sorted(one.subchannels) == [1, 2, 7]
    await one.remove_subchannel(1)
    assert sorted(one.subchannels) == [2, 7]
    await other.set_subchannels([3])
    assert other.subchannels == [3]
    assert (await other.dump())["subchannels"] == [3]
    to_one, to_other = collect(one), collect(other)
    producer.send("everybody")
    producer.send("for 2", subchannels=[2])
    producer.send("for 3", subchannels=[3, 4])
    producer.send("for 1", subchannels=[1])
    producer.send("required 7", required_subchannel=7)
    producer.send("not 7", ignored_subchannel=7)
    producer.send("end")
    await until(lambda: to_one[-1:] == to_other[-1:] == [(b"end", 51)])
    assert [message.decode() for message, _ in to_one] == ["everybody", "for 2", "required 7", "end"]
    assert [message.decode() for message, _ in to_other] == ["everybody", "for 3", "not 7", "end"]


async def test_pause_and_resume_on_both_sides(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce_data(paused=True)
    consumer = await transport.consume_data(data_producer_id=producer.id, paused=True)
    assert producer.paused
    assert consumer.paused
    assert consumer.data_producer_paused
    recorder = Recorder()
    recorder.watch("events", consumer, "dataproducerpause", "dataproducerresume")
    recorder.watch("observer", consumer.observer, "pause", "resume")
    recorder.watch("producer", producer.observer, "pause", "resume")
    messages = collect(consumer)
    producer.send("lost")
    await consumer.resume()
    producer.send("lost too")
    await producer.resume()
    await until(lambda: not consumer.data_producer_paused)
    producer.send("heard")
    await consumer.pause()
    producer.send("lost again")
    await producer.pause()
    await producer.pause()
    await until(lambda: consumer.data_producer_paused)
    assert messages == [(b"heard", 51)]
    assert (await producer.dump())["paused"]
    assert (await consumer.dump())["paused"]
    assert (await consumer.dump())["dataProducerPaused"]
    producer_events = [event for label, event in recorder.events if label == "producer"]
    assert producer_events == ["resume", "pause"]
    assert [event for event in recorder.events if event[0] != "producer"] == [
        ("events", "dataproducerresume"),
        ("observer", "resume"),
        ("observer", "pause"),
        ("events", "dataproducerpause"),
    ]


async def test_same_id_twice_is_refused_and_leaves_the_first_alone(router: Router) -> None:
    transport = await router.create_direct_transport()
    first = await transport.produce_data(id="chat")
    consumer = await transport.consume_data(data_producer_id="chat")
    messages = collect(consumer)
    with pytest.raises(TypeError, match='a DataProducer with same id "chat" already exists'):
        await transport.produce_data(id="chat")
    first.send("still here")
    await until(lambda: messages)


async def test_what_makes_no_sense_is_refused(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce_data()
    consumer = await transport.consume_data(data_producer_id=producer.id)
    with pytest.raises(NotFoundError):
        await transport.consume_data(data_producer_id="nobody")
    for bad in (None, "", 3):
        with pytest.raises(TypeError):
            await transport.consume_data(data_producer_id=bad)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError):
        producer.send(5)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(TypeError):
        await consumer.send(None)  # type: ignore[arg-type]  # the point of the test
    with pytest.raises(RequestRejected):
        await consumer.send("only over SCTP")
    plain = await router.create_plain_transport(listen_info=LISTEN, enable_sctp=True)
    for stream in (None, {}, {"streamId": "x"}, {"streamId": 1, "maxRetransmits": 1, "maxPacketLifeTime": 1}):
        with pytest.raises(TypeError):
            await plain.produce_data(sctp_stream_parameters=stream)  # type: ignore[arg-type]  # the point of the test
    producer.close()
    with pytest.raises(InvalidStateError):
        producer.send("too late")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"ordered": False, "maxRetransmits": 3}),
        ({"ordered": True}, {"ordered": True}),
        ({"ordered": False}, {"ordered": False, "maxRetransmits": 3}),
        ({"max_retransmits": 9}, {"ordered": False, "maxRetransmits": 9}),
        ({"ordered": True, "max_retransmits": 9}, {"ordered": True}),
    ],
)
async def test_reliability_is_the_data_producers_unless_given(
    router: Router, options: dict[str, Any], expected: dict[str, Any]
) -> None:
    transport = await router.create_plain_transport(listen_info=LISTEN, enable_sctp=True)
    producer = await transport.produce_data(
        sctp_stream_parameters={"streamId": 666, "ordered": False, "maxRetransmits": 3}, label="l", protocol="p"
    )
    consumer = await transport.consume_data(data_producer_id=producer.id, **options)
    assert producer.sctp_stream_parameters == {"streamId": 666, "ordered": False, "maxRetransmits": 3}
    assert consumer.sctp_stream_parameters == {"streamId": 0, **expected}
    assert (await consumer.dump())["sctpStreamParameters"] == consumer.sctp_stream_parameters
    assert (await consumer.dump())["type"] == "sctp"


async def test_reliability_from_a_direct_data_producer(router: Router) -> None:
    direct = await router.create_direct_transport()
    plain = await router.create_plain_transport(listen_info=LISTEN, enable_sctp=True)
    producer = await direct.produce_data(sctp_stream_parameters={"streamId": 5})  # ignored
    assert producer.sctp_stream_parameters is None
    ordered = await plain.consume_data(data_producer_id=producer.id)
    hasty = await plain.consume_data(data_producer_id=producer.id, max_packet_life_time=100)
    assert ordered.sctp_stream_parameters == {"streamId": 0, "ordered": True}
    assert hasty.sctp_stream_parameters == {"streamId": 1, "ordered": False, "maxPacketLifeTime": 100}


async def test_streams_are_free_again_after_close(router: Router) -> None:
    transport = await router.create_plain_transport(listen_info=LISTEN, enable_sctp=True)
    producer = await transport.produce_data(sctp_stream_parameters={"streamId": 1})
    consumers = await asyncio.gather(*(transport.consume_data(data_producer_id=producer.id) for _ in range(5)))
    assert sorted(transport._sctp_stream_ids._used) == [0, 1, 2, 3, 4]
    consumers[1].close()
    gone = next_event(consumers[0], "dataproducerclose")
    producer.close()
    await within(gone)
    await until(lambda: not transport._sctp_stream_ids._used)


def test_stream_ids_go_round_and_run_out() -> None:
    ids = SctpStreamIds()
    ids.limit = 3
    assert [ids.allocate() for _ in range(3)] == [0, 1, 2]
    with pytest.raises(InvalidStateError):
        ids.allocate()
    ids.release(1)
    assert ids.allocate() == 1
    ids.release(0)
    ids.release(2)
    assert [ids.allocate(), ids.allocate()] == [2, 0]


async def test_buffered_amount_and_threshold(router: Router) -> None:
    transport = await router.create_plain_transport(listen_info=LISTEN, enable_sctp=True)
    producer = await transport.produce_data(sctp_stream_parameters={"streamId": 1})
    consumer = await transport.consume_data(data_producer_id=producer.id)
    assert await consumer.get_buffered_amount() == 0
    await consumer.set_buffered_amount_low_threshold(4096)
    assert (await consumer.dump())["bufferedAmountLowThreshold"] == 4096
