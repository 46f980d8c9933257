"""How long a newcomer waits for the first remote frame, and for what: `python -m bench.join`.

A relay adds 100 ms to signalling in each direction. A real Chromium joins rooms that already have 1, 4 and 9
video producers, in turns with our own meeting page and step by step in mediasoup-demo's order (see
demo_order.js), on the same server and in the same run. Time runs from the opening of the socket to the first
remote frame on the screen.

What the frame waited for is found by experiment: the relay keeps back everything that the page sends after its
k-th message. The smallest k with which a remote frame still comes is what it needed; how many of these had to
follow one another is the number of round trips.
"""

from __future__ import annotations

import asyncio
import statistics
import subprocess
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from bench.senders import Senders
from meetings.bot.site import Site
from tests.live.browser import Chromium
from tests.live.relay import DOWN, UP, Message, Seen, SignallingRelay
from tests.live.server import ROOT, RunningServer
from tests.live.window import Window

ADDED_EACH_WAY = 0.1
ROOM_SIZES = (1, 4, 9)
REPEATS = 5
MOST_MESSAGES = 30
# With this much longer than any join takes, a frame that has not come does not come.
PATIENCE = 4.0

Join = Callable[["Room", Window], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Room:
    """A meeting with producers in it, and the way to it."""

    site: Site
    relay: SignallingRelay
    chromium: Chromium
    code: str


async def join_with_our_page(room: Room, window: Window) -> None:
    """Our meeting page as people use it: look at the pre-join page, then press Join."""
    await window.page.goto(f"/m/{room.code}/")
    await window.shows_own_picture()
    await window.page.evaluate("window.__probe.watchFirstFrame()")
    await window.type_name_and_press_join()


async def join_step_by_step(room: Room, window: Window) -> None:
    """mediasoup-demo's order, on a page with nothing else on it."""
    await window.page.goto("/api/meetings/health/webrtc")
    await window.page.evaluate(bundled("demo_order"))
    await window.page.evaluate("window.__probe.watchFirstFrame()")
    ticket = await Site(room.relay.base_url).join(room.code, "Step by step")
    await window.page.evaluate(
        "([url, id]) => void window.joinInDemoOrder(url, id)", [ticket.socket_url, ticket.meeting_id]
    )


async def seconds_to_first_frame(room: Room, join: Join) -> float | None:
    """One join in a fresh window; None when no frame came."""
    window = await room.chromium.window("Newcomer", room.relay.base_url)
    try:
        await join(room, window)
        await window.until("window.__probe.firstRemoteFrame !== null", within=PATIENCE)
    except AssertionError:
        return None
    else:
        since_open = "window.__probe.firstRemoteFrame - window.__probe.socketsOpened.at(-1)"
        return float(await window.page.evaluate(since_open)) / 1000
    finally:
        await room.chromium.close_windows()


@dataclass(frozen=True, slots=True)
class Needed:
    """What the first frame had to wait for: the messages, in order, and how many round trips they make one
    after the other.
    """

    messages: list[str]
    round_trips: float


async def what_the_frame_needed(room: Room, join: Join) -> Needed:
    """Keep back everything after the k-th message, for growing k, until a frame comes."""
    for most in range(1, MOST_MESSAGES):
        del room.relay.seen[:]
        passed: list[str] = []

        def keep_back(message: Message, most: int = most, passed: list[str] = passed) -> bool:
            if len(passed) < most:
                passed.append(str(message.get("event")))
                return False
            return True

        room.relay.hold_back = keep_back
        came = await seconds_to_first_frame(room, join)
        seen = list(room.relay.seen)
        room.relay.let_go()
        if came is not None:
            return Needed(passed, round_trips(seen, len(passed)))
    raise AssertionError(f"no frame came with {MOST_MESSAGES} messages let through")


def round_trips(seen: list[Seen], needed: int) -> float:
    """How many of the first `needed` messages had to follow one another.

    A message that was sent after the reply to another one came is one further round trip; those sent before
    belong to the same. Where the last message was needed but the frame did not need its reply (it starts media
    that is not signalling), it counts one half.
    """
    sent = [one for one in seen if one.direction == UP][:needed]
    replied = {one.message["id"]: one.at for one in seen if one.direction == DOWN and "id" in one.message}
    trips = 0
    latest_reply = float("-inf")
    starts_media = False
    for one in sent:
        if trips == 0 or one.at > latest_reply:
            trips += 1
            starts_media = True
        starts_media = starts_media and one.message.get("event") == "resume-consumer"
        latest_reply = max(latest_reply, replied.get(one.message.get("id"), float("-inf")))
    return trips - 0.5 if starts_media else float(trips)


def bundled(name: str) -> str:
    """bench/<name>.js with mediasoup-client in it, as one script."""
    done = subprocess.run(
        ["node_modules/.bin/esbuild", f"bench/{name}.js", "--bundle", "--format=iife", "--log-level=error"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


async def measure(server: RunningServer, chromium: Chromium) -> None:
    site = Site(server.base_url)
    ways: dict[str, Join] = {"ours": join_with_our_page, "step by step": join_step_by_step}
    async with SignallingRelay(server.port, delay=ADDED_EACH_WAY) as relay:
        for size in ROOM_SIZES:
            meeting: dict[str, Any] = await site.create_meeting(f"Room of {size}")
            room = Room(site, relay, chromium, meeting["code"])
            async with Senders(server.base_url, room.code, size):
                if size == ROOM_SIZES[0]:
                    await print_what_was_needed(room, ways)
                await print_times(room, ways, size)


async def print_what_was_needed(room: Room, ways: dict[str, Join]) -> None:
    trips = {}
    for way, join in ways.items():
        needed = await what_the_frame_needed(room, join)
        trips[way] = needed.round_trips
        print(
            f"join: {way}: the first frame waited for {needed.round_trips:g} round trips: {', '.join(needed.messages)}"
        )
    print(f"join round trips ratio (ours/step by step): {trips['ours'] / trips['step by step']:.2f}")


async def print_times(room: Room, ways: dict[str, Join], size: int) -> None:
    times: dict[str, list[float]] = {way: [] for way in ways}
    for _ in range(REPEATS):
        for way, join in ways.items():
            seconds = await seconds_to_first_frame(room, join)
            assert seconds is not None, f"{way}: no remote frame came"
            times[way].append(seconds)
    middle = {way: statistics.median(taken) for way, taken in times.items()}
    for way, taken in times.items():
        print(
            f"join: {size} producers, {way}: {middle[way] * 1000:.0f} ms from socket open to first remote frame"
            f" (median of {REPEATS}, {min(taken) * 1000:.0f} to {max(taken) * 1000:.0f})"
        )
    print(f"join time ratio with {size} producers (ours/step by step): {middle['ours'] / middle['step by step']:.2f}")


async def main() -> None:
    with RunningServer() as server:
        async with Chromium() as chromium:
            await measure(server, chromium)


if __name__ == "__main__":
    asyncio.run(main())
