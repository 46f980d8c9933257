"""Which node has which meeting: looked up, decided and remembered by a web process."""

import asyncio
import logging
from collections.abc import Collection, Iterator

from media import registry
from media.database import DatabaseAway, in_media_database
from media.errors import MEDIA_OVERLOADED, MEDIA_UNAVAILABLE, MediaError
from media.link.dialer import PATIENCE
from media.nodes import NO_NODE, OUT_OF_REACH, Node, Nodes
from media.placement import all_full, place_meeting

log = logging.getLogger(__name__)

# While somebody waits for a node, the list is read so often.
NEWS_EVERY = 0.2
# How long a process that has just started tries to reach the node that has a meeting, before it moves the meeting away
# from all who are in it.
HOLDER_PATIENCE = 9.0


class Whereabouts:
    """Which node has which meeting, as this web process believes. The rows decide; this only remembers.

    A meeting is at home on one node. Participants for whom that one has no room are on annexes, each on its node.
    """

    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._at: dict[str, Node] = {}
        self._annexed: dict[tuple[str, str], Node] = {}
        self._deciding: dict[str, asyncio.Task[Node]] = {}
        self._patient_until = 0.0
        self.be_patient(nodes.patience)

    def __iter__(self) -> Iterator[str]:
        """The meetings that are remembered."""
        return iter(list(self._at))

    def known(self, meeting: str) -> Node | None:
        """The node that a meeting is believed to be at home on."""
        return self._at.get(meeting) if self._nodes.many else self._nodes.local

    def of(self, meeting: str, participant: str) -> Node | None:
        """The node that a participant is believed to be on."""
        return self._annexed.get((meeting, participant)) or self.known(meeting)

    def annex_of(self, meeting: str, participant: str) -> Node | None:
        """The node of the annex where a participant is; None for who is at home."""
        return self._annexed.get((meeting, participant))

    def annexes(self, meeting: str) -> list[Node]:
        """The nodes of the annexes where participants of this process are."""
        return list(dict.fromkeys(node for (where, _), node in self._annexed.items() if where == meeting))

    def annexed(self, meeting: str, participant: str, node: Node) -> None:
        """A participant is on an annex now."""
        self._annexed[meeting, participant] = node

    def left_annex(self, meeting: str, participant: str) -> None:
        """A participant is on no annex any more. Harmless when it was on none."""
        self._annexed.pop((meeting, participant), None)

    def no_annex(self, meeting: str, node: Node) -> None:
        """A node has no annex of a meeting any more: it is gone, or the meeting is at home there now."""
        for key in [key for key, there in self._annexed.items() if key[0] == meeting and there is node]:
            del self._annexed[key]

    def next_annex(self, meeting: str, avoid: Collection[str]) -> Node | None:
        """A node for those who find no room where their meeting is: one that has an annex already, if it has
        headroom. None when there is none.
        """
        name = self._one_with_annex(meeting, avoid) or place_meeting(self._nodes.states(), avoid)
        return None if name is None else self._nodes.find(name)

    def moved(self, meeting: str, node: Node) -> None:
        """Somebody else has given it to `node`."""
        self._at[meeting] = node

    def be_patient(self, seconds: float = PATIENCE) -> None:
        """Let those who find no node wait for one until then."""
        self._patient_until = max(self._patient_until, asyncio.get_running_loop().time() + seconds)

    def forget(self, meeting: str) -> None:
        """Nobody here is in it any more: the row will be asked next time."""
        self._at.pop(meeting, None)
        for key in [key for key in self._annexed if key[0] == meeting]:
            del self._annexed[key]

    async def find(self, meeting: str) -> Node | None:
        """The node that has a meeting; None when none has. Raises `MediaError`."""
        if (known := self.known(meeting)) is not None:
            return known
        try:
            await self._nodes.known()
            name = await in_media_database(registry.node_of, meeting)
            return None if name is None else await self._named(name)
        except DatabaseAway as away:
            raise _unavailable(away) from None

    async def decide(self, meeting: str) -> Node:
        """The node that has a meeting and can be reached; one is chosen where there is none, or not any more. Raises
        `MediaError`: MEDIA_OVERLOADED when no node has headroom.
        """
        known = self.known(meeting)
        if known is not None and (not known.lost or not self._nodes.many):
            return known
        deciding = self._deciding.get(meeting)
        if deciding is None:
            deciding = asyncio.create_task(self._decide(meeting), name=f"placing {meeting}")
            self._deciding[meeting] = deciding
            deciding.add_done_callback(lambda task: self._decided(meeting, task))
        # Whoever asks may be cancelled; the others still want to know.
        return await asyncio.shield(deciding)

    async def elsewhere(self, meeting: str, full: Node) -> Node | None:
        """Another node for a meeting that `full` has no room for, as it turned out; None when there is none, or when
        the meeting is there already. Raises `MediaError`.
        """
        room = await full.call("has-room", meeting, "", {}, PATIENCE)
        chosen = place_meeting(self._nodes.states(), avoid=(full.name,))
        if room["open"] or chosen is None:
            return None
        try:
            winner = await in_media_database(registry.place, meeting, chosen, full.name)
            node = None if winner is None else await self._named(winner)
        except DatabaseAway as away:
            raise _unavailable(away) from None
        return None if node is None or node is full else self._found(meeting, node)

    async def close(self) -> None:
        """Decide nothing more."""
        for task in list(self._deciding.values()):
            task.cancel()
        await asyncio.gather(*self._deciding.values(), return_exceptions=True)

    def _decided(self, meeting: str, task: "asyncio.Task[Node]") -> None:
        del self._deciding[meeting]
        if not task.cancelled():
            # Asked for here, as those who wanted it may all have been cancelled.
            task.exception()

    async def _decide(self, meeting: str) -> Node:
        try:
            await self._nodes.known()
            while True:
                name = await in_media_database(registry.node_of, meeting)
                holder = None if name is None else await self._named(name)
                if holder is not None and await holder.settled(HOLDER_PATIENCE):
                    return self._found(meeting, holder)
                if name is not None and self._nodes.is_out_of_reach(name):
                    # It has the meeting's people: another node would part them.
                    raise MediaError(MEDIA_UNAVAILABLE, OUT_OF_REACH)
                avoid = () if name is None else (name,)
                # One that has an annex has some of its people.
                chosen = self._one_with_annex(meeting, avoid) or place_meeting(self._nodes.states(), avoid)
                if chosen is None:
                    await self._wait_or_refuse(name)
                    continue
                winner = await in_media_database(registry.place, meeting, chosen, name)
                if winner is None:
                    await self._nodes.refresh()
                log.info("Meeting %s goes to media node %s", meeting, winner or "none yet")
        except DatabaseAway as away:
            raise _unavailable(away) from None

    def _one_with_annex(self, meeting: str, avoid: Collection[str]) -> str | None:
        names = {node.name for node in self.annexes(meeting)}
        return place_meeting([state for state in self._nodes.states() if state.name in names], avoid)

    def _found(self, meeting: str, node: Node) -> Node:
        self._at[meeting] = node
        return node

    async def _named(self, name: str) -> Node | None:
        if self._nodes.find(name) is None:
            # It may be younger than our list.
            await self._nodes.refresh()
        return self._nodes.find(name)

    async def _wait_or_refuse(self, holder: str | None) -> None:
        avoid = () if holder is None else (holder,)
        if all_full(self._nodes.states(), avoid):
            raise MediaError(MEDIA_OVERLOADED, "The media nodes are full; try again in a few minutes.")
        if asyncio.get_running_loop().time() >= self._patient_until:
            raise MediaError(MEDIA_UNAVAILABLE, NO_NODE)
        await self._nodes.news(NEWS_EVERY)
        await self._nodes.refresh()


def _unavailable(away: DatabaseAway) -> MediaError:
    log.warning("Where a meeting's media are cannot be looked up: %s", away)
    return MediaError(MEDIA_UNAVAILABLE, "Where the media of this meeting are cannot be looked up just now.")
