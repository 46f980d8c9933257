"""Finding one object among everything that lives on the node."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from media.errors import CONSUMER_NOT_FOUND, PRODUCER_NOT_FOUND, TRANSPORT_NOT_FOUND, MediaError
from media.mediasoup.consumer import Consumer
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.transport import Transport

from .supervisor import Supervisor

GONE: Final = {
    "transport": (TRANSPORT_NOT_FOUND, "This transport is gone."),
    "producer": (PRODUCER_NOT_FOUND, "This producer is gone."),
    "consumer": (CONSUMER_NOT_FOUND, "This consumer is gone."),
}
KINDS: Final = tuple(GONE)


@dataclass(frozen=True, slots=True)
class Found:
    """Where on the node something is."""

    router: Router
    transport: Transport

    @property
    def meeting(self) -> str:
        """Whose router it is; empty when that is nobody's."""
        return str(self.router.app_data.get("meetingId") or "")

    @property
    def participant(self) -> str:
        """Whose transport it is; empty for those of nobody, such as pipes."""
        return str(self.transport.app_data.get("participantId") or "")


def find_transport(supervisor: Supervisor, transport_id: str) -> Found:
    """The transport of this id. Raises `MediaError` (TRANSPORT_NOT_FOUND)."""
    for found in _everywhere(supervisor):
        if found.transport.id == transport_id:
            return found
    raise MediaError(*GONE["transport"])


def find_producer(supervisor: Supervisor, producer_id: str, transport_id: str = "") -> tuple[Found, Producer]:
    """The producer of this id: on that transport, if one is given, for the ends of a pipe have its id as well.

    Raises `MediaError` (PRODUCER_NOT_FOUND).
    """
    for found in _everywhere(supervisor):
        producer = found.transport.producers.get(producer_id)
        if producer is not None and transport_id in ("", found.transport.id):
            return found, producer
    raise MediaError(*GONE["producer"])


def find_consumer(supervisor: Supervisor, consumer_id: str) -> tuple[Found, Consumer]:
    """The consumer of this id. Raises `MediaError` (CONSUMER_NOT_FOUND)."""
    for found in _everywhere(supervisor):
        if consumer := found.transport.consumers.get(consumer_id):
            return found, consumer
    raise MediaError(*GONE["consumer"])


def consumer_of(router: Router, producer: Producer) -> Consumer | None:
    """Somebody who receives a producer."""
    for transport in router.transports.values():
        for consumer in transport.consumers.values():
            if consumer.producer_id == producer.id:
                return consumer
    return None


def _everywhere(supervisor: Supervisor) -> Iterator[Found]:
    for slot in (*supervisor.slots, *supervisor.leaving):
        if slot.worker is not None:
            for router in slot.worker.routers.values():
                for transport in router.transports.values():
                    yield Found(router, transport)
