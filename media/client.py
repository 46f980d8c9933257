"""The one door to media for other apps: a link to the media node, shared by everything in a process and event loop."""

import asyncio
import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NotRequired, TypedDict, TypeVar, cast
from uuid import UUID, uuid5

from media import embedded
from media.conf import MediaSettings, media_settings
from media.errors import NOT_INITIALIZED, MediaError
from media.link.dialer import LinkDialer
from media.link.frames import Event, Hello

log = logging.getLogger(__name__)

# A join with many producers is the longest call there is; a worker that is being started takes up to five seconds.
CALL_TIMEOUT = 10.0
STATUS_TIMEOUT = 4.0

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
    """Calls to, and pushes from, the media node. Use `get_media_client`; bound to the event loop that made it.

    The link opens on the first call and is kept: when it drops, every peer is told `media-lost {reason, incidentId}`,
    and `last_loss` says what was lost; pending
    calls fail with MEDIA_UNAVAILABLE, and once it is back every peer is told `media-restored`; a participant then
    joins again with `resume`. While there is no link, calls wait for up to three seconds after it was lost and are
    refused at once after that.
    """

    def __init__(self, settings: MediaSettings) -> None:
        self._settings = settings
        self._peers: dict[tuple[str, str], MediaPeer] = {}
        self._lost: list[Callable[[str], None]] = []
        self._told: list[OnEvent] = []
        self._node = ""
        self._losses = 0
        self.last_loss: NodeLoss | None = None
        self._restored: list[Callable[[], None]] = []
        self._linked_before = False
        self._link = LinkDialer(
            str(settings.socket),
            on_event=self._deliver,
            on_up=self._link_up,
            on_down=self._link_down,
            before_dial=self._offer_node if settings.embedded else None,
        )

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

    async def call(
        self,
        verb: str,
        meeting_id: str,
        participant_id: str,
        data: dict[str, Any],
        timeout: float = CALL_TIMEOUT,  # noqa: ASYNC109  # as in MediaPeer.call
    ) -> dict[str, Any]:
        """`MediaPeer.call` without a peer: for acting on a participant whose pushes somebody else gets."""
        return await self._link.call(verb, meeting_id, participant_id, data, timeout)

    async def status(self) -> MediaStatus:
        """How media is, asked of the workers just now. Never raises: without a node it is a status of no workers."""
        try:
            return cast(MediaStatus, await self.call("status", "", "", {}, STATUS_TIMEOUT))
        except MediaError as error:
            return MediaStatus(
                workers=0,
                expectedWorkers=self._settings.node.workers,
                activeRooms=0,
                totalParticipants=0,
                message=NOT_INITIALIZED,
                details=error.details,
            )

    async def rtp_capabilities(self) -> dict[str, Any]:
        """The capabilities of every router of the node, for `Device.load()`.

        Raises `MediaError` when no worker is up.
        """
        reply = await self.call("rtp-capabilities", "", "", {}, STATUS_TIMEOUT)
        capabilities: dict[str, Any] = reply["rtpCapabilities"]
        return capabilities

    async def close_meeting(self, meeting_id: str) -> None:
        """End a meeting's media at once, for everybody in it. No pushes are sent. Harmless when it has none."""
        await self.call("close-meeting", meeting_id, "", {})

    # For operators

    async def workers(self) -> NodeStatus:
        """The node's workers, as measured and counted just now. Raises `MediaError`."""
        return cast(NodeStatus, await self.call("workers", "", "", {}, STATUS_TIMEOUT))

    async def drain(self, worker: int | None = None) -> None:
        """Have a worker given nothing new and its rooms moved to others; or, without one, the node take no new
        meetings. Returns when it has begun. Raises `MediaError`.
        """
        await self.call("drain", "", "", _about(worker))

    async def restart_worker(self, worker: int | None = None) -> None:
        """Have a worker replaced, or all of them one after another; no meeting is lost. Returns when it has begun.

        Raises `MediaError`.
        """
        await self.call("restart-worker", "", "", _about(worker))

    async def move_room(self, meeting_id: str, worker: int | None = None) -> None:
        """Have a meeting moved to a worker, or to the least loaded other one. Raises `MediaError`."""
        await self.call("move-room", meeting_id, "", _about(worker))

    async def stop(self) -> None:
        """Have the node drained and ended. Raises `MediaError`, also when the node runs inside a web process."""
        await self.call("stop", "", "", {})

    def on_lost(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call back with a sentence whenever the link is lost. Returns the way to undo this."""
        return _subscribe(self._lost, callback)

    def on_restored(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Call back whenever the link is there again. Returns the way to undo this."""
        return _subscribe(self._restored, callback)

    def on_node_event(self, callback: OnEvent) -> Callable[[], None]:
        """Call back with what the node tells of itself, to no participant. Returns the way to undo this."""
        return _subscribe(self._told, callback)

    async def close(self) -> None:
        """Hang up. An embedded node stays, for it belongs to the process. Idempotent."""
        await self._link.close()

    async def _offer_node(self) -> None:
        embedded.start(self._settings)

    def _deliver(self, event: Event) -> None:
        if not event.participants:
            _call_each(self._told, event.name, event.data)
        for participant in event.participants:
            peer = self._peers.get((event.meeting, participant))
            if peer is not None:
                peer.deliver(event.name, event.data)

    def _link_up(self, hello: Hello) -> None:
        if hello.node != self._node:
            self._node, self._losses = hello.node, 0
        again, self._linked_before = self._linked_before, True
        if again:
            self._tell_everybody("media-restored", {})
            _call_each(self._restored)

    def _link_down(self, reason: str) -> None:
        self._losses += 1
        loss_id = uuid5(_LOSSES, f"{self._node} {self._losses}")
        self.last_loss = NodeLoss(loss_id, self._node, time.time(), reason, tuple(self._peers))
        self._tell_everybody("media-lost", {"reason": reason, "incidentId": str(loss_id)})
        _call_each(self._lost, reason)

    def _tell_everybody(self, event: str, data: dict[str, Any]) -> None:
        for peer in list(self._peers.values()):
            peer.deliver(event, data)


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
