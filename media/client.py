"""The one door to media for other apps: a link to the media node, shared by everything in a process and event loop."""

import asyncio
import dataclasses
import logging
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar, cast
from uuid import UUID, uuid5

from media import registry
from media.conf import MediaSettings, media_settings
from media.database import DatabaseAway, in_media_database
from media.errors import MEDIA_UNAVAILABLE, MediaError
from media.link.frames import ANNEX_OF, Event
from media.media_peer import CALL_TIMEOUT, MediaPeer, OnEvent
from media.nodes import NO_NODE, Node, Nodes
from media.registry import HEARTBEAT_SECONDS
from media.statuses import MediaStatus, NodeNumbers, NodeStatus, no_workers, sum_of
from media.ways_in import WaysIn
from media.whereabouts import Whereabouts

log = logging.getLogger(__name__)

STATUS_TIMEOUT = 4.0
REFRESH_SECONDS = HEARTBEAT_SECONDS
NODE_MISSED = "A media node went without a goodbye."

Callback = TypeVar("Callback", bound=Callable[..., None])

_LOSSES = UUID("6f0d3c0e-5d0b-4f4b-9a44-1f1f7f1f3c11")


@dataclass(frozen=True, slots=True)
class NodeLoss:
    """The link to a node was lost at `at` (seconds since the epoch), and with it what these peers had, as
    (meeting, participant). Every web process that lost the same node in the same way gives it the same `id`.
    """

    id: UUID
    node: str
    at: float
    reason: str
    peers: tuple[tuple[str, str], ...]


