"""Tells who speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, TypedDict

from media.mediasoup.rtp_observer import RtpObserver, RtpObserverType

if TYPE_CHECKING:
    from media.mediasoup.producer import Producer


class ActiveSpeakerObserverDominantSpeaker(TypedDict):
    producer: Producer


class ActiveSpeakerObserver(RtpObserver):
    """Made by `Router.create_active_speaker_observer`.

    Event and observer, besides those of all RTP observers: `dominantspeaker` ({"producer": Producer}), when the
    dominant speaker changes.
    """

    type: ClassVar[RtpObserverType] = "activespeaker"

    def _handle(self, event: str, body: Any) -> None:
        if event != "ACTIVESPEAKEROBSERVER_DOMINANT_SPEAKER":
            super()._handle(event, body)
            return
        producer = self._router._producers.get(body["producerId"])
        if producer is not None:  # else it was closed meanwhile
            speaker: ActiveSpeakerObserverDominantSpeaker = {"producer": producer}
            self._emit_and_observe("dominantspeaker", speaker)
