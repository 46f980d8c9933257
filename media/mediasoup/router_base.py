"""The bottom of a router: what was made on it, its capabilities, its end."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, TypedDict, cast

from media.mediasoup import ortc
from media.mediasoup.producer_plan import ProducerPlans
from media.mediasoup.worker_object import AppData, WorkerObject

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Mapping, Sequence

    from media.mediasoup.data_producer import DataProducer
    from media.mediasoup.pipe_to_router import PipePair
    from media.mediasoup.producer import Producer
    from media.mediasoup.rtp_observer import RtpObserver
    from media.mediasoup.rtp_parameters import RtpCapabilities
    from media.mediasoup.transport import Transport
    from media.mediasoup.transport_dump_fbs import StringString
    from media.mediasoup.worker import Worker

logger = logging.getLogger(__name__)


class StringStringArray(TypedDict):
    key: str
    values: list[str]


class RouterDump(TypedDict):
    id: str
    transportIds: list[str]
    rtpObserverIds: list[str]
    mapProducerIdConsumerIds: list[StringStringArray]
    mapConsumerIdProducerId: list[StringString]
    mapProducerIdObserverIds: list[StringStringArray]
    mapDataProducerIdDataConsumerIds: list[StringStringArray]
    mapDataConsumerIdDataProducerId: list[StringString]


class RouterBase(WorkerObject):
    """Knows its worker and its children, and closes them with itself."""

    def __init__(
        self, worker: Worker, router_id: str, rtp_capabilities: RtpCapabilities, app_data: AppData | None
    ) -> None:
        super().__init__(worker._pipe, router_id, app_data)
        self.rtp_capabilities = rtp_capabilities
        self._worker = worker
        self._transports: dict[str, Transport] = {}
        self._producers: dict[str, Producer] = {}
        self._producer_plans = ProducerPlans()
        self._data_producers: dict[str, DataProducer] = {}
        self._rtp_observers: dict[str, RtpObserver] = {}
        # By the id of the other router. An entry is there from the moment in which somebody begins to make the pair.
        self._pipe_pairs: dict[str, asyncio.Task[PipePair]] = {}

    @property
    def transports(self) -> Mapping[str, Transport]:
        """Its transports, by id."""
        return self._transports

    @property
    def producers(self) -> Mapping[str, Producer]:
        """What can be consumed on it, by id."""
        return self._producers

    async def dump(self) -> RouterDump:
        return cast(RouterDump, await self._request("ROUTER_DUMP"))

    def can_consume(self, *, producer_id: str, rtp_capabilities: RtpCapabilities) -> bool:
        """Whether an endpoint with these capabilities can receive the producer. False, with a log line, for an unknown
        producer and for capabilities that make no sense."""
        producer = self._producers.get(producer_id)
        if producer is None:
            logger.error('can_consume: Producer with id "%s" not found', producer_id)
            return False
        try:
            return ortc.can_consume(producer.consumable_rtp_parameters, rtp_capabilities)
        except TypeError as error:
            logger.error("can_consume: %s", error)
            return False

    def update_media_codecs(self, media_codecs: Sequence[Any]) -> None:
        """Have these codecs instead, for producers made from now on. Raises what `Worker.create_router` raises for
        codecs."""
        self.rtp_capabilities = ortc.generate_router_rtp_capabilities(media_codecs)
        self._producer_plans.clear()

    def _tell_close(self) -> None:
        self._worker._tell("WORKER_CLOSE_ROUTER", "Worker_CloseRouterRequest", {"routerId": self.id})

    def _leave_parent(self) -> None:
        self._worker._routers.pop(self.id, None)

    def _worker_closed(self) -> None:
        """The worker closed or died, and everything in it."""
        self._closed_by("workerclose")

    def _close_children(self) -> None:
        # The tables are emptied first, as listeners of one child may close another.
        transports, self._transports = self._transports, {}
        rtp_observers, self._rtp_observers = self._rtp_observers, {}
        self._producers.clear()
        self._data_producers.clear()
        for transport in transports.values():
            transport._closed_by("routerclose")
        for rtp_observer in rtp_observers.values():
            rtp_observer._closed_by("routerclose")
