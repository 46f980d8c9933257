"""Which node a participant's call goes to, and who lets somebody in who is nowhere yet."""

import logging
from dataclasses import dataclass, replace
from typing import Any

from media.errors import MEDIA_OVERLOADED, MEDIA_UNAVAILABLE, NOT_IN_MEETING, MediaError
from media.link.dialer import NotSent
from media.link.frames import ANNEX_OF, ANNEXED
from media.nodes import Node, Nodes
from media.whereabouts import Whereabouts

log = logging.getLogger(__name__)

BEGINNINGS = ("join-meeting", "create-transport")
"""The verbs that make a room and a peer where there are none."""
HARMLESS = ("leave-meeting", "detach", "close-meeting", "allow")
"""The verbs that have nothing to do where there is no room."""


@dataclass(frozen=True, slots=True)
class _Beginning:
    """A call that lets somebody in."""

    verb: str
    meeting: str
    participant: str
    data: dict[str, Any]
    patience: float

    async def at(self, node: Node, more: dict[str, Any] | None = None) -> Any:
        """Make it. Raises `MediaError`."""
        # What is said between us and the nodes is not for participants to say.
        own = {name: value for name, value in self.data.items() if name != ANNEX_OF}
        return await node.call(self.verb, self.meeting, self.participant, {**own, **(more or {})}, self.patience)


class WaysIn:
    """Finds the node for each call about a meeting. A newcomer is let in where the meeting is at home, or on another
    node where that one has no room.
    """

    def __init__(self, nodes: Nodes, where: Whereabouts) -> None:
        self._nodes = nodes
        self._where = where

    async def call(self, verb: str, meeting: str, participant: str, data: dict[str, Any], patience: float) -> Any:
        """`MediaPeer.call` at whichever node it is a matter for, within `patience` seconds. Raises `MediaError`."""
        if verb not in BEGINNINGS:
            node = self._where.annex_of(meeting, participant) or await self._where.find(meeting)
            return await node.call(verb, meeting, participant, data, patience) if node else _nothing_there(verb)
        home = await self._where.decide(meeting)
        beginning = _Beginning(verb, meeting, participant, data, patience)
        if (annex := self._where.annex_of(meeting, participant)) is not None and annex is not home:
            try:
                return await self._begin_at(annex, home, beginning)
            except MediaError as refusal:
                if refusal.code not in (MEDIA_OVERLOADED, MEDIA_UNAVAILABLE):
                    raise
        self._where.left_annex(meeting, participant)
        reply = await self._begin_at_home(home, beginning)
        if ANNEXED not in reply:
            return reply
        # As another web process knew, through which they came before.
        if (annex := self._nodes.find(str(reply[ANNEXED]))) is not None and not annex.lost:
            try:
                return await self._begin_at(annex, home, beginning)
            except MediaError as refusal:
                log.debug("%s is not on the annex of meeting %s any more: %s", participant, meeting, refusal)
        return await self._begin_at_home(home, replace(beginning, data={**data, "resume": False}))

    async def _begin_at_home(self, home: Node, beginning: _Beginning) -> Any:
        """Let somebody in at home, or where there is room for the whole meeting or, failing that, for them."""
        try:
            return await beginning.at(home)
        except MediaError as refusal:
            other = await self._other_than(home, beginning.meeting, refusal) if self._nodes.many else None
            if other is None:
                if refusal.code == MEDIA_OVERLOADED and self._nodes.many:
                    reply = await self._begin_at_any_annex(home, beginning)
                    if reply is not None:
                        return reply
                raise
        return await beginning.at(other)

    async def _begin_at_any_annex(self, home: Node, beginning: _Beginning) -> Any:
        """Let somebody in on another node. None when there is none that has room."""
        tried = {home.name}
        while (annex := self._where.next_annex(beginning.meeting, tried)) is not None:
            tried.add(annex.name)
            try:
                return await self._begin_at(annex, home, beginning)
            except MediaError as refusal:
                if refusal.code not in (MEDIA_OVERLOADED, MEDIA_UNAVAILABLE):
                    raise
                log.debug("Meeting %s finds no room on media node %s: %s", beginning.meeting, annex.name, refusal)
        return None

    async def _begin_at(self, annex: Node, home: Node, beginning: _Beginning) -> Any:
        """Let somebody in on an annex. Raises `MediaError`; they are on none then."""
        # Known before the reply: pushes may follow it at once.
        self._where.annexed(beginning.meeting, beginning.participant, annex)
        try:
            return await beginning.at(annex, {ANNEX_OF: str(home.address)})
        except BaseException:
            self._where.left_annex(beginning.meeting, beginning.participant)
            raise

    async def _other_than(self, node: Node, meeting: str, refusal: MediaError) -> Node | None:
        """Whom to ask when a node could not be asked, or turned out to be fuller than its last heartbeat said, to be
        drained, or to have no worker.
        """
        if isinstance(refusal, NotSent):
            return await self._where.decide(meeting)
        if refusal.code not in (MEDIA_OVERLOADED, MEDIA_UNAVAILABLE):
            return None
        try:
            return await self._where.elsewhere(meeting, node)
        except MediaError as error:
            log.debug("Meeting %s finds no other media node: %s", meeting, error)
            return None


def _nothing_there(verb: str) -> dict[str, Any]:
    if verb in HARMLESS:
        return {}
    raise MediaError(NOT_IN_MEETING, "You have no media in this meeting; join it first.")
