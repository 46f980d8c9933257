"""The media node: workers, rooms and the link, as one thing that runs."""

import asyncio
import functools
import logging
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, AsyncExitStack, nullcontext
from pathlib import Path
from uuid import uuid4

from media.errors import (
    BAD_REQUEST,
    INTERNAL_ERROR,
    MEDIA_UNAVAILABLE,
    RATE_LIMITED,
    UNKNOWN_EVENT,
    MediaError,
)
from media.link.frames import INCIDENT, VERSION, Event, Hello, Reply, Request
from media.link.security import LinkSecurity
from media.link.server import LinkServer, NodeLink, TcpListener
from media.log_fields import log_with, logged_with

from .capabilities import router_rtp_capabilities
from .config import NodeConfig
from .handlers import NODE_VERBS, PEER_VERBS, Call, Handler
from .incidents import Incidents
from .insight import Insight
from .lanes import Lanes
from .payload import Payload
from .peer import Peer
from .refusals import WORKER_GONE
from .report import NodeReport, report
from .rooms import Rooms
from .supervisor import Supervisor
from .upkeep import Upkeep

log = logging.getLogger(__name__)

# The web side lets a participant go after the grace period; the node does it this much later if the web side could not.
FALLBACK_SECONDS = 10.0


class MediaNode:
    """An async context manager: listens on `path` and `tcp` at once, starts its workers meanwhile, ends everything when
    left. `run` is another id each time.

    Whoever runs one must hold the lock that belongs to `path`. `stop` is called when somebody asks the node to end;
    without it, nobody can. `security` is for links to other nodes. Raises `CannotListen` or `LinkMisconfigured`.
    """

    def __init__(
        self,
        config: NodeConfig,
        path: Path,
        stop: Callable[[], None] | None = None,
        tcp: TcpListener | None = None,
        security: LinkSecurity | None = None,
    ) -> None:
        self.name = config.name or f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(3)}"
        self.run = uuid4()
        self._supervisor = Supervisor(
            config,
            on_up=lambda slot: self._rooms.worker_up(),
            on_lost=lambda slot: self._rooms.worker_lost(slot),
        )
        self._links: set[NodeLink] = set()
        self._rooms = Rooms(
            self._supervisor,
            Incidents(self.name, lambda data: self._tell_web(Event(INCIDENT, "", (), data))),
            config=config,
            name=self.name,
            security=security or LinkSecurity(),
            patience=config.grace_seconds + FALLBACK_SECONDS,
            abandoned=self._abandoned,
        )
        self._upkeep = Upkeep(self._supervisor, self._rooms, config.drain_seconds, stop)
        self._insight = Insight(self._supervisor)
        self._lanes = Lanes()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server = LinkServer(path, self, tcp)
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> "MediaNode":
        log_with(node=self.name)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(self._supervisor.close)
            stack.push_async_callback(self._rooms.close)
            stack.push_async_callback(self._insight.close)
            stack.push_async_callback(self._finish)
            stack.push_async_callback(self._upkeep.close)
            await stack.enter_async_context(self._server)
            self._supervisor.start()
            self._insight.start()
            self._stack = stack.pop_all()
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self._stack.aclose()

    @property
    def supervisor(self) -> Supervisor:
        """The workers."""
        return self._supervisor

    @property
    def rooms(self) -> Rooms:
        """The rooms."""
        return self._rooms

    @property
    def upkeep(self) -> Upkeep:
        """Draining and restarting."""
        return self._upkeep

    def report(self) -> NodeReport:
        """How the node is just now."""
        return report(self._supervisor, self._rooms)

    @property
    def watched(self) -> bool:
        """Whether somebody looks at its tree."""
        return self._insight.sampler.watched

    # LinkService

    def hello(self) -> Hello:
        """Who we are."""
        return Hello(VERSION, self.name, len(self._supervisor.up), router_rtp_capabilities(), str(self.run))

    def request(self, link: NodeLink, request: Request) -> None:
        """Have a request answered: in its participant's lane, or at once when it is for the node."""
        self._links.add(link)
        if handler := PEER_VERBS.get(request.verb):
            key = (request.meeting, request.participant)
            if not all(key):
                link.send(Reply(request.id, code=BAD_REQUEST, details="meeting and participant are missing."))
            elif not self._lanes.submit(key, functools.partial(self._answer_peer, link, request, handler)):
                link.send(Reply(request.id, code=RATE_LIMITED, details="Too many requests wait for their answer."))
        elif handler := NODE_VERBS.get(request.verb):
            task = asyncio.create_task(self._answer(link, request, handler), name=f"media-{request.verb}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        else:
            link.send(Reply(request.id, code=UNKNOWN_EVENT, details="The media node knows no such verb."))

    def link_closed(self, link: NodeLink) -> None:
        """A web process went."""
        self._links.discard(link)
        self._rooms.link_closed(link)

    # Answers

    async def _answer_peer(self, link: NodeLink, request: Request, handler: Handler) -> None:
        peer = self._rooms.find_peer(request.meeting, request.participant)
        with self._logged_for(request):
            with peer.pushes.held() if peer is not None else nullcontext():
                reply = await self._reply(link, request, handler, peer)
                link.send(reply)
            if request.verb == "create-transport" and reply.code is None:
                log.info("transport-created sent meeting=%s participant=%s", request.meeting, request.participant)

    async def _answer(self, link: NodeLink, request: Request, handler: Handler) -> None:
        with self._logged_for(request):
            link.send(await self._reply(link, request, handler))

    def _logged_for(self, request: Request) -> AbstractContextManager[None]:
        asked = {"meeting": request.meeting, "participant": request.participant}
        return logged_with(node=self.name, **asked, **request.trace)

    async def _reply(self, link: NodeLink, request: Request, handler: Handler, peer: Peer | None = None) -> Reply:
        call = Call(
            self.name,
            self._rooms,
            self._supervisor,
            self._upkeep,
            self._insight,
            link,
            request.meeting,
            request.participant,
            Payload(request.data),
        )
        try:
            return Reply(request.id, data=await handler(call))
        except MediaError as error:
            peer = call.entered or peer
            if peer is not None and peer.lost:
                # Whatever the worker's end made this request fail with, that end is the reason.
                return Reply(request.id, code=MEDIA_UNAVAILABLE, details=WORKER_GONE)
            log.debug("%s refused for %s: %s", request.verb, request.participant, error)
            return Reply(request.id, code=error.code, details=error.details)
        except Exception:
            log.exception("%s of participant %s failed", request.verb, request.participant)
            return Reply(request.id, code=INTERNAL_ERROR, details="The media node failed to do this; its log says why.")

    # What happens by itself

    def _tell_web(self, event: Event) -> None:
        """Tell every web process that has asked for something."""
        for link in self._links:
            link.send(event)

    def _abandoned(self, peer: Peer) -> None:
        async def leave() -> None:
            if not peer.closed and peer.pushes.link is None:
                log.info("Nobody speaks for participant %s of meeting %s any more", peer.participant, peer.room.meeting)
                self._rooms.leave(peer)

        if not self._lanes.submit((peer.room.meeting, peer.participant), leave):
            peer.pushes.wait_for_link()

    async def _finish(self) -> None:
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(self._lanes.close(), *tasks, return_exceptions=True)
