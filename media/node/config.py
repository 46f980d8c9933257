"""What a media node needs to be told."""

from collections.abc import Callable
from dataclasses import dataclass

from media.binary import WorkerBinary, locate
from media.placement import CONSUMERS_PER_WORKER


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """`port` is the UDP and TCP port of worker 0, worker i takes `port + i`, or `port + workers + i` when it succeeds
    one that still runs; None prefers 44444 and takes others when those are in use. `announced_ip` is an address or
    a host name that browsers reach this machine by; None works one out from `listen_ip`. `grace_seconds` is how
    long the web side keeps a participant whose socket dropped; the node keeps a peer that nobody speaks for ten
    seconds longer. `consumers_per_worker` is how many a worker carries before it refuses more. `drain_seconds` is
    how long a node that is to stop waits for its meetings. `room_share` is the share of the node (0 to 1) that one
    meeting may have before newcomers to it are refused, so that they go to another node. `locate_worker` finds the
    worker's binary, at each start of a worker. `worker_user` and `confine_workers` are those of
    `confinement.confinement`. `name` tells the node from others; made up when empty.
    """

    name: str = ""
    workers: int = 1
    listen_ip: str = "127.0.0.1"
    announced_ip: str | None = None
    port: int | None = None
    grace_seconds: float = 20.0
    consumers_per_worker: int = CONSUMERS_PER_WORKER
    drain_seconds: float = 10.0
    room_share: float = 1.0
    worker_user: str = ""
    confine_workers: bool = True
    locate_worker: Callable[[], WorkerBinary] = locate
