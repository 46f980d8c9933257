"""The pipe against a far end that behaves as no worker should."""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from media.mediasoup.codec import Codec
from media.mediasoup.errors import (
    CodecError,
    HandlerNotFound,
    InvalidRequest,
    MessageTooLarge,
    NotFoundError,
    PipeClosed,
    RequestRejected,
    RequestTimeout,
)
from media.mediasoup.pipe_reader import LARGEST_MESSAGE
from tests.mediasoup.far_end import LIMIT, FarEnd


@pytest.fixture
async def far_end(codec: Codec) -> AsyncIterator[FarEnd]:
    far_end = FarEnd(codec)
    yield far_end
    far_end.close()


async def test_request_and_reply(far_end: FarEnd) -> None:
    future = far_end.pipe.request(
        "TRANSPORT_CLOSE_PRODUCER", "t", "Transport_CloseProducerRequest", {"producerId": "p"}
    )
    request = await far_end.message()
    assert request == {
        "id": 1,
        "method": "TRANSPORT_CLOSE_PRODUCER",
        "handlerId": "t",
        "bodyType": "Transport_CloseProducerRequest",
        "body": {"producerId": "p"},
    }
    await far_end.send(far_end.accept(request))
    assert await future is None


async def test_replies_in_any_order(far_end: FarEnd) -> None:
    futures = [far_end.pipe.request("PRODUCER_DUMP", str(number)) for number in range(3)]
    requests = [await far_end.message() for _ in futures]
    for request in reversed(requests):
        body = {"type": "SIMPLE" if request["handlerId"] == "1" else "SVC"}
        await far_end.send(far_end.accept(request, bodyType="Transport_ProduceResponse", body=body))
    assert [body["type"] for body in await asyncio.gather(*futures)] == ["SVC", "SIMPLE", "SVC"]


@pytest.mark.parametrize(
    ("said", "kinds"),
    [
        ("TypeError", (InvalidRequest, TypeError)),
        ("NotFoundError", (HandlerNotFound, NotFoundError)),
        ("Error", (RequestRejected,)),
    ],
)
async def test_refusal(far_end: FarEnd, said: str, kinds: tuple[type[Exception], ...]) -> None:
    future = far_end.pipe.request("ROUTER_DUMP", "r")
    request = await far_end.message()
    await far_end.send(
        far_end.frame("Response", {"id": request["id"], "accepted": False, "error": said, "reason": "for no reason"})
    )
    with pytest.raises(RequestRejected, match=r"ROUTER_DUMP \[r\]: for no reason") as caught:
        await future
    assert all(isinstance(caught.value, kind) for kind in kinds)
    assert (caught.value.method, caught.value.handler_id, caught.value.reason) == ("ROUTER_DUMP", "r", "for no reason")


async def test_time_out_then_late_reply(far_end: FarEnd, caplog: pytest.LogCaptureFixture) -> None:
    slow = far_end.pipe.request("ROUTER_DUMP", "slow", timeout=0.02)
    patient = far_end.pipe.request("ROUTER_DUMP", "patient")
    requests = {request["handlerId"]: request for request in [await far_end.message(), await far_end.message()]}
    with pytest.raises(RequestTimeout, match="no reply in time") as caught:
        await slow
    assert isinstance(caught.value, TimeoutError)
    await far_end.send(far_end.accept(requests["slow"]))
    await far_end.send(far_end.accept(requests["patient"]))
    assert await patient is None
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_shorter_time_out_after_a_longer_one(far_end: FarEnd) -> None:
    longer = far_end.pipe.request("ROUTER_DUMP", timeout=0.1)
    shorter = far_end.pipe.request("ROUTER_DUMP", timeout=0.01)
    done, _ = await asyncio.wait([longer, shorter], timeout=LIMIT, return_when=asyncio.FIRST_COMPLETED)
    assert done == {shorter}
    for future in (longer, shorter):
        with pytest.raises(RequestTimeout):
            await future


async def test_reply_after_cancellation(far_end: FarEnd, caplog: pytest.LogCaptureFixture) -> None:
    future = far_end.pipe.request("ROUTER_DUMP")
    request = await far_end.message()
    future.cancel()
    await far_end.send(far_end.accept(request))
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_close_fails_what_is_pending(far_end: FarEnd) -> None:
    futures = [far_end.pipe.request("ROUTER_DUMP", "r") for _ in range(3)]
    far_end.pipe.close()
    far_end.pipe.close()
    for future in futures:
        with pytest.raises(PipeClosed, match="was closed"):
            await future
    with pytest.raises(PipeClosed):
        far_end.pipe.request("ROUTER_DUMP")
    with pytest.raises(PipeClosed):
        far_end.pipe.notify("WORKER_CLOSE")
    far_end.pipe.post("ROUTER_DUMP")
    assert far_end.lost == []


