"""The chat, as people use it."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import People
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

LINK = "https://example.org/a?b=1"
SCRIPT = "<img src=x onerror=\"document.title='taken'\"> <script>document.title='taken'</script>"


def chat_button(window: Window) -> Locator:
    return window.page.locator("#bar-chat")


def messages(window: Window) -> Locator:
    return window.page.locator("#chat-messages .message")


async def write(window: Window, words: str) -> None:
    """Into the field that has the focus."""
    await window.page.keyboard.type(words)
    await window.page.keyboard.press("Enter")


async def test_two_write_to_each_other_by_keys_alone(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    await ada.page.keyboard.press("c")
    await expect(ada.page.locator("#chat-field")).to_be_focused()
    await expect(ada.page.locator("#chat-empty")).to_be_visible()
    await ada.page.keyboard.type("Look here:")
    await ada.page.keyboard.press("Shift+Enter")
    await write(ada, f"{LINK}. {SCRIPT}")
    await expect(ada.page.locator("#chat-empty")).to_be_hidden()
    await expect(ada.page.locator("#chat-field")).to_have_value("")

    await expect(chat_button(bob)).to_have_accessible_name("Chat, 1 unread")
    await expect(bob.page.locator("#toasts")).to_contain_text("Ada: Look here:")
    await bob.page.keyboard.press("c")
    await expect(chat_button(bob)).to_have_accessible_name("Chat")
    words = messages(bob).locator(".message-words")
    await expect(words).to_have_text(f"Look here:\n{LINK}. {SCRIPT}")
    assert await words.evaluate("element => [...element.children].map(one => one.tagName)") == ["A"]
    link = words.locator("a")
    for name, value in (("href", LINK), ("target", "_blank"), ("rel", "noopener noreferrer nofollow")):
        await expect(link).to_have_attribute(name, value)
    assert "taken" not in await bob.page.title()

    await bob.page.keyboard.type("I do")
    await expect(ada.page.locator("#chat-typing")).to_have_text("Bob is writing…")
    await bob.page.keyboard.press("Enter")
    await expect(messages(ada).last).to_contain_text("I do")
    await expect(ada.page.locator("#chat-typing")).to_have_text("")
    await expect(chat_button(ada)).to_have_accessible_name("Chat")
    await ada.page.keyboard.press("Escape")
    await expect(ada.page.locator("#chat-panel")).to_be_hidden()
    await expect(chat_button(ada)).to_be_focused()


async def test_to_one_alone_changed_deleted_and_read_by_who_comes_late(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    eve = await people.join("Eve", code)
    for window in (ada, bob, eve):
        await chat_button(window).click()
    await ada.page.locator("#chat-to").select_option(label="Bob")
    await ada.page.locator("#chat-field").focus()
    await write(ada, "Just between us")
    await expect(messages(bob).last).to_contain_text("to you alone")
    await expect(messages(ada).last).to_contain_text("to Bob alone")
    await ada.page.locator("#chat-to").select_option(label="Everybody")
    await ada.page.locator("#chat-field").focus()
    await write(ada, "Helo")
    await write(ada, "Oops")
    await expect(messages(eve)).to_have_count(2)
    assert "between us" not in await eve.page.locator("body").inner_text()

    await messages(ada).nth(1).hover()
    await ada.button("Edit your message “Helo”").click()
    await ada.page.keyboard.press("ControlOrMeta+a")
    await write(ada, "Hello")
    await expect(messages(eve).first).to_contain_text("Hello")
    await expect(messages(eve).first).to_contain_text("edited")
    await messages(ada).last.hover()
    await ada.button("Delete your message “Oops”").click()
    await ada.page.locator("#confirm-yes").click()
    await expect(messages(eve).last).to_contain_text("This message was deleted.")
    assert await messages(eve).first.locator("[data-act]").filter(visible=True).count() == 0

    await ada.press("Leave the meeting")
    kim = await people.join("Kim", code)
    await expect(chat_button(kim)).to_have_accessible_name("Chat")
    await chat_button(kim).click()
    await expect(messages(kim)).to_have_count(2)
    await expect(messages(kim).first).to_contain_text("Ada")
    await expect(messages(kim).first).to_contain_text("Hello")
    await expect(messages(bob)).to_have_count(3)
