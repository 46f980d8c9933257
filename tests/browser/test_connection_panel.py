"""The connection panel, the marks on tiles, and what is said to somebody who has to wait."""

from __future__ import annotations

import json
import re
from itertools import product
from typing import Any

import pytest
from playwright.async_api import Route, WebSocketRoute

from tests.browser.conftest import People
from tests.browser.test_keyboard import Keys
from tests.browser.test_pages import SCHEMES, SCREENSHOTS, SIZES
from tests.live.waiting import eventually
from tests.live.window import Window

pytestmark = [pytest.mark.patient, pytest.mark.long, pytest.mark.asyncio(loop_scope="session")]

REPORT = re.compile(r"^[0-9A-F]{4}-[0-9A-F]{4}$")
# What the server writes into the page, but for one thing.
SITE_HAS_THE_BOT = """(() => {
  const parse = JSON.parse;
  JSON.parse = (...what) => {
    const value = parse(...what);
    if (value?.meetingId && value.joinUrl) value.canInviteBot = %s;
    return value;
  };
})();"""
UNHEARD = {
    "code": "NOTHING_SENT",
    "severity": "failing",
    "sentence": "You cannot be heard: nothing of your microphone has reached the server for 6 seconds.",
    "action": "Turn your microphone off and on again.",
    "about": None,
}


class Wire:
    """The socket of a window, with a hand on it: it can say things to the page that the server has not said, keeps
    from it what the server says of verdicts, and takes in invitations of the bot.
    """

    def __init__(self) -> None:
        self._socket: WebSocketRoute | None = None
        self.invited = 0

    async def tap(self, window: Window) -> None:
        """From the next page on."""

        def connect(socket: WebSocketRoute) -> None:
            server = socket.connect_to_server()
            self._socket = socket

            def pass_on(message: str | bytes) -> None:
                if json.loads(message).get("event") not in ("verdict", "participant-trouble"):
                    socket.send(message)

            def pass_up(message: str | bytes) -> None:
                frame = json.loads(message)
                if frame["event"] == "invite-bot":
                    self.invited += 1
                    socket.send(json.dumps({"id": frame["id"], "event": "bot-invited", "data": {}}))
                else:
                    server.send(message)

            server.on_message(pass_on)
            socket.on_message(pass_up)

        await window.page.route_web_socket("**/ws/signaling/**", connect)

    def say(self, event: str, /, **data: Any) -> None:
        assert self._socket is not None
        self._socket.send(json.dumps({"event": event, "data": data}))


async def tapped(people: People, name: str, code: str) -> tuple[Window, Wire]:
    window = await people.open(name)
    wire = Wire()
    await wire.tap(window)
    await window.join(code)
    return window, wire


async def lines(window: Window) -> dict[str, str]:
    """The rows of the open panel: topic to how it stands and what is said of it."""
    texts = await window.page.locator(".connection-line").evaluate_all(
        "rows => rows.map(row => [row.querySelector('.connection-topic').textContent,"
        " row.dataset.standing + ': ' + row.querySelector('.connection-sentence').textContent])"
    )
    return dict(texts)


async def test_all_is_well_in_a_call_in_which_all_is_well(people: People, code: str) -> None:
    bob = await people.join("Bob", code)
    ada, _ = await tapped(people, "Ada", code)
    await ada.sees(bob.participant_id)
    await ada.press("your connection")
    dialog = ada.page.get_by_role("dialog", name="Your connection")
    await dialog.wait_for()

    async def measured() -> bool:
        rows = await lines(ada)
        return all(row.startswith("good: ") for row in rows.values()) and "kbit/s" in rows["Camera"]

    await eventually("every row says that it works", measured, within=25)
    rows = await lines(ada)
    assert rows["The others"] == "good: Sound and picture arrive from Bob."
    assert rows["Path"] == "good: Straight to the server, over UDP."
    assert re.fullmatch(r"good: \d+\sms to the server and back\.", rows["Delay"]), rows
    assert (await dialog.get_by_role("status").inner_text()).strip() == "All is well."
    await kept_as_pictures(ada, "connection-well")


