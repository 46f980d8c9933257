"""Who speaks, and how loud."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from media.mediasoup.errors import InvalidStateError, NotFoundError, RequestRejected
from media.mediasoup.producer import Producer
from media.mediasoup.router import Router
from media.mediasoup.rtp_observer import RtpObserver
from media.mediasoup.rtp_parameters import RtpParameters
from tests.mediasoup.recording import Recorder, next_event, until, within
from tests.mediasoup.rtp import OPUS_PARAMETERS, VP8_PARAMETERS, opus


class Microphone:
    """Sends opus with an audio level, every 20 ms, until it is stopped."""

    def __init__(self, producer: Producer, ssrc: int) -> None:
        self.level = 127
        self._producer = producer
        self._ssrc = ssrc
        self._task = asyncio.create_task(self._speak())

    async def _speak(self) -> None:
        for number in range(10_000):
            self._producer.send(opus(number, level=self.level, ssrc=self._ssrc))
            await asyncio.sleep(0.02)

    def stop(self) -> None:
        self._task.cancel()


@pytest.fixture
async def microphones(router: Router) -> AsyncIterator[list[Microphone]]:
    transport = await router.create_direct_transport()
    made = []
    for ssrc in (1001, 1002):
        parameters: RtpParameters = {**OPUS_PARAMETERS, "mid": str(ssrc), "encodings": [{"ssrc": ssrc}]}
        made.append(Microphone(await transport.produce(kind="audio", rtp_parameters=parameters), ssrc))
    yield made
    for microphone in made:
        microphone.stop()


async def test_audio_levels_and_silence(router: Router, microphones: list[Microphone]) -> None:
    observer = await router.create_audio_level_observer(max_entries=2, threshold=-70, interval=100)
    for microphone in microphones:
        await observer.add_producer(producer_id=microphone._producer.id)
    microphones[0].level, microphones[1].level = 40, 10
    heard: list[Any] = []
    observer.on("volumes", heard.append)

    def both_heard() -> bool:
        return bool(heard) and len(heard[-1]) == 2

    observed = next_event(observer.observer, "volumes")
    await until(both_heard)
    await within(observed)
    assert [(entry["producer"], entry["volume"]) for entry in heard[-1]] == [
        (microphones[1]._producer, -10),
        (microphones[0]._producer, -40),
    ]
    silent, observed_silent = next_event(observer, "silence"), next_event(observer.observer, "silence")
    for microphone in microphones:
        microphone.level = 127
    await within(silent)
    await within(observed_silent)


async def test_dominant_speaker(router: Router, microphones: list[Microphone]) -> None:
    observer = await router.create_active_speaker_observer(interval=100)
    for microphone in microphones:
        await observer.add_producer(producer_id=microphone._producer.id)
    recorder = Recorder()
    recorder.watch("event", observer, "dominantspeaker")
    recorder.watch("observer", observer.observer, "dominantspeaker")
    microphones[1].level = 5

    def dominant() -> Producer | None:
        arguments = recorder.arguments.get(("event", "dominantspeaker"))
        return arguments[0]["producer"] if arguments else None

    await until(lambda: dominant() is microphones[1]._producer, limit=10)
    assert recorder.arguments["observer", "dominantspeaker"] == recorder.arguments["event", "dominantspeaker"]


async def test_paused_observer_is_silent(router: Router, microphones: list[Microphone]) -> None:
    observer = await router.create_audio_level_observer(interval=100)
    await observer.add_producer(producer_id=microphones[0]._producer.id)
    microphones[0].level = 5
    await within(next_event(observer, "volumes"))
    recorder = Recorder()
    recorder.watch("observer", observer.observer, "pause", "resume")
    await observer.pause()
    await observer.pause()
    assert observer.paused
    heard = next_event(observer, "volumes")
    # Pausing tells silence once; a request and its reply later nothing else has come.
    with pytest.raises(TimeoutError):
        await within(heard, limit=0.3)
    await observer.resume()
    assert not observer.paused
    await within(next_event(observer, "volumes"))
    assert recorder.events == [("observer", "pause"), ("observer", "resume")]


async def test_producers_are_added_and_removed(router: Router) -> None:
    transport = await router.create_direct_transport()
    producer = await transport.produce(kind="audio", rtp_parameters=OPUS_PARAMETERS)
    video = await transport.produce(kind="video", rtp_parameters=VP8_PARAMETERS)
    observers: list[RtpObserver] = [
        await router.create_active_speaker_observer(),
        await router.create_audio_level_observer(),
    ]
    for observer in observers:
        recorder = Recorder()
        recorder.watch("observer", observer.observer, "addproducer", "removeproducer")
        await observer.add_producer(producer_id=producer.id)
        assert {"key": producer.id, "values": [observer.id]} in (await router.dump())["mapProducerIdObserverIds"]
        await observer.remove_producer(producer_id=producer.id)
        assert {"key": producer.id, "values": []} in (await router.dump())["mapProducerIdObserverIds"]
        assert recorder.arguments == {
            ("observer", "addproducer"): (producer,),
            ("observer", "removeproducer"): (producer,),
        }
        for method in (observer.add_producer, observer.remove_producer):
            with pytest.raises(NotFoundError):
                await method(producer_id="nobody")
        with pytest.raises(RequestRejected):
            await observer.add_producer(producer_id=video.id)
        observer.close()
        with pytest.raises(InvalidStateError):
            await observer.add_producer(producer_id=producer.id)
    assert [observer.type for observer in observers] == ["activespeaker", "audiolevel"]


@pytest.mark.parametrize(
    "options", [{"max_entries": 0}, {"threshold": 1}, {"threshold": -128}, {"interval": "fast"}, {"app_data": 1}]
)
async def test_options_that_make_no_sense_are_refused(router: Router, options: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        await router.create_audio_level_observer(**options)
    assert (await router.dump())["rtpObserverIds"] == []
