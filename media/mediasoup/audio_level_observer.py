"""Tells how loud producers are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypedDict

from media.mediasoup.rtp_observer import RtpObserver, RtpObserverType

if TYPE_CHECKING:
    from media.mediasoup.producer import Producer


class AudioLevelObserverVolume(TypedDict):
    """`volume` is the average level of the last interval in dBvo, -127 to 0."""

    producer: Producer
    volume: int


class AudioLevelObserver(RtpObserver):
    """Made by `Router.create_audio_level_observer`.

    Events and observer, besides those of all RTP observers: `volumes` (list of AudioLevelObserverVolume, the loudest
    first), once an interval while somebody is louder than the threshold; `silence`, once nobody is any more.
    """

    type: ClassVar[RtpObserverType] = "audiolevel"

    def _handle(self, event: str, body: Any) -> None:
        match event:
            case "AUDIOLEVELOBSERVER_VOLUMES":
                producers = self._router._producers
                volumes: list[AudioLevelObserverVolume] = [
                    {"producer": producers[volume["producerId"]], "volume": volume["volume"]}
                    for volume in body["volumes"]
                    if volume["producerId"] in producers  # others were closed meanwhile
                ]
                if volumes:
                    self._emit_and_observe("volumes", volumes)
            case "AUDIOLEVELOBSERVER_SILENCE":
                self._emit_and_observe("silence")
            case _:
                super()._handle(event, body)
