"""What the event stream adds to a join: `python -m bench.trace_cost`.

One process, real media, one database; joins with the stream and joins without it take turns, each of somebody new into
a meeting of eight, transports connected and one page's worth of steps told right after. Time runs from the frame that
asks to the frame that answers, so the stream's work in the background, that of the joins before, counts as far as it
holds up the next one. Without it means: nothing is noted, written down or judged.
"""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import uuid4

import django

JOINS = 400
A_MEETING = 8
GOAL_PERCENT = 2.0

Json = dict[str, Any]


@contextmanager
def nothing_noted() -> Iterator[None]:
    """The same program without its stream."""
    from meetings.trace.attempt import Attempt
    from meetings.trace.watch import AttemptWatch

    def nothing(*_: Any, **__: Any) -> None:
        pass

    with (
        patch.object(Attempt, "note", nothing),
        patch.object(Attempt, "describe", nothing),
        patch.object(AttemptWatch, "start", nothing),
    ):
        yield


def page_steps(attempt: str) -> Json:
    """About what a page tells of a join."""
    now = time.time() * 1000
    names = ("page-opened", "socket", "microphone", "camera", "device-loaded", "join-asked", "joined", "transports")
    steps = [{"step": name, "outcome": "ok", "at": now, "data": {"ms": 12}} for name in (*names, "candidates", "path")]
    return {"attemptId": attempt, "sentAt": now, "steps": steps}


async def one_join(meeting: Any, capabilities: Json) -> tuple[float, Any]:
    """Milliseconds, and the socket."""
    from kcs.routing import websocket_routes
    from tests.meetings.socket_client import SignallingSocket
    from tests.node import rtp

    attempt = str(uuid4())
    socket = await SignallingSocket.open(websocket_routes)
    asked = {
        "meetingId": str(meeting.id),
        "attemptId": attempt,
        "rtpCapabilities": capabilities,
        "dtlsParameters": rtp.DTLS,
    }
    began = time.perf_counter()
    await socket.ask("join-meeting", asked)
    took = time.perf_counter() - began
    await socket.ask("trace", page_steps(attempt))
    return took * 1000, socket


async def measure() -> tuple[list[float], list[float]]:
    """Joins with the stream, and without it."""
    from media.client import close_media_client, get_media_client
    from meetings.actions.start import start_meeting
    from meetings.database import in_database
    from meetings.identity import Person
    from meetings.presence import end_presence
    from meetings.trace.recorder import finish_recording
    from tests.live.waiting import eventually

    async def up() -> bool:
        return (await get_media_client().status())["workers"] > 0

    await eventually("media are up", up, within=20)
    capabilities = await get_media_client().rtp_capabilities()
    took: dict[bool, list[float]] = {True: [], False: []}
    while len(took[False]) < JOINS:
        for noted in (True, False):
            meeting = await in_database(start_meeting, Person(guest="bench"), "Bench")
            sockets = []
            for _ in range(A_MEETING):
                if noted:
                    milliseconds, socket = await one_join(meeting, capabilities)
                else:
                    with nothing_noted():
                        milliseconds, socket = await one_join(meeting, capabilities)
                took[noted].append(milliseconds)
                sockets.append(socket)
            for socket in sockets:
                await socket.ask("leave-meeting")
                await socket.drop()
    await end_presence()
    await close_media_client()
    await finish_recording()
    return took[True], took[False]


def main() -> None:
    """Print both medians and what the stream adds."""
    from django.core.management import call_command

    from media import embedded

    call_command("migrate", verbosity=0)
    try:
        noted, silent = asyncio.run(measure())
    finally:
        embedded.stop()
    print(f"{JOINS} joins each, in turns, medians (nine tenths are quicker than the second number):")
    for name, times in (("with the stream", noted), ("without it", silent)):
        print(f"  {name:16} {statistics.median(times):6.2f} ms   {statistics.quantiles(times, n=10)[-1]:6.2f} ms")
    more = (statistics.median(noted) / statistics.median(silent) - 1) * 100
    print(f"  the stream adds  {more:+.1f} % of our part of a join (goal: under {GOAL_PERCENT:g} % of the whole join)")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory(prefix="kcs-bench-") as directory:
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "kcs.settings",
            "KCS_VAR": directory,
            "MEDIA_SOCKET": str(Path(directory) / "media.sock"),
            "MEDIASOUP_WORKERS": "1",
            "LOG_LEVEL": "ERROR",
        }
        django.setup()
        main()
