"""The media nodes that a web process knows, and its link to each of them."""

import asyncio
import logging
import socket
from collections.abc import Iterator
from typing import Any, Protocol

from media import embedded, registry
from media.conf import MediaSettings
from media.database import in_media_database
from media.errors import MEDIA_UNAVAILABLE, MediaError
from media.link.address import BadAddress, LinkAddress, UnixAddress, parse_address
from media.link.dialer import PATIENCE, PATIENCE_AT_START, LinkDialer
from media.link.frames import Event, Hello
from media.numbers import LINK_CALL_SECONDS
from media.placement import NodeState
from media.registry import NodeRecord

log = logging.getLogger(__name__)

# A link that fell gets this long to come up again, before its node's meetings are given to another one: less, when
# nobody listens there any more.
REDIAL_PATIENCE = 2.0
# A process that has just started may be too busy for its first handshakes: a node that is heard of in the database is
# not given up for one that takes too long.
SLOW_ATTEMPTS = 2
NO_NODE = "No media node is running."
OUT_OF_REACH = "The media node that has this meeting can be reached from its own host only; start it with --listen."


class NodeEvents(Protocol):
    """Whom nodes tell. Called in the loop; must not block."""

    def node_event(self, node: "Node", event: Event) -> None:
        """A push."""

    def node_up(self, node: "Node") -> None:
        """The link is there, for the first time or again."""

    def node_down(self, node: "Node", reason: str) -> None:
        """The link is gone. It may be there again in a moment."""


class Node:
    """A node, as a web process sees it. `lost` is whether there is no way to it: it could not be reached, or not again.

    `run` tells which of its lives it is in.
    """

    def __init__(
        self, address: LinkAddress, settings: MediaSettings, events: NodeEvents, *, starts_here: bool = False
    ) -> None:
        self.address = address
        self.name = ""
        self.run = ""
        self.record: NodeRecord | None = None
        self.lost = False
        self._events = events
        self._settled = asyncio.Event()
        self._settings = settings
        self._doubts: asyncio.TimerHandle | None = None
        self._slow = 0
        self._dialer = LinkDialer(
            address,
            on_event=lambda event: events.node_event(self, event),
            on_up=self._up,
            on_down=self._down,
            on_failed=self._failed,
            before_dial=self._offer_node if starts_here else None,
            security=settings.security,
            # With others to turn to nobody need wait for this one.
            patience=REDIAL_PATIENCE if settings.many_nodes else PATIENCE,
        )

    @property
    def is_up(self) -> bool:
        """Whether there is a link, as far as is known."""
        return self._dialer.is_up

    @property
    def latency(self) -> float | None:
        """Seconds that the last ping over the link took, 0 before the first; None while there is no link."""
        return self._dialer.latency

    def start(self) -> None:
        """Begin to dial. Does nothing when already begun."""
        self._dialer.start()

    async def settled(self, patience: float) -> bool:
        """Wait until it is known whether the node can be reached. Whether it can."""
        try:
            async with asyncio.timeout(patience):
                await self._settled.wait()
        except TimeoutError:
            return False
        return not self.lost

    async def call(self, verb: str, meeting: str, participant: str, data: dict[str, Any], patience: float) -> Any:
        """One request and its reply's data. Raises `MediaError`; `NotSent` when there is no link."""
        with LINK_CALL_SECONDS.labels(verb).time():
            return await self._dialer.call(verb, meeting, participant, data, patience)

    async def close(self) -> None:
        """Hang up."""
        self._trust()
        await self._dialer.close()

    async def _offer_node(self) -> None:
        embedded.start(self._settings)

    def _up(self, hello: Hello) -> None:
        self.name, self.run = hello.node, hello.run
        self._slow = 0
        self._settle(lost=False)
        self._events.node_up(self)

    def _down(self, reason: str) -> None:
        self._settled.clear()
        self._doubts = asyncio.get_running_loop().call_later(REDIAL_PATIENCE, self._settle_as_lost)
        self._events.node_down(self, reason)

    def _failed(self, timed_out: bool) -> None:
        self._slow += timed_out
        if not timed_out or self._slow >= SLOW_ATTEMPTS:
            self._settle_as_lost()

    def _settle_as_lost(self) -> None:
        self._settle(lost=True)

    def _settle(self, *, lost: bool) -> None:
        self._trust()
        self.lost = lost
        self._settled.set()

    def _trust(self) -> None:
        if self._doubts is not None:
            self._doubts.cancel()
            self._doubts = None


