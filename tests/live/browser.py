"""One real Chromium for all windows, with its fake camera (a moving picture) and fake microphone (a beep a second)."""

from __future__ import annotations

import shutil
from types import TracebackType
from typing import Literal, Self

from playwright.async_api import Browser, Playwright, async_playwright

from tests.live.window import Window

# The second fake camera is a depth camera, whose pictures cannot be sent; the third is an ordinary one.
FAKE_DEVICES = "--use-fake-device-for-media-stream=fps=15,device-count=3"
FLAGS = [
    "--no-sandbox",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--disable-gpu",
]
ALL_DEVICES = ("camera", "microphone")


class Chromium:
    """The browser process. `async with Chromium() as chromium:` starts and ends it; `window` opens a window of
    its own person. `more_flags` are for what all windows of this browser need besides. Without `devices` it finds no
    camera and no microphone, on a machine that has none.
    """

    def __init__(self, *more_flags: str, devices: bool = True) -> None:
        self._flags = [*FLAGS, *([FAKE_DEVICES] if devices else []), *more_flags]
        self._playwright: Playwright | None = None
        self._browser: Browser | None = None
        self.windows: list[Window] = []

    async def __aenter__(self) -> Self:
        executable = shutil.which("chromium")
        assert executable, "these tests drive Debian's Chromium: apt-get install chromium"
        self._playwright = await async_playwright().start()
        self._browser = await self._playwright.chromium.launch(executable_path=executable, args=self._flags)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._browser is not None:
            await self._browser.close()
        if self._playwright is not None:
            await self._playwright.stop()

    async def window(
        self,
        name: str,
        base_url: str,
        *,
        permissions: tuple[str, ...] = ALL_DEVICES,
        size: tuple[int, int] = (800, 600),
        scheme: Literal["dark", "light"] = "dark",
        language: str = "en-US",
    ) -> Window:
        """A window with cookies and storage of its own. Devices not in `permissions` are denied, without a question."""
        assert self._browser is not None
        context = await self._browser.new_context(
            base_url=base_url,
            viewport={"width": size[0], "height": size[1]},
            color_scheme=scheme,
            locale=language,
            reduced_motion="reduce",
        )
        await context.grant_permissions([*permissions, "clipboard-read", "clipboard-write"], origin=base_url)
        window = await Window.open(name, context)
        self.windows.append(window)
        return window

    async def renderers(self) -> list[int]:
        """The ids of the processes in which the pages of all its windows run, and encode what they send."""
        assert self._browser is not None
        session = await self._browser.new_browser_cdp_session()
        told = await session.send("SystemInfo.getProcessInfo")
        await session.detach()
        return [one["id"] for one in told["processInfo"] if one["type"] == "renderer"]

    async def close_windows(self) -> None:
        """Close every window that is still open."""
        for window in self.windows:
            await window.close()
        self.windows.clear()
