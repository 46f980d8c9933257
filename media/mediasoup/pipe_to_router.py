"""Producers that reach from one router into another, over a pair of pipe transports."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, NamedTuple

from media.mediasoup.errors import NotFoundError
from media.mediasoup.transport_options_fbs import SctpOptions

if TYPE_CHECKING:
    from media.mediasoup.consumer import Consumer
    from media.mediasoup.data_consumer import DataConsumer
    from media.mediasoup.data_producer import DataProducer
    from media.mediasoup.listen_info import ListenInfo
    from media.mediasoup.pipe_transport import PipeTransport
    from media.mediasoup.producer import Producer
    from media.mediasoup.router import Router

logger = logging.getLogger(__name__)

PipePair = dict[str, "PipeTransport"]
"""Both ends, by the id of their router."""


class PipePairOptions(SctpOptions):
    listen_info: ListenInfo
    enable_rtx: bool
    enable_srtp: bool


class PipedTo(NamedTuple):
    """What `Router.pipe_to_router` made: a consumer here and a producer there, or the same for data."""

    pipe_consumer: Consumer | None = None
    pipe_producer: Producer | None = None
    pipe_data_consumer: DataConsumer | None = None
    pipe_data_producer: DataProducer | None = None


async def pipe_producer(
    here: Router, there: Router, producer_id: str, keep_id: bool, options: PipePairOptions
) -> PipedTo:
    producer = here._producers.get(producer_id)
    if producer is None:
        raise NotFoundError(f'Producer with id "{producer_id}" not found')
    pair = await _pair_between(here, there, options)
    consumer = await pair[here.id].consume(producer_id=producer_id)
    try:
        piped = await pair[there.id].produce(
            id=producer_id if keep_id else None,
            kind=consumer.kind,
            rtp_parameters=consumer.rtp_parameters,
            paused=consumer.producer_paused,
            app_data=producer.app_data,
        )
    except BaseException:
        consumer.close()
        raise
    if producer.closed or consumer.closed:
        consumer.close()
        piped.close()
        raise NotFoundError(f'Producer with id "{producer_id}" was closed while it was piped')
    consumer.observer.on("close", piped.close)
    consumer.observer.on("pause", piped._pause_along)
    consumer.observer.on("resume", piped._resume_along)
    piped.observer.on("close", consumer.close)
    if piped.paused != consumer.producer_paused:
        # The original was paused or resumed while the reply was on its way.
        piped.follow(paused=consumer.producer_paused)
    return PipedTo(pipe_consumer=consumer, pipe_producer=piped)


async def pipe_data_producer(
    here: Router, there: Router, data_producer_id: str, keep_id: bool, options: PipePairOptions
) -> PipedTo:
    data_producer = here._data_producers.get(data_producer_id)
    if data_producer is None:
        raise NotFoundError(f'DataProducer with id "{data_producer_id}" not found')
    pair = await _pair_between(here, there, options)
    data_consumer = await pair[here.id].consume_data(data_producer_id=data_producer_id)
    try:
        piped = await pair[there.id].produce_data(
            id=data_producer_id if keep_id else None,
            sctp_stream_parameters=data_consumer.sctp_stream_parameters,
            label=data_consumer.label,
            protocol=data_consumer.protocol,
            app_data=data_producer.app_data,
        )
    except BaseException:
        data_consumer.close()
        raise
    if data_producer.closed or data_consumer.closed:
        data_consumer.close()
        piped.close()
        raise NotFoundError(f'DataProducer with id "{data_producer_id}" was closed while it was piped')
    data_consumer.observer.on("close", piped.close)
    piped.observer.on("close", data_consumer.close)
    return PipedTo(pipe_data_consumer=data_consumer, pipe_data_producer=piped)


async def _pair_between(here: Router, there: Router, options: PipePairOptions) -> PipePair:
    """The pair of these routers, made if nobody has. One caller's cancellation does not stop it for the others."""
    task = here._pipe_pairs.get(there.id)
    if task is None:
        task = asyncio.create_task(_make_pair(here, there, options), name=f"pipe pair {here.id} {there.id}")
        here._pipe_pairs[there.id] = task
        there._pipe_pairs[here.id] = task
        task.add_done_callback(lambda done: _pair_made(here, there, done))
    return await asyncio.shield(task)


async def _make_pair(here: Router, there: Router, options: PipePairOptions) -> PipePair:
    made = await asyncio.gather(
        here.create_pipe_transport(**options), there.create_pipe_transport(**options), return_exceptions=True
    )
    ends = [end for end in made if not isinstance(end, BaseException)]
    try:
        for end in made:
            if isinstance(end, BaseException):
                raise end
        one, other = ends
        await asyncio.gather(_connect(one, other), _connect(other, one))
    except BaseException:
        for end in ends:
            end.close()
        raise
    return {here.id: one, there.id: other}


async def _connect(end: PipeTransport, to: PipeTransport) -> None:
    await end.connect(ip=to.tuple["localAddress"], port=to.tuple["localPort"], srtp_parameters=to.srtp_parameters)


def _pair_made(here: Router, there: Router, task: asyncio.Task[PipePair]) -> None:
    def forget() -> None:
        if here._pipe_pairs.get(there.id) is task:
            del here._pipe_pairs[there.id]
            del there._pipe_pairs[here.id]

    if task.cancelled() or task.exception() is not None:
        forget()
        return
    one, other = task.result()[here.id], task.result()[there.id]
    for end, opposite in ((one, other), (other, one)):
        end.observer.on("close", forget)
        end.observer.on("close", opposite.close)
    if one.closed or other.closed:
        forget()
        one.close()
        other.close()