async def test_worker_closes_its_end(far_end: FarEnd) -> None:
    future = far_end.pipe.request("ROUTER_DUMP")
    far_end.up.close()
    with pytest.raises(PipeClosed, match="the worker closed it"):
        await future
    assert far_end.pipe.closed
    assert len(far_end.lost) == 1


async def test_worker_reads_no_more(far_end: FarEnd) -> None:
    far_end._requests.close()
    future = far_end.pipe.request("ROUTER_DUMP")
    with pytest.raises(PipeClosed, match="cannot write"):
        await future
    assert len(far_end.lost) == 1


async def test_posted_request_is_nobodys_error(far_end: FarEnd, caplog: pytest.LogCaptureFixture) -> None:
    far_end.pipe.post("ROUTER_CLOSE_TRANSPORT", "r", "Router_CloseTransportRequest", {"transportId": "gone"})
    request = await far_end.message()
    refusal = {"id": request["id"], "accepted": False, "error": "NotFoundError", "reason": "no such transport"}
    await far_end.send(far_end.frame("Response", refusal))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_messages_of_one_turn_keep_their_order(far_end: FarEnd) -> None:
    far_end.pipe.request("ROUTER_DUMP", "0")
    far_end.pipe.notify("PRODUCER_SEND", "1")
    far_end.pipe.request("ROUTER_DUMP", "2")
    far_end.pipe.post("ROUTER_DUMP", "3")
    assert [(await far_end.message())["handlerId"] for _ in range(4)] == ["0", "1", "2", "3"]


async def test_full_socket(far_end: FarEnd) -> None:
    data = os.urandom(300_000)
    for number in range(20):
        far_end.pipe.notify("PRODUCER_SEND", str(number), "Producer_SendNotification", {"data": data})
    future = far_end.pipe.request("ROUTER_DUMP")
    for number in range(20):
        message = await far_end.message()
        assert (message["handlerId"], message["body"]["data"]) == (str(number), data)
    await far_end.send(far_end.accept(await far_end.message()))
    assert await future is None


@pytest.mark.parametrize("kind", ["request", "notification"])
async def test_message_over_the_limit(far_end: FarEnd, kind: str) -> None:
    body = {"data": bytes(LARGEST_MESSAGE - 50)}
    send: Callable[[], object] = {
        "request": lambda: far_end.pipe.request("DATACONSUMER_SEND", "d", "DataConsumer_SendRequest", body),
        "notification": lambda: far_end.pipe.notify("PRODUCER_SEND", "p", "Producer_SendNotification", body),
    }[kind]
    with pytest.raises(MessageTooLarge, match="is over the limit of 8388608"):
        send()
    future = far_end.pipe.request("ROUTER_DUMP")
    await far_end.send(far_end.accept(await far_end.message()))
    assert await future is None


async def test_unfit_body_is_not_sent(far_end: FarEnd) -> None:
    with pytest.raises(CodecError, match="producerId: is required"):
        far_end.pipe.request("TRANSPORT_CLOSE_PRODUCER", "t", "Transport_CloseProducerRequest", {})
    future = far_end.pipe.request("ROUTER_DUMP")
    request = await far_end.message()
    assert request["method"] == "ROUTER_DUMP"
    await far_end.send(far_end.accept(request))
    assert await future is None


async def test_message_in_the_largest_size_and_many_pieces(far_end: FarEnd) -> None:
    got: list[Any] = []
    far_end.pipe.subscribe("c", lambda event, body: got.append((event, body)))
    data = os.urandom(LARGEST_MESSAGE - 200)
    frame = far_end.frame("Notification", {
        "handlerId": "c", "event": "CONSUMER_RTP", "bodyType": "Consumer_RtpNotification", "body": {"data": data}
    })  # fmt: skip
    assert LARGEST_MESSAGE - 200 < len(frame) <= LARGEST_MESSAGE
    await far_end.send(frame)
    assert got == [("CONSUMER_RTP", {"data": data})]


async def test_messages_byte_by_byte(far_end: FarEnd) -> None:
    got: list[str] = []
    far_end.pipe.subscribe("a", lambda event, body: got.append("a"))
    far_end.pipe.subscribe("b", lambda event, body: got.append("b"))
    frames = b"".join(
        far_end.frame("Notification", {"handlerId": name, "event": "CONSUMER_PRODUCER_PAUSE"}) for name in "abba"
    )
    for byte in frames:
        far_end.up.send(bytes([byte]))
        await asyncio.sleep(0)
    await far_end.send(b"")
    assert got == ["a", "b", "b", "a"]


