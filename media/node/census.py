"""What lives on a worker, counted in the object model."""

from dataclasses import dataclass

from media.mediasoup.worker import Worker


@dataclass(frozen=True, slots=True)
class Census:
    """Numbers of objects, pipes between workers and what runs over them included."""

    routers: int = 0
    transports: int = 0
    producers: int = 0
    consumers: int = 0

    @classmethod
    def of(cls, worker: Worker | None) -> "Census":
        """All zero for a worker that does not run."""
        routers = list(worker.routers.values()) if worker is not None else []
        transports = [transport for router in routers for transport in router.transports.values()]
        return cls(
            routers=len(routers),
            transports=len(transports),
            producers=sum(len(transport.producers) for transport in transports),
            consumers=sum(len(transport.consumers) for transport in transports),
        )
