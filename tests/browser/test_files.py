"""Files in the chat, as people share them."""

from __future__ import annotations

import asyncio
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.conftest import People
from tests.browser.test_chat import chat_button, messages
from tests.live.window import Window
from tests.meetings.test_file_kinds import PNG

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

DROP = """(panel, [name, content]) => {
  const dropped = new DataTransfer();
  dropped.items.add(new File([content], name));
  const about = { dataTransfer: dropped, bubbles: true, cancelable: true };
  for (const type of ["dragover", "drop"]) panel.dispatchEvent(new DragEvent(type, about));
}"""


def picture(width: int, height: int) -> bytes:
    """A picture that browsers show: of one colour."""

    def chunk(name: bytes, content: bytes) -> bytes:
        checked = name + content
        return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))

    lines = (b"\0" + b"\x20\x70\xc0" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return PNG[:8] + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(lines)) + chunk(b"IEND", b"")


async def share(window: Window, name: str, content: bytes) -> None:
    picked: Any = {"name": name, "mimeType": "application/octet-stream", "buffer": content}
    await window.page.locator("#chat-files").set_input_files([picked])
    await window.page.locator("#chat-send").click()


async def test_shared_saved_and_deleted(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    for window in (ada, bob):
        await chat_button(window).click()
    picked: Any = {"name": "<i>photo.exe", "mimeType": "text/html", "buffer": PNG}
    async with ada.page.expect_file_chooser() as chooser:
        await ada.page.locator("#chat-attach").click()
    await (await chooser.value).set_files([picked])
    await ada.page.locator("#chat-panel").evaluate(DROP, ["words.txt", "Words"])
    names = ada.page.locator("#chat-picked .chat-picked-name")
    await expect(names).to_have_text(["<i>photo.exe", "words.txt"])
    await ada.page.get_by_role("button", name="Do not send words.txt").click()
    await expect(names).to_have_count(1)
    await expect(ada.page.locator("#chat-field")).to_be_focused()
    await ada.page.keyboard.type("Look")
    await ada.page.keyboard.press("Enter")
    await expect(ada.page.locator("#chat-picked")).to_be_hidden()

    message = messages(bob).last
    await expect(message.locator(".message-words")).to_have_text("Look")
    await expect(message.locator(".message-file-name")).to_have_text("i photo.exe.png")
    async with bob.page.expect_download() as saving:
        await message.locator(".message-file").click()
    saved = await saving.value
    assert saved.suggested_filename == "i photo.exe.png"
    assert await asyncio.to_thread(Path(await saved.path()).read_bytes) == PNG

    await ada.page.locator("#chat-messages").get_by_role("button", name="Delete your message “Look”").click()
    await ada.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(message.locator(".message-words")).to_have_text("This message was deleted.")
    await expect(message.locator(".message-file")).to_be_hidden()


async def test_what_is_refused_says_why_and_can_be_cancelled(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    await chat_button(ada).click()
    await ada.page.locator("#chat-panel").evaluate(DROP, ["setup.exe", "MZ\x00\x01"])
    await ada.page.locator("#chat-send").click()
    trouble = messages(ada).locator(".message-trouble")
    await expect(trouble).to_contain_text("Not sent. Files of this kind are not taken here.")
    await trouble.get_by_role("button", name="Discard").click()
    await expect(messages(ada)).to_have_count(0)
    (told,) = ada.problems
    assert "415" in told, "browsers say on the console what is refused"
    ada.problems.clear()

    await ada.page.route("**/files/", lambda route: None)
    await ada.page.locator("#chat-panel").evaluate(DROP, ["words.txt", "Words"])
    await ada.page.locator("#chat-send").click()
    await expect(messages(ada).get_by_role("progressbar")).to_have_accessible_name("Sending words.txt")
    await messages(ada).get_by_role("button", name="Cancel").click()
    await expect(messages(ada)).to_have_count(0)
    await expect(ada.page.locator("#chat-empty")).to_be_visible()


async def test_pictures_are_shown_small(people: People, code: str) -> None:
    # Whom no session tells apart is refused first, and gets it with a ticket.
    people.expect_problem("status of 40[14]")
    ada = await people.join("Ada", code)
    bob = await people.join("Bob", code)
    for window in (ada, bob):
        await chat_button(window).click()
    await bob.page.context.clear_cookies()
    await share(ada, "large.png", picture(1600, 900))
    for window in (ada, bob):
        shown = messages(window).last.get_by_role("img", name="large.png")
        await expect(shown).to_have_js_property("naturalWidth", 1600)
        await expect(shown).to_have_attribute("loading", "lazy")
        box, row = await shown.bounding_box(), await messages(window).last.bounding_box()
        assert box is not None
        assert row is not None
        assert box["width"] <= row["width"]
        assert box["height"] < 150
    assert "ticket=" in (await shown.get_attribute("src") or "")

    # What is no picture but by its beginning, and what is none at all, is a file like others.
    for name, content in (("broken.png", PNG), ("words.txt", b"Words")):
        await share(ada, name, content)
        await expect(messages(bob).last.locator(".message-file-name")).to_have_text(name)
        await expect(messages(bob).last.locator(".message-picture")).to_be_hidden()

    await ada.page.get_by_role("button", name="Delete your message “large.png”").click()
    await ada.page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(bob.page.get_by_role("img", name="large.png")).to_have_count(0)
