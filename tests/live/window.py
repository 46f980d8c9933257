"""One browser window: what a person does in it, and what arrives there."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Self

from playwright.async_api import BrowserContext, ConsoleMessage, Page, WebSocket

from tests.live.waiting import eventually

PROBE = Path(__file__).with_name("probe.js")
Message = dict[str, Any]


class Window:
    """A page in a context of its own. `problems` collects console errors, uncaught errors and failed requests
    of the page; `received` and `sent` all its signalling messages, over all sockets it opened."""

    def __init__(self, name: str, context: BrowserContext, page: Page) -> None:
        self.name = name
        self.context = context
        self.page = page
        self.problems: list[str] = []
        self.received: list[Message] = []
        self.sent: list[Message] = []
        self._closed = False
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.problems.append(f"uncaught: {error}"))
        page.on("websocket", self._on_socket)

    @classmethod
    async def open(cls, name: str, context: BrowserContext) -> Self:
        await context.add_init_script(path=PROBE)
        return cls(name, context, await context.new_page())

    @property
    def participant_id(self) -> str:
        """Who this window is in the meeting, by the latest `meeting-joined`."""
        ids = [frame["data"]["participantId"] for frame in self.received if frame.get("event") == "meeting-joined"]
        assert ids, f"{self.name} has not joined; received {[frame.get('event') for frame in self.received]}"
        participant_id: str = ids[-1]
        return participant_id

    @property
    def times_joined(self) -> int:
        """How often the server said `meeting-joined` to this window."""
        return sum(frame.get("event") == "meeting-joined" for frame in self.received)

    def pushes(self, event: str) -> list[Message]:
        """The data of all pushes of this name that came so far."""
        return [frame["data"] for frame in self.received if frame.get("event") == event and "id" not in frame]

    async def join(self, code: str, *, within: float = 20.0) -> None:
        """Open the meeting's link, type the name, press Join, and wait until the server let us in."""
        await self.page.goto(f"/m/{code}/")
        await self.press_join(within=within)

    async def press_join(self, *, within: float = 20.0) -> None:
        """On the pre-join page: type the name, press Join, and wait until the server let us in."""
        before = self.times_joined
        await self.type_name_and_press_join()
        await eventually(f"{self.name} is in the meeting", lambda: self.times_joined > before, within=within)

    async def type_name_and_press_join(self) -> None:
        """The same without waiting for what comes of it."""
        await self.page.get_by_role("textbox", name=re.compile("name", re.I)).fill(self.name)
        await self.page.get_by_role("button", name=re.compile(r"^\s*join\b", re.I)).click()

    async def shows_own_picture(self, *, within: float = 15.0) -> None:
        """On the pre-join page: wait until the preview shows the camera."""
        await self.until("[...document.querySelectorAll('video')].some(video => video.videoWidth > 0)", within=within)

    async def until(self, expression: str, *, within: float = 10.0) -> None:
        """Wait until an expression is true in the page. Looks from outside: the pages' policy forbids `eval` inside."""

        async def true() -> bool:
            return bool(await self.page.evaluate(expression))

        await eventually(f"{self.name}: {expression}", true, within=within)

    async def press(self, name: str) -> None:
        """Press the button whose accessible name contains `name` in any case (microphone, camera, leave)."""
        await self.button(name).click()

    def button(self, name: str) -> Any:
        """The first visible button with this in its accessible name."""
        return self.page.get_by_role("button", name=re.compile(name, re.I)).filter(visible=True).first

    async def remote(self, participant_id: str) -> dict[str, Any]:
        """What arrives from one participant and reaches the page's elements: `{tile, video?, audio?}` (see
        probe.js).
        """
        result: dict[str, Any] = await self.page.evaluate("id => window.__probe.remote(id)", participant_id)
        return result

    async def sends(self) -> dict[str, Any]:
        """What goes out: `{devices: [{kind, deviceId}], streams: [{kind, rid, framesSent, frameHeight}]}`."""
        result: dict[str, Any] = await self.page.evaluate("window.__probe.outbound()")
        return result

    async def picture(self, participant_id: str) -> list[int] | None:
        """The picture in their tile at this moment, as 32 x 18 grey values."""
        result: list[int] | None = await self.page.evaluate("id => window.__probe.picture(id)", participant_id)
        return result

    async def tile_text(self, participant_id: str) -> str:
        """All text and accessible names in a tile, where names and states are said."""
        text: str = await self.page.evaluate("id => window.__probe.words(id)", participant_id)
        return text

    async def sees(self, participant_id: str, *, within: float = 25.0, frames: int = 10) -> None:
        """Wait until their video moves here: `frames` more frames decoded, the element shows and plays, and the
        picture changes.
        """
        start = await self._decoded(participant_id)
        first: list[int] | None = None

        async def moving() -> bool:
            nonlocal first
            video = (await self.remote(participant_id)).get("video")
            if not video or not video["playing"] or not video["shown"]:
                return False
            now = await self.picture(participant_id)
            first = first or now
            return video["framesDecoded"] >= start + frames and now is not None and differs(first, now)

        try:
            await eventually(f"{self.name} sees {participant_id} moving", moving, within=within, every=0.2)
        except AssertionError as error:
            raise AssertionError(f"{error}; {await self.remote(participant_id)}; {self.problems}") from None

    async def hears(self, participant_id: str, *, within: float = 25.0) -> None:
        """Wait until sound energy of theirs arrives here, in an element that plays it."""
        start = await self._heard(participant_id)

        async def sounding() -> bool:
            audio = (await self.remote(participant_id)).get("audio")
            return audio is not None and audio["audible"] and audio["totalAudioEnergy"] > start + 1e-5

        try:
            await eventually(f"{self.name} hears {participant_id}", sounding, within=within, every=0.2)
        except AssertionError as error:
            raise AssertionError(f"{error}; {await self.remote(participant_id)}; {self.problems}") from None

    async def stops_seeing(self, participant_id: str, *, within: float = 15.0) -> None:
        """Wait until their tile is there without a picture, and no frame of theirs is decoded any more."""

        async def dark() -> bool:
            if await self.picture(participant_id) is not None or not (await self.remote(participant_id))["tile"]:
                return False
            return await self.frames_decoded_in(participant_id, 0.5) == 0

        await eventually(f"{self.name} no longer sees {participant_id}", dark, within=within)

    async def loses_tile(self, participant_id: str, *, within: float = 10.0) -> None:
        """Wait until there is no tile of theirs any more."""

        async def gone() -> bool:
            return not (await self.remote(participant_id))["tile"]

        await eventually(f"{self.name} has no tile of {participant_id}", gone, within=within)

    async def is_told(self, event: str, *, within: float = 10.0, **fields: str) -> None:
        """Wait for a push with these fields."""

        def told() -> bool:
            return any(fields.items() <= push.items() for push in self.pushes(event))

        await eventually(f"{self.name} is told {event} {fields}", told, within=within)

    async def sound_heard_in(self, participant_id: str, seconds: float) -> float:
        """The sound energy of theirs that arrives in the given time. This one does take that time."""
        before = await self._heard(participant_id)
        await self.page.wait_for_timeout(seconds * 1000)
        return await self._heard(participant_id) - before

    async def frames_decoded_in(self, participant_id: str, seconds: float) -> int:
        """The frames of theirs that are decoded in the given time. This one does take that time."""
        before = await self._decoded(participant_id)
        await self.page.wait_for_timeout(seconds * 1000)
        return await self._decoded(participant_id) - before

    async def watch_gaps(self, *participant_ids: str) -> None:
        """From now on, note for how long each one's decoded picture stands still."""
        await self.page.evaluate("ids => window.__probe.watchGaps(ids)", list(participant_ids))

    async def longest_gap(self, participant_id: str) -> float:
        """Seconds that their picture stood still at most, since `watch_gaps`."""
        gaps: dict[str, float] = await self.page.evaluate("window.__probe.longestGaps()")
        return gaps[participant_id]

    async def gaps(self) -> dict[str, float]:
        """The same for everybody who is watched."""
        gaps: dict[str, float] = await self.page.evaluate("window.__probe.longestGaps()")
        return gaps

    async def close(self) -> None:
        """Close the window as a person does."""
        if not self._closed:
            self._closed = True
            await self.context.close()

    async def _heard(self, participant_id: str) -> float:
        return float((await self.remote(participant_id)).get("audio", {}).get("totalAudioEnergy", 0.0))

    async def _decoded(self, participant_id: str) -> int:
        return int((await self.remote(participant_id)).get("video", {}).get("framesDecoded", 0))

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} ({message.location.get('url')})")

    def _on_socket(self, socket: WebSocket) -> None:
        socket.on("framereceived", lambda payload: _keep(self.received, payload))
        socket.on("framesent", lambda payload: _keep(self.sent, payload))


def differs(one: list[int] | None, other: list[int]) -> bool:
    """Whether two pictures differ by more than coding noise: some places clearly, not all a little."""
    return one is not None and sum(abs(a - b) > 24 for a, b in zip(one, other, strict=True)) >= 3


def _keep(messages: list[Message], payload: str | bytes) -> None:
    try:
        message = json.loads(payload)
    except ValueError:
        return
    if isinstance(message, dict):
        messages.append(message)