class MediaClient:
    """Calls to, and pushes from, the media nodes. Use `get_media_client`; bound to the event loop that made it.

    Links open on the first call and are kept. When one drops, the peers whose meetings are on that node are told
    `media-lost {reason, incidentId}` and pending calls fail with MEDIA_UNAVAILABLE. Where there are other nodes, the
    meetings are given to one of them at once; otherwise they wait for theirs. A participant for whom the node of the
    meeting has no room is let in on another one, as an annex. Once a meeting has a node again its
    peers are told `media-restored`; a participant then joins again with `resume`. While there is no node, calls wait
    for up to three seconds after it was lost and are refused at once after that.
    """

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._peers: dict[tuple[str, str], MediaPeer] = {}
        self._lost: list[Callable[[NodeLoss], None]] = []
        self._restored: list[Callable[[NodeLoss], None]] = []
        self._told: list[OnEvent] = []
        self._losses: dict[str, int] = {}
        self._last_loss: UUID | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._refreshing: asyncio.Task[None] | None = None
        self._nodes = Nodes(settings, self)
        self._where = Whereabouts(self._nodes)
        self._ways_in = WaysIn(self._nodes, self._where)

    def peer(self, meeting_id: str, participant_id: str, on_event: OnEvent) -> MediaPeer:
        """The participant's pushes go to `on_event` from now on, instead of whoever got them in this process before."""
        peer = MediaPeer(self, meeting_id, participant_id, on_event)
        self._peers[meeting_id, participant_id] = peer
        return peer

    def forget(self, peer: MediaPeer) -> None:
        """`MediaPeer.forget`: leaves a newer peer of the same participant alone."""
        key = (peer.meeting_id, peer.participant_id)
        if self._peers.get(key) is peer:
            del self._peers[key]
            # Whoever comes back is told by its meeting's home where it was.
            self._where.left_annex(*key)
            if not self._peers_of(peer.meeting_id):
                self._where.forget(peer.meeting_id)

    async def call(
        self,
        verb: str,
        meeting_id: str,
        participant_id: str,
        data: dict[str, Any],
        timeout: float = CALL_TIMEOUT,  # noqa: ASYNC109  # as in MediaPeer.call
    ) -> dict[str, Any]:
        """`MediaPeer.call` without a peer: for acting on a participant whose pushes somebody else gets.

        Without a meeting it asks the node of this process's socket, or any other one where there is none.
        """
        self._start()
        try:
            async with asyncio.timeout(timeout):
                if not meeting_id:
                    node = await self._any_node()
                    return cast(dict[str, Any], await node.call(verb, "", participant_id, data, timeout))
                return cast(dict[str, Any], await self._ways_in.call(verb, meeting_id, participant_id, data, timeout))
        except TimeoutError:
            raise MediaError(MEDIA_UNAVAILABLE, f"Media did not answer within {timeout:g} seconds.") from None

    async def status(self) -> MediaStatus:
        """How media are, asked of the workers of all nodes just now. Never raises: without a node it is a status of no
        workers.
        """
        told = await asyncio.gather(*map(self._status_of, await self._worth_asking()))
        missed = sum(record.expected_workers for record in self._nodes.missed)
        if not told or missed:
            told.append(no_workers(missed, NO_NODE if not told else NODE_MISSED))
        return told[0] if len(told) == 1 else sum_of(told)

    async def any_worker_answers(self) -> bool:
        """Whether a worker of any node does: known as soon as one has, however long the others take. Never raises."""
        asked = [asyncio.ensure_future(self._status_of(node)) for node in await self._worth_asking()]
        try:
            for answer in asyncio.as_completed(asked):
                if (await answer)["workers"]:
                    return True
            return False
        finally:
            for question in asked:
                question.cancel()

    async def rtp_capabilities(self) -> dict[str, Any]:
        """The capabilities of every router of the nodes, for `Device.load()`.

        Raises `MediaError` when no worker is up.
        """
        reply = await self.call("rtp-capabilities", "", "", {}, STATUS_TIMEOUT)
        capabilities: dict[str, Any] = reply["rtpCapabilities"]
        return capabilities

    async def close_meeting(self, meeting_id: str) -> None:
        """End a meeting's media at once, for everybody in it. No pushes are sent. Harmless when it has none."""
        await self.call("close-meeting", meeting_id, "", {})
        self._where.forget(meeting_id)
        if self._nodes.many:
            try:
                await in_media_database(registry.forget_meeting, meeting_id)
            except DatabaseAway as away:
                # Its node forgets it when it has had no room for a while.
                log.debug("Where meeting %s was cannot be forgotten: %s", meeting_id, away)

    # For operators

    @property
    def nodes(self) -> list[str]:
        """The names of the nodes to which there is a link, in order."""
        return sorted(node.name for node in self._nodes if node.is_up)

    async def call_node(
        self, name: str, verb: str, data: dict[str, Any] | None = None, meeting_id: str = ""
    ) -> dict[str, Any]:
        """Ask a certain node, for operators. Raises `MediaError`."""
        self._start()
        node = self._nodes.find(name)
        if node is None:
            raise MediaError(MEDIA_UNAVAILABLE, f"There is no media node of the name {name}.")
        return cast(dict[str, Any], await node.call(verb, meeting_id, "", data or {}, CALL_TIMEOUT))

    async def ask_nodes(
        self,
        verb: str,
        data: dict[str, Any],
        timeout: float = STATUS_TIMEOUT,  # noqa: ASYNC109  # as in MediaPeer.call
    ) -> tuple[list[dict[str, Any]], list[tuple[str, str]]]:
        """Ask every node, for operators: the answers of those that answer, and the others, each by name with why.

        Never raises: without a node it is one that has no name.
        """
        nodes = await self._worth_asking()
        told: list[dict[str, Any]] = []
        silent = [(record.name, NODE_MISSED) for record in self._nodes.missed]

        async def ask(node: Node) -> None:
            try:
                told.append(await node.call(verb, "", "", data, timeout))
            except MediaError as error:
                silent.append((node.name, error.details))

        await asyncio.gather(*map(ask, nodes))
        if not told and not silent:
            silent.append(("", NO_NODE))
        return sorted(told, key=lambda answer: str(answer.get("node"))), sorted(silent)

    async def workers(self, node: str = "") -> NodeStatus:
        """A node's workers, as measured and counted just now; without a name, of the node of this process's socket, or
        of any other where there is none. Raises `MediaError`.
        """
        return cast(NodeStatus, await self._of_node(node, "workers", {}))

    async def numbers(self) -> list[NodeNumbers]:
        """Every node that can be reached, in numbers. Never raises: what cannot be reached is left out."""
        told = await asyncio.gather(*map(self._numbers_of, await self._worth_asking()))
        return [numbers for numbers in told if numbers is not None]

    def link_latencies(self) -> dict[str, float]:
        """By node that there is a link to: the seconds that the last ping took, 0 before the first."""
        return {node.name: node.latency for node in self._nodes if node.latency is not None}

    def missing_nodes(self) -> list[str]:
        """The names of the nodes that went without a goodbye."""
        return [record.name for record in self._nodes.missed]

    async def drain(self, worker: int | None = None, node: str = "") -> None:
        """Have a worker given nothing new and its rooms moved to others; or, without one, the node take no new
        meetings. Returns when it has begun. Raises `MediaError`.
        """
        await self._of_node(node, "drain", _about(worker))

    async def restart_worker(self, worker: int | None = None, node: str = "") -> None:
        """Have a worker replaced, or all of them one after another; no meeting is lost. Returns when it has begun.

        Raises `MediaError`.
        """
        await self._of_node(node, "restart-worker", _about(worker))

    async def move_room(self, meeting_id: str, worker: int | None = None) -> None:
        """Have a meeting moved to a worker, or to the least loaded other one. Raises `MediaError`."""
        await self.call("move-room", meeting_id, "", _about(worker))

    async def place_meeting(self, meeting_id: str, node: str) -> None:
        """Have a meeting that no node has yet be at home on this one. Raises `MediaError`."""
        if self._nodes.many:
            try:
                await in_media_database(registry.place, meeting_id, node, None)
            except DatabaseAway as away:
                raise MediaError(MEDIA_UNAVAILABLE, f"The meeting cannot be placed: {away}.") from None

    async def stop(self, node: str = "") -> None:
        """Have the node drained and ended. Raises `MediaError`, also when the node runs inside a web process."""
        await self._of_node(node, "stop", {})

    def on_lost(self, callback: Callable[[NodeLoss], None]) -> Callable[[], None]:
        """Call back whenever a node is lost. Returns the way to undo this."""
        return _subscribe(self._lost, callback)

    def on_restored(self, callback: Callable[[NodeLoss], None]) -> Callable[[], None]:
        """Call back whenever all meetings of a node that was lost have a node again. Returns the way to undo this."""
        return _subscribe(self._restored, callback)

    def on_node_event(self, callback: OnEvent) -> Callable[[], None]:
        """Call back with what a node tells of itself, to no participant. Returns the way to undo this."""
        return _subscribe(self._told, callback)

    async def close(self) -> None:
        """Hang up. An embedded node stays, for it belongs to the process. Idempotent."""
        tasks = [*self._tasks, *([self._refreshing] if self._refreshing else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, self._where.close(), return_exceptions=True)
        await self._nodes.close()

    # NodeEvents

    def node_event(self, node: Node, event: Event) -> None:
        """A push: for those whom it names, as long as they are on this node."""
        if not event.participants:
            _call_each(self._told, event.name, event.data)
        for participant in event.participants:
            peer = self._peers.get((event.meeting, participant))
            if peer is not None and self._where.of(event.meeting, participant) is node:
                peer.deliver(event.name, event.data)

    def node_up(self, node: Node) -> None:
        """There is a link: whoever waits for a node looks again."""
        self._nodes.tell()

    def node_down(self, node: Node, reason: str) -> None:
        """Tell the peers on it, and see to it that their meetings get a node."""
        self._where.be_patient()
        self._losses[node.run] = self._losses.get(node.run, 0) + 1
        loss_id = uuid5(_LOSSES, f"{node.run or node.name} {self._losses[node.run]}")
        hit = tuple(key for key in self._peers if self._where.of(*key) is node)
        uprooted = {meeting for meeting, _ in self._peers if self._where.known(meeting) is node}
        loss = NodeLoss(loss_id, node.name, time.time(), reason, hit)
        self._last_loss = loss_id
        for key in hit:
            self._peers[key].deliver("media-lost", {"reason": reason, "incidentId": str(loss_id)})
        _call_each(self._lost, loss)
        self._own(self._make_good(node, loss, uprooted), f"meetings of {node.name}")

    async def _make_good(self, node: Node, loss: NodeLoss, uprooted: set[str]) -> None:
        """Wait for the node, or for another one, meeting by meeting. The `uprooted` ones were at home there."""
        await node.settled(CALL_TIMEOUT)
        if self._nodes.many:
            meetings = uprooted.union(meeting for meeting, _ in loss.peers)
            await asyncio.gather(*(self._give_a_node(one, node, loss, one in uprooted) for one in meetings))
        else:
            while not node.is_up:
                await self._nodes.news(REFRESH_SECONDS)
            # A loss that another one followed is made good together with that one.
            if loss.id == self._last_loss:
                for peer in list(self._peers.values()):
                    peer.deliver("media-restored", {})
        _call_each(self._restored, loss)

    async def _give_a_node(self, meeting: str, lost: Node, loss: NodeLoss, uprooted: bool) -> None:
        if lost.lost:
            self._where.no_annex(meeting, lost)
        while peers := self._peers_of(meeting):
            try:
                home = await self._where.decide(meeting)
            except MediaError as error:
                log.debug("Meeting %s waits for a media node: %s", meeting, error)
                await self._nodes.news(REFRESH_SECONDS)
            else:
                await self._settle_annexes(meeting, home)
                for peer in peers:
                    key = (meeting, peer.participant_id)
                    if key in loss.peers or (uprooted and self._where.annex_of(*key) is None):
                        peer.deliver("media-restored", {})
                return

    async def _settle_annexes(self, meeting: str, home: Node) -> None:
        """Tell the annexes where the meeting is at home now. One of them may be it."""

        async def settle(annex: Node) -> None:
            data = {} if annex is home else {ANNEX_OF: str(home.address)}
            try:
                await annex.call("settle", meeting, "", data, STATUS_TIMEOUT)
            except MediaError as error:
                log.debug("The annex of meeting %s on %s is not settled: %s", meeting, annex.name, error)

        await asyncio.gather(*map(settle, self._where.annexes(meeting)))
        self._where.no_annex(meeting, home)

    async def _of_node(self, name: str, verb: str, data: dict[str, Any]) -> dict[str, Any]:
        return await (self.call_node(name, verb, data) if name else self.call(verb, "", "", data, STATUS_TIMEOUT))

    async def _any_node(self) -> Node:
        try:
            await self._nodes.known()
        except DatabaseAway as away:
            log.debug("The list of media nodes cannot be read: %s", away)
        return self._nodes.any()

    async def _worth_asking(self) -> list[Node]:
        """The nodes that are there, as far as is known."""
        self._start()
        try:
            await self._nodes.known()
        except DatabaseAway as away:
            log.debug("The list of media nodes cannot be read: %s", away)
        return [node for node in self._nodes if node.record is None or node.record.is_fresh or node.is_up]

    async def _numbers_of(self, node: Node) -> NodeNumbers | None:
        try:
            return cast(NodeNumbers, await node.call("numbers", "", "", {}, STATUS_TIMEOUT))
        except MediaError as error:
            log.debug("The media node %s gives no numbers: %s", node.name, error)
            return None

    async def _status_of(self, node: Node) -> MediaStatus:
        try:
            return cast(MediaStatus, await node.call("status", "", "", {}, STATUS_TIMEOUT))
        except MediaError as error:
            expected = node.record.expected_workers if node.record else self._settings.node.workers
            return no_workers(expected, error.details)

    def _peers_of(self, meeting: str) -> list[MediaPeer]:
        return [peer for (where, _), peer in self._peers.items() if where == meeting]

    def _start(self) -> None:
        self._nodes.start()
        if self._nodes.many and self._refreshing is None:
            self._refreshing = asyncio.create_task(self._keep_fresh(), name="media-nodes")

    async def _keep_fresh(self) -> None:
        """Read every two seconds which nodes there are, and whether somebody else moved a meeting of ours."""
        said = ""
        while True:
            try:
                await self._nodes.refresh()
                await self._follow()
                said = ""
            except DatabaseAway as away:
                if str(away) != said:
                    said = str(away)
                    log.warning("The list of media nodes cannot be read, and stays as it was: %s", away)
            except Exception:
                log.exception("The list of media nodes could not be read")
            await asyncio.sleep(REFRESH_SECONDS)

    async def _follow(self) -> None:
        believed = {meeting: self._where.known(meeting) for meeting in self._where if self._peers_of(meeting)}
        if not believed:
            return
        names = await in_media_database(registry.nodes_of, believed)
        for meeting, here in believed.items():
            name = names.get(meeting)
            # What was decided while we read is newer than what we read.
            if here is None or name == here.name or self._where.known(meeting) is not here:
                continue
            if name is None:
                await in_media_database(registry.place, meeting, here.name, None)
            elif (there := self._nodes.find(name)) is not None and not there.lost:
                self._own(self._move(meeting, here, there), f"{meeting} moves to {name}")

    async def _move(self, meeting: str, here: Node, there: Node) -> None:
        """Another web process, which cannot reach its node any more, has given the meeting to another one."""
        self._where.moved(meeting, there)
        peers = [peer for peer in self._peers_of(meeting) if not self._where.annex_of(meeting, peer.participant_id)]
        log.warning("Meeting %s was moved from media node %s to %s", meeting, here.name, there.name)
        for peer in peers:
            peer.deliver("media-lost", {"reason": "The meeting was moved to another media node."})
            peer.deliver("media-restored", {})
        await self._settle_annexes(meeting, there)
        leaving = (here.call("leave-meeting", meeting, peer.participant_id, {}, STATUS_TIMEOUT) for peer in peers)
        await asyncio.gather(*leaving, return_exceptions=True)

    def _own(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def onlooking_client() -> MediaClient:
    """A client of one's own, for a command beside the processes of the site: it never runs a node itself, however much
    one is missing. To be closed.
    """
    return MediaClient(dataclasses.replace(media_settings(), embedded=False))


_clients: dict[asyncio.AbstractEventLoop, MediaClient] = {}


def get_media_client() -> MediaClient:
    """The client of the running event loop; made on first use. Call it from a coroutine."""
    loop = asyncio.get_running_loop()
    client = _clients.get(loop)
    if client is None:
        # Loops come and go (one for each async_to_sync outside a server), and each entry keeps its loop alive.
        for other in [known for known in _clients if known.is_closed()]:
            del _clients[other]
        from media.incident_log import incident_log  # noqa: PLC0415
        from media.incident_watch import watch_node  # noqa: PLC0415  # models, which are there once apps are loaded

        client = _clients[loop] = MediaClient(media_settings())
        watch_node(client, incident_log())
    return client


async def close_media_client() -> None:
    """Close the running loop's client, if there is one; the next `get_media_client` reads the settings afresh."""
    client = _clients.pop(asyncio.get_running_loop(), None)
    if client is not None:
        await client.close()


def _about(worker: int | None) -> dict[str, Any]:
    return {} if worker is None else {"worker": worker}


def _subscribe(callbacks: list[Callback], callback: Callback) -> Callable[[], None]:
    callbacks.append(callback)

    def undo() -> None:
        if callback in callbacks:
            callbacks.remove(callback)

    return undo


def _call_each(callbacks: Sequence[Callable[..., None]], *args: Any) -> None:
    for callback in list(callbacks):
        try:
            callback(*args)
        except Exception:
            log.exception("A callback on the state of the media link failed")
