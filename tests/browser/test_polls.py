"""Polls and questions, as a class uses them."""

from __future__ import annotations

import pytest
from playwright.async_api import Locator, expect

from tests.browser.conftest import People
from tests.browser.test_hosting import starts_meeting
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.asyncio(loop_scope="session")]

SCRIPT = "<img src=x onerror=\"document.title='taken'\">"


def polls_button(window: Window) -> Locator:
    return window.page.locator("#bar-polls")


def results(window: Window) -> Locator:
    return window.page.locator("#polls-list .poll-option-result")


async def test_a_class_votes(people: People) -> None:
    """The teacher makes a draft and opens it by keys, two pupils vote, and everybody sees the result, now and later."""
    teacher, code = await starts_meeting(people, "Teacher")
    ben, eve = await people.join("Ben", code), await people.join("Eve", code)
    page = teacher.page
    await polls_button(teacher).press("Enter")
    await expect(page.locator("#polls-tab")).to_be_focused()
    await expect(page.locator("#polls-empty")).to_be_visible()
    await page.get_by_role("button", name="New poll").press("Enter")
    await expect(page.get_by_label("Question", exact=True)).to_be_focused()
    await page.keyboard.type(f"Which is a fruit? {SCRIPT}")
    await page.get_by_role("button", name="Open now").click()
    await expect(page.get_by_role("alert").filter(has_text="at least two answers")).to_be_visible()
    await expect(page.get_by_label("Answers, one a line")).to_be_focused()
    await page.keyboard.type("Carrot\nTomato\nPotato")
    await page.get_by_role("button", name="Keep as draft").click()
    await expect(page.locator("#poll-form")).to_be_hidden()
    await expect(page.locator("#poll-new")).to_be_focused()
    await expect(polls_button(ben)).to_have_accessible_name("Polls and questions")
    await page.get_by_role("button", name="Open the poll").press("Enter")

    await expect(polls_button(ben)).to_have_accessible_name("Polls and questions, 1 to vote in")
    for pupil, answer in ((ben, "Carrot"), (eve, "Tomato")):
        await expect(pupil.page.locator("#toasts")).to_contain_text("New poll: “Which is a fruit?")
        await pupil.page.locator("#toasts").get_by_role("button", name="Vote").click()
        await expect(pupil.page.get_by_role("radio").first).to_be_focused()
        await expect(pupil.page.get_by_role("button", name="New poll")).to_be_hidden()
        await pupil.page.get_by_role("radio", name=answer).check()
        await pupil.page.get_by_role("button", name="Vote", exact=True).press("Enter")
        await expect(pupil.page.locator("#toasts")).to_contain_text("Your vote counts.")
        assert "taken" not in await pupil.page.title()
    for window in (teacher, ben, eve):
        await expect(results(window)).to_have_text(["1 (50%)", "1 (50%)", "0 (0%)"])
    await ben.page.get_by_role("radio", name="Tomato").check()
    await ben.page.get_by_role("button", name="Change vote").click()
    for window in (teacher, ben, eve):
        await expect(results(window)).to_have_text(["0 (0%)", "2 (100%)", "0 (0%)"])
    await expect(polls_button(ben)).to_have_accessible_name("Polls and questions")

    await page.get_by_role("button", name="Close the poll").click()
    await expect(eve.page.locator("#toasts")).to_contain_text("The poll is closed")
    await expect(eve.page.get_by_role("radio").first).to_be_disabled()
    await ben.page.reload()
    await ben.press_join()
    await polls_button(ben).click()
    await expect(results(ben)).to_have_text(["0 (0%)", "2 (100%)", "0 (0%)"])
    await expect(ben.page.get_by_role("radio", name="Tomato")).to_be_checked()
    await expect(ben.page.locator(".poll-voters")).to_have_text("2 people voted, you too")


async def test_questions_on_a_phone(people: People) -> None:
    """What is asked by one and wanted by another; the host answers and dismisses on a narrow screen."""
    teacher, code = await starts_meeting(people, "Teacher")
    ben, eve = await people.join("Ben", code), await people.join("Eve", code)
    await teacher.page.set_viewport_size({"width": 360, "height": 740})
    await teacher.page.locator("#bar-more").click()
    await teacher.page.get_by_role("menuitem", name="Polls and questions").click()
    await expect(teacher.page.locator("#polls-tab")).to_be_focused()
    await teacher.page.keyboard.press("ArrowRight")
    await expect(teacher.page.locator("#questions-empty")).to_be_visible()
    for pupil in (ben, eve):
        await polls_button(pupil).click()
        await pupil.page.get_by_role("tab", name="Questions").click()
    for words in ("When is the test?", f"What is {SCRIPT} in it?"):
        await ben.page.get_by_label("Your question").fill(words)
        await ben.page.keyboard.press("Enter")
        await expect(ben.page.get_by_label("Your question")).to_have_value("")
    words_seen = teacher.page.locator("#questions-list .question-words")
    await expect(words_seen).to_have_text(["When is the test?", f"What is {SCRIPT} in it?"])
    assert "taken" not in await teacher.page.title()

    vote = eve.page.locator("#questions-list .question-vote").nth(1)
    await vote.press("Enter")
    first = eve.page.locator("#questions-list .question-vote").first
    await expect(first).to_have_attribute("aria-pressed", "true")
    await expect(first).to_be_focused()
    await expect(words_seen.first).to_have_text(f"What is {SCRIPT} in it?")
    overflow = "document.documentElement.scrollWidth > innerWidth"
    assert await teacher.page.evaluate(overflow) is False
    await teacher.page.get_by_role("button", name="Mark as answered: “What is").click()
    await expect(ben.page.locator("#questions-list .question").last).to_contain_text("Answered")
    await teacher.page.get_by_role("button", name="Dismiss the question “When").click()
    await teacher.page.get_by_role("button", name="Dismiss", exact=True).click()
    await expect(ben.page.locator("#questions-list .question")).to_have_count(1)
    await teacher.page.keyboard.press("Escape")
    await expect(teacher.page.locator("#polls-panel")).to_be_hidden()
    await expect(teacher.page.locator("#bar-more")).to_be_focused()
