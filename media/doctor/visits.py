"""Going round the media nodes once, for all checks that are about them."""

import asyncio
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from media import registry
from media.conf import MediaSettings
from media.database import DatabaseAway, with_sound_connections
from media.doctor.aside import aside
from media.doctor.knocking import Knock, knock
from media.errors import MediaError
from media.link import frames
from media.link.address import BadAddress, LinkAddress, UnixAddress, parse_address
from media.link.dialer import FAILURES, dial, explain, greeting
from media.models import MediaNode
from media.nodes import OUT_OF_REACH

Json = dict[str, Any]

# As long as a node takes to find out that a worker does not answer, and to be told so.
PATIENCE = 4.0
DOOR_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Row:
    """What the database has of a node, when it has anything. `age` is the seconds since it was heard of."""

    name: str
    address: str
    host: str
    version: str
    age: float
    fresh: bool


@dataclass(slots=True)
class Visit:
    """What came of asking one node. `trouble` says why there was no link to it; then the rest is empty.

    `status`, `numbers` and `doors` are the answers to those verbs, or a `MediaError`.
    """

    address: str
    row: Row | None = None
    name: str = ""
    trouble: str = ""
    link_seconds: float = 0.0
    status_seconds: float = 0.0
    status: Json | MediaError = field(default_factory=dict)
    numbers: Json | MediaError = field(default_factory=dict)
    doors: Json | MediaError = field(default_factory=dict)
    knocks: dict[int, list[Knock]] = field(default_factory=dict)

    @property
    def is_here(self) -> bool:
        """Whether it runs on this host, so that its processes and ports can be looked at."""
        return self.row is None or self.row.host == socket.gethostname()

    @property
    def workers(self) -> list[Json]:
        """Its workers, as `numbers` tells of them."""
        return [] if isinstance(self.numbers, MediaError) else list(self.numbers.get("workers", ()))

    @property
    def opened(self) -> list[Json]:
        """Its doors."""
        return [] if isinstance(self.doors, MediaError) else list(self.doors.get("doors", ()))

    @property
    def silent(self) -> list[int]:
        """Those of its workers that run, and opened no door."""
        return [row["index"] for row in self.workers if row["state"] == "up" and row["index"] not in self.knocks]

    @property
    def title(self) -> str:
        """What to call it."""
        return self.name or (self.row.name if self.row else "") or self.address


class Rounds:
    """Made for one examination. What is asked first goes round; the others get what was found."""

    def __init__(self, settings: Callable[[], MediaSettings]) -> None:
        self._settings = settings
        self._going: asyncio.Task[list[Visit]] | None = None

    @property
    def settings(self) -> MediaSettings:
        """The media settings. Raises `ImproperlyConfigured`."""
        return self._settings()

    async def visits(self) -> list[Visit]:
        """Every node that is known, by name; without rows, the node of this host's socket."""
        if self._going is None:
            self._going = asyncio.create_task(self._go(), name="doctor's rounds")
        return await asyncio.shield(self._going)

    async def _go(self) -> list[Visit]:
        settings = self.settings
        rows = await _rows() if settings.many_nodes else []
        visits = [Visit(row.address, row) for row in rows] or [Visit(str(UnixAddress(settings.socket)))]
        await asyncio.gather(*(_call_on(visit, settings) for visit in visits))
        return sorted(visits, key=lambda visit: visit.title)


async def _rows() -> list[Row]:
    """None at all while the database cannot be asked: another check tells of that."""

    def read() -> list[Row]:
        versions = dict(MediaNode.objects.values_list("name", "version"))
        return [
            Row(one.name, one.address, one.host, versions.get(one.name, ""), one.age, one.is_fresh)
            for one in registry.nodes()
        ]

    try:
        async with asyncio.timeout(PATIENCE):
            return await aside(with_sound_connections, read)
    except (DatabaseAway, TimeoutError):
        return []


async def _call_on(visit: Visit, settings: MediaSettings) -> None:
    try:
        address: LinkAddress = parse_address(visit.address)
    except BadAddress as error:
        visit.trouble = str(error)
        return
    if isinstance(address, UnixAddress) and not visit.is_here:
        visit.trouble = OUT_OF_REACH
        return
    began = time.perf_counter()
    try:
        async with asyncio.timeout(PATIENCE), dial(address, settings.security) as connection:
            visit.name = (await greeting(connection)).node
            visit.link_seconds = time.perf_counter() - began
            await _ask(visit, connection)
    except FAILURES as error:
        visit.trouble = explain(error, address).logged
        return
    knocks = await asyncio.gather(*map(_knock_at, visit.opened))
    visit.knocks = {door["worker"]: found for door, found in zip(visit.opened, knocks, strict=True)}


async def _ask(visit: Visit, connection: Any) -> None:
    asked: dict[int, str] = {1: "status", 2: "numbers", 3: "open-doors"}
    answers: dict[str, Json | MediaError] = {}
    began = time.perf_counter()
    for call_id, verb in asked.items():
        data = {"seconds": DOOR_SECONDS} if verb == "open-doors" else {}
        await connection.send(frames.encode(frames.Request(call_id, verb, "", "", data)))
    while len(answers) < len(asked):
        frame = frames.decode_from_node(await connection.recv())
        if isinstance(frame, frames.Reply) and frame.id in asked:
            verb = asked[frame.id]
            answers[verb] = MediaError(frame.code, frame.details) if frame.code else frame.data or {}
            if verb == "status":
                visit.status_seconds = time.perf_counter() - began
    visit.status, visit.numbers, visit.doors = answers["status"], answers["numbers"], answers["open-doors"]


async def _knock_at(door: Json) -> list[Knock]:
    return list(await asyncio.gather(*(knock(one, door["iceParameters"]) for one in door["iceCandidates"])))
