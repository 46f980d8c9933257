"""Faults on the participant's own desk: microphones and cameras."""

from __future__ import annotations

import time

import pytest

from tests.browser.conftest import People
from tests.faults.diagnosis import Diagnosis, over
from tests.live.browser import Chromium

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

# Another program has the device: a browser says so by this error, and a fake device is never busy.
BUSY = """(() => {
  const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    if (wanted.%s) throw new DOMException("Could not start source", "NotReadableError");
    return native(wanted);
  };
})();"""

# What a system does with a key of the keyboard or a switch at the lid; pages hear of it by these events only.
SYSTEM_MUTES = """(on) => {
  for (const track of window.__tracks.filter((one) => one.kind === "audio" && one.readyState === "live")) {
    Object.defineProperty(track, "muted", { configurable: true, get: () => on });
    track.dispatchEvent(new Event(on ? "mute" : "unmute"));
  }
}"""
# A question of the browser's that nobody answers; one without a screen never asks.
UNANSWERED = "navigator.mediaDevices.getUserMedia = () => new Promise(() => {});"
KEEP_TRACKS = """(() => {
  window.__tracks = [];
  const native = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async (wanted) => {
    const stream = await native(wanted);
    window.__tracks.push(...stream.getTracks());
    return stream;
  };
})();"""


async def test_microphone_denied(people: People, code: str, diagnosis: Diagnosis) -> None:
    ada = await people.open("Ada", permissions=("camera",))
    began = time.monotonic()
    await ada.join(code)
    await diagnosis.all_say(ada, "MICROPHONE_DENIED", since=began)


async def test_camera_denied(people: People, code: str, diagnosis: Diagnosis) -> None:
    ada = await people.open("Ada", permissions=("microphone",))
    began = time.monotonic()
    await ada.join(code)
    await diagnosis.all_say(ada, "CAMERA_DENIED", since=began)


@pytest.mark.parametrize(("kind", "verdict"), [("audio", "MICROPHONE_BUSY"), ("video", "CAMERA_BUSY")])
async def test_device_in_use_by_another_program(
    people: People, code: str, diagnosis: Diagnosis, kind: str, verdict: str
) -> None:
    ada = await people.open("Ada")
    await ada.context.add_init_script(BUSY % kind)
    began = time.monotonic()
    await ada.join(code)
    await diagnosis.all_say(ada, verdict, since=began)


async def test_no_device(code: str, diagnosis: Diagnosis) -> None:
    async with Chromium(devices=False) as bare:
        ada = await bare.window("Ada", diagnosis.server.base_url)
        began = time.monotonic()
        await ada.join(code)
        await diagnosis.all_say(ada, "NO_MICROPHONE", since=began)
        # Of one attempt the operator is told the first.
        await diagnosis.page_says(ada, "NO_CAMERA", since=began)
        await diagnosis.admin_says("NO_CAMERA", name="Ada")
        await bare.close_windows()


async def test_question_for_the_devices_that_nobody_answers(people: People, code: str, diagnosis: Diagnosis) -> None:
    """No step ends in silence. To wait is no failure that an operator would look for."""
    ada = await people.open("Ada")
    await ada.context.add_init_script(UNANSWERED)
    began = time.monotonic()
    await ada.join(code)
    verdict = await diagnosis.page_says(ada, "STILL_WAITING", since=began)
    assert "your browser to hand over" in verdict["sentence"]
    await diagnosis.admin_says("STILL_WAITING", name="Ada")


async def test_microphone_muted_by_the_system(people: People, code: str, diagnosis: Diagnosis) -> None:
    """The host sees it on the tile, and it is over when the system unmutes."""
    host = await people.join("Hedy", code)
    ada = await people.open("Ada")
    await ada.context.add_init_script(KEEP_TRACKS)
    await ada.join(code)
    await host.hears(ada.participant_id)
    began = time.monotonic()
    await ada.page.evaluate(SYSTEM_MUTES, True)
    await diagnosis.all_say(ada, "MICROPHONE_MUTED_BY_SYSTEM", since=began)
    await ada.page.keyboard.press("Escape")
    await ada.page.evaluate(SYSTEM_MUTES, False)
    await over(ada, "MICROPHONE_MUTED_BY_SYSTEM")


async def test_only_camera_unplugged(people: People, code: str, diagnosis: Diagnosis) -> None:
    """Where there is another one, the page goes over to it."""
    ada = await people.open("Ada")
    await ada.context.add_init_script(KEEP_TRACKS)
    await ada.join(code)
    await ada.until("window.kcsMeet.phase === 'joined'")
    began = time.monotonic()
    unplug = """() => {
      navigator.mediaDevices.getUserMedia = async () => { throw new DOMException("Gone", "NotFoundError"); };
      for (const track of window.__tracks.filter((one) => one.kind === "video" && one.readyState === "live")) {
        track.stop();
        track.dispatchEvent(new Event("ended"));
      }
    }"""
    await ada.page.evaluate(unplug)
    await diagnosis.all_say(ada, "TRACK_ENDED", since=began)
