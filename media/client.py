"""The one door to media for other apps: a link to the media node, shared by everything in a process and event loop."""

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, NotRequired, TypedDict, TypeVar, cast
from uuid import UUID, uuid5

from media import registry
from media.conf import MediaSettings, media_settings
from media.database import DatabaseAway, in_media_database
from media.errors import MEDIA_OVERLOADED, MEDIA_UNAVAILABLE, NOT_IN_MEETING, NOT_INITIALIZED, MediaError
from media.link.dialer import NotSent
from media.link.frames import ANNEX_OF, ANNEXED, Event
from media.nodes import NO_NODE, Node, Nodes
from media.registry import HEARTBEAT_SECONDS
from media.whereabouts import Whereabouts

log = logging.getLogger(__name__)

# A join with many producers is the longest call there is; a worker that is being started takes up to five seconds.
CALL_TIMEOUT = 10.0
STATUS_TIMEOUT = 4.0
REFRESH_SECONDS = HEARTBEAT_SECONDS
BEGINNINGS = ("join-meeting", "create-transport")
"""The verbs that make a room and a peer where there are none."""
HARMLESS = ("leave-meeting", "detach", "close-meeting")
"""The verbs that have nothing to do where there is no room."""
NODE_MISSED = "A media node went without a goodbye."

OnEvent = Callable[[str, dict[str, Any]], None]
"""Called in the loop with a push's event name and its data, in the order in which the node sent them.

Must not block.
"""


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


class MediaStatus(TypedDict):
    """`workers` answered a request just now; `expectedWorkers` is how many there should be. Rooms and participants are
    counted from routers that are alive. `message` is there when something is wrong, `details` then says what caused
    it.
    """

    workers: int
    expectedWorkers: int
    activeRooms: int
    totalParticipants: int
    message: NotRequired[str]
    details: NotRequired[str]


class WorkerStatus(TypedDict):
    """`state` is starting, up, failed, draining or closed. `cpu` is the measured share of one core, `load` the larger
    of it and the share of the consumers that the worker may carry, 0 to 1. `pid` and `port` are None while it has none.
    `trouble` says for an operator why it is not up.
    """

    index: int
    pid: int | None
    state: str
    cpu: float
    memoryBytes: int
    routers: int
    transports: int
    producers: int
    consumers: int
    load: float
    port: int | None
    uptimeSeconds: float
    restarts: int
    trouble: str


class NodeStatus(TypedDict):
    """`state` is up or draining. A worker that leaves after a restart stands among the `workers` beside its successor,
    which has the same index.
    """

    node: str
    pid: int
    state: str
    workers: list[WorkerStatus]


class WorkerNumbers(WorkerStatus):
    """`transportsByState` is `{webrtc: {state: count}, other: count}`; `bitsPerSecond` is `{received, sent}`, None
    before they were measured; `pipeSeconds` is the last time from a request to the worker to its answer.
    """

    transportsByState: dict[str, Any]
    pathsByProtocol: dict[str, int]
    producersByKind: dict[str, int]
    consumersByKind: dict[str, int]
    bitsPerSecond: dict[str, int] | None
    pipeSeconds: float | None


class NodeNumbers(TypedDict):
    """A `NodeStatus` for monitoring. `loopLag` is `{bounds, counts, sum}` of the times by which the node's event loop
    was late, in seconds, counted from its start.
    """

    node: str
    pid: int
    state: str
    workers: list[WorkerNumbers]
    rooms: int
    participants: int
    loopLag: dict[str, Any]