async def test_length_beyond_the_limit_ends_the_pipe(far_end: FarEnd) -> None:
    future = far_end.pipe.request("ROUTER_DUMP")
    await far_end.send((LARGEST_MESSAGE + 1).to_bytes(4, "little"))
    with pytest.raises(PipeClosed, match="is announced"):
        await future
    assert len(far_end.lost) == 1


async def test_malformed_message_between_good_ones(far_end: FarEnd, caplog: pytest.LogCaptureFixture) -> None:
    future = far_end.pipe.request("ROUTER_DUMP")
    request = await far_end.message()
    await far_end.send(b"\x10\0\0\0" + b"\xff" * 16 + far_end.accept(request))
    assert await future is None
    assert "cannot be read" in caplog.text


async def test_malformed_reply_fails_its_request_at_once(far_end: FarEnd) -> None:
    future = far_end.pipe.request("ROUTER_DUMP")
    request = await far_end.message()
    reply = far_end.accept(request, bodyType="Transport_ProduceResponse", body={"type": "SVC"})
    table = far_end.codec.encode("FBS.Transport.ProduceResponse", {"type": "SVC"})[8:]
    broken = table.replace(b"\x02", b"\x63", 1)
    assert reply.count(table) == 1
    await far_end.send(reply.replace(table, broken))
    with pytest.raises(CodecError):
        await future


async def test_raising_subscriber(far_end: FarEnd, caplog: pytest.LogCaptureFixture) -> None:
    got: list[str] = []

    def raises(event: str, body: Any) -> None:
        raise RuntimeError("not my day")

    far_end.pipe.subscribe("bad", raises)
    far_end.pipe.subscribe("good", lambda event, body: got.append(event))
    for name in ("bad", "good", "nobody"):
        await far_end.send(far_end.frame("Notification", {"handlerId": name, "event": "CONSUMER_PRODUCER_RESUME"}))
    assert got == ["CONSUMER_PRODUCER_RESUME"]
    assert "not my day" in caplog.text
    far_end.pipe.unsubscribe("good")
    await far_end.send(far_end.frame("Notification", {"handlerId": "good", "event": "CONSUMER_PRODUCER_RESUME"}))
    assert len(got) == 1


async def test_subscriber_that_closes_the_pipe(far_end: FarEnd) -> None:
    got: list[str] = []

    def close(event: str, body: Any) -> None:
        got.append(event)
        far_end.pipe.close()

    far_end.pipe.subscribe("c", close)
    frame = far_end.frame("Notification", {"handlerId": "c", "event": "CONSUMER_PRODUCER_CLOSE"})
    await far_end.send(frame + frame)
    assert got == ["CONSUMER_PRODUCER_CLOSE"]


@pytest.mark.parametrize(
    ("letter", "level"), [("D", logging.DEBUG), ("W", logging.WARNING), ("E", logging.ERROR), ("X", logging.INFO)]
)
async def test_log_messages(far_end: FarEnd, caplog: pytest.LogCaptureFixture, letter: str, level: int) -> None:
    with caplog.at_level(logging.DEBUG, logger="media"):
        await far_end.send(far_end.frame("Log", {"data": letter + "RTC::Router::thing() | 100% said"}))
    assert [(r.levelno, r.getMessage()) for r in caplog.records if "Router" in r.getMessage()] == [
        (level, "RTC::Router::thing() | 100% said")
    ]


async def test_ids_begin_again_and_pass_over_those_in_use(far_end: FarEnd) -> None:
    first = far_end.pipe.request("ROUTER_DUMP", "first")
    assert (await far_end.message())["id"] == 1
    far_end.pipe._last_id = 2**32 - 2
    for expected in (2**32 - 1, 2):
        far_end.pipe.request("ROUTER_DUMP")
        assert (await far_end.message())["id"] == expected
    await far_end.send(far_end.frame("Response", {"id": 1, "accepted": True}))
    assert await first is None


async def test_ten_thousand_requests_in_a_burst(far_end: FarEnd) -> None:
    futures = [far_end.pipe.request("ROUTER_DUMP", str(number)) for number in range(10_000)]
    for number in range(10_000):
        request = await far_end.message()
        assert request["handlerId"] == str(number)
        far_end.pipe._read(far_end.accept(request), 4)
    assert all(future.done() for future in futures)
