"""Participants whose room was lost with its worker, and who wait to hear that media is there again."""

from media.link.frames import Event
from media.link.server import NodeLink

from .peer import Peer

LOST = "The media worker of this meeting stopped."
MOVED = "The meeting moves to another media worker."


class Stranded:
    """Tells everybody who was hit `media-lost {reason, gone, incidentId?}` once, and `media-restored` once after."""

    def __init__(self) -> None:
        # By link and meeting, so that one frame tells everybody behind it.
        self._waiting: dict[tuple[NodeLink, str], list[str]] = {}

    def lost(self, peers: list[Peer], incident: str = "") -> None:
        """Tell peers whose place is gone, at once: their requests that are under way are failing anyhow.

        `incident` is the id under which they can tell of what it did to them.
        """
        why = {"reason": LOST, "gone": True, **({"incidentId": incident} if incident else {})}
        for (link, meeting), participants in _behind(peers).items():
            link.send(Event("media-lost", meeting, tuple(participants), why))
            self._waiting.setdefault((link, meeting), []).extend(participants)

    def moved(self, peers: list[Peer]) -> None:
        """Tell peers to take up their media afresh, in the place where they are expected."""
        for (link, meeting), participants in _behind(peers).items():
            link.send(Event("media-lost", meeting, tuple(participants), {"reason": MOVED}))
            link.send(Event("media-restored", meeting, tuple(participants), {}))

    def restored(self) -> None:
        """Tell everybody who waits."""
        waiting, self._waiting = self._waiting, {}
        for (link, meeting), participants in waiting.items():
            link.send(Event("media-restored", meeting, tuple(participants), {}))

    def link_closed(self, link: NodeLink) -> None:
        """Nobody behind this link can be told anything."""
        self._waiting = {key: participants for key, participants in self._waiting.items() if key[0] is not link}


def _behind(peers: list[Peer]) -> dict[tuple[NodeLink, str], list[str]]:
    behind: dict[tuple[NodeLink, str], list[str]] = {}
    for peer in peers:
        if peer.pushes.link is not None:
            behind.setdefault((peer.pushes.link, peer.pushes.meeting), []).append(peer.participant)
    return behind
