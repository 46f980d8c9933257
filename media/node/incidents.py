"""What failed in the node, told to the web processes: they write it down, for the node has no database."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from uuid import uuid4

from .peer import Peer
from .worker_slot import WorkerSlot

Json = dict[str, Any]


class Incidents:
    """Tells of each worker that was lost, twice: when it was, and when those who were hit can go on.

    `tell` sends the event's data to every web process. It is what `media.incidents.Report` holds, with times in seconds
    since the epoch.
    """

    def __init__(self, node: str, tell: Callable[[Json], None]) -> None:
        self._node = node
        self._tell = tell
        self._open: dict[str, Json] = {}

    def worker_lost(self, slot: WorkerSlot, hit: Mapping[str, Sequence[Peer]]) -> str:
        """A worker died, and with it what these peers had, by meeting. The id of the incident."""
        loss = slot.loss
        incident: Json = {
            "id": str(uuid4()),
            "kind": "worker-hung" if loss is not None and loss.hung else "worker-died",
            "beganAt": time.time(),
            "node": self._node,
            "worker": slot.index,
            "meetings": list(hit),
            "participants": [peer.participant for peers in hit.values() for peer in peers],
        }
        if loss is not None:
            incident["beganAt"] = loss.at
            incident["details"] = {
                "pid": loss.pid,
                "error": loss.error,
                "livedSeconds": round(loss.lived_seconds, 1),
                "crashesInARow": loss.crashes,
            }
        self._open[incident["id"]] = incident
        self._tell(incident)
        return str(incident["id"])

    def over(self) -> None:
        """A worker runs: whoever lost theirs can go on."""
        ended, self._open = list(self._open.values()), {}
        for incident in ended:
            self._tell({**incident, "endedAt": time.time()})
