"""Faults of formats: a browser that cannot decode what is sent, cannot encode what is taken, or can do neither."""

from __future__ import annotations

import time

import pytest

from tests.browser.conftest import People
from tests.faults.diagnosis import Diagnosis
from tests.faults.test_site import reads

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

# No browser of today lacks these. Of what it offers when it is asked for its formats, they are left out.
WITHOUT_OUR_FORMATS = """(() => {
  const native = RTCPeerConnection.prototype.addTransceiver;
  RTCPeerConnection.prototype.addTransceiver = function (what, ...rest) {
    const made = native.call(this, what, ...rest);
    const { codecs } = RTCRtpReceiver.getCapabilities("video");
    if (what === "video") made.setCodecPreferences(codecs.filter(({ mimeType }) => !/vp8|h264/i.test(mimeType)));
    return made;
  };
})();"""
# What a policy or an extension does that turns WebRTC off.
WITHOUT_WEBRTC = "delete window.RTCPeerConnection;"


async def test_browser_that_cannot_decode_what_somebody_sends(people: People, code: str, diagnosis: Diagnosis) -> None:
    """It has no camera of its own, so that nothing else is wrong with formats."""
    bob = await people.join("Bob", code)
    ada = await people.open("Ada", permissions=("microphone",))
    await ada.context.add_init_script(WITHOUT_OUR_FORMATS)
    began = time.monotonic()
    await ada.join(code)
    verdict = await diagnosis.all_say(ada, "CODEC_MISMATCH", since=began, admin="CANNOT_CONSUME")
    assert verdict["sentence"] == "Your browser cannot show the picture of Bob: it does not know its format."
    assert (verdict["about"], verdict["source"]) == (bob.participant_id, "camera")
    await ada.hears(bob.participant_id)


async def test_browser_that_cannot_encode_what_the_server_takes(
    people: People, code: str, diagnosis: Diagnosis
) -> None:
    ada = await people.open("Ada")
    await ada.context.add_init_script(WITHOUT_OUR_FORMATS)
    began = time.monotonic()
    await ada.join(code)
    verdict = await diagnosis.all_say(ada, "CODEC_MISMATCH", since=began, admin="refused for its codec")
    assert verdict["sentence"] == "You cannot be seen: the server does not know the format that your browser sends."
    assert (verdict["about"], verdict["source"]) == (None, "camera")


async def test_browser_without_webrtc(people: People, code: str, diagnosis: Diagnosis) -> None:
    """It is told so instead of being let in."""
    ada = await people.open("Ada")
    await ada.context.add_init_script(WITHOUT_WEBRTC)
    await ada.page.goto(f"/m/{code}/")
    began = time.monotonic()
    await ada.type_name_and_press_join()
    await reads(ada, "This browser cannot take part.*Use a recent version of Chrome", since=began)
    report = await ada.page.evaluate("window.kcsMeet.report")
    await diagnosis.admin_says("CODEC_MISMATCH", "The browser could not load the router's codecs", report=report)
    await diagnosis.doctor_says("CODEC_MISMATCH")
