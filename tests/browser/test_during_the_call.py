"""What people do in the middle of a call."""

from __future__ import annotations

import asyncio
import re
from functools import partial

import pytest
from playwright.async_api import Locator

from tests.browser.conftest import People
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_another_microphone_and_camera_are_heard_and_seen_without_a_break(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await bob.sees(ada.participant_id)
    await bob.hears(ada.participant_id)
    producers, before = made(ada), await sending_devices(ada)
    assert set(before) == {"audio", "video"}
    assert all(before.values())

    await ada.press("^more$")
    await ada.page.get_by_role("menuitem", name=re.compile("camera", re.I)).click()
    dialog = ada.page.get_by_role("dialog")
    for device in ("Microphone", "Camera"):
        picker = dialog.get_by_label(device)
        choices = picker.locator("option")
        await eventually(f"there is another {device.lower()} to choose", partial(several, choices))
        await picker.select_option(index=await choices.count() - 1)

    async def both_are_others() -> bool:
        now = await sending_devices(ada)
        return set(now) == set(before) and all(now[kind] not in ("", before[kind]) for kind in before)

    await eventually(f"both tracks that are sent come from other devices than {before}", both_are_others)
    await bob.sees(ada.participant_id)
    await bob.hears(ada.participant_id)
    assert made(ada) == producers, "the track is replaced, nobody has to receive it anew"


async def test_reloading_the_page_leaves_no_ghost(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    before = bob.participant_id
    await ada.sees(before)

    await bob.page.reload()
    await ada.loses_tile(before)
    await bob.press_join()
    await ada.sees(bob.participant_id)
    await bob.sees(ada.participant_id)


async def test_a_closed_window_is_gone_at_once(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    left = bob.participant_id
    await ada.sees(left)
    await bob.page.close(run_before_unload=True)
    await ada.is_told("participant-left", within=5, participantId=left)
    await ada.loses_tile(left)


async def test_the_copied_link_leads_into_the_meeting(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    await ada.press("copy link")
    link = str(await eventually("the link is in the clipboard", lambda: clipboard(ada)))
    bob = await people.open("Bob")
    await bob.page.goto(link)
    await bob.press_join()
    await asyncio.gather(ada.sees(bob.participant_id), bob.sees(ada.participant_id))


async def several(choices: Locator) -> bool:
    return await choices.count() > 1


async def clipboard(window: Window) -> str:
    return str(await window.page.evaluate("navigator.clipboard.readText()"))


async def sending_devices(window: Window) -> dict[str, str]:
    """The device behind each track that goes out, by kind."""
    return {device["kind"]: device["deviceId"] for device in (await window.sends())["devices"]}


def made(window: Window) -> list[str]:
    """The producers that this window made."""
    return [frame["data"]["producerId"] for frame in window.received if frame.get("event") == "produced"]
