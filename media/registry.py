"""The rows by which nodes and web processes find each other: which nodes there are, and where meetings are.

Everything here is done in a thread with a database. Ages are told by the database's clock, for those of hosts differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Now

from media.models import MediaNode, RoomPlacement
from media.node.report import NodeReport
from media.node_lock import NameTaken

HEARTBEAT_SECONDS = 2.0
# Three beats missed, and a node is given nothing new.
DEAD_AFTER = 3 * HEARTBEAT_SECONDS
# How long a node that went without a goodbye is missed: health says `degraded` meanwhile.
MISSED_FOR = 600.0
# A placement without a room may be about to get one.
EMPTY_FOR = 60.0


@dataclass(frozen=True, slots=True)
class Announcement:
    """Who a node is, from its start to its end."""

    name: str
    run: UUID
    address: str
    host: str
    pid: int
    version: str


@dataclass(frozen=True, slots=True)
class NodeRecord:
    """A node's row. `age` is the number of seconds since it was heard of."""

    name: str
    run: UUID
    address: str
    host: str
    state: str
    workers: int
    expected_workers: int
    load: float
    headroom: int
    age: float

    @property
    def is_fresh(self) -> bool:
        """Whether it was heard of lately."""
        return self.age <= DEAD_AFTER


# Nodes


def nodes() -> list[NodeRecord]:
    """All nodes that are not forgotten, by name."""
    return [_record(row) for row in MediaNode.objects.annotate(now=Now())]


def holder_of(name: str) -> NodeRecord | None:
    """The node of this name, alive or not."""
    row = MediaNode.objects.annotate(now=Now()).filter(name=name).first()
    return None if row is None else _record(row)


def announce(who: Announcement, report: NodeReport, instead_of: UUID | None = None) -> None:
    """Write the row of a node that starts; over that of the run `instead_of`, which is known to be dead.

    Raises `NameTaken` when another run has the name, unless that one has not been heard of for a while.
    """
    with transaction.atomic():
        row = MediaNode.objects.select_for_update().annotate(now=Now()).filter(name=who.name).first()
        if row is not None and row.run not in (who.run, instead_of) and _record(row).is_fresh:
            raise NameTaken(row.name, row.host, row.address)
        MediaNode.objects.update_or_create(
            name=who.name,
            defaults={
                "run": who.run,
                "address": who.address,
                "host": who.host,
                "pid": who.pid,
                "version": who.version,
                "started_at": Now(),
                "heartbeat_at": Now(),
                **_state(report),
            },
        )


def beat(who: Announcement, report: NodeReport) -> None:
    """Say that a node lives and how it is; forget nodes that were missed for long, and placements that it has no room
    for. Raises `NameTaken`.
    """
    mine = MediaNode.objects.filter(name=who.name, run=who.run)
    if not mine.update(heartbeat_at=Now(), **_state(report)):
        announce(who, report)
    RoomPlacement.objects.filter(node__run=who.run, placed_at__lt=Now() - timedelta(seconds=EMPTY_FOR)).exclude(
        meeting__in=report.rooms
    ).delete()
    MediaNode.objects.filter(heartbeat_at__lt=Now() - timedelta(seconds=MISSED_FOR)).delete()


def say_goodbye(who: Announcement) -> None:
    """Delete the row of a node that stops, and where meetings were on it."""
    MediaNode.objects.filter(name=who.name, run=who.run).delete()


# Meetings


def node_of(meeting: str) -> str | None:
    """The name of the node that has a meeting."""
    return RoomPlacement.objects.filter(meeting=meeting).values_list("node__name", flat=True).first()


def nodes_of(meetings: Iterable[str]) -> dict[str, str]:
    """The same for many meetings; those that no node has are left out."""
    rows = RoomPlacement.objects.filter(meeting__in=list(meetings))
    return dict(rows.values_list("meeting", "node__name"))


def place(meeting: str, node: str, instead_of: str | None) -> str | None:
    """Give a meeting to `node`, if it is with the node `instead_of` (None: with none) until now.

    The name of the node that has it after that: another one when somebody else was faster. None when there is no such
    node any more.
    """
    chosen = MediaNode.objects.filter(name=node).first()
    if chosen is not None and instead_of is None:
        placement = RoomPlacement(meeting=meeting, node=chosen, placed_at=Now())
        RoomPlacement.objects.bulk_create([placement], ignore_conflicts=True)
    elif chosen is not None:
        before = RoomPlacement.objects.filter(meeting=meeting, node__name=instead_of)
        before.update(node=chosen, placed_at=Now())
    return node_of(meeting)


def forget_meeting(meeting: str) -> None:
    """A meeting has ended."""
    RoomPlacement.objects.filter(meeting=meeting).delete()


def _record(row: MediaNode) -> NodeRecord:
    return NodeRecord(
        name=row.name,
        run=row.run,
        address=row.address,
        host=row.host,
        state=row.state,
        workers=row.workers,
        expected_workers=row.expected_workers,
        load=row.load,
        headroom=row.headroom,
        age=(row.now - row.heartbeat_at).total_seconds(),  # type: ignore[attr-defined]  # annotated
    )


def _state(report: NodeReport) -> dict[str, object]:
    return {
        "state": report.state,
        "workers": report.workers,
        "expected_workers": report.expected_workers,
        "load": report.load,
        "headroom": report.headroom,
    }
