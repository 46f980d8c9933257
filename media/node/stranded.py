"""Participants whose room was lost with its worker, and who wait to hear that media is there again."""

from media.link.frames import Event
from media.link.server import NodeLink

from .room import Room

REASON = "The media worker of this meeting stopped."


class Stranded:
    """Tells everybody in a lost room `media-lost {reason, incidentId?}` once, and `media-restored` once after that."""

    def __init__(self) -> None:
        # By link and meeting, so that one frame tells everybody behind it.
        self._waiting: dict[tuple[NodeLink, str], list[str]] = {}

    def lost(self, room: Room, incident: str = "") -> None:
        """Tell the peers of a room, at once: their requests that are under way are failing anyhow.

        `incident` is the id under which they can tell of what it did to them.
        """
        here: dict[tuple[NodeLink, str], list[str]] = {}
        for peer in room.peers.values():
            if peer.pushes.link is not None:
                here.setdefault((peer.pushes.link, room.meeting), []).append(peer.participant)
        why = {"reason": REASON, **({"incidentId": incident} if incident else {})}
        for (link, meeting), participants in here.items():
            link.send(Event("media-lost", meeting, tuple(participants), why))
            self._waiting.setdefault((link, meeting), []).extend(participants)

    def restored(self) -> None:
        """Tell everybody who waits."""
        waiting, self._waiting = self._waiting, {}
        for (link, meeting), participants in waiting.items():
            link.send(Event("media-restored", meeting, tuple(participants), {}))

    def link_closed(self, link: NodeLink) -> None:
        """Nobody behind this link can be told anything."""
        self._waiting = {key: participants for key, participants in self._waiting.items() if key[0] is not link}
