"""The page before joining shows that microphone, camera and speaker work."""

from __future__ import annotations

import asyncio
import re

import pytest

from tests.browser.conftest import People
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]


async def before_joining(people: People, code: str) -> Window:
    ada = await people.open("Ada")
    await ada.page.goto(f"/m/{code}/")
    await ada.shows_own_picture()
    return ada


async def test_the_meter_moves_with_the_sound_and_rests_while_muted(people: People, code: str) -> None:
    ada = await before_joining(people, code)
    for _ in range(2):
        await eventually("the meter rises with a beep", lambda: lit(ada), every=0.03)
        await eventually("a bar is tall", lambda: tall(ada), every=0.03)
        await eventually("it falls between beeps", lambda: unlit(ada), every=0.03)
    await ada.press("turn microphone off")
    await eventually("it rests", lambda: rests(ada), within=15)
    await ada.press("turn microphone on")
    await eventually("it rises again", lambda: lit(ada), every=0.03)


async def test_the_pickers_offer_the_devices_and_show_those_in_use(people: People, code: str) -> None:
    ada = await before_joining(people, code)
    for device in ("microphone", "camera"):
        picker = ada.page.locator(f"#prejoin [data-picker={device}]")
        await eventually(f"the {device} can be chosen", picker.is_enabled)
        labels = await picker.locator("option").all_inner_texts()
        assert len(labels) > 1
        assert all("fake" in label.lower() for label in labels), labels
    in_use = await ada.page.evaluate(
        "document.querySelector('#preview-video').srcObject.getVideoTracks()[0].getSettings().deviceId"
    )
    assert in_use
    assert await ada.page.locator("#prejoin [data-picker=camera]").input_value() == in_use


async def test_the_test_sound_is_played_and_can_be_played_again(people: People, code: str) -> None:
    ada = await before_joining(people, code)
    button = ada.page.get_by_role("button", name=re.compile("play a test sound", re.I)).filter(visible=True).first
    assert await ada.page.evaluate("window.__probe.loudestOwnSound") == 0
    await button.click()
    await ada.until("window.__probe.loudestOwnSound > 0.1")
    await eventually("the button can be pressed again", button.is_enabled)
    assert await ada.page.locator("#toasts").inner_text() == ""


async def lit(window: Window) -> bool:
    return await window.page.locator("#preview-meter .lit").count() > 0


async def tall(window: Window) -> bool:
    return await tallest_bar(window) > 0.3


async def unlit(window: Window) -> bool:
    return not await lit(window)


async def tallest_bar(window: Window) -> float:
    levels = "bars => Math.max(...bars.map(bar => Number(bar.style.getPropertyValue('--level'))))"
    return float(await window.page.locator("#preview-meter span").evaluate_all(levels))


async def rests(window: Window) -> bool:
    """Longer than the gap between two beeps of the fake microphone."""
    ends = asyncio.get_running_loop().time() + 2.5
    while asyncio.get_running_loop().time() < ends:
        if await lit(window):
            return False
        await window.page.wait_for_timeout(30)
    return True
