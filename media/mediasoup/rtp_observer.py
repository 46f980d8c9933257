"""What both kinds of RTP observer can do."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal

from media.mediasoup.errors import NotFoundError
from media.mediasoup.worker_object import AppData, Body, WorkerObject

if TYPE_CHECKING:
    from media.mediasoup.producer import Producer
    from media.mediasoup.router import Router

RtpObserverType = Literal["activespeaker", "audiolevel"]


class RtpObserver(WorkerObject):
    """Listens to the audio of the producers that were added to it.

    Event: `routerclose`. Observer: `close`, `pause`, `resume`, `addproducer`, `removeproducer` (each with the
    Producer).
    """

    type: ClassVar[RtpObserverType]

    paused: bool = False

    def __init__(self, router: Router, rtp_observer_id: str, app_data: AppData | None) -> None:
        super().__init__(router._pipe, rtp_observer_id, app_data)
        self._router = router

    def _accept(self, reply: Body | None) -> None:
        self._begin()

    def _tell_close(self) -> None:
        self._router._tell("ROUTER_CLOSE_RTPOBSERVER", "Router_CloseRtpObserverRequest", {"rtpObserverId": self.id})

    def _leave_parent(self) -> None:
        self._router._rtp_observers.pop(self.id, None)

    async def pause(self) -> None:
        """Observe nothing until `resume`. Observer: `pause` if it was not paused."""
        await self._request("RTPOBSERVER_PAUSE")
        was_paused, self.paused = self.paused, True
        if not was_paused and not self.closed:
            self.observe("pause")

    async def resume(self) -> None:
        """Observe again. Observer: `resume` if it was paused."""
        await self._request("RTPOBSERVER_RESUME")
        was_paused, self.paused = self.paused, False
        if was_paused and not self.closed:
            self.observe("resume")

    async def add_producer(self, *, producer_id: str) -> None:
        """Listen to this audio producer of the router too. Raises NotFoundError when there is none, RequestRejected for
        video."""
        producer = self._producer(producer_id)
        body = {"producerId": producer_id}
        await self._request("RTPOBSERVER_ADD_PRODUCER", "RtpObserver_AddProducerRequest", body)
        self.observe("addproducer", producer)

    async def remove_producer(self, *, producer_id: str) -> None:
        """Listen to it no more. A producer that closes is removed by itself. Raises NotFoundError when there is
        none."""
        producer = self._producer(producer_id)
        body = {"producerId": producer_id}
        await self._request("RTPOBSERVER_REMOVE_PRODUCER", "RtpObserver_RemoveProducerRequest", body)
        self.observe("removeproducer", producer)

    def _producer(self, producer_id: str) -> Producer:
        self._check_open()
        producer = self._router._producers.get(producer_id)
        if producer is None:
            raise NotFoundError(f'Producer with id "{producer_id}" not found')
        return producer
