"""Faults of what flows: nothing sent, nothing that arrives, nothing to decode, packets lost on one way, a device that
cannot keep up, pauses.
"""

from __future__ import annotations

import time

import pytest

from tests.browser.conftest import People
from tests.faults.diagnosis import Diagnosis, hosting, open_connection_panel, over, report_of
from tests.faults.starving import starved
from tests.faults.wires import (
    WiredServer,
    ends_of_pictures_down,
    media_down,
    media_up,
    some_of,
    wire,
)
from tests.live.browser import Chromium
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]


async def test_nothing_of_what_is_sent_arrives(people: People, server: WiredServer, diagnosis: Diagnosis) -> None:
    """The host reads it on the tile, too, and she herself in the line of that device."""
    hedy = await people.open("Hedy")
    code = await hosting(hedy)
    ada = await people.open("Ada")
    async with wire(ada, server) as filtering:
        filtering.swallows = media_up
        began = time.monotonic()
        await ada.join(code)
        verdict = await diagnosis.all_say(ada, "NOTHING_SENT", since=began)
        assert verdict["source"] == "camera", "the last of the two"
        await ada.until(f"document.getElementById('connection-lines').innerText.includes({verdict['sentence']!r})")
        await hedy.is_told("participant-trouble", participantId=ada.participant_id)
        await hedy.until(f"/Ada/.test({_mark(ada.participant_id)})")
        filtering.swallows = None
        await over(ada, "NOTHING_SENT")


async def test_nothing_that_is_sent_to_me_arrives(
    people: People, code: str, server: WiredServer, diagnosis: Diagnosis
) -> None:
    bob = await people.join("Bob", code)
    ada = await people.open("Ada")
    async with wire(ada, server) as filtering:
        filtering.swallows = media_down
        began = time.monotonic()
        await ada.join(code)
        verdict = await diagnosis.all_say(ada, "NOTHING_ARRIVES", since=began)
        assert verdict["about"] == bob.participant_id
        filtering.swallows = None
        await ada.sees(bob.participant_id)
        await over(ada, "NOTHING_ARRIVES")


async def test_pictures_come_in_pieces_that_cannot_be_decoded(
    people: People, code: str, server: WiredServer, diagnosis: Diagnosis
) -> None:
    await people.join("Bob", code)
    ada = await people.open("Ada")
    async with wire(ada, server) as filtering:
        filtering.swallows = ends_of_pictures_down
        began = time.monotonic()
        await ada.join(code)
        await diagnosis.all_say(ada, "NO_FRAME_DECODED", since=began)


async def test_a_third_is_lost_on_the_way_up(
    people: People, code: str, server: WiredServer, diagnosis: Diagnosis
) -> None:
    """Named within ten seconds, and it is not the receiver's fault."""
    ada = await people.open("Ada")
    async with wire(ada, server) as lossy:
        await ada.join(code)
        bob = await people.join("Bob", code)
        await bob.sees(ada.participant_id)
        lossy.swallows = some_of(media_up, 0.33)
        began = time.monotonic()
        await diagnosis.all_say(ada, "UPLINK_LOSS", since=began, within=12)
        assert "DOWNLINK_LOSS" not in {
            verdict["code"] for push in bob.pushes("verdict") for verdict in push["verdicts"]
        }


async def test_a_third_is_lost_on_the_way_down(
    people: People, code: str, server: WiredServer, diagnosis: Diagnosis
) -> None:
    bob = await people.join("Bob", code)
    ada = await people.open("Ada")
    async with wire(ada, server) as lossy:
        await ada.join(code)
        await ada.sees(bob.participant_id)
        lossy.swallows = some_of(media_down, 0.33)
        began = time.monotonic()
        await diagnosis.all_say(ada, "DOWNLINK_LOSS", since=began, within=12)


async def test_device_that_cannot_keep_up(people: People, code: str, server: WiredServer, diagnosis: Diagnosis) -> None:
    """Her browser alone has hardly any CPU: in a browser of its own, so that nobody else's page is in its processes."""
    await people.join("Bob", code)
    async with Chromium() as busy:
        those_there = People(busy, server)
        ada = await those_there.join("Ada", code)
        await eventually("Ada sends the whole picture", lambda: _whole_picture_of(ada), within=25)
        await open_connection_panel(ada)
        with starved(await busy.renderers()):
            began = time.monotonic()
            await diagnosis.page_says(ada, "SENDER_CPU", since=began)
            await diagnosis.admin_says("SENDER_CPU", "of the camera's", report=report_of(ada))
        await diagnosis.doctor_says("SENDER_CPU")
        await over(ada, "SENDER_CPU")
        those_there.check()


async def _whole_picture_of(window: Window) -> bool:
    return any(stream["frameHeight"] >= 720 for stream in (await window.sends())["streams"])


def _mark(participant_id: str) -> str:
    """What stands on the tile of somebody in trouble."""
    tile = f'.tile--trouble[data-participant-id="{participant_id}"]'
    return f"document.querySelector('{tile}')?.innerText + document.querySelector('{tile} [aria-label]')?.ariaLabel"
