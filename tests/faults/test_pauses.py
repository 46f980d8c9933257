"""Nothing comes because somebody has paused it: an administrator, its sender, or the page that should show it."""

from __future__ import annotations

import asyncio
import time

import pytest

from tests.browser.conftest import People
from tests.faults.diagnosis import Diagnosis, open_connection_panel, over, squeezed, told
from tests.faults.node_verbs import at_node, consumer_of, producer_of
from tests.faults.wires import WiredServer
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

# A page that has missed that somebody paused something, as no page of ours does while its socket is whole.
DEAF_FOR_PAUSES = """(() => {
  window.WebSocket = class extends window.WebSocket {
    set onmessage(take) {
      super.onmessage = take && ((message) => /"(producer|consumer)-paused"/.test(message.data) || take(message));
    }
  };
})();"""
# Lets the test speak for the page, which then does not know what was said.
KEEP_SOCKET = """(() => {
  const native = WebSocket.prototype.send;
  WebSocket.prototype.send = function (data) { window.__socket = this; return native.call(this, data); };
})();"""
ASK_TO_PAUSE = """(consumerId) => window.__socket.send(
  JSON.stringify({ id: 900001, event: "pause-consumer", data: { consumerId } }),
)"""
OTHERS = (
    "[...document.querySelectorAll('#connection-lines li')].find((one) => /The others/.test(one.innerText)).innerText"
)


async def reads_of_the_others(window: Window, sentence: str) -> None:
    """Wait until the line of the panel about the others says so."""

    async def stands() -> bool:
        return sentence in squeezed(await window.page.evaluate(OTHERS))

    await open_connection_panel(window)
    await eventually(f"{window.name} reads {sentence!r}", stands, within=5)


async def test_administrator_pauses_a_camera_for_everybody(
    people: People, code: str, server: WiredServer, diagnosis: Diagnosis
) -> None:
    """Its owner and the receivers are told, the latter on the tile too, until the owner turns it on again."""
    ada, bob = await people.join("Ada", code), await people.join("Bob", code)
    await bob.sees(ada.participant_id)
    await at_node(server, "steer", {"act": "pause", "kind": "producer", "id": producer_of(ada, "camera")})
    began = time.monotonic()
    mine = await diagnosis.all_say(ada, "PAUSED_BY_ADMINISTRATOR", since=began)
    assert mine["sentence"] == "You cannot be seen: an administrator has paused your camera."
    assert (mine["about"], mine["source"]) == (None, "camera")
    theirs = await diagnosis.page_says(bob, "PAUSED_BY_ADMINISTRATOR", since=began, within=20)
    assert theirs["sentence"] == "The picture of Ada does not come: an administrator has paused it."
    await diagnosis.admin_says("PAUSED_BY_ADMINISTRATOR", "The producer of camera", name="Bob")
    await reads_of_the_others(bob, theirs["sentence"])
    assert theirs["sentence"] in await bob.tile_text(ada.participant_id)
    await ada.page.keyboard.press("Escape")
    await ada.press("turn camera on")
    await asyncio.gather(*(over(window, "PAUSED_BY_ADMINISTRATOR") for window in (ada, bob)))
    await bob.page.keyboard.press("Escape")
    await bob.sees(ada.participant_id)


async def test_administrator_pauses_a_picture_for_one(
    people: People, code: str, server: WiredServer, diagnosis: Diagnosis
) -> None:
    ada, bob = await people.join("Ada", code), await people.join("Bob", code)
    await bob.sees(ada.participant_id)
    paused = consumer_of(bob, ada.participant_id, "camera")
    await at_node(server, "steer", {"act": "pause", "kind": "consumer", "id": paused})
    began = time.monotonic()
    verdict = await diagnosis.all_say(bob, "PAUSED_BY_ADMINISTRATOR", since=began, admin="The consumer of camera")
    assert (verdict["about"], verdict["source"]) == (ada.participant_id, "camera")
    assert "PAUSED_BY_ADMINISTRATOR" not in told(ada)
    await at_node(server, "steer", {"act": "resume", "kind": "consumer", "id": paused})
    await over(bob, "PAUSED_BY_ADMINISTRATOR")


async def test_sender_pauses_what_a_page_goes_on_waiting_for(people: People, code: str, diagnosis: Diagnosis) -> None:
    bob, ada = await people.join("Bob", code), await people.open("Ada")
    await ada.context.add_init_script(DEAF_FOR_PAUSES)
    await ada.join(code)
    await ada.sees(bob.participant_id)
    await bob.press("turn camera off")
    began = time.monotonic()
    verdict = await diagnosis.all_say(ada, "PAUSED_BY_SENDER", since=began)
    assert verdict["sentence"] == "The picture of Bob does not come: they have paused it."
    assert (verdict["about"], verdict["source"]) == (bob.participant_id, "camera")


async def test_page_pauses_what_it_goes_on_waiting_for(people: People, code: str, diagnosis: Diagnosis) -> None:
    bob, ada = await people.join("Bob", code), await people.open("Ada")
    await ada.context.add_init_script(KEEP_SOCKET)
    await ada.join(code)
    await ada.sees(bob.participant_id)
    await ada.page.evaluate(ASK_TO_PAUSE, consumer_of(ada, bob.participant_id, "camera"))
    began = time.monotonic()
    verdict = await diagnosis.all_say(ada, "PAUSED_BY_RECEIVER", since=began)
    assert verdict["sentence"] == "The picture of Bob does not come: this page has paused it."
    assert (verdict["about"], verdict["source"]) == (bob.participant_id, "camera")


async def test_who_turns_a_microphone_off_is_named_and_nobody_is_told_of_a_fault(people: People, code: str) -> None:
    bob, ada = await people.join("Bob", code), await people.join("Ada", code)
    await ada.sees(bob.participant_id)
    await bob.press("turn microphone off")
    await reads_of_the_others(ada, "Bob has turned off the microphone.")
    assert not told(ada)
    assert not told(bob)
