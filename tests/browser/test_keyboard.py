"""A meeting without a mouse: every step with keys, and the focus always to be seen."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.browser.conftest import People
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

# More stops than the page before joining has.
MOST_TABS = 25
FOCUS = """() => {
  const element = document.activeElement;
  const { outlineStyle, outlineWidth } = getComputedStyle(element);
  const box = element.getBoundingClientRect();
  return {
    id: element.id,
    outlined: element.matches(":focus-visible") && outlineStyle !== "none" && parseFloat(outlineWidth) >= 2,
    shown: box.width > 1 && box.height > 1 && box.bottom > 0 && box.top < innerHeight,
  };
}"""


class Keys:
    """The keyboard of one window."""

    def __init__(self, window: Window) -> None:
        self.page = window.page

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.page.keyboard.press(key)

    async def focus(self) -> dict[str, Any]:
        focus: dict[str, Any] = await self.page.evaluate(FOCUS)
        return focus

    async def seen_on(self, element_id: str) -> None:
        """The focus is there, and it is shown."""
        assert await self.focus() == {"id": element_id, "outlined": True, "shown": True}

    async def tab_to(self, element_id: str) -> None:
        """Tab until the focus is there; it is to be seen at each stop on the way."""
        for _ in range(MOST_TABS):
            await self.press("Tab")
            focus = await self.focus()
            assert focus["outlined"], focus
            assert focus["shown"], focus
            if focus["id"] == element_id:
                return
        raise AssertionError(f"{MOST_TABS} times Tab do not lead to {element_id}")


async def joined_by_keys(people: People, code: str) -> tuple[Window, Keys]:
    """Ada opens the link, tabs to the field for her name, types it, and presses Enter."""
    ada = await people.open("Ada")
    await ada.page.goto(f"/m/{code}/")
    keys = Keys(ada)
    await keys.tab_to("display-name")
    await ada.page.keyboard.type("Ada")
    await keys.press("Enter")
    await eventually("Ada is in the meeting", lambda: ada.times_joined == 1, within=20)
    return ada, keys


async def test_joining_by_tab_and_enter_and_turning_both_devices_off_and_on(people: People, code: str) -> None:
    bob = await people.join("Bob", code)
    ada, keys = await joined_by_keys(people, code)
    await bob.sees(ada.participant_id)
    assert "Ada" in await bob.tile_text(ada.participant_id)

    await keys.press("Control+d")
    await bob.is_told("producer-paused", participantId=ada.participant_id)
    await keys.press("Control+d")
    await bob.is_told("producer-resumed", participantId=ada.participant_id)
    await bob.hears(ada.participant_id)
    await keys.press("Control+e")
    await bob.stops_seeing(ada.participant_id)
    await keys.press("Control+e")
    await bob.sees(ada.participant_id)


async def test_the_join_button_is_reached_and_pressed_by_keys(people: People, code: str) -> None:
    ada = await people.open("Ada")
    await ada.page.goto(f"/m/{code}/")
    keys = Keys(ada)
    await keys.tab_to("display-name")
    await ada.page.keyboard.type("Ada")
    await keys.tab_to("join-button")
    await keys.press("Space")
    await eventually("Ada is in the meeting", lambda: ada.times_joined == 1, within=20)


async def test_arrow_keys_move_along_the_bar_and_wrap_around(people: People, code: str) -> None:
    _, keys = await joined_by_keys(people, code)
    await keys.tab_to("bar-microphone")
    for button in (
        "bar-camera",
        "bar-screen",
        "bar-hand",
        "bar-react",
        "bar-chat",
        "bar-polls",
        "bar-people",
        "bar-more",
        "bar-leave",
        "bar-microphone",
    ):
        await keys.press("ArrowRight")
        await keys.seen_on(button)
    await keys.press("ArrowLeft")
    await keys.seen_on("bar-leave")
    await keys.press("Home")
    await keys.seen_on("bar-microphone")
    await keys.press("End")
    await keys.seen_on("bar-leave")
    # The bar is one stop for Tab, which comes back to where one was.
    await keys.press("ArrowLeft", "Shift+Tab", "Tab")
    await keys.seen_on("bar-more")


async def test_escape_closes_the_panel_wherever_the_focus_is(people: People, code: str) -> None:
    ada, keys = await joined_by_keys(people, code)
    panel = ada.page.locator("#people-panel")
    await keys.tab_to("bar-microphone")
    while (await keys.focus())["id"] != "bar-people":
        await keys.press("ArrowRight")
    await keys.press("Enter")
    await panel.wait_for(state="visible")
    await keys.seen_on("bar-people")
    await keys.press("Escape")
    await panel.wait_for(state="hidden")
    await keys.seen_on("bar-people")

    await keys.press("p")
    await panel.wait_for(state="visible")
    await ada.page.locator("#people-close").focus()
    await keys.press("Escape")
    await panel.wait_for(state="hidden")
    await keys.seen_on("bar-people")


async def test_menu_and_dialogs_open_and_close_by_keys_one_after_the_other(people: People, code: str) -> None:
    ada, keys = await joined_by_keys(people, code)
    menu, panel = ada.page.locator("#more-menu"), ada.page.locator("#people-panel")
    settings, shortcuts = ada.page.locator("#settings-dialog"), ada.page.locator("#shortcuts-dialog")
    await keys.press("p")
    await panel.wait_for(state="visible")

    await keys.tab_to("bar-microphone")
    await keys.press("End", "ArrowLeft", "Enter")
    await menu.wait_for(state="visible")
    await keys.press("Escape")
    await menu.wait_for(state="hidden")
    await keys.seen_on("bar-more")
    await keys.press("Enter", "ArrowDown", "ArrowDown")
    await keys.seen_on("menu-settings")
    await keys.press("Enter")
    await settings.wait_for(state="visible")
    await keys.press("Escape")
    await settings.wait_for(state="hidden")

    await keys.press("?")
    await shortcuts.wait_for(state="visible")
    # A shortcut works in the meeting only, not behind a dialog.
    await keys.press("p")
    await keys.press("Escape")
    await shortcuts.wait_for(state="hidden")
    assert await panel.is_visible(), "Escape closes what is on top, and nothing below it"
    await keys.press("Escape")
    await panel.wait_for(state="hidden")


async def test_leaving_by_keys(people: People, code: str) -> None:
    bob = await people.join("Bob", code)
    ada, keys = await joined_by_keys(people, code)
    await bob.is_told("participant-joined")
    left = ada.participant_id
    await keys.tab_to("bar-microphone")
    await keys.press("End", "Enter")
    await asyncio.gather(bob.is_told("participant-left", participantId=left, reason="left"), bob.loses_tile(left))