async def test_the_report_is_there_to_be_copied(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    await ada.press("your connection")
    report = await ada.page.locator("#connection-report code").inner_text()
    assert REPORT.match(report)
    assert report == await ada.page.evaluate("kcsMeet.report")
    await ada.page.get_by_role("button", name=f"Report {report}").click()
    assert await ada.page.evaluate("navigator.clipboard.readText()") == f"Report {report}"
    joins = [frame["data"] for frame in ada.sent if frame.get("event") == "join-meeting"]
    assert joins[0]["attemptId"].upper().startswith(report.replace("-", ""))


async def test_the_panel_opens_and_closes_by_keys(people: People, code: str) -> None:
    ada = await people.join("Ada", code)
    keys, dialog = Keys(ada), ada.page.locator("#connection-dialog")
    await keys.tab_to("topbar-connection")
    await keys.press("Enter")
    await dialog.wait_for(state="visible")
    await keys.press("Tab")
    await keys.seen_on("connection-report")
    await keys.press("Escape")
    await dialog.wait_for(state="hidden")
    await keys.seen_on("topbar-connection")
    await keys.press("i")
    await dialog.wait_for(state="visible")
    await keys.press("Escape")
    await dialog.wait_for(state="hidden")
    await keys.tab_to("bar-microphone")
    await keys.press("End", "ArrowLeft", "Enter", "ArrowDown", "ArrowDown", "ArrowDown")
    await keys.seen_on("menu-connection")
    await keys.press("Enter")
    await dialog.wait_for(state="visible")


async def test_a_verdict_stands_in_the_banner_on_the_own_tile_and_in_the_panel_until_it_is_over(
    people: People, code: str
) -> None:
    await people.join("Bob", code)
    ada, wire = await tapped(people, "Ada", code)
    hiccup = {
        **UNHEARD,
        "code": "UPLINK_LOSS",
        "severity": "impaired",
        "sentence": "Your connection loses 8 % of what you send: the others hear you with gaps.",
        "action": "Move closer to your access point, or use a cable.",
    }
    wire.say("verdict", verdicts=[UNHEARD, hiccup], report="ABCD-1234")
    banner = ada.page.locator("#banner")
    await banner.wait_for(state="visible")
    assert (
        await ada.page.locator("#banner-text").inner_text()
        == "You cannot be heard: nothing of your microphone has reached the server for 6 seconds."
        " Turn your microphone off and on again."
    )
    mark = ada.page.locator(f"[data-participant-id='{ada.participant_id}'] .tile-quality")
    assert await mark.get_attribute("aria-label") == UNHEARD["sentence"]
    assert await ada.page.locator("#polite").inner_text() == hiccup["sentence"], (
        "what the banner says is read out there"
    )
    await kept_as_pictures(ada, "meeting-in-trouble")

    await ada.press("details")
    summary = ada.page.locator("#connection-summary")
    assert [" ".join(text.split()) for text in await summary.locator(".connection-verdict").all_inner_texts()] == [
        f"{verdict['sentence']} {verdict['action']}" for verdict in (UNHEARD, hiccup)
    ]
    await kept_as_pictures(ada, "connection-in-trouble")
    wire.say("verdict", verdicts=[], report="ABCD-1234")
    await eventually("nothing is said to be wrong", lambda: says_nothing_of(ada, "You cannot be heard"))
    await banner.wait_for(state="hidden")
    await mark.wait_for(state="hidden")
    trying = {
        **UNHEARD,
        "code": "TRYING_TURN",
        "severity": "waiting",
        "sentence": "Your network blocks the media ports.",
    }
    wire.say("verdict", verdicts=[{**trying, "action": "Trying TURN…"}], report="ABCD-1234")
    await eventually("it is said what is waited for", lambda: says(banner, "Trying TURN…"))


async def says_nothing_of(window: Window, words: str) -> bool:
    return words not in await window.page.locator("#connection-summary").inner_text()


async def test_a_host_sees_on_a_tile_who_is_in_trouble(people: People, code: str) -> None:
    bob = await people.join("Bob", code)
    ada, wire = await tapped(people, "Ada", code)
    await ada.sees(bob.participant_id)
    sentence = "Bob cannot be heard: their system has muted the microphone."
    trouble = {**UNHEARD, "sentence": sentence, "action": "Ask them to unmute it.", "about": bob.participant_id}
    wire.say("participant-trouble", participantId=bob.participant_id, verdicts=[trouble])
    mark = ada.page.locator(f"[data-participant-id='{bob.participant_id}'] .tile-quality")
    await mark.wait_for(state="visible")
    assert await mark.get_attribute("aria-label") == sentence
    assert await ada.page.locator("#polite").inner_text() == sentence
    reason = mark.locator(".tile-reason")
    assert not await reason.is_visible()
    await mark.hover()
    assert await reason.is_visible()
    await kept_as_pictures(ada, "tile-in-trouble", hover=f"[data-participant-id='{bob.participant_id}'] .tile-quality")
    await ada.page.mouse.move(5, 5)
    assert not await reason.is_visible()
    await ada.page.locator("#topbar-connection").focus()
    await ada.page.keyboard.press("Tab")
    assert await reason.is_visible(), "the mark is the next stop after the top bar"
    await ada.page.evaluate("document.querySelector('#polite').textContent = ''")
    wire.say("participant-trouble", participantId=bob.participant_id, verdicts=[trouble])
    wire.say("participant-trouble", participantId=bob.participant_id, verdicts=[])
    await mark.wait_for(state="hidden")
    assert await ada.page.locator("#polite").inner_text() == "", "it is read out once"


async def test_somebody_alone_can_call_themselves_where_the_site_has_the_bot(people: People, code: str) -> None:
    ada = await people.open("Ada")
    wire = Wire()
    await wire.tap(ada)
    invite = ada.page.locator("#invite-bot-button")

    await ada.page.clock.install()
    await ada.page.add_init_script(SITE_HAS_THE_BOT % "false")
    await ada.join(code)
    await ada.page.locator("#alone").wait_for(state="visible")
    assert not await invite.is_visible()
    await ada.page.add_init_script(SITE_HAS_THE_BOT % "true")
    await ada.join(code)
    await invite.wait_for(state="visible")
    await kept_as_pictures(ada, "alone")
    await invite.click()
    await eventually("the bot is invited", lambda: wire.invited == 1)
    await invite.click(force=True)
    assert "on its way" in await invite.inner_text()
    wire.say("error", event="invite-bot", code="MEDIA_UNAVAILABLE", message="No media", details="")
    progress = ada.page.locator("#invite-bot-progress")
    await eventually("it is said that it does not come", lambda: says(progress, "The bot could not come."))
    await eventually("it can be tried again", lambda: says(invite, "Test with the bot"))
    assert wire.invited == 1

    # Neither the bot comes nor a word of it.
    await invite.click()
    await ada.page.clock.fast_forward(5_000)
    await eventually("it is said what is waited for", lambda: says(progress, "Still waiting for the bot"), within=4)
    await ada.page.clock.fast_forward(15_000)
    await eventually("it is given up", lambda: says(progress, "The bot has not come."), within=4)
    assert "Test with the bot" in await invite.inner_text()
    assert wire.invited == 2


async def test_a_join_whose_socket_does_not_open_says_so_and_is_known_to_the_server(people: People, code: str) -> None:
    people.expect_problem("WebSocket")
    ada = await people.open("Ada")
    await ada.page.route_web_socket("**/ws/signaling/**", lambda socket: socket.close(code=1011))
    posted: list[Any] = []
    ada.page.on("request", lambda request: posted.append(request) if request.url.endswith("/steps") else None)
    await ada.page.goto(f"/m/{code}/")
    await ada.type_name_and_press_join()
    waiting = ada.page.locator("#join-waiting")
    await eventually("it is said what the join waits for", lambda: says(waiting, "live connection"), within=9)
    await kept_as_pictures(ada, "join-waits")
    outcome = ada.page.get_by_role("heading", name=re.compile("live connection to this site"))
    await outcome.wait_for(timeout=25_000)
    report = await ada.page.evaluate("kcsMeet.report")
    assert report in await ada.page.locator("#outcome-code").inner_text()
    steps = [step["step"] for request in posted for step in json.loads(request.post_data)["steps"]]
    assert {"page-opened", "join-asked", "socket"} <= set(steps), steps
    await kept_as_pictures(ada, "join-in-vain")


async def test_a_join_while_the_whole_site_is_away_says_so(people: People, code: str) -> None:
    people.expect_problem("WebSocket|ERR_|Failed to (fetch|load)")
    ada = await people.open("Ada")
    await ada.page.goto(f"/m/{code}/")
    await ada.page.route_web_socket("**/ws/signaling/**", lambda socket: socket.close(code=1011))

    async def away(route: Route) -> None:
        await route.abort("internetdisconnected")

    await ada.page.route("**/api/**", away)
    await ada.type_name_and_press_join()
    waiting = ada.page.locator("#join-waiting")
    await eventually(
        "it is said what the join waits for", lambda: says(waiting, "This site cannot be reached"), within=9
    )


async def says(place: Any, words: str) -> bool:
    return words in await place.inner_text() if await place.is_visible() else False


async def kept_as_pictures(window: Window, name: str, *, hover: str = "") -> None:
    """In both sizes and both schemes, for a person to look at; nothing is wider than the window."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = window.page
    before = page.viewport_size or {"width": 800, "height": 600}
    for (width, height), scheme in product(SIZES, SCHEMES):
        await page.set_viewport_size({"width": width, "height": height})
        await page.emulate_media(color_scheme=scheme)
        if hover:
            await page.hover(hover)
        # What fades to the colours of the other scheme has done so.
        path = SCREENSHOTS / f"{name}-{scheme}-{width}.png"
        await page.screenshot(path=path, animations="disabled")
        overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert overflow <= 0, f"{name} is {overflow} px wider than its window of {width} px"
    await page.set_viewport_size({"width": before["width"], "height": before["height"]})
    await page.emulate_media(color_scheme="dark")
