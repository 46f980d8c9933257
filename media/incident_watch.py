"""What a web process learns of the media plane's failures, handed to the incident log."""

import time
from datetime import UTC, datetime
from functools import partial
from typing import Any
from uuid import UUID

from media.client import MediaClient, NodeLoss
from media.incident_log import IncidentLog
from media.incidents import Kind, Report, record
from media.link.frames import INCIDENT

Json = dict[str, Any]


def watch_node(client: MediaClient, incidents: IncidentLog) -> None:
    """Write down which workers the node lost, and when the node itself was lost and found."""

    def node_says(event: str, data: Json) -> None:
        if event == INCIDENT:
            incidents.note(partial(record, _report(data)))

    def node_lost(loss: NodeLoss) -> None:
        _note_loss(loss, incidents, over=False)

    def node_found(loss: NodeLoss) -> None:
        _note_loss(loss, incidents, over=True)

    client.on_node_event(node_says)
    client.on_lost(node_lost)
    client.on_restored(node_found)


def _note_loss(loss: NodeLoss, incidents: IncidentLog, *, over: bool) -> None:
    report = Report(
        id=loss.id,
        kind=Kind.NODE_LOST,
        began_at=_time(loss.at),
        ended_at=_time(time.time()) if over else None,
        node=loss.node,
        meetings=dict.fromkeys(meeting for meeting, _ in loss.peers),
        participants=[participant for _, participant in loss.peers],
        details={"reason": loss.reason},
    )
    incidents.note(partial(record, report))


def _report(data: Json) -> Report:
    ended = data.get("endedAt")
    return Report(
        id=UUID(data["id"]),
        kind=data["kind"],
        began_at=_time(data["beganAt"]),
        ended_at=None if ended is None else _time(ended),
        node=data["node"],
        worker=data["worker"],
        meetings=data["meetings"],
        participants=data["participants"],
        details=data.get("details", {}),
    )


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