class Nodes:
    """The nodes of a site: the one of the settings' socket, or those whose rows are in the database.

    The list is as old as the last `refresh`; while the database is away the last known one stays.
    """

    def __init__(self, settings: MediaSettings, events: NodeEvents) -> None:
        self._settings, self._events = settings, events
        self._nodes: dict[LinkAddress, Node] = {}
        self._news = asyncio.Event()
        self._records: list[NodeRecord] = []
        self._said: set[str] = set()
        self._out_of_reach: set[str] = set()
        self._refreshed = False
        self.many = settings.many_nodes
        self.local: Node | None = None
        if settings.embedded or not self.many:
            self.local = self._add(UnixAddress(settings.socket), starts_here=settings.embedded)

    def __iter__(self) -> Iterator[Node]:
        """Those that are known, whether or not they can be reached."""
        return iter(list(self._nodes.values()))

    @property
    def patience(self) -> float:
        """Seconds that a process that has just begun waits for a node."""
        return PATIENCE_AT_START if self._settings.embedded else PATIENCE

    @property
    def missed(self) -> list[NodeRecord]:
        """The nodes that went without a goodbye: nobody hears of them, and there is no link to them."""
        up = {node.name for node in self if node.is_up}
        return [record for record in self._records if not record.is_fresh and record.name not in up]

    def start(self) -> None:
        """Dial the node that needs no database to be known."""
        if self.local is not None:
            self.local.start()

    def find(self, name: str) -> Node | None:
        """The node of this name."""
        return next((node for node in self if node.name == name), None)

    def is_out_of_reach(self, name: str) -> bool:
        """Whether a node lives that listens on another host's socket file only."""
        return name in self._out_of_reach

    def any(self) -> Node:
        """A node to ask what all of them know. Raises `MediaError` when there is none."""
        nodes = sorted(self, key=lambda node: (not node.is_up, node.lost, node is not self.local, node.name))
        if not nodes:
            raise MediaError(MEDIA_UNAVAILABLE, NO_NODE)
        return nodes[0]

    def states(self) -> list[NodeState]:
        """What there is to choose from. Nodes that were not heard of lately count only when there is no other."""
        reachable = [(node, node.record) for node in self if not node.lost and node.record is not None]
        fresh = [(node, record) for node, record in reachable if record.is_fresh]
        return [
            NodeState(
                name=node.name,
                load=record.load,
                headroom=record.headroom,
                takes_new=record.state == "up" and record.workers > 0,
            )
            for node, record in fresh or [(node, record) for node, record in reachable if node.is_up]
        ]

    def tell(self) -> None:
        """Wake whoever waits for news."""
        self._news.set()
        self._news = asyncio.Event()

    async def news(self, patience: float) -> None:
        """Wait until something has changed, and for `patience` seconds at most."""
        try:
            async with asyncio.timeout(patience):
                await self._news.wait()
        except TimeoutError:
            pass

    async def known(self) -> None:
        """See to it that the list has been read."""
        if self.many and not self._refreshed:
            await self.refresh()

    async def refresh(self) -> None:
        """Read the list anew. Raises `DatabaseAway`."""
        self._records = await in_media_database(registry.nodes)
        self._refreshed = True
        self._out_of_reach.clear()
        for record in self._records:
            self._take(record)
        names = {record.name: record for record in self._records}
        for node in self:
            known = names.get(node.name)
            if node is not self.local and not node.is_up and (known is None or not known.is_fresh):
                # Another reading may have found the same meanwhile.
                self._nodes.pop(node.address, None)
                node.lost = True
                await node.close()
        self.tell()

    async def close(self) -> None:
        """Hang up everywhere."""
        await asyncio.gather(*(node.close() for node in self))

    def _take(self, record: NodeRecord) -> None:
        try:
            address = parse_address(record.address)
        except BadAddress as bad:
            return self._say_once(f"The media node {record.name} announces an address that is none: {bad}")
        if isinstance(address, UnixAddress) and record.host != socket.gethostname():
            if record.is_fresh:
                self._out_of_reach.add(record.name)
            return self._say_once(
                f"The media node {record.name} runs on {record.host} and listens on a socket file only: start it with "
                "--listen for it to be reached from here."
            )
        node = self._nodes.get(address)
        if node is None:
            if not record.is_fresh:
                return None
            node = self._add(address)
            node.start()
        node.name, node.record = record.name, record
        return None

    def _add(self, address: LinkAddress, *, starts_here: bool = False) -> Node:
        node = self._nodes[address] = Node(address, self._settings, self._events, starts_here=starts_here)
        return node

    def _say_once(self, line: str) -> None:
        if line not in self._said:
            self._said.add(line)
            log.warning(line)
