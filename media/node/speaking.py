"""Who speaks in a room, and how loudly: mediasoup's two observers, as pushes."""

import asyncio
from collections.abc import Callable
from typing import Any

from media.mediasoup.active_speaker_observer import ActiveSpeakerObserver
from media.mediasoup.audio_level_observer import AudioLevelObserver
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router

Json = dict[str, Any]

LOUDEST = 10
# Below this (dBov) it is background noise. The observer averages decibels over its interval, so that silence around a
# short word weighs much: a quarter of a second at -15 comes to about -75.
THRESHOLD = -80
LEVELS_EVERY_MS = 800
SPEAKER_EVERY_MS = 300


class Speaking:
    """Listens to microphones and tells `tell(event, data)`:

    `active-speaker {participantId}` when another person dominates, and
    `audio-levels {levels: [{participantId, volume}]}` while somebody is to be heard, the loudest first, volume in dBov
    from -127 to 0; once with no levels when it has become silent.
    """

    def __init__(
        self, speaker: ActiveSpeakerObserver, levels: AudioLevelObserver, tell: Callable[[str, Json], None]
    ) -> None:
        self._speaker, self._levels = speaker, levels
        self._tell = tell
        speaker.on("dominantspeaker", self._dominant)
        levels.on("volumes", self._volumes)
        levels.on("silence", self._silence)

    @classmethod
    async def listen(cls, router: Router, tell: Callable[[str, Json], None]) -> "Speaking":
        """Both observers of a new router."""
        speaker, levels = await asyncio.gather(
            router.create_active_speaker_observer(interval=SPEAKER_EVERY_MS),
            router.create_audio_level_observer(max_entries=LOUDEST, threshold=THRESHOLD, interval=LEVELS_EVERY_MS),
        )
        return cls(speaker, levels, tell)

    async def add(self, producer_id: str) -> None:
        """Listen to a microphone that is in the router. It is left out by itself when it closes."""
        await asyncio.gather(
            self._speaker.add_producer(producer_id=producer_id), self._levels.add_producer(producer_id=producer_id)
        )

    def close(self) -> None:
        """Listen no more. Idempotent."""
        self._speaker.close()
        self._levels.close()

    def _dominant(self, speaker: Any) -> None:
        self._tell("active-speaker", {"participantId": _whose(speaker["producer"])})

    def _volumes(self, volumes: list[Any]) -> None:
        levels = [{"participantId": _whose(entry["producer"]), "volume": entry["volume"]} for entry in volumes]
        self._tell("audio-levels", {"levels": levels})

    def _silence(self) -> None:
        self._tell("audio-levels", {"levels": []})


def _whose(producer: Producer) -> str:
    participant: str = producer.app_data["participantId"]
    return participant
