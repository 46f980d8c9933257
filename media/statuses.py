"""What media nodes tell of themselves, and how the answers of several are one."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

from media.errors import NOT_INITIALIZED


class MediaStatus(TypedDict):
    """`workers` answered a request just now; `expectedWorkers` is how many there should be. Rooms and participants are
    counted from routers that are alive. `message` is there when something is wrong, `details` then says what caused
    it.
    """

    workers: int
    expectedWorkers: int
    activeRooms: int
    totalParticipants: int
    message: NotRequired[str]
    details: NotRequired[str]


class WorkerStatus(TypedDict):
    """`state` is starting, up, failed, draining or closed. `cpu` is the measured share of one core, `load` the larger
    of it and the share of the consumers that the worker may carry, 0 to 1. `pid` and `port` are None while it has none.
    `trouble` says for an operator why it is not up.
    """

    index: int
    pid: int | None
    state: str
    cpu: float
    memoryBytes: int
    routers: int
    transports: int
    producers: int
    consumers: int
    load: float
    port: int | None
    uptimeSeconds: float
    restarts: int
    trouble: str


class NodeStatus(TypedDict):
    """`state` is up or draining. A worker that leaves after a restart stands among the `workers` beside its successor,
    which has the same index.
    """

    node: str
    pid: int
    state: str
    workers: list[WorkerStatus]


class WorkerNumbers(WorkerStatus):
    """`transportsByState` is `{webrtc: {state: count}, other: count}`; `bitsPerSecond` is `{received, sent}`, None
    before they were measured; `pipeSeconds` is the last time from a request to the worker to its answer.
    """

    transportsByState: dict[str, Any]
    pathsByProtocol: dict[str, int]
    producersByKind: dict[str, int]
    consumersByKind: dict[str, int]
    bitsPerSecond: dict[str, int] | None
    pipeSeconds: float | None


class NodeNumbers(TypedDict):
    """A `NodeStatus` for monitoring. `loopLag` is `{bounds, counts, sum}` of the times by which the node's event loop
    was late, in seconds, counted from its start.
    """

    node: str
    pid: int
    state: str
    workers: list[WorkerNumbers]
    rooms: int
    participants: int
    loopLag: dict[str, Any]


def no_workers(expected: int, details: str) -> MediaStatus:
    return MediaStatus(
        workers=0,
        expectedWorkers=expected,
        activeRooms=0,
        totalParticipants=0,
        message=NOT_INITIALIZED,
        details=details,
    )


def sum_of(statuses: Sequence[MediaStatus]) -> MediaStatus:
    total = MediaStatus(
        workers=sum(one["workers"] for one in statuses),
        expectedWorkers=sum(one["expectedWorkers"] for one in statuses),
        activeRooms=sum(one["activeRooms"] for one in statuses),
        totalParticipants=sum(one["totalParticipants"] for one in statuses),
    )
    if details := next((one["details"] for one in statuses if "details" in one), ""):
        some = f"{total['workers']} of {total['expectedWorkers']} MediaSoup workers answer"
        total["message"] = some if total["workers"] else NOT_INITIALIZED
        total["details"] = details
    return total