class MediaPeer:
    """A participant, as media sees them. Made by `MediaClient.peer`."""

    def __init__(self, client: "MediaClient", meeting_id: str, participant_id: str, on_event: OnEvent) -> None:
        self.meeting_id = meeting_id
        self.participant_id = participant_id
        self._client = client
        self._on_event = on_event
        self._holds = 0
        self._held: list[tuple[str, dict[str, Any]]] = []

    async def call(
        self,
        verb: str,
        data: dict[str, Any] | None = None,
        timeout: float = CALL_TIMEOUT,  # noqa: ASYNC109  # the refusal is a MediaError, not a TimeoutError
    ) -> dict[str, Any]:
        """Ask the node for `verb` (a request event of the signalling contract, or `detach`) with its signalling
        payload.

        Returns the reply's data as the signalling contract describes it. Raises `MediaError` with one of the
        contract's codes and nothing else: MEDIA_UNAVAILABLE when there is no node or worker, or when `timeout`
        seconds pass. Calls of one participant take effect in the order in which they were made. Pushes begin with
        `join-meeting`, and go to the process that joined last.
        """
        return await self._client.call(verb, self.meeting_id, self.participant_id, data or {}, timeout)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Keep pushes back while the block runs and deliver them, in order, when it ends.

        For sending a reply on before the pushes that came after it::

            with peer.held():
                await socket.send(await peer.call("join-meeting", data))
        """
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            while self._held and not self._holds:
                self._tell(*self._held.pop(0))

    def forget(self) -> None:
        """Stop getting pushes. Tells the node nothing: `detach` and `leave-meeting` do. Idempotent."""
        self._held.clear()
        self._client.forget(self)

    def deliver(self, event: str, data: dict[str, Any]) -> None:
        """Hand a push to the callback, now or when the hold ends. For the client."""
        if self._holds:
            self._held.append((event, data))
        else:
            self._tell(event, data)

    def _tell(self, event: str, data: dict[str, Any]) -> None:
        try:
            self._on_event(event, data)
        except Exception:
            log.exception("The callback of participant %s failed on %s", self.participant_id, event)


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
                return cast(dict[str, Any], await self._call(verb, meeting_id, participant_id, data, timeout))
        except TimeoutError:
            raise MediaError(MEDIA_UNAVAILABLE, f"Media did not answer within {timeout:g} seconds.") from None

    async def status(self) -> MediaStatus:
        """How media are, asked of the workers of all nodes just now. Never raises: without a node it is a status of no
        workers.
        """
        told = await asyncio.gather(*map(self._status_of, await self._worth_asking()))
        missed = sum(record.expected_workers for record in self._nodes.missed)
        if not told or missed:
            told.append(_no_workers(missed, NO_NODE if not told else NODE_MISSED))
        return told[0] if len(told) == 1 else _sum(told)

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

    # Where things are

    async def _call(self, verb: str, meeting: str, participant: str, data: dict[str, Any], patience: float) -> Any:
        if not meeting:
            return await (await self._any_node()).call(verb, meeting, participant, data, patience)
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

    async def _begin_at_home(self, home: Node, beginning: "_Beginning") -> Any:
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

    async def _begin_at_any_annex(self, home: Node, beginning: "_Beginning") -> Any:
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

    async def _begin_at(self, annex: Node, home: Node, beginning: "_Beginning") -> Any:
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
            return _no_workers(expected, error.details)

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


def _nothing_there(verb: str) -> dict[str, Any]:
    if verb in HARMLESS:
        return {}
    raise MediaError(NOT_IN_MEETING, "You have no media in this meeting; join it first.")


def _no_workers(expected: int, details: str) -> MediaStatus:
    return MediaStatus(
        workers=0,
        expectedWorkers=expected,
        activeRooms=0,
        totalParticipants=0,
        message=NOT_INITIALIZED,
        details=details,
    )


def _sum(statuses: Sequence[MediaStatus]) -> MediaStatus:
    total = MediaStatus(
        workers=sum(one["workers"] for one in statuses),
        expectedWorkers=sum(one["expectedWorkers"] for one in statuses),
        activeRooms=sum(one["activeRooms"] for one in statuses),
        totalParticipants=sum(one["totalParticipants"] for one in statuses),
    )
    if details := next((one["details"] for one in statuses if "details" in one), ""):
        some = f"{total['workers']} of {total['expectedWorkers']} MediaSoup workers answer"
        total["message"] = some if total["workers"] else NOT_INITIALIZED
        total["details"] = details
    return total
